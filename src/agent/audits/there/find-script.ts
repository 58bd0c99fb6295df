/**
 * Lists the outputs with one `find` for all datasets; `find` asks nothing of a file that is no
 * folder and no link. Its arguments are the output folder and the names of programs that may squeeze the list,
 * the best first; folders of datasets come on stdin, each with `/` at its end and NUL after it.
 *
 * It says first how the rest is squeezed. Then come records with NUL after each:
 *
 *     0d<path>          a folder that was asked for; an empty record stands before it
 *     1<type><name>     what is in it: d folder, f file, others as %y of find says
 *     1l<type><name>    a link there, and what it leads to: %Y of find
 *     2...              the same in the folder that was told last
 *     9end <s> <s>      how both finds ended; an empty record stands before and after it
 *
 * Folders below a name with a dot are not looked into. Needs GNU find, as CMS sites have it.
 */
export const FIND = `
LC_ALL=C; export LC_ALL
link='%d%y%Y%f\\0' each='%d%y%f\\0' start='\\0000d%p\\0'
list() {
  find "$1/" -maxdepth 1 -type d \\( -path '*/' -printf "$start" -o -printf "$each" \\) \\
    -o -type l -printf "$link"
  tops=$?
  xargs -0 -r sh -c '
    start=$1 link=$2 each=$3; shift 3
    find "$@" -maxdepth 2 \\
      -type d \\( -path "*/" -printf "$start" -o -name ".*" -prune -o -printf "$each" \\) \\
      -o -type l -printf "$link" -o -printf "$each"' find "$start" "$link" "$each"
  printf '\\0009end %s %s\\0\\0' "$tops" "$?"
}
squeeze=cat
for program in $2; do
  if command -v "$program" >/dev/null; then squeeze=$program; break; fi
done
printf '%s\\n' "$squeeze"
case $squeeze in
  cat) list "$1" ;;
  *) list "$1" | "$squeeze" -1 -q -c ;;
esac
`;

/** The same for folders that are links: what is in them, as records `2...`. */
export const FIND_LINKED = `
LC_ALL=C; export LC_ALL
echo cat
xargs -0 -r sh -c '
  find "$@" -maxdepth 1 \\
    -type d \\( -path "*/" -printf "\\0000d%p\\0" -o -printf "2%y%f\\0" \\) \\
    -o -type l -printf "2%y%Y%f\\0" -o -printf "2%y%f\\0"' find
printf '\\0009end 0 %s\\0\\0' "$?"
`;
