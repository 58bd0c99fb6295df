# shellcheck shell=bash disable=SC2034
# What all services of the test bed share: folders, users, packages, ports, processes. Sourced, never run.

BED=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
STATE=$(realpath -m "${HEPBATCH_TESTBED:-$(dirname "$BED")/.testbed}")
# Downloads and unpacked packages; testbed/down leaves it, testbed/down --purge removes it.
CACHE=$STATE/cache
# Remembers the bed that its user belongs to: another bed on this machine has a user of its own.
BED_USER_MARK="hepbatch test bed ${STATE//[:,=]/_}"

# mark_of USER: what was noted about the user when it was made; nothing where there is none.
mark_of() { getent passwd "$1" | cut -d: -f5; }

# bed_user: hepuser, or where that is somebody else's (a bed that is gone may have left it) hepuser2...
bed_user() {
  local name
  for name in hepuser hepuser{2..99}; do
    if ! getent passwd "$name" >/dev/null || [ "$(mark_of "$name")" = "$BED_USER_MARK" ]; then
      echo "$name"
      return
    fi
  done
  echo hepuser
}

# The ordinary user of the bed: who runs the schedulers' jobs and whom the SSH servers let in.
BED_USER=${HEPBATCH_TESTBED_USER:-$(bed_user)}
# Nobody's secret: it opens servers that listen on 127.0.0.1 alone, and only while they are up.
BED_PASSWORD=correct-horse
[ "$(id -u)" = 0 ] || BED_USER=$(id -un)

say() { echo "testbed: $*" >&2; }

die() {
  echo "testbed: $*" >&2
  exit 1
}

# need PROGRAM PACKAGE...: installs Debian packages where the program is absent and we may.
need() {
  local program=$1
  shift
  command -v "$program" >/dev/null && return
  [ "$(id -u)" = 0 ] || die "$program is absent; as root: apt-get install $*"
  say "installing $*"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
    { apt-get update -qq >&2 &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null >&2; }
}

# need_idle "SERVICE..." PROGRAM PACKAGE...: the same, for packages that would start services of the
# system; those stay off, now and at the next boot.
need_idle() {
  local services=$1 policy=/usr/sbin/policy-rc.d made=no
  shift
  command -v "$1" >/dev/null && return
  if [ "$(id -u)" = 0 ] && [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    made=yes
  fi
  (need "$@") || made="$made failed"
  case $made in yes*) rm -f "$policy" ;; esac
  case $made in *failed) exit 1 ;; esac
  # shellcheck disable=SC2086
  ! command -v systemctl >/dev/null || systemctl disable --quiet $services 2>/dev/null ||
    say "could not switch off $services of the system"
}

# need_root WHAT: ends where this user cannot do it, and says what would.
need_root() { [ "$(id -u)" = 0 ] || die "$1 needs root (PAM, other users): sudo testbed/up $1"; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# want_port PORT VARIABLE: ends where somebody else has the port.
want_port() { ! listens "$1" || die "port $1 is taken; choose another with $2"; }

# wait_for SECONDS WHAT COMMAND...: tries until it succeeds; false when the time is over. The command may
# be a function, and sees itself to it that it ends.
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || {
      say "$what is not there in time"
      return 1
    }
    sleep 0.1
  done
}

