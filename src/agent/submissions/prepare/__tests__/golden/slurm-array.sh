#!/bin/bash
#SBATCH --job-name=AN-GJet
#SBATCH --comment=hepbatch:11111111-2222-4333-8444-555555555555:AN-GJet
#SBATCH --chdir=/data/me/.higgs_dna_vanilla_slurm/myanalysis_20260522_175343/jobs
#SBATCH --output=/data/me/.higgs_dna_vanilla_slurm/myanalysis_20260522_175343/jobs/AN-GJet_%A_%a.out
#SBATCH --error=/data/me/.higgs_dna_vanilla_slurm/myanalysis_20260522_175343/jobs/AN-GJet_%A_%a.err
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --export=NIL
#SBATCH --partition=standard
#SBATCH --time=02:00:00
#SBATCH --mem=4000M
#SBATCH --array=0-2
# Runs one job of the dataset "GJet". Written by hepbatch.

give_up() {
  printf 'hepbatch: %s\n' "$2" >&2
  exit "$1"
}

# Which job this is
proc="${SLURM_ARRAY_TASK_ID:-${1:-}}"
case "$proc" in '' | *[!0-9]*) give_up 122 "which job? its number is the first argument" ;; esac
[ "$proc" -lt 3 ] || give_up 122 "there is no job $proc here"
number=$((0 + 10#$proc))
inputs=/data/me/.higgs_dna_vanilla_slurm/myanalysis_20260522_175343/inputs
runner="$inputs/AN-GJet-$number.json"
[ -d "$inputs" ] || give_up 121 "$inputs is not there on $(uname -n)"
[ -r "$runner" ] || give_up 122 "$runner cannot be read"

# Only jobs of one cluster may run: that of the record, or the first one where there is none
cluster="${SLURM_ARRAY_JOB_ID:-}"
record=/data/me/.higgs_dna_vanilla_slurm/myanalysis_20260522_175343/jobs/AN-GJet.cluster
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
