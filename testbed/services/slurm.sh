# shellcheck shell=bash disable=SC2034
# slurm: real Slurm in two generations whose answers differ, with and without accounting (sacct).
#
#   22.05  22.05-acct  24.11  24.11-acct     from Debian 12 and 13; -acct has slurmdbd and MariaDB
#
# Each variant has its own daemons, ports, and commands in $STATE/slurm/VARIANT/bin. All of it belongs
# to the ordinary user of the bed, and jobs are processes of that user: no root, no cgroup, no mount.
# The daemons listen on all addresses, as Slurm can bind only to what the host's name stands for; they
# believe who has this user's munge key.
#
#   HEPBATCH_SLURM_VARIANTS  which are wanted (default: "22.05 24.11-acct", so that each difference is met)
#   HEPBATCH_SLURM_PORT      first of forty ports, ten for each variant (default: 26800)

# shellcheck source=testbed/packages.sh
. "$BED/packages.sh"
# shellcheck source=testbed/slurm/install.sh
. "$BED/slurm/install.sh"
# shellcheck source=testbed/slurm/daemons.sh
. "$BED/slurm/daemons.sh"

SLURM_VARIANTS=(22.05 22.05-acct 24.11 24.11-acct)
SLURM_NODE=bed
read -ra SLURM_WANTED <<<"${HEPBATCH_SLURM_VARIANTS:-22.05 24.11-acct}"
for wanted in "${SLURM_WANTED[@]}"; do
  [[ " ${SLURM_VARIANTS[*]} " == *" $wanted "* ]] ||
    die "HEPBATCH_SLURM_VARIANTS: no variant is called $wanted; there are ${SLURM_VARIANTS[*]}"
done

service_is_up() {
  local variant bed
  [ -s "$STATE/slurm/env.json" ] && [ "$(read_env slurm user)" = "$BED_USER" ] || return 1
  for variant in "${SLURM_WANTED[@]}"; do
    [ -d "$STATE/slurm/$variant" ] || return 1
  done
  for bed in $(slurm_beds); do
    slurm_answers "$bed" || return 1
  done
}

service_up() {
  local variant bed port told=()
  make_user
  rm -rf "${STATE:?}/slurm"
  # All of it before any daemon starts.
  for variant in "${SLURM_WANTED[@]}"; do
    want_slurm_path "$STATE/slurm/$variant"
    for port in 0 1 2; do
      want_port $(($(slurm_port "$variant") + port)) HEPBATCH_SLURM_PORT
    done
  done
  for variant in "${SLURM_WANTED[@]}"; do
    bed=$STATE/slurm/$variant
    port=$(slurm_port "$variant")
    install_slurm "$variant" "$bed"
    configure_slurm "$bed" "$port"
    start_slurm "$bed"
    told+=("variants/$variant/bin" "$bed/bin" "variants/$variant/conf" "$bed/etc/slurm.conf"
      "variants/$variant/version" "$("$bed/bin/sinfo" -V | cut -d ' ' -f 2)"
      "variants/$variant/jobcomp" "$bed/log/jobcomp.log")
  done
  write_env slurm probe "$(slurm_port "${SLURM_WANTED[0]}")" user "$BED_USER" "${told[@]}"
}

service_check() {
  local bed job i beds jobs=()
  mapfile -t beds < <(slurm_beds)
  for bed in "${beds[@]}"; do
    rm -f "$bed/log/check.out"
    job=$(cd "$bed/log" && as_user "$bed/bin/sbatch" --parsable -o check.out --wrap 'id -un')
    jobs+=("$job")
  done
  for i in "${!beds[@]}"; do
    bed=${beds[i]}
    job=${jobs[i]}
    wait_for 30 "the end of job $job in $bed" job_is_done "$bed" "$job" ||
      die "$("$bed/bin/scontrol" -o show job "$job")"
    [ "$(cat "$bed/log/check.out")" = "$BED_USER" ] || die "not $BED_USER ran job $job; see $bed/log/check.out"
  done
  CHECKED="a job on each of ${beds[*]##*/}"
}

job_is_done() { timeout 5 "$1/bin/scontrol" -o show job "$2" | grep -q JobState=COMPLETED; }

service_down() {
  local ours
  # Again, since what ends may have started another meanwhile.
  for _ in 1 2 3; do
    mapfile -t ours < <({ running_from "$STATE/slurm" && job_processes; } | sort -u)
    [ ${#ours[@]} -gt 0 ] || return 0
    end_processes slurm "${ours[@]}"
  done
  die "slurm: these do not end: ${ours[*]}"
}

# slurm_beds: the folders of the variants that there are.
slurm_beds() { [ ! -d "$STATE/slurm" ] || find "$STATE/slurm" -mindepth 1 -maxdepth 1 -type d | sort; }

# slurm_port VARIANT: the first of its ports.
slurm_port() {
  local i
  for i in "${!SLURM_VARIANTS[@]}"; do
    [ "${SLURM_VARIANTS[i]}" != "$1" ] || echo $((${HEPBATCH_SLURM_PORT:-26800} + 10 * i))
  done
}

# want_slurm_path BED: ends where Slurm could not use this folder.
want_slurm_path() {
  [[ $1 =~ ^[A-Za-z0-9_./+~-]+$ ]] || die "slurm.conf cannot hold the path $1; choose another with HEPBATCH_TESTBED"
  # The longest socket is that of slurmstepd: NODE_JOB.STEP.
  want_socket "$1/spool/${SLURM_NODE}_100000.4294967291"
}
