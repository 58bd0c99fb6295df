/**
 * Starts the program that reads files on another host: in Python where there is a Python 3, else in
 * the shell. It says which in its first line. Arguments: the two programs.
 */
export const READ = `
LC_ALL=C; export LC_ALL
if python3 -I -S -c 'import concurrent.futures, resource, zlib' >/dev/null 2>&1; then
  exec python3 -I -S -c "$1"
fi
exec sh -c "$2"
`;

/**
 * Answers the questions of `HostFiles`. What it hears and says after its first line is squeezed.
 * Several files at once where each has to be waited for; else threads are only in each other's way.
 */
export const READ_IN_PYTHON = String.raw`
import concurrent.futures, errno, os, re, resource, stat, sys, zlib

LANES = 8

def plain(line):
    if b"\\" not in line:
        return line
    return re.sub(rb"\\0([0-7]{3})", lambda found: bytes([int(found[1], 8)]), line)

def code(number):
    return "!" + errno.errorcode.get(number, str(number))

def times(info):
    return "%d %d.%09d" % (info.st_size, *divmod(info.st_mtime_ns, 10**9))

def ends(fd, info, _):
    if info.st_size < 12:
        return times(info)
    tail = os.pread(fd, 8, info.st_size - 8)
    return times(info) + " " + os.pread(fd, 4, 0).hex() + " " + tail.hex()

def head(fd, info, most):
    return "%d %s" % (info.st_size, os.pread(fd, most, 0).hex())

def foot(fd, info, most):
    size = info.st_size
    length = int.from_bytes(os.pread(fd, 4, size - 8), "little") if size >= 12 else size
    if length > size - 12:
        return "-"
    return "%d %s" % (length, os.pread(fd, min(length, most), size - 8 - length).hex())

def ask(path):
    info = os.stat(path)
    return times(info) if stat.S_ISREG(info.st_mode) else "-"

def open_and(read, path, most):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        info = os.fstat(fd)
        if stat.S_ISREG(info.st_mode):
            return read(fd, info, most)
        if read is head:
            return code(errno.EISDIR if stat.S_ISDIR(info.st_mode) else errno.ENXIO)
        return "-"
    finally:
        os.close(fd)

def answer(verb, most, path):
    try:
        if verb == b"stat":
            return ask(path)
        return open_and({b"ends": ends, b"head": head, b"foot": foot}[verb], path, most)
    except OSError as error:
        return code(error.errno)

def answers(lines, lanes):
    verb, most, folder = lines[0].split(b" ", 2)
    paths = [plain(folder + name) for name in lines[1:]]
    def lane(some):
        return [answer(verb, int(most), path) for path in some]
    if lanes is None:
        return lane(paths)
    said = [""] * len(paths)
    parts = [slice(n, None, LANES) for n in range(LANES)]
    for part, lines in zip(parts, lanes.map(lane, [paths[part] for part in parts])):
        said[part] = lines
    return said

def waits():
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw

def main():
    out = sys.stdout.buffer
    out.write(b"python\n")
    out.flush()
    heard, said, rest, lanes = zlib.decompressobj(), zlib.compressobj(1), b"", None
    while True:
        piece = os.read(0, 65536)
        if not piece:
            return
        *questions, rest = (rest + heard.decompress(piece)).split(b"\n\n")
        for question in questions:
            before = waits()
            lines = answers(question.split(b"\n"), lanes)
            if lanes is None and waits() - before > len(lines) / 2:
                lanes = concurrent.futures.ThreadPoolExecutor(LANES)
            text = "\n".join(lines) + "\n\n"
            out.write(said.compress(text.encode()) + said.flush(zlib.Z_SYNC_FLUSH))
            out.flush()

main()
`;

/** Takes the last letter off; JavaScript would read it as its own. */
const WITHOUT_LAST = '${path%.}';

/** The same with POSIX tools and GNU stat, several processes for each file and nothing squeezed. */
export const READ_IN_SHELL = String.raw`
LC_ALL=C; export LC_ALL
hex() { od -An -v -tx1 | tr -d ' \n'; }
fault() { printf '!%s\n' "$1"; }
# No hexadecimal number has a colon, each complaint has one.
read_hex() {
  bytes=$({ "$@" | hex; } 2>&1)
  case $bytes in *:*) fault "$bytes"; return 1 ;; esac
}
ends() {
  if [ "$size" -lt 12 ]; then echo "$size $time"; return; fi
  read_hex head -c 4 -- "$path" || return
  first=$bytes
  read_hex tail -c 8 -- "$path" || return
  echo "$size $time $first $bytes"
}
foot() {
  set -- $(tail -c 8 -- "$path" 2>/dev/null | od -An -v -tu1)
  if [ "$size" -lt 12 ] || [ $# -ne 8 ]; then echo -; return; fi
  length=$(($1 + $2 * 256 + $3 * 65536 + $4 * 16777216))
  if [ "$length" -gt $((size - 12)) ]; then echo -; return; fi
  if [ "$length" -lt "$most" ]; then most=$length; fi
  echo "$length $(tail -c $((length + 8)) -- "$path" | head -c "$most" | hex)"
}
answer() {
  facts=$(stat -L -c '%f %s %.9Y' -- "$path" 2>&1) || { fault "$facts"; return; }
  set -- $facts
  mode=$1 size=$2 time=$3
  case $verb/$mode in
    stat/8???) echo "$size $time" ;;
    ends/8???) ends ;;
    head/8???) read_hex head -c "$most" -- "$path" && echo "$size $bytes" ;;
    foot/8???) foot ;;
    head/4???) fault EISDIR ;;
    head/*) fault ENXIO ;;
    *) echo - ;;
  esac
}
echo sh
while read -r verb wanted folder; do
  while IFS= read -r name && [ -n "$name" ]; do
    path=$folder$name most=$wanted
    case $path in
      *\\*) path=$(printf '%b.' "$path") path=${WITHOUT_LAST} ;;
    esac
    answer
  done
  echo
done
`;
