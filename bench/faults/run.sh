#!/usr/bin/env bash
# bench/faults/run.sh [TIMES] [AT_ONCE] [TEST]: each fault between Submit and the scheduler's answer, so often, on
# real HTCondor and real Slurm; TEST is a part of the test's name. Fails at the first file that did not run, or ran twice.
set -euo pipefail
cd "$(dirname "$0")/../.."
testbed/up htcondor slurm
log=$(mktemp)
trap 'rm "$log"' EXIT
status=0
HEPBATCH_FAULTS=${1:-100} HEPBATCH_FAULTS_AT_ONCE=${2:-1} HEPBATCH_FAULTS_LOG=$log CI=true \
  npx vitest run --project node src/agent/submissions/__tests__/faults.spec.ts -t "${3:-}" || status=$?
python3 bench/faults/count.py "$log"
exit "$status"
