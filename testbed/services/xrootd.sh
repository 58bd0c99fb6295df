# shellcheck shell=bash disable=SC2034
# xrootd: servers of real ROOT files, and of the ways in which servers let one down.
#   url          anyone may read                    silentUrl   takes connections and says nothing
#   slowUrl      the same, 20 ms away and back      refusedUrl  nobody listens
#   kerberosUrl  wants a ticket; there is one only where kerberos is up
# The 120 files of scikit-hep-testdata lie below an LFN of the usual form, and with them one that nobody
# may read, one that is cut, and one that is no ROOT file. Beside them are 2,000 small ones, each with a
# UUID of its own.

PYTHON=${HEPBATCH_PYTHON:-python3}
FILES=store/mc/Testbed/Small/NANOAODSIM/v1-v1/10000
MANY_FILES=store/mc/Testbed/Many/NANOAODSIM/v1-v1/10000

# port_of NAME
port_of() {
  local names=(open slow silent refused kerberos) i
  for i in "${!names[@]}"; do
    [ "${names[i]}" != "$1" ] || echo $((${HEPBATCH_XROOTD_PORT:-21094} + i))
  done
}

has_realm() { [ -s "$STATE/kerberos/env.json" ]; }

# links: the processes of slow and silent. Their program is Python, their control sockets are ours.
links() {
  local pid
  for pid in $(pgrep -f tcp-proxy || true); do
    ! tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--control $STATE/xrootd/" || echo "$pid"
  done
}

service_is_up() {
  local bed=$STATE/xrootd
  [ -s "$bed/env.json" ] && is_program "$bed/run/open.pid" "$bed/bin/xrootd" && [ "$(links | wc -l)" = 2 ] || return 1
  # A realm that went, came, or was made anew since wants another start.
  if has_realm; then
    cmp -s "$bed/keytab" "$(read_env kerberos xrootdKeytab)" && is_program "$bed/run/kerberos.pid" "$bed/bin/xrootd"
  else
    [ ! -e "$bed/keytab" ]
  fi
}

service_up() {
  local bed=$STATE/xrootd name told=()
  need xrootd xrootd-server
  need xrdcp xrootd-client
  for name in open slow silent refused kerberos; do want_port "$(port_of "$name")" HEPBATCH_XROOTD_PORT; done
  make_user
  rm -rf "${bed:?}"
  mkdir -p "$bed"/{bin,log,run,root}
  [ "$(id -u)" != 0 ] || chown "$BED_USER" "$bed"/{log,run}
  # A copy, so that a process is known to be ours by its program.
  cp "$(command -v xrootd)" "$bed/bin/xrootd"
  copy_files "$bed/root"
  start_server open
  start_link slow --delay 10
  start_link silent --black-hole
  if has_realm; then
    install -m 600 "$(read_env kerberos xrootdKeytab)" "$bed/keytab"
    [ "$(id -u)" != 0 ] || chown "$BED_USER" "$bed/keytab"
    start_server kerberos
    told=(kerberosUrl "root://localhost:$(port_of kerberos)/" krb5Config "$(read_env kerberos krb5Config)")
  fi
  for name in slow silent refused; do told+=("${name}Url" "root://127.0.0.1:$(port_of "$name")/"); done
  write_env xrootd probe "$(port_of open)" user "$BED_USER" version "$(xrootd -v 2>&1 | tr -d v)" \
    root "$bed/root" files "$FILES" manyFiles "$MANY_FILES" url "root://127.0.0.1:$(port_of open)/" "${told[@]}"
}

