"""Plain jobs as detached processes of this machine; runs by itself on any host with Python 3.9.

One run is one folder: ``run.json`` says what it is, ``events.jsonl`` what became of each job, and
``actions`` holds what is asked of it. One process, the keeper, starts the jobs of a run, a few at a
time, and ends when nothing is left to do. Whoever asks for states or acts starts it anew where it
died.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import IO, Any

STEP_SECONDS = 0.2
ACTION_SECONDS = 20.0
OVER = ("succeeded", "failed", "removed", "unknown")

Job = dict[str, Any]


def read_jobs(run: Path) -> tuple[dict[str, Any], list[Job]]:
    """Read a run: what it is, and the last event of each job."""
    about = json.loads((run / "run.json").read_text())
    blank = {"state": "pending", "starts": 0, "memoryMb": None, "requestMb": about["memoryMb"]}
    jobs: list[Job] = [{"proc": proc, **blank} for proc in range(about["jobs"])]
    events = run / "events.jsonl"
    for line in events.read_bytes().split(b"\n")[:-1] if events.exists() else []:
        event = json.loads(line)
        jobs[event["proc"]].update(event)
    return about, jobs


def start_time(pid: int) -> str | None:
    """Tell when a process started, which no other of that number shares; None where it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split(" ")
    return None if fields[0] in "ZX" else fields[19]


