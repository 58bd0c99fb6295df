"""The commands of the program; each reads one request, and says one line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import zipapp
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from .clean import clean, parse_clean
from .describe import describe, record_of, security, versions
from .detach import start_detached
from .failure import SupervisorError, failure_of
from .life import Life
from .logs import MOST_BYTES, SCHEDULER
from .preview import preview
from .record import Places, this_process, timestamp, told, write_record
from .request import Request, bounds, parse_request
from .server import Server

#: How often it looks whether its socket and its record are still there.
KEEP_SECONDS = 10
LOG = logging.getLogger("hepbatch.supervisor")
USAGE = "usage: supervisor start|serve|preview|check|clean|bundle < request.json\n"


def main() -> int:
    """Run one command; its answer is the only line on stdout."""
    commands: dict[str, Callable[[], Any]] = {
        "start": _start,
        "serve": _serve,
        "preview": lambda: asyncio.run(preview(_request())),
        "check": versions,
        "clean": lambda: asyncio.run(clean(*parse_clean(sys.stdin.read()))),
        "bundle": _bundle,
    }
    run = commands.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if run is None:
        sys.stderr.write(USAGE)
        return 2
    # What libraries print goes where it does not spoil the answer.
    answer, sys.stdout = sys.stdout, sys.stderr
    try:
        said: Any = run()
        code = 0
    except Exception as error:
        said, code = failure_of(error), 1
    if said is not None:
        answer.write(json.dumps(said) + "\n")
        answer.flush()
    # No destructors: Dask closes at exit what was never started, and a thread may still import.
    os._exit(code)


def _request() -> Request:
    return parse_request(sys.stdin.read())


def _start() -> dict[str, Any]:
    text = sys.stdin.read()
    return start_detached(text, parse_request(text).id)


def _bundle() -> None:
    """Write the whole program as one file that any Python can run."""
    source = Path(next(iter(sys.modules[__package__ or ""].__path__)))
    with open(1, "wb", closefd=False) as out:
        zipapp.create_archive(source, out, filter=lambda path: path.suffix == ".py")


def _serve() -> None:
    asyncio.run(_live(_request(), os.dup(1)))


async def _live(request: Request, ready: int) -> None:
    os.umask(0o077)
    process, places = this_process(), Places(request)

    def save() -> None:
        if life.state != "stopped":
            write_record(places.record, record_of(life, process))

    life = Life(request, places, save)
    places.make()
    try:
        server = Server(places.socket, *_protocol(life))
        await server.listen()
        with told(request.work_folder):
            os.chdir(request.work_folder)
        log = _open_log(places.logs / SCHEDULER)
        save()
    except BaseException:
        places.remove()
        raise
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, life.stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    line = json.dumps({"ready": True, "record": str(places.record), **record_of(life, process)})
    with contextlib.suppress(BrokenPipeError):
        os.write(ready, line.encode() + b"\n")
    os.close(ready)
    os.dup2(log, 1)
    os.dup2(log, 2)
    keeping = asyncio.ensure_future(_keep(server, places.record, save))
    is_clean = False
    try:
        is_clean = await life.run()
    finally:
        keeping.cancel()
        await server.close()
        # What may have left jobs keeps its record, with which they can be removed.
        places.remove(keep_record=not is_clean)


def _open_log(path: Path) -> int:
    with told(path):
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


async def _keep(server: Server, record: Path, save: Callable[[], None]) -> None:
    """Stay to be found, whoever cleans folders up."""
    while True:
        await asyncio.sleep(KEEP_SECONDS)
        try:
            await server.keep()
            if not record.exists():
                record.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                save()
        except (OSError, SupervisorError):
            LOG.exception("it cannot be found at the moment")


def _protocol(life: Life) -> tuple[dict[str, Any], dict[str, Any]]:
    """The commands of the socket: those that answer once, and those that go on."""

    async def tell(_: dict[str, Any]) -> dict[str, Any]:
        return describe(life)

    async def scale(said: dict[str, Any]) -> dict[str, Any]:
        workers = _number(said, "workers", 0)
        await life.scale(workers)
        return {"mode": life.sizing.mode()}

    async def adapt(said: dict[str, Any]) -> dict[str, Any]:
        try:
            wanted = bounds(said.get("minimum"), said.get("maximum"), said.get("idleSeconds"))
        except ValueError as error:
            next = "Give minimum and maximum."
            raise SupervisorError("bad-request", f"adapt: {error}", next) from error
        await life.adapt(wanted)
        return {"mode": life.sizing.mode()}

    async def stop(_: dict[str, Any]) -> dict[str, Any]:
        life.stop()
        return {"state": "stopping"}

    async def tell_security(said: dict[str, Any]) -> dict[str, Any]:
        return security(life, said.get("contents") is True)

    async def list_logs(_: dict[str, Any]) -> dict[str, Any]:
        return {"logs": life.logs.entries()}

    async def read_log(said: dict[str, Any]) -> dict[str, Any]:
        most = _number(said, "most", 1, MOST_BYTES)
        return await life.logs.read(str(said.get("id")), _offset(said), most)

    async def look(_: dict[str, Any]) -> dict[str, Any]:
        life.look_soon()
        return {}

    async def explain(said: dict[str, Any]) -> dict[str, Any]:
        if life.batch is None or said.get("job") not in life.jobs.rows:
            next = "Give the id of a job that describe has."
            raise SupervisorError("not-found", f"{said.get('job')}: no such job", next)
        return {"text": await life.batch.explain(said["job"])}

    async def record(said: dict[str, Any]) -> dict[str, Any]:
        if said.get("on") is not True:
            life.recording.end()
            return {"since": None}
        life.limits.use()
        life.recording.begin(life.running_scheduler())
        return {"since": timestamp(life.recording.since or 0)}

    async def make_report(_: dict[str, Any]) -> dict[str, Any]:
        return {"size": await life.recording.make(life.running_scheduler())}

    async def read_report(said: dict[str, Any]) -> dict[str, Any]:
        return life.recording.piece(_number(said, "offset", 0))

    def follow_log(said: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        return life.logs.follow(str(said.get("id")), _offset(said))

    def follow_events(said: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        return life.events.follow(_number(said, "since", 0, 0))

    commands = {
        "describe": tell,
        "scale": scale,
        "adapt": adapt,
        "stop": stop,
        "security": tell_security,
        "logs": list_logs,
        "log": read_log,
        "look": look,
        "explain": explain,
        "record": record,
        "report": make_report,
        "reportPiece": read_report,
    }
    return commands, {"follow": follow_log, "events": follow_events}


def _offset(said: dict[str, Any]) -> int:
    return _number(said, "offset", -(1 << 60), 0)


def _number(said: dict[str, Any], name: str, least: int, default: int | None = None) -> int:
    value = said.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        next = f"Give {name} as a whole number from {least}."
        raise SupervisorError("bad-request", f"{name}: {value!r} is no such number", next)
    return value
