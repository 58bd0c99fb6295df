# shellcheck shell=bash
# The daemons of one variant of Slurm: to start them, to ask them, and the jobs that they leave.
# Sourced by services/slurm.sh.

# start_slurm BED
start_slurm() {
  local bed=$1 sbin=$1/root/usr/sbin conf=$1/etc/slurm.conf
  head -c 1024 /dev/urandom | (umask 077 && as_user tee "$bed/run/munge.key" >/dev/null)
  # --force: it would have its socket where everybody reaches it.
  as_daemon "$bed" "$sbin/munged" --force --num-threads=2 --key-file="$bed/run/munge.key" \
    --socket="$bed/run/munge.socket" --pid-file="$bed/run/munged.pid" \
    --log-file="$bed/log/munged.log" --seed-file="$bed/run/munge.seed"
  ! has_accounting "$bed" || start_accounting "$bed"
  as_daemon "$bed" "$sbin/slurmctld" -f "$conf"
  as_daemon "$bed" "$sbin/slurmd" -f "$conf" -N "$SLURM_NODE" -d "$sbin/slurmstepd"
  wait_for 60 "a node that takes jobs" takes_jobs "$bed" || die "see $bed/log"
}

# start_accounting BED: the database, reached by its socket alone, and slurmdbd.
start_accounting() {
  local bed=$1 sbin=$1/root/usr/sbin tables
  tables=$(dirname "$(find "$bed/root/usr/share" -name 'm*_system_tables.sql' | head -n 1)")
  local mariadb=("$sbin/mariadbd" --no-defaults --datadir="$bed/db" --basedir="$bed/root/usr"
    --lc-messages-dir="$tables" --plugin-dir="$bed/root/usr/lib/mysql/plugin" --skip-grant-tables
    --skip-networking --performance-schema=0 --innodb-buffer-pool-size=32M --innodb-log-file-size=8M
    --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900
    --socket="$bed/run/mysqld.sock" --pid-file="$bed/run/mariadbd.pid")
  # slurmdbd makes stored procedures; without the system tables they break, and associations with them.
  {
    printf '%s\n' 'CREATE DATABASE IF NOT EXISTS mysql;' 'USE mysql;'
    cat "$tables"/m*_system_tables.sql "$tables"/m*_system_tables_data.sql
    echo 'CREATE DATABASE slurm_acct;'
  } | as_daemon "$bed" "${mariadb[@]}" --bootstrap
  as_daemon "$bed" setsid --fork "${mariadb[@]}" </dev/null
  wait_for 60 "a database" test -S "$bed/run/mysqld.sock" || die "see $bed/log"
  as_daemon "$bed" "$sbin/slurmdbd"
  wait_for 60 slurmdbd accounts "$bed" || die "see $bed/log"
  "$bed/bin/sacctmgr" -i add cluster testbed >/dev/null
  "$bed/bin/sacctmgr" -i add account hep Cluster=testbed >/dev/null
  "$bed/bin/sacctmgr" -i add user "$BED_USER" Account=hep >/dev/null
}

# as_daemon BED COMMAND...: runs it as the user; what it says goes to a file, not to our terminal.
as_daemon() {
  local bed=$1
  shift
  (cd "$bed/log" && as_user env SLURM_CONF="$bed/etc/slurm.conf" MYSQL_UNIX_PORT="$bed/run/mysqld.sock" \
    "$@" >>"$bed/log/start.log" 2>&1) || die "$1 failed; see $bed/log"
}

# slurm_answers BED: whether all daemons of a variant live, and answer.
slurm_answers() {
  local bed=$1 daemon daemons=(munged slurmctld slurmd)
  ! has_accounting "$bed" || daemons+=(mariadbd slurmdbd)
  for daemon in "${daemons[@]}"; do
    is_program "$bed/run/$daemon.pid" "$bed/root/usr/sbin/$daemon" || return 1
  done
  takes_jobs "$bed" && { ! has_accounting "$bed" || accounts "$bed"; }
}

takes_jobs() { timeout 5 "$1/bin/sinfo" -h -o %t 2>/dev/null | grep -qE '^(idle|mix|alloc)$'; }

accounts() { timeout 5 "$1/bin/sacctmgr" -n list cluster >/dev/null 2>&1; }

# job_processes: those of our jobs, by the environment that Slurm gives them, and the groups they lead.
# No controller is needed for it, so it finds what a crash left as well.
job_processes() {
  local files pids
  mapfile -t files < <(grep -lzsF "SLURM_CONF=$STATE/slurm/" /proc/[0-9]*/environ)
  [ ${#files[@]} -gt 0 ] || return 0
  pids=$(grep -lzs '^SLURM_JOB_ID=' "${files[@]}" | cut -d / -f 3)
  [ -z "$pids" ] || pgrep -g "${pids//$'\n'/,}" || true
  echo "$pids"
}
