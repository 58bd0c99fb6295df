# shellcheck shell=bash
# Programs and configuration of one variant of Slurm. Sourced by services/slurm.sh.

SLURM_PACKAGES=(slurm-client slurmctld slurmd slurm-wlm-basic-plugins munge libmunge2 patchelf
  libc6 libaudit1 libbz2-1.0 libcap-ng0 libgcrypt20 libgpg-error0 libhwloc15 libjson-c5 libyaml-0-2
  liblz4-1 libnuma1 libpam0g libtinfo6 libudev1 zlib1g libgcc-s1 libstdc++6 libcap2)
SLURM_ACCOUNTING_PACKAGES=(slurmdbd slurm-wlm-mysql-plugin mariadb-server-core libmariadb3
  libcrypt1 liblzma5 libpcre2-8-0 libsystemd0 liburing2 libzstd1)
SLURM_COMMANDS=(sacct sacctmgr salloc sattach sbatch sbcast scancel scontrol sdiag sinfo sprio squeue
  sreport srun sshare sstat strigger)

has_accounting() { [[ $1 == *-acct ]]; }

# install_slurm VARIANT BED: its programs in BED/root, its commands in BED/bin.
install_slurm() {
  local variant=$1 bed=$2 root=$2/root sbin=$2/root/usr/sbin daemon
  local packages=("${SLURM_PACKAGES[@]}") of_accounting=("${SLURM_ACCOUNTING_PACKAGES[@]}")
  if [[ $variant == 22.05* ]]; then
    local suite=bookworm
    packages+=(libreadline8)
    of_accounting+=(libaio1 libssl3)
  else
    local suite=trixie
    packages+=(libreadline8t64 libxxhash0)
    of_accounting+=(libaio1t64 libssl3t64)
  fi
  ! has_accounting "$variant" || packages+=("${of_accounting[@]}")
  unpack "$suite" "slurm-$variant" "$root" "${packages[@]}"
  patch_programs "$root" "$root/$LIBRARIES/slurm-wlm:$root/$LIBRARIES" "$root"/usr/bin/* "$sbin"/*
  # The name matters: as slurmstepd-wlm it does not know itself and crashes, and its job runs for ever.
  for daemon in slurmctld slurmd slurmstepd; do
    [ ! -e "$sbin/$daemon-wlm" ] || mv -f "$sbin/$daemon-wlm" "$sbin/$daemon"
  done
  wrap "$bed/bin" SLURM_CONF "$bed/etc/slurm.conf" "${SLURM_COMMANDS[@]/#/$root/usr/bin/}"
  echo "export SLURM_CONF=$bed/etc/slurm.conf PATH=$bed/bin:\$PATH" >"$bed/env.sh"
}

# configure_slurm BED PORT: its configuration in BED/etc, and the folders that its daemons write to.
configure_slurm() {
  local bed=$1 port=$2 etc=$1/etc
  local -A filled=([BED]=$bed [PLUGINS]=$bed/root/$LIBRARIES/slurm-wlm [USER]=$BED_USER
    [HOST]=$(hostname -s) [NODE]=$SLURM_NODE [CTLD_PORT]=$port [SLURMD_PORT]=$((port + 1))
    [DBD_PORT]=$((port + 2)))
  mkdir -p "$etc"
  install -d -o "$BED_USER" "$bed"/{log,state,spool}
  # Who reaches the sockets of munge and of the database is believed to be anybody.
  install -d -o "$BED_USER" -m 700 "$bed/run"
  fill slurm.conf >"$etc/slurm.conf"
  [[ ${bed##*/} == 22.05* ]] || cp "$BED/slurm/cgroup.conf" "$etc"
  has_accounting "$bed" || return 0
  install -d -o "$BED_USER" -m 700 "$bed/db"
  fill accounting.conf >>"$etc/slurm.conf"
  # slurmdbd refuses a file that others can read.
  install -m 600 -o "$BED_USER" /dev/null "$etc/slurmdbd.conf"
  fill slurmdbd.conf >"$etc/slurmdbd.conf"
}

# fill TEMPLATE: prints it with the values of the array `filled` in its places.
fill() {
  local text name
  text=$(<"$BED/slurm/$1")
  for name in "${!filled[@]}"; do
    text=${text//"@$name@"/"${filled[$name]}"}
  done
  printf '%s\n' "$text"
}
