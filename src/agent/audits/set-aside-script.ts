/**
 * Looks at stale chunks, or moves them. A question in JSON comes on stdin: `source`, the output folder;
 * `aside`, the name of a folder in it, or null to look only; `before`, nanoseconds since 1970; `files`,
 * each `[path, bytes, mtimeNs]`, of which the last two are null where nobody has seen them yet. The
 * answer is a list of `[end, why, bytes, mtimeNs]`.
 *
 * Folders are opened one below the other and no link is followed, so that whatever is changed meanwhile
 * nothing outside of the output folder is touched. A file is looked at once more where it was moved to: one
 * that a job had just written anew goes back.
 */
export const SET_ASIDE = String.raw`
import json, os, re, stat, sys

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW

class Refused(Exception):
    pass

def folder_in(top, parts, make=False):
    fd = os.dup(top)
    for part in parts:
        try:
            if make:
                try:
                    os.mkdir(part, 0o777, dir_fd=fd)
                except FileExistsError:
                    pass
            below = os.open(part, FOLDER, dir_fd=fd)
        except NotADirectoryError:
            raise Refused(os.fsdecode(part) + " is a link or no folder")
        finally:
            os.close(fd)
        fd = below
    return fd

def input_of(name):
    return re.sub(rb"_[0-9]+-[0-9]+\.parquet$", b"", name)

def parts_of(path):
    parts = os.fsencode(path).split(b"/")
    if len(parts) < 3 or any(part in (b"", b".", b"..") for part in parts):
        raise Refused("this is no path of a chunk below the output folder")
    return parts[:-1], parts[-1]

class Folders:
    """The folder of the last path stays open: paths of one folder follow each other."""

    def __init__(self, top, prefix, make):
        self.top, self.prefix, self.make, self.last, self.fd = top, prefix, make, None, -1
        self.names, self.fresh = {}, {}

    def of(self, parts):
        if self.last != parts:
            if self.fd >= 0:
                os.close(self.fd)
            self.last, self.fd = None, -1
            self.fd = folder_in(self.top, self.prefix + parts, self.make)
            self.last = parts
            self.names, self.fresh = {}, {}
            for name in [] if self.make else map(os.fsencode, os.listdir(self.fd)):
                self.names.setdefault(input_of(name), []).append(name)
        return self.fd

    def is_written_anew(self, name):
        """Whether any chunk of the same input file is newer than the audit."""
        key = input_of(name)
        if key not in self.fresh:
            times = [look(self.fd, one)[1] for one in self.names.get(key, [])]
            self.fresh[key] = any(time > before for time in times)
        return self.fresh[key]

def look(fd, name):
    info = os.stat(name, dir_fd=fd, follow_symlinks=False)
    if not stat.S_ISREG(info.st_mode):
        raise Refused("this is a link or no file")
    return info.st_size, info.st_mtime_ns

def answer(asked, here, there):
    path, size, time = asked
    parts, name = parts_of(path)
    fd = here.of(parts)
    found = look(fd, name)
    if size is not None and found != (size, int(time)):
        return ["changed", "it has another size or time than the one that was shown", *found]
    if found[1] > before:
        return ["changed", "it was written after the audit began", *found]
    if here.is_written_anew(name):
        return ["changed", "a chunk of the same input file was written after the audit began", *found]
    if there is None:
        return ["there", None, *found]
    to = there.of(parts)
    try:
        os.stat(name, dir_fd=to, follow_symlinks=False)
        raise Refused("there is one of that name in " + aside)
    except FileNotFoundError:
        pass
    os.rename(name, name, src_dir_fd=fd, dst_dir_fd=to)
    if look(to, name) != found:
        os.rename(name, name, src_dir_fd=to, dst_dir_fd=fd)
        return ["changed", "it was written at this moment", *found]
    return ["removed", None, *found]

def tried(asked, here, there):
    try:
        found = answer(asked, here, there)
    except FileNotFoundError:
        return ["gone", None, 0, "0"]
    except Refused as error:
        return ["refused", str(error), 0, "0"]
    except OSError as error:
        return ["refused", error.strerror or str(error), 0, "0"]
    return [*found[:3], str(found[3])]

question = json.loads(sys.stdin.buffer.read().decode("utf-8"))
aside, before = question["aside"], int(question["before"])
source = os.path.realpath(os.fsencode(question["source"]))
top = os.open(source, os.O_RDONLY | os.O_DIRECTORY)
here = Folders(top, [], False)
there = None if aside is None else Folders(top, [os.fsencode(aside)], True)
print(json.dumps([tried(asked, here, there) for asked in question["files"]]))
`;
