/**
 * Looks at a host in one go; its arguments are the interpreters of Python to look at. All parts run
 * side by side, so that a slow one (Java, a file system that hangs) keeps nobody waiting, and what is
 * known when time runs out is known. Each line is `part:text`, and a part ends with `part=status`:
 * one without that gave no answer. Every line is written in one piece, so parts do not cut into each
 * other's lines. Times are in UTC.
 */
export const PROBE_SCRIPT = String.raw`
LC_ALL=C TZ=UTC0
export LC_ALL TZ
user=$(id -un)
letter=$(printf %.1s "$user")

part() (
  name=$1
  shift
  said=$("$@" </dev/null 2>&1; printf '\n=%s' $?)
  printf '%s\n' "$(printf %s "$said" | sed '$d' | head -c 3500)" | sed "s/^/$name:/"
  printf '%s=%s\n' "$name" "$(printf %s "$said" | sed -n '$s/^=//p')"
)

space() {
  printf '%s\n' "$1"
  case $1 in
    /afs/*) fs listquota -path "$1" ;;
    *) df -P -k "$1" ;;
  esac
}

scratch() {
  set -- "$SCRATCH" "/scratch/$user"
  for root in /scratch /afs/cern.ch/work /eos/user; do
    set -- "$@" "$root/$letter/$user"
  done
  for folder in "$@" "$TMPDIR" /tmp; do
    if [ -n "$folder" ] && [ "$folder" != "$HOME" ] && [ -d "$folder" ] && [ -w "$folder" ]; then
      space "$folder"
      return
    fi
  done
  return 1
}

tool() {
  command -v "$1" || return 127
  shift
  "$@"
}

python() {
  "$1" -c 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])'
}

proxy() {
  if command -v voms-proxy-info >/dev/null; then
    voms-proxy-info -all
    return
  fi
  file=$X509_USER_PROXY
  [ -n "$file" ] || file=/tmp/x509up_u$(id -u)
  [ -f "$file" ] || return 127
  printf 'path : %s\n' "$file"
  openssl x509 -noout -subject -enddate -nameopt compat -in "$file"
}

printf 'user:%s\nnode:%s\n' "$user" "$(uname -n)"
part fqdn hostname -f &
part home space "$HOME" &
part scratch scratch &
part condor tool condor_submit condor_version &
part slurm tool sbatch sbatch --version &
part ticket klist &
part proxy proxy &
i=0
for interpreter; do
  part "python$i" python "$interpreter" &
  i=$((i + 1))
done
wait
`;
