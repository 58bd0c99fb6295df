/**
 * Writes stdin to a file whole or not at all, as `writeAtomically` does on this machine. Arguments:
 * path, mode, `yes` or `no` for overwriting, size in bytes, a nonce. The size is checked since a
 * line that breaks looks like the end of stdin. Complaints are those of the tools, in the locale C.
 */
export const WRITE = `
path=$1 mode=$2 overwrite=$3 size=$4 nonce=$5
complain() { echo "$path: $1" >&2; exit 1; }
if [ -e "$path" ]; then
  [ "$overwrite" = yes ] || complain 'File exists'
  [ ! -d "$path" ] || complain 'Is a directory'
  [ -f "$path" ] || exec dd of="$path" bs=64k conv=notrunc iflag=fullblock status=none
fi
target=$(readlink -fv -- "$path" && echo .) || exit 1
target=\${target%??}
folder=\${target%/*}/
temporary=$folder.hepbatch-$nonce.tmp
trap 'rm -f -- "$temporary"' EXIT
trap 'exit 1' HUP INT TERM
trap '' PIPE # nobody may be there to hear a complaint, and the trap above has to be reached
trap '' XFSZ 2>/dev/null
mask=$(umask)
umask 077
dd of="$temporary" bs=64k conv=excl,fsync iflag=fullblock status=none || exit 1
[ "$(stat -c %s -- "$temporary")" = "$size" ] || complain 'the data were cut off, nothing was changed'
if [ -f "$target" ]; then
  chmod --reference="$target" -- "$temporary" || exit 1
else
  chmod "$(printf %o $((0$mode & ~0$mask)))" -- "$temporary" || exit 1
fi
if [ "$overwrite" = yes ]; then
  mv -fT -- "$temporary" "$target" || exit 1
elif ! said=$(ln -T -- "$temporary" "$target" 2>&1); then
  case $said in
    *': Operation not permitted' | *': Operation not supported' | *': Invalid argument' | \\
      *': Function not implemented' | *': Too many links')
      # No hard links here: the name is taken by an empty file that only one can make.
      (set -C && : >"$target") 2>/dev/null || complain 'File exists'
      mv -fT -- "$temporary" "$target" || { rm -f -- "$target"; exit 1; }
      ;;
    *) complain "\${said##*: }" ;;
  esac
fi
sync -- "$folder" 2>/dev/null
exit 0`;