# want_socket PATH: ends where the path of a unix socket is longer than the system allows.
want_socket() {
  [ ${#1} -le 107 ] ||
    die "$1 is $((${#1} - 107)) characters too long for a socket; choose a shorter folder with HEPBATCH_TESTBED"
}

wait_for_port() { wait_for "$1" "$2" listens "$3"; }

# as_user COMMAND...: runs it as the ordinary user of the bed, with a clean environment.
as_user() {
  local become=()
  [ "$(id -u)" != 0 ] || become=(runuser -u "$BED_USER" --)
  "${become[@]}" env -i HOME="$(home_of "$BED_USER")" USER="$BED_USER" LOGNAME="$BED_USER" \
    SHELL=/bin/bash LANG=C.UTF-8 PATH="${BED_PATH:-}/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" "$@"
}

# random_hex BYTES
random_hex() { od -An -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

home_of() { getent passwd "$1" | cut -d: -f6; }

# make_user: as root, makes the user of the bed; refuses one that somebody else made.
make_user() {
  [ "$(id -u)" = 0 ] || return 0
  if ! getent passwd "$BED_USER" >/dev/null; then
    useradd -m -s /bin/bash -c "$BED_USER_MARK" "$BED_USER"
  elif [ "$(mark_of "$BED_USER")" != "$BED_USER_MARK" ]; then
    die "user $BED_USER exists and is not of $STATE; choose another name with HEPBATCH_TESTBED_USER"
  fi
  mkdir -p "$STATE"
  as_user test -x "$STATE" ||
    die "$BED_USER cannot enter $STATE; put it elsewhere with HEPBATCH_TESTBED"
}

# remove_user: as root, removes the user of the bed once no service needs it.
remove_user() {
  [ "$(id -u)" = 0 ] && [ -z "$(up_services)" ] || return 0
  [ "$(mark_of "$BED_USER")" = "$BED_USER_MARK" ] || return 0
  # shellcheck disable=SC2046
  end_processes "user $BED_USER" $(pgrep -u "$BED_USER" || true)
  wait_for 5 "the end of user $BED_USER" userdel -r "$BED_USER"
}

# up_services: names of the services that have state.
up_services() {
  local file
  for file in "$STATE"/*/env.json; do
    [ ! -e "$file" ] || basename "$(dirname "$file")"
  done
}

# running_from FOLDER: the processes whose program lies below it, also where it was removed since.
running_from() {
  local proc
  for proc in /proc/[0-9]*; do
    case $(readlink "$proc/exe" 2>/dev/null || true) in
      "$1"/*) echo "${proc#/proc/}" ;;
    esac
  done
}

# is_program PIDFILE PATH: whether that process lives and runs that program; numbers are given again.
is_program() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 1
  [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$2" ]
}

# is_alive PID: false also for a zombie, which waits for a parent that may never ask for it.
is_alive() { ! grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status" && [ -d "/proc/$1" ]; }

# end_processes WHAT PID...: SIGTERM, and SIGKILL to what is left two seconds later.
end_processes() {
  local what=$1 pid left
  shift
  [ $# -gt 0 ] || return 0
  kill -TERM "$@" 2>/dev/null || true
  for _ in {1..40}; do
    left=()
    for pid in "$@"; do
      ! is_alive "$pid" || left+=("$pid")
    done
    [ ${#left[@]} -gt 0 ] || return 0
    sleep 0.05
  done
  say "$what: killing ${left[*]}"
  kill -KILL "${left[@]}" 2>/dev/null || true
}

# write_env SERVICE KEY VALUE...: says that the service is up, and what its users need to know.
# `probe` is a port of 127.0.0.1 that listens while it is up. A key a/b is b within the object a.
write_env() {
  local service=$1
  shift
  python3 - "$STATE/$service/env.json" "$service" "$@" <<'PY'
import json, os, sys

path, service, *pairs = sys.argv[1:]
told = {"service": service}
for key, value in zip(pairs[::2], pairs[1::2]):
    *outer, inner = key.split("/")
    place = told
    for name in outer:
        place = place.setdefault(name, {})
    place[inner] = int(value) if value.isdigit() and key.endswith(("port", "probe", "Port")) else value
with open(path + ".new", "w") as file:
    json.dump(told, file, indent=2)
os.chmod(path + ".new", 0o644)
os.replace(path + ".new", path)
PY
}

# read_env SERVICE KEY
read_env() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$STATE/$1/env.json" "$2"
}

# The services in the order they come up; ssh lets the user reach what is up before it.
SERVICES=(htcondor slurm kerberos ssh xrootd)

# load SERVICE: its functions service_up, service_check, service_is_up and service_down.
load() {
  [ -f "$BED/services/$1.sh" ] || die "no service is called $1; there are ${SERVICES[*]}"
  # shellcheck source=/dev/null
  . "$BED/services/$1.sh"
}
