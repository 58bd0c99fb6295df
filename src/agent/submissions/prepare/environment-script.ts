/**
 * Looks, in Python, whether a program is there and finds the modules that it imports at its top; nothing of it is
 * run, and no module either. Arguments: `script` or `module`, its name, then modules that are needed besides. The
 * answer is a line `hepbatch {...}`, since set-ups speak, too.
 */
export const LOOK_AT_PROGRAM = String.raw`
import ast, importlib.util, json, os, shutil, subprocess, sys

def answer(**told):
    print("hepbatch " + json.dumps(told), flush=True)
    os._exit(0)

def is_there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return True  # odd modules answer so; nothing is said against them

def imported(text):
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import):
            yield from (one.name for one in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            yield statement.module

kind, name, *needed = sys.argv[1:]
if kind == "module":
    if not is_there(name.split(".")[0]):
        answer(absent="the module " + name)
    names = needed
else:
    path = name if "/" in name else shutil.which(name)
    if path is None or not os.path.isfile(path):
        answer(absent=name)
    if kind == "command" and not os.access(path, os.X_OK):
        answer(absent=name + " as a program that may be executed")
    with open(path, "rb") as file:
        text = file.read(4000000)
    first = text.split(b"\n", 1)[0].decode("utf-8", "replace")
    if kind == "command":
        if not first.startswith("#!") or "python" not in first:
            answer(missing=[])
        words = first[2:].split()
        python = [word for word in words if "python" in word][0]
        if shutil.which(python) is None:
            answer(absent=python + ", which runs " + name)
        again = [python, "-c", os.environ["LOOK"], "script", path, *needed]
        os._exit(subprocess.run(again).returncode)
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        names = [*imported(text), *needed]
    except SyntaxError:
        answer(missing=needed and [one for one in needed if not is_there(one)])
roots = dict.fromkeys(one.split(".")[0] for one in names)
answer(missing=[root for root in roots if not is_there(root)])
`;
