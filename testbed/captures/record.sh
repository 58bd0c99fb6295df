# shellcheck shell=bash disable=SC2016
# What the lists of commands in this folder are written with. Comes before each of them on one stdin.
set -euo pipefail
mkdir -p "$OUT"

# told KEY: what env.json tells of the service.
told() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$STATE/$SERVICE/env.json" "$1"
}

# program NAME VERSION: names the folder of what follows.
program() {
  echo "$1-$2" >"$OUT/.folder"
  printf '# %s %s\n\nRecorded by `testbed/capture %s`; do not edit.\n\n' "$1" "$2" "$SERVICE" >"$OUT/INDEX.md"
}

# record NAME COMMAND...: runs it and keeps what it said, and its status.
record() {
  local name=$1 status=0
  shift
  [ ! -e "$OUT/$name.rc" ] || { echo "two answers are called $name" >&2 && exit 1; }
  timeout 60 "$@" >"$OUT/$name.stdout" 2>"$OUT/$name.stderr" </dev/null || status=$?
  echo "$status" >"$OUT/$name.rc"
  [ -s "$OUT/$name.stderr" ] || rm "$OUT/$name.stderr"
  echo "- \`$name\`: \`$(shown "$@")\`" >>"$OUT/INDEX.md"
}

# keep NAME FILE: keeps a file that a program wrote.
keep() {
  cp "$2" "$OUT/$1.stdout"
  echo 0 >"$OUT/$1.rc"
  echo "- \`$1\`: the file \`$2\`" >>"$OUT/INDEX.md"
}

# said NAME: what an earlier command said.
said() { cat "$OUT/$1.stdout"; }

# until_so SECONDS COMMAND...: waits until it succeeds.
until_so() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "not so in time: $(shown "$@")" >&2 && exit 1; }
    sleep 0.2
  done
}

# shown COMMAND...: as one would type it.
shown() {
  local word line=
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9_./:=,@%+~^-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
    line+=" $word"
  done
  echo "${line# }"
}