def memory_of_groups() -> dict[int, int]:
    """Sum the resident memory of all process groups, in MB, with one look at all processes."""
    pages: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit():
                group = os.getpgid(int(entry))
                own = int(Path(f"/proc/{entry}/statm").read_text().split(" ")[1])
                pages[group] = pages.get(group, 0) + own
        except (OSError, IndexError):
            continue  # it ended meanwhile
    page = os.sysconf("SC_PAGE_SIZE")
    return {group: count * page // (1024 * 1024) for group, count in pages.items()}


class Slots:
    """Places for jobs that all runs of a user on this machine share: one per core allowed."""

    def __init__(self, count: int, memory_mb: int) -> None:
        self.folder = Path(os.path.expanduser("~/.cache/hepbatch/slots"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count = count
        self.each_mb = max(1, memory_mb // count)

    def take(self, memory_mb: int) -> list[IO[str]] | None:
        """Take as many places as the memory needs, or none where so many are not free."""
        needed = min(self.count, max(1, -(-memory_mb // self.each_mb)))
        taken: list[IO[str]] = []
        for number in range(self.count):
            place: IO[str] = (self.folder / str(number)).open("a")
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                place.close()
                continue
            taken.append(place)
            if len(taken) == needed:
                return taken
        for place in taken:
            place.close()
        return None


class Keeper:
    """The one process that starts the jobs of a run and writes down what becomes of them."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.about, self.jobs = read_jobs(run)
        self.slots = Slots(self.about["slots"], self.about["totalMb"])
        self.running: dict[int, tuple[subprocess.Popen[bytes], list[IO[str]], float]] = {}
        self.next_look = 0.0
        events = run / "events.jsonl"
        if events.exists():  # a keeper that died may have left half a line
            data = events.read_bytes()
            os.truncate(events, data.rfind(b"\n") + 1)
        self.events = events.open("ab", buffering=0)
        self.unwritten = b""

    def note(self, proc: int, state: str, **more: Any) -> None:
        """Write down an event of a job, now or as soon as there is room."""
        event = {"proc": proc, "state": state, "since": int(time.time()), **more}
        self.unwritten += json.dumps(event).encode() + b"\n"
        self.jobs[proc].update(event)
        self.flush()

    def flush(self) -> bool:
        """Write what is not written yet; False where the disk is full."""
        try:
            while self.unwritten:
                self.unwritten = self.unwritten[self.events.write(self.unwritten) :]
        except OSError:
            return False  # full, or away for a moment: it is tried again at the next step
        return True

    def keep(self) -> None:
        """Work until nothing is left."""
        for job in self.jobs:
            if job["state"] == "running" and start_time(job["pid"]) != job["started"]:
                self.note(job["proc"], "unknown")  # it ended while no keeper was there
        while True:
            written = self.flush()
            self.act()
            self.reap()
            self.watch_memory()
            if written:
                self.start()
            is_open = any(job["state"] in ("pending", "running") for job in self.jobs)
            if not is_open and self.flush():
                return
            time.sleep(STEP_SECONDS)

    def start(self) -> None:
        """Start what there is room for."""
        for job in self.jobs:
            if job["state"] != "pending":
                continue
            places = self.slots.take(job["requestMb"])
            if places is None or not self.launch(job, places):
                break

    def launch(self, job: Job, places: list[IO[str]]) -> bool:
        """Start one job; False where that could not be written down first."""
        proc = job["proc"]
        name = str(proc)
        # On disk before it runs: if this keeper dies now, the next one does not start it again.
        self.note(proc, "running", pid=0, started="", code=None, subcode=None, reason=None)
        if self.unwritten:
            self.note(proc, "pending")
            for place in places:
                place.close()
            return False
        env = {**os.environ, "HEPBATCH_CLUSTER": self.about["id"]}
        try:
            with (
                open(self.about["output"].replace("%a", name), "ab") as out,
                open(self.about["error"].replace("%a", name), "ab") as err,
            ):
                child = subprocess.Popen(
                    [*self.about["argv"], name],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    env=env,
                    start_new_session=True,
                    pass_fds=[place.fileno() for place in places],  # taken as long as it runs
                )
        except OSError as error:
            for place in places:
                place.close()
            self.note(proc, "held", code=6, subcode=error.errno or 0, reason=str(error))
            return True
        self.running[proc] = (child, places, time.monotonic())
        more = {"pid": child.pid, "started": start_time(child.pid), "starts": job["starts"] + 1}
        self.note(proc, "running", **more)
        return True

    def reap(self) -> None:
        """See which jobs ended, and end those that use too much memory."""
        for proc, (child, _, begun) in list(self.running.items()):
            status = child.poll()
            if status is None:
                continue
            seconds = int(time.monotonic() - begun)
            end = {"exitSignal": -status} if status < 0 else {"exitCode": status}
            self.free(proc)
            state = "succeeded" if status == 0 else "failed"
            told = {"exitCode": None, "exitSignal": None, **end}
            memory_mb = self.jobs[proc]["memoryMb"]
            self.note(proc, state, seconds=seconds, memoryMb=memory_mb, **told)
        for job in self.jobs:  # of a keeper that died: how they end is not told to us
            known = job["proc"] in self.running or job["state"] != "running"
            if not known and start_time(job["pid"]) != job["started"]:
                self.note(job["proc"], "unknown")

    def watch_memory(self) -> None:
        """Hold jobs that use more memory than they asked for; looks once a second."""
        if not self.running or time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + 1
        used_by = memory_of_groups()
        for proc, (child, _, _) in list(self.running.items()):
            job, used = self.jobs[proc], used_by.get(child.pid, 0)
            job["memoryMb"] = max(used, job["memoryMb"] or 0)
            if used > job["requestMb"]:
                self.kill(proc)
                reason = f"used {used} MB of {job['requestMb']} MB"
                hold = {"code": 34, "subcode": 102, "reason": reason, "memoryMb": used}
                self.note(proc, "held", **hold)

    def kill(self, proc: int) -> None:
        """End a job with all that it started."""
        job = self.jobs[proc]
        if proc in self.running or start_time(job["pid"]) == job["started"]:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(job["pid"], signal.SIGKILL)
        self.free(proc)

    def free(self, proc: int) -> None:
        """Give the places of a job back."""
        child, places, _ = self.running.pop(proc, (None, [], 0.0))
        if child is not None:
            child.wait()
        for place in places:
            place.close()

    def act(self) -> None:
        """Do what is asked for."""
        for file in sorted((self.run / "actions").glob("*.json")):
            asked = json.loads(file.read_text())
            procs = range(len(self.jobs)) if asked["procs"] is None else asked["procs"]
            for proc in procs:
                if proc < len(self.jobs):
                    self.act_on(proc, asked)
            file.unlink()

    def act_on(self, proc: int, asked: dict[str, Any]) -> None:
        """Do it to one job."""
        job, do = self.jobs[proc], asked["do"]
        if do == "memory":
            self.note(proc, job["state"], requestMb=asked["memoryMb"])
        elif do == "release" and job["state"] == "held":
            self.note(proc, "pending", code=None, subcode=None, reason=None)
        elif do in ("hold", "remove") and job["state"] not in OVER:
            if job["state"] == "running":
                self.kill(proc)
            if do == "hold":
                self.note(proc, "held", code=1, subcode=0, reason="held by hepbatch")
            else:
                self.note(proc, "removed")


def keep_alive(run: Path) -> None:
    """Start the keeper of a run in the background, where there is none and something to do."""
    with (run / "keeper.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return  # there is one
        is_open = any(job["state"] in ("pending", "running") for job in read_jobs(run)[1])
        if not is_open and not list((run / "actions").glob("*.json")):
            return
        ready, begun = os.pipe()
        if os.fork() != 0:
            os.close(begun)
            os.read(ready, 1)  # who started us may end our session once we are gone
            return  # the child has the lock too and keeps it
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        log = os.open(run / "keeper.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for number, target in ((0, null), (1, log), (2, log)):
            os.dup2(target, number)
        os.close(begun)
        Keeper(run).keep()
        os._exit(0)


def submit(request: dict[str, Any]) -> dict[str, Any]:
    """Make a run; it is there as soon as its folder has its name."""
    runs = Path(request["runs"])
    new = runs / f".{request['id']}"
    try:
        runs.mkdir(exist_ok=True)
        (new / "actions").mkdir(parents=True)
        (new / "run.json").write_text(json.dumps(request))
        (new / "keeper.lock").touch()
        os.rename(new, runs / request["id"])
    except OSError as error:
        shutil.rmtree(new, ignore_errors=True)
        return {"refused": f"{error.strerror}: {error.filename or new}"}
    keep_alive(runs / request["id"])
    return {"id": request["id"]}


def find(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Name the runs of a folder."""
    runs = Path(request["runs"])
    found = []
    for run in sorted(runs.glob("[!.]*")) if runs.exists() else []:
        about = json.loads((run / "run.json").read_text())
        found.append({key: about[key] for key in ("id", "name", "jobs")})
    return found


def states(request: dict[str, Any]) -> list[Job]:
    """Tell the states of a run, and start its keeper where it died."""
    run = Path(request["runs"]) / request["id"]
    if not run.exists():
        return []
    keep_alive(run)
    return read_jobs(run)[1]


def act(request: dict[str, Any]) -> dict[str, Any]:
    """Ask something of a run, and wait until it is done."""
    run = Path(request["runs"]) / request["id"]
    if not run.exists():
        return {"done": False, "words": f"there is no run {request['id']}"}
    name = f"{time.time_ns()}-{uuid.uuid4().hex}"
    new = run / "actions" / f"{name}.new"
    file = new.with_suffix(".json")
    try:
        new.write_text(json.dumps(request))
        os.rename(new, file)
    except OSError as error:
        new.unlink(missing_ok=True)
        return {"done": False, "words": f"{error.strerror}: {error.filename or new}"}
    until = time.monotonic() + ACTION_SECONDS
    while file.exists():
        if time.monotonic() > until:
            return {"done": None, "words": "the keeper of the run does not answer"}
        keep_alive(run)
        time.sleep(STEP_SECONDS)
    return {"done": True, "words": ""}


def main() -> None:
    """Run one command with a request from standard input, and print its answer."""
    commands = {"submit": submit, "find": find, "states": states, "act": act}
    request = json.loads(sys.stdin.read())
    answer = commands[sys.argv[1]](request)
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
