# shellcheck shell=bash disable=SC2034
# xrootd: a server that lets anyone read real ROOT files. The 120 of scikit-hep-testdata lie below an
# LFN of the usual form, one of them 2,000 times below /many, one that nobody may read, one that is cut.

PYTHON=${HEPBATCH_PYTHON:-python3}
FILES=store/mc/Testbed/Small/NANOAODSIM/v1-v1/10000

service_is_up() { is_program "$STATE/xrootd/run/pid" /usr/bin/xrootd && [ -s "$STATE/xrootd/env.json" ]; }

service_up() {
  local bed=$STATE/xrootd port=${HEPBATCH_XROOTD_PORT:-21094}
  need xrootd xrootd-server
  want_port "$port" HEPBATCH_XROOTD_PORT
  make_user
  mkdir -p "$bed"/{log,run,admin} "$bed/root/many"
  copy_files "$bed/root"
  cat >"$bed/xrootd.cfg" <<CFG
all.role server
all.export / r/o
oss.localroot $bed/root
all.adminpath $bed/admin
all.pidpath $bed/run
xrd.port $port
xrd.network nodnr
CFG
  # xrootd refuses to run as root; who is not root needs nobody else.
  local user=() runner
  if [ "$(id -u)" = 0 ]; then
    runner=$(getent passwd xrootd >/dev/null && echo xrootd || echo nobody)
    user=(-R "$runner")
    chown -R "$runner" "$bed"/{log,run,admin}
    chmod a+rX "$STATE" "$bed" && chmod -R a+rX "$bed/root"
  fi
  chmod 000 "$bed/root/$FILES/secret.root"
  (cd "$bed/run" && exec xrootd "${user[@]}" -b -I v4 -c "$bed/xrootd.cfg" -l "$bed/log/xrootd.log" -s "$bed/run/pid")
  wait_for_port 10 xrootd "$port" || die "xrootd does not listen; see $bed/log and whether $bed can be read by it"
  write_env xrootd probe "$port" url "root://127.0.0.1:$port/" root "$bed/root"
}

copy_files() {
  "$PYTHON" - "$1" "$FILES" <<'PY' || die "no test files: $PYTHON -m pip install scikit-hep-testdata==0.3.0"
import os, pathlib, shutil, sys
import skhep_testdata

root = pathlib.Path(sys.argv[1])
files = root / sys.argv[2]
files.mkdir(parents=True)
data = pathlib.Path(skhep_testdata.__file__).parent / "data"
names = sorted(data.glob("*.root"))
assert names, f"no ROOT files in {data}"
for name in names:
    shutil.copy(name, files)
(files / "cut.root").write_bytes((files / "uproot-Zmumu.root").read_bytes()[:1000])
(files / "notroot.root").write_text("this is not a ROOT file\n" * 10)
(files / "secret.root").touch(mode=0o000)
for i in range(2000):
    os.link(files / "uproot-Zmumu.root", root / f"many/f{i:05d}.root")
PY
}

service_check() {
  local port
  port=$(read_env xrootd probe)
  wait_for_port 5 xrootd "$port"
  CHECKED="its port"
}

service_down() {
  local pid
  # By their configuration, since the program is the system's.
  for pid in $(pgrep -x xrootd || true); do
    ! tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$STATE/xrootd/" || end_processes xrootd "$pid"
  done
}
