"""`hepbatch.audit(...)`: compare a samples JSON with the files on disk, in a cell or a script."""

from __future__ import annotations

import importlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from hepbatch.agent_client import ask
from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked, in_kernel
from hepbatch.widgets.audit_inputs import absolute, inputs
from hepbatch.widgets.audit_words import in_words, progress_in_words
from hepbatch.widgets.follow import follow, unfollow

FINE = ("complete", "no-events")
PAGE = 5000
# While a cell waits, what came in meanwhile is shown this often.
LOOK_SECONDS = 0.2
AGAIN = "Start it again with hepbatch.audit(...)."


def audit(
    samples_json: str | os.PathLike[str] | Mapping[str, Sequence[str]],
    source: str | os.PathLike[str],
    convention: Literal["DAS", "Legacy"] = "DAS",
    *,
    on: str | None = None,
    events: str | os.PathLike[str] | None = None,
    count: bool = False,
    dasgoclient: str | os.PathLike[str] | None = None,
    chunk: int | None = None,
    limit: int | None = None,
    variations: Literal["all", "nominal"] = "all",
    check: Literal["new", "all", "names"] = "new",
    logs: str | os.PathLike[str] | None = None,
    skip_bad_files: bool = False,
    timeout: float = 30.0,
    workers: int = 4,
) -> Audit:
    """Start an audit and return at once; as the last line of a cell it shows itself.

    Parameters
    ----------
    samples_json
        Path of a JSON file `{dataset: [urls]}`, or such a dictionary.
    source
        Folder that holds `<dataset>/<variation>/<chunk>.parquet`.
    convention
        "DAS": names begin with the stem of the input file; "Legacy": with its ROOT UUID.
    on
        Name of an open connection: the outputs lie on its host. `source`, `logs`, `dasgoclient`
        and the input files are then those of that host, and so are `samples_json` and `events`
        where they are given as `"NAME:/path"`. Paths there begin with `/` or `~/`.
    events
        JSON file `{dataset: {url: number of events}}`.
    count
        Open the input files to count their events.
    dasgoclient
        Path of the client that asks DAS; without `events`, `count` and this, DAS is asked where
        `dasgoclient` is on PATH, and otherwise ranges alone are judged.
    chunk
        The `--chunk` of the run; it explains ranges and decides nothing.
    limit
        Only the first files of each dataset.
    variations
        Judge "all" variations or "nominal" only.
    check
        Open the parquet chunks that are "new" or changed, "all", or none ("names").
    logs
        Folder of a vanilla submission, whose logs tell of empty selections.
    skip_bad_files
        Input files that nobody serves count as unreadable; otherwise their dataset is unknown.
    timeout
        Seconds that DAS or a file server may take.
    workers
        Threads that list folders and open chunks.

    Raises
    ------
    HepbatchError
        Where the audit could not be started.
    """
    if events is not None and count:
        raise HepbatchError(
            "bad-request",
            "events= and count=True both say where the number of events comes from",
            "Give one of the two.",
        )
    if events is not None:
        expected = "events"
    elif count:
        expected = "count"
    else:
        expected = "auto" if dasgoclient is None else "das"
    output = absolute if on is None else os.fspath
    request = {
        "on": on,
        **inputs(on, samples_json, events),
        "source": output(source),
        "convention": convention,
        "expected": expected,
        "dasgoclient": None if dasgoclient is None else output(dasgoclient),
        "chunk": chunk,
        "limit": limit,
        "variations": variations,
        "check": check,
        "logs": None if logs is None else output(logs),
        "skipBadFiles": skip_bad_files,
        "timeoutSeconds": timeout,
        "workers": workers,
    }
    return Audit(_answer("/audits/start", request))


