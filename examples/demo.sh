#!/usr/bin/env bash
# The example from beginning to end: submit, audit, move away what is stale, submit what is missing, audit.
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

# The submissions of this demo, newest first.
submissions() {
  hepbatch submissions --json | python -c '
import json, sys
for one in json.load(sys.stdin)["submissions"]:
    if one["folder"].startswith(sys.argv[1] + "/"):
        print(one["token"])
' "$PWD/$output"
}

# Remove and forget what an earlier demo left: its files go, too.
forget_earlier() {
  local token
  for token in $(submissions); do
    hepbatch submissions remove "$token" >/dev/null || true
    hepbatch submissions watch "$token" >/dev/null 2>&1 || true
    hepbatch submissions forget "$token"
  done
  rm -rf $output
}

audit() {
  hepbatch submissions audit "$submission" --events $data/events.json \
    --output $output/missing.json --report $output/report.json "$@"
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
forget_earlier
mkdir -p $dump
expect 0 python prepare.py --data $data

say "The analysis is submitted as plain batch jobs of this machine, one per input file"
expect 1 hepbatch submit vanilla-local --yes --watch --json-analysis $data/runner.json \
  --folder $output --dump "$PWD/$dump" --python "$(command -v python)" \
  --program python --program "$PWD/run_analysis.py" -- --chunk $chunk
submission=$(submissions | head -n 1)

say "One input file is cut off, so its job failed"
expect 0 hepbatch submissions jobs "$submission" --state failed

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

say "Old chunks of these files are moved away, so that nothing is counted twice"
expect 1 audit --remove-stale --yes

say "The input file is copied again, and exactly the files of missing.json are submitted"
expect 0 python prepare.py --data $data --fix
expect 0 hepbatch submit --yes --watch --missing $output/missing.json --of "$submission"

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
hepbatch submissions
echo "To see it in JupyterLab: make lab. The sidebar of hepbatch has both submissions: open one,"
echo "and choose 'Audit this submission'. The notebook audit.ipynb does the same in cells."