copy_files() {
  "$PYTHON" - "$1/$FILES" "$1/$MANY_FILES" <<'PY' || die "no test files: $PYTHON -m pip install scikit-hep-testdata==0.3.0"
import pathlib, shutil, sys
import skhep_testdata

files, many = map(pathlib.Path, sys.argv[1:])
files.mkdir(parents=True)
many.mkdir(parents=True)
data = pathlib.Path(skhep_testdata.__file__).parent / "data"
names = sorted(data.glob("*.root"))
assert names, f"no ROOT files in {data}"
for name in names:
    shutil.copyfile(name, files / name.name)
(files / "cut.root").write_bytes((files / "uproot-Zmumu.root").read_bytes()[:1000])
(files / "notroot.root").write_text("this is not a ROOT file\n" * 10)
(files / "secret.root").touch(mode=0o000)
content = bytearray((files / "uproot-issue33.root").read_bytes())
for i in range(2000):
    content[59:63] = i.to_bytes(4, "big")  # the end of its UUID
    (many / f"f{i:05d}.root").write_bytes(content)
PY
}

# start_server open|kerberos
start_server() {
  local bed=$STATE/xrootd user=()
  config_of "$1" >"$bed/$1.cfg"
  # xrootd refuses to run as root.
  [ "$(id -u)" != 0 ] || user=(-R "$BED_USER")
  (cd "$bed/run" && KRB5_CONFIG=$STATE/kerberos/krb5.conf exec "$bed/bin/xrootd" "${user[@]}" -b -I v4 \
    -c "$bed/$1.cfg" -l "$bed/log/$1.log" -s "$bed/run/$1.pid")
  wait_for_port 10 "xrootd ($1)" "$(port_of "$1")" || die "xrootd does not listen; see $bed/log/$1.log"
}

config_of() {
  local bed=$STATE/xrootd
  cat <<CFG
all.role server
all.export / r/o
oss.localroot $bed/root
all.adminpath $bed/run/$1
all.pidpath $bed/run/$1
xrd.port $(port_of "$1")
xrd.network nodnr
CFG
  [ "$1" = kerberos ] || return 0
  cat <<CFG
xrootd.seclib libXrdSec.so
sec.protocol krb5 $bed/keytab xrootd/localhost@$(read_env kerberos realm)
sec.protbind * only krb5
CFG
}

# start_link slow|silent OPTION...: the way to the open server, with that fault.
start_link() {
  local bed=$STATE/xrootd name=$1
  shift
  setsid "$BED/tcp-proxy" --listen "127.0.0.1:$(port_of "$name")" --control "$bed/run/$name.socket" "$@" \
    "127.0.0.1:$(port_of open)" </dev/null >"$bed/log/$name.log" 2>&1 &
  wait_for_port 10 "the $name link" "$(port_of "$name")" || die "see $bed/log/$name.log"
}

service_check() {
  local bed=$STATE/xrootd name names=(open slow)
  ! has_realm || names+=(kerberos)
  for name in "${names[@]}"; do
    file_read_from "$name" 2>"$bed/log/check" | cmp -s - "$bed/root/$FILES/uproot-HZZ.root" ||
      die "$BED_USER cannot read from the $name server: $(cat "$bed/log/check"); see $bed/log"
  done
  listens "$(port_of silent)" || die "the silent server does not listen"
  ! listens "$(port_of refused)" || die "somebody listens at $(port_of refused), where nobody shall"
  CHECKED="a file read by $BED_USER from ${names[*]}"
}

# file_read_from SERVER: the bytes of a file, as the user of the bed gets them.
file_read_from() {
  local cache=FILE:$STATE/xrootd/run/check config=$STATE/kerberos/krb5.conf host=127.0.0.1
  if [ "$1" = kerberos ]; then
    host=localhost
    as_user env KRB5_CONFIG="$config" KRB5CCNAME="$cache" kinit "$(read_env kerberos principal)" \
      <<<"$(read_env kerberos password)" >/dev/null
  fi
  as_user env KRB5_CONFIG="$config" KRB5CCNAME="$cache" XRD_CONNECTIONRETRY=1 XRD_CONNECTIONWINDOW=5 \
    timeout 20 xrdcp -s "root://$host:$(port_of "$1")//$FILES/uproot-HZZ.root" -
}

service_down() {
  # shellcheck disable=SC2046
  end_processes xrootd $(running_from "$STATE/xrootd/bin") $(links)
}
