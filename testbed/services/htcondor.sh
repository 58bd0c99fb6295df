# shellcheck shell=bash disable=SC2034
# htcondor: a pool of HTCondor 23.9 with eight slots and two schedds. All of it, and the jobs, are
# processes of the ordinary user of the bed, who alone may submit.

# shellcheck source=testbed/packages.sh
. "$BED/packages.sh"

POOL=$STATE/htcondor
SCHEDD_A=schedd-a@testbed
SCHEDD_B=schedd-b@testbed
# HTCondor, what its programs load, and what patches them.
CONDOR_PACKAGES=(condor libc6 libstdc++6 libgcc-s1 libgomp1 libpcre2-8-0 libssl3t64 libuuid1 libzstd1
  zlib1g patchelf)

service_up() {
  local port=${HEPBATCH_HTCONDOR_PORT:-21618} python
  make_user
  want_port "$port" HEPBATCH_HTCONDOR_PORT
  rm -rf "${POOL:?}"/{var,env.json} # the queue of a pool that crashed goes with it
  install_condor
  configure "$port"
  condor master -pidfile "$POOL/var/run/master.pid" </dev/null
  wait_for 30 "the pool" pool_answers || {
    tail -n 20 "$POOL/var/log/MasterLog" >&2
    die "HTCondor does not answer; see $POOL/var/log"
  }
  python=$("$BED/jobs-python")
  write_env htcondor probe "$port" bin "$POOL/bin" config "$POOL/etc/condor_config" user "$BED_USER" \
    python "$python" schedd "$SCHEDD_A" secondSchedd "$SCHEDD_B" \
    version "$(condor version | sed -n 's/^\$CondorVersion: \([0-9.]*\).*/\1/p')"
}

install_condor() {
  local root=$POOL/root
  unpack trixie htcondor "$root" "${CONDOR_PACKAGES[@]}"
  patch_programs "$root" "$root/usr/lib:$root/$LIBRARIES" "$root"/usr/{bin,sbin,libexec/condor}/*
  wrap "$POOL/bin" CONDOR_CONFIG "$POOL/etc/condor_config" "$root"/usr/{bin,sbin}/condor_* \
    "$root"/usr/bin/classad_*
}

# configure PORT: its folders and configuration, and env.sh for people.
configure() {
  mkdir -p "$POOL/etc"
  [ "$(id -u)" != 0 ] || install -d -o "$BED_USER" "$POOL/var"
  as_user mkdir -p "$POOL"/var/{log,run,lock,spool,spool-b,execute}
  as_user mkdir -m 700 "$POOL/var/secrets"
  as_user mkdir -m 1777 "$POOL/var/fs"
  {
    # CONDOR_IDS: whom the commands become when root calls them.
    printf '%s = %s\n' BED "$POOL" BED_USER "$BED_USER" COLLECTOR_PORT "$1" \
      CONDOR_IDS "$(id -u "$BED_USER").$(id -g "$BED_USER")" SCHEDD_A_NAME "$SCHEDD_A" SCHEDD_B_NAME "$SCHEDD_B"
    cat "$BED/htcondor/condor_config"
  } >"$POOL/etc/condor_config"
  cat >"$POOL/env.sh" <<ENV
export CONDOR_CONFIG=$POOL/etc/condor_config
case :\$PATH: in *:$POOL/bin:*) ;; *) PATH=$POOL/bin:\$PATH ;; esac
ENV
}

# condor NAME ARGUMENT...: condor_NAME as the ordinary user, who need not be able to enter this folder.
condor() { (cd "$POOL/var" && as_user timeout 30 "$POOL/bin/condor_$1" "${@:2}"); }

# pool_answers: asks each daemon itself, since the collector remembers the dead for minutes.
pool_answers() {
  local daemon
  is_program "$POOL/var/run/master.pid" "$POOL/root/usr/sbin/condor_master" || return 1
  for daemon in MASTER COLLECTOR NEGOTIATOR STARTD "SCHEDD -name $SCHEDD_A" "SCHEDD -name $SCHEDD_B"; do
    # shellcheck disable=SC2086
    condor ping -quiet -type $daemon READ >/dev/null 2>&1 || return 1
  done
}

service_is_up() { [ -s "$POOL/env.json" ] && pool_answers; }

service_check() {
  local dir=$POOL/var/check output
  as_user rm -rf "$dir"
  as_user mkdir "$dir"
  as_user tee "$dir/job.sub" >/dev/null <<SUB
initialdir = $dir
executable = /usr/bin/id
arguments = -un
output = output
error = error
log = log
queue
SUB
  condor submit "$dir/job.sub" >/dev/null
  condor wait -wait 25 "$dir/log" >/dev/null || die "a job did not end in time; see $dir and $POOL/var/log"
  output=$(cat "$dir/output")
  [ "$output" = "$BED_USER" ] || die "a job of $BED_USER printed '$output'; see $dir"
  CHECKED="a job of $BED_USER"
}

# pool_processes: daemons, commands, and jobs, which outlive daemons that were killed.
pool_processes() {
  running_from "$POOL/root"
  grep -lzsF "_CONDOR_JOB_AD=$POOL/var/" /proc/[0-9]*/environ | cut -d/ -f3
}

service_down() {
  local round pids
  for round in 1 2 3 4 5; do
    pids=$(pool_processes || true)
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086
    end_processes htcondor $pids
  done
  die "htcondor: $pids (see ps) do not end"
}