class Audit:
    """One audit: its state, and what came out. Results wait until it is done."""

    def __init__(self, record: dict[str, Any]) -> None:
        self._record = record
        self._changed = threading.Condition()
        self._listeners: list[Callable[[dict[str, Any]], None]] = []
        self._flush: Callable[[], None] | None = None
        self._widget: Any = None
        if self.state == "running":
            follow(self)

    @property
    def id(self) -> str:
        """What the agent calls it; the Lab lists it under the same name."""
        return str(self._record["id"])

    @property
    def record(self) -> dict[str, Any]:
        """Everything the agent says of it at this moment, as in the contract."""
        return self._record

    @property
    def state(self) -> str:
        """running, done, failed or cancelled."""
        return str(self._record["state"])

    @property
    def progress(self) -> dict[str, Any]:
        """How far it is: phase, done, total, chunks, opened."""
        return dict(self._record["progress"])

    @property
    def missing(self) -> dict[str, list[str]]:
        """The resubmission JSON: `{dataset: [urls]}` of the files to process again."""
        self._wait_done()
        exported = _answer("/audits/export", {"id": self.id})
        missing: dict[str, list[str]] = json.loads(exported["text"])
        return missing

    @property
    def report(self) -> dict[str, Any]:
        """The report, as `hepbatch audit --report` writes it."""
        self._wait_done()
        report: dict[str, Any] = _answer("/audits/report", {"id": self.id})
        return report

    def export(self, path: str | os.PathLike[str], overwrite: bool = False) -> Path:
        """Write the resubmission JSON; refuses to replace a file unless `overwrite` is true."""
        self._wait_done()
        body = {"id": self.id, "path": absolute(path), "overwrite": overwrite}
        return Path(_answer("/audits/export", body)["savedAs"])

    @property
    def stale(self) -> list[dict[str, Any]]:
        """Chunks to remove before a resubmission, as they lie there now: path, bytes, mtimeNs."""
        self._wait_done()
        chunks: list[dict[str, Any]] = []
        offset, total = 0, 1
        while offset < total:
            body = {"id": self.id, "offset": offset, "limit": PAGE}
            page = _answer("/audits/stale", body)
            total = page["total"]
            offset += PAGE
            chunks.extend(page["chunks"])
        return chunks

    def remove_stale(self, chunks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Move exactly these chunks of `.stale` out of their datasets.

        They go into the folder `.hepbatch-stale-<audit>` of the output folder. Each is looked at
        right before: one that is not as it was in `.stale` stays.

        Parameters
        ----------
        chunks
            Items of `.stale`, all or some.

        Returns
        -------
        list
            What became of each: `path`, `end` (removed, gone, changed or refused), and `why`.
        """
        self._wait_done()
        outcomes: list[dict[str, Any]] = []
        for first in range(0, len(chunks), PAGE):
            some = [dict(chunk) for chunk in chunks[first : first + PAGE]]
            answer = _answer("/audits/remove-stale", {"id": self.id, "chunks": some})
            outcomes.extend(answer["outcomes"])
        return outcomes

    def to_pandas(self, all_files: bool = False) -> Any:
        """A table with one row for each problem, or for each input file."""
        try:
            pandas: Any = importlib.import_module("pandas")
        except ImportError as error:
            raise HepbatchError(
                "unsupported",
                "pandas is not installed in this environment",
                "Install pandas, or use .report and .missing, which need nothing.",
            ) from error
        self._wait_done()
        columns = ["dataset", "file", "id", "status", "expected", "found", "chunks", "missing"]
        rows = self._rows(None if all_files else _problem_statuses(self._record))
        return pandas.DataFrame(rows, columns=[*columns, "faults", "reason"])

    def wait(self, timeout: float | None = None) -> Audit:
        """Wait until it ends, however it ends; `timed-out` is raised after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.state == "running":
            left = LOOK_SECONDS if until is None else min(LOOK_SECONDS, until - time.monotonic())
            if left <= 0:
                raise HepbatchError(
                    "timed-out",
                    f"the audit still runs after {timeout} s ({progress_in_words(self._record)})",
                    "Wait longer, or end it with .cancel().",
                )
            with self._changed:
                if self.state == "running":
                    self._changed.wait(left)
            self._show_pending()
        return self

    def cancel(self) -> Audit:
        """End it at once."""
        self._take(_answer("/audits/cancel", {"id": self.id}))
        self._show_pending()
        return self

    def take_event(self, event: dict[str, Any]) -> None:
        """Take in what the agent tells; called in the thread that follows its events."""
        topic = event.get("topic")
        if topic == "audit" and event["audit"]["id"] == self.id:
            self._take(event["audit"], event)
        elif topic == "audit-removed" and event["id"] == self.id:
            self._fail("not-found", "the audit was removed", AGAIN)
        elif topic == "lost" and self.state == "running":
            failure = event["failure"]
            self._fail(failure["code"], failure["message"], failure["data"]["next"])
        elif topic == "reset":
            self._ask_again()

    def on_event(
        self, listener: Callable[[dict[str, Any]], None], flush: Callable[[], None]
    ) -> None:
        """Tell `listener` every event of this audit; `flush` is called in the thread that waits."""
        self._listeners.append(listener)
        self._flush = flush

    def __repr__(self) -> str:
        return in_words(self._record)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        plain = {"text/plain": repr(self)}
        widget = self._widget_or_none()
        if widget is None:
            return plain
        bundle: dict[str, Any] = widget._repr_mimebundle_()
        return {**bundle, **plain}

    def _widget_or_none(self) -> Any:
        """The widget of this audit, where a notebook can show one."""
        if self._widget is None and in_kernel():
            try:
                from hepbatch.widgets.audit_widget import AuditWidget
            except ImportError:
                return None  # no ipywidgets here: the text does
            self._widget = AuditWidget(self)
        return self._widget

    def _take(self, record: dict[str, Any], event: dict[str, Any] | None = None) -> None:
        with self._changed:
            if self.state != "running" and record["state"] == "running":
                return  # an event that was on its way while the end was already told
            self._record = record
            self._changed.notify_all()
        if event is None:
            event = {"topic": "audit", "audit": record}
        for listener in list(self._listeners):
            listener(event)
        # Nobody listens for nothing: an agent without listeners may end.
        if self.state != "running":
            unfollow(self)

    def _ask_again(self) -> None:
        """Events were missed; a failure here is told as the state of the audit."""
        try:
            status, body = ask("POST", "/audits/read", {"id": self.id})
        except HepbatchError:
            return  # the line broke again; the stream connects anew and says reset once more
        if status == 200:
            self._take(body)
        elif self.state == "running":
            what = "the agent was started anew and does not know this audit any more"
            self._fail("not-found", what, AGAIN)

    def _fail(self, code: str, message: str, next_step: str) -> None:
        failure = {"code": code, "message": message, "data": {"next": next_step}}
        state = "failed" if self.state == "running" else self.state
        self._take({**self._record, "state": state, "failure": failure})

    def _wait_done(self) -> None:
        """Wait, and raise where there is no result."""
        self.wait()
        failure = self._record["failure"]
        if self.state == "failed" and failure is not None:
            raise HepbatchError(failure["code"], failure["message"], failure["data"]["next"])
        if self.state == "cancelled":
            raise HepbatchError(
                "cancelled",
                "the audit was cancelled, so what is missing is not known",
                AGAIN,
            )

    def _rows(self, statuses: list[str] | None) -> Iterator[dict[str, Any]]:
        """Rows of the file table, page by page."""
        offset, total = 0, 1
        while offset < total:
            body = {"id": self.id, "statuses": statuses, "offset": offset, "limit": PAGE}
            page = _answer("/audits/files", body)
            total = page["total"]
            offset += max(len(page["rows"]), 1)
            yield from page["rows"]

    def _show_pending(self) -> None:
        if self._flush is not None and threading.current_thread() is threading.main_thread():
            self._flush()


def _problem_statuses(record: dict[str, Any]) -> list[str] | None:
    summary = record["summary"]
    return None if summary is None else [s for s in summary["files"] if s not in FINE]


def _answer(path: str, body: dict[str, Any]) -> Any:
    """Ask the agent; its failures are raised."""
    return asked("POST", path, body)
