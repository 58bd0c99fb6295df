#!/usr/bin/env bash
# The example from beginning to end: run, audit, delete what is stale, resubmit, audit again.
# Needs `python` and `hepbatch` of the project's environment on PATH; `make demo` sees to that.
set -euo pipefail
cd "$(dirname "$0")"
data=data
output=output
dump=$output/dump
chunk=100

say() { printf '\n== %s\n' "$*"; }

# Run a command and end the demo where its exit status is not the expected one.
expect() {
  local wanted=$1 status=0
  shift
  "$@" || status=$?
  if [ "$status" -ne "$wanted" ]; then
    printf '\nThe demo ends here: "%s" ended with status %s, not %s.\n' "$*" "$status" "$wanted" >&2
    exit 1
  fi
}

audit() {
  hepbatch audit --json $data/samples.json --source $dump --convention DAS --chunk $chunk \
    --events $data/events.json --output $output/missing.json --report $output/report.json
}

# Check that a dataset has a file of that status in the report.
found() {
  python - "$output/report.json" "$1" "$2" "$3" <<'PYTHON'
import json, sys
path, dataset, status, number = sys.argv[1:]
counted = json.load(open(path))["datasets"][dataset]["files"][status]
if counted != int(number):
    sys.exit(f"The demo ends here: {dataset} has {counted} files that are {status}, not {number}.")
PYTHON
}

say "Inputs: real events from scikit-hep-testdata, as small ROOT files with an Events tree"
rm -rf $output
expect 0 python prepare.py --data $data

say "The analysis runs, one job per input file; the cut-off file makes its job fail"
expect 1 python run_analysis.py --json-analysis $data/runner.json --dump $dump --chunk $chunk \
  --submission $output/submission

say "Other things that happen to batch jobs"
expect 0 python accidents.py $dump

say "Audit: what is missing, for each dataset, and why (exit status 1: something to resubmit)"
expect 1 audit
found HZZ_dimuon partial 2
found HZZ_dimuon overlapping 1
found HZZ_trimuon empty 3
found Zmumu_data truncated 1
found Zmumu_data no-events 1

say "The input files to process again, in $output/missing.json"
cat $output/missing.json

say "Old chunks of these files are deleted, so that nothing is counted twice"
expect 0 python delete_stale.py $output/report.json

say "The input file is copied again, and exactly the files of missing.json are processed"
expect 0 python prepare.py --data $data --fix
sed "s#/samples\.json#/../$output/missing.json#" $data/runner.json >$output/runner.json
expect 0 python run_analysis.py --json-analysis $output/runner.json --dump $dump --chunk $chunk \
  --submission $output/resubmission

say "Audit again (exit status 0: all complete)"
expect 0 audit
found HZZ_dimuon complete 6
found HZZ_trimuon empty 3
found Zmumu_data complete 4
if [ "$(tr -d '[:space:]' <$output/missing.json)" != '{}' ]; then
  echo "The demo ends here: $output/missing.json should be empty." >&2
  exit 1
fi

say "Done: nothing is missing"
echo "To see it in JupyterLab: make lab, then open examples/audit.ipynb,"
echo "or choose samples.json in examples/data and 'Audit outputs' in its context menu."
