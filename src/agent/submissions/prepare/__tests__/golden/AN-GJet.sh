#!/bin/bash
# Runs one job of the dataset "GJet". Written by hepbatch.

give_up() {
  printf 'hepbatch: %s\n' "$2" >&2
  exit "$1"
}

# Which job this is
proc="${1:-}"
case "$proc" in '' | *[!0-9]*) give_up 122 "which job? its number is the first argument" ;; esac
[ "$proc" -lt 3 ] || give_up 122 "there is no job $proc here"
number=$((0 + 10#$proc))
inputs=/data/me/.higgs_dna_vanilla_lxplus/myanalysis_20260522_175343/inputs
runner="$inputs/AN-GJet-$number.json"
[ -d "$inputs" ] || give_up 121 "$inputs is not there on $(uname -n)"
[ -r "$runner" ] || give_up 122 "$runner cannot be read"

# Only jobs of one cluster may run: that of the record, or the first one where there is none
cluster=
if [ -n "${_CONDOR_JOB_AD:-}" ]; then
  cluster="$(sed -n 's/^GlobalJobId = "\(.*\)#\([0-9]*\)\.[0-9]*#.*"$/\1#\2/p' "$_CONDOR_JOB_AD")"
  [ -n "$cluster" ] || give_up 121 "$_CONDOR_JOB_AD names no GlobalJobId"
fi
record=/data/me/.higgs_dna_vanilla_lxplus/myanalysis_20260522_175343/jobs/AN-GJet.cluster
if [ -n "$cluster" ]; then
  if [ ! -e "$record" ]; then
    mine="$record.$(uname -n).$$"
    printf '%s\n' "$cluster" > "$mine" && ln "$mine" "$record" 2> /dev/null
    rm -f "$mine"
  fi
  recorded="$(cat "$record")" || give_up 121 "$record cannot be read"
  [ "$recorded" = "$cluster" ] ||
    give_up 120 "this is cluster $cluster, but the jobs are those of cluster $recorded ($record)"
fi

# The environment
[ -n "${HOME:-}" ] || HOME=/home/me
export HOME
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}"
export XRD_RUNFORKHANDLER=1

exec /env/bin/python /env/bin/run_analysis.py --json-analysis "$runner" --executor iterative --dump /out --nano-version 12
