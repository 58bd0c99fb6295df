#!/usr/bin/env bash
# bench/faults/run.sh [TIMES]: each fault between Submit and the scheduler's answer, so often, on real HTCondor.
# Fails at the first file that did not run, or ran twice.
set -euo pipefail
cd "$(dirname "$0")/../.."
testbed/up htcondor
HEPBATCH_FAULTS=${1:-100} CI=true npx vitest run --project node \
  src/agent/submissions/__tests__/faults.spec.ts
