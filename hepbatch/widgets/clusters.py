"""`hepbatch.Cluster(...)`: a Dask cluster in a cell or a script."""

from __future__ import annotations

import math
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from hepbatch.agent_client import plain
from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked, in_kernel
from hepbatch.widgets.cluster_words import OVER, card_in_words, progress_in_words
from hepbatch.widgets.dask_client import client as dask_client
from hepbatch.widgets.follow import follow, unfollow
from hepbatch.widgets.request_fields import camel, interpreter

# While something waits, it looks at least this often, should an event be missed.
LOOK_SECONDS = 2.0
UNDER_WAY = ("starting", "stopping")


class Cluster:
    """A Dask cluster, started by `start`; it goes on when the kernel ends.

    Parameters
    ----------
    connection
        Name of the connection: where it runs, and how.
    name
        As in `hepbatch.client("name")`; None: one is made.
    workers
        How many it has.
    adapt
        Bounds `(minimum, maximum)`, between which workers come and go with the work.
    kernel, python
        Name of the kernel, or path of the interpreter, that runs scheduler and workers. None: what
        the connection says, and on this machine the Python of this process.
    options
        The other fields of the form, in snake case: ``cores=2, memory="4GB",
        idle_minutes=30, environment={"X": "1"}, prologue=["module load ..."], tls=False``.

    Used as a context it is started at the beginning and stopped at the end.
    """

    def __init__(
        self,
        connection: str = "dask-local",
        name: str | None = None,
        *,
        workers: int | None = None,
        adapt: tuple[int, int] | None = None,
        kernel: str | None = None,
        python: str | None = None,
        **options: Any,
    ) -> None:
        fields = {camel(key): value for key, value in options.items() if value is not None}
        if workers is not None:
            fields["workers"] = workers
        if adapt is not None:
            fields["adaptive"] = {"minimum": adapt[0], "maximum": adapt[1]}
        self._request: dict[str, Any] | None = {
            "connection": connection,
            "name": name,
            "interpreter": interpreter(kernel, python),
            "options": plain(fields),
        }
        self._card: dict[str, Any] | None = None
        self._init()

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Cluster:
        """The cluster that the agent speaks of."""
        self = cls.__new__(cls)
        self._request, self._card = None, dict(card)
        self._init()
        return self

    def _init(self) -> None:
        self._changed = threading.Condition()
        self._starting = threading.Lock()
        self._news = 0
        self._told = ""
        self._is_shown = False
        self._widget: Any = None

    @property
    def card(self) -> dict[str, Any] | None:
        """Everything the agent says of it at this moment, as in the contract; None: not started."""
        return None if self._card is None else self._read_or_gone()

    @property
    def id(self) -> str | None:
        """Its id; None as long as it is not started."""
        return None if self._card is None else str(self._card["id"])

    @property
    def name(self) -> str | None:
        """Its name; None where one is still to be made."""
        found = self._card or self._request
        return None if found is None else found["name"]

    @property
    def state(self) -> str:
        """How it is: ready (not started), starting, running, stopping, stopped, failed or lost."""
        card = self.card
        return "ready" if card is None else str(card["state"])

    @property
    def why(self) -> list[str]:
        """Why it does not go on, in sentences; empty where all is well."""
        card = self.card
        return [] if card is None else list(card["why"])

    @property
    def losses(self) -> list[dict[str, Any]]:
        """Reports of the workers that were lost, newest first, as in the contract."""
        body = {"id": self._need_id()}
        return list(asked("POST", "/clusters/losses", body)["losses"])

    def preview(self) -> dict[str, Any]:
        """What would be run, as in the contract; nothing is started."""
        return dict(asked("POST", "/clusters/preview", self._need_request()))

    def start(self, *, wait: bool = True, timeout: float | None = None) -> Cluster:
        """Start it, and wait until its scheduler runs; workers come later.

        Raises
        ------
        HepbatchError
            Why it cannot be started, or failed; `timed-out` after `timeout` seconds.
        """
        self.begin()
        if wait:
            card = self._wait(lambda card: card["state"] not in UNDER_WAY, timeout)
            if card["state"] != "running":
                raise _failed(card)
        return self

    def begin(self, request: Any = None) -> dict[str, Any]:
        """Start it where it is not, with what a cell's form says instead; give its card."""
        with self._starting:
            if self._card is None:
                said = self._local_python() if request is None else request
                self._card = dict(asked("POST", "/clusters/start", said))
                if self._widget is not None:
                    # What was told before it had an id nobody passed on: the cell asks for it.
                    self._widget.take_event({"topic": "reset"})
            return self._card

    def of_cell(self) -> dict[str, Any]:
        """What a cell shows: the cluster as it is now, or else the request for it."""
        card = self.card
        return {"cluster": card, "request": None if card is not None else self._local_python()}

    def wait_for_workers(self, workers: int = 1, timeout: float | None = None) -> Cluster:
        """Wait until it has so many workers.

        Raises
        ------
        HepbatchError
            Why it failed; `timed-out` after `timeout` seconds, with what keeps the workers.
        """
        card = self._wait(
            lambda card: (
                card["state"] not in ("starting", "running")
                or (card["workers"] or {"joined": 0})["joined"] >= workers
            ),
            timeout,
        )
        if card["state"] != "running":
            raise _failed(card)
        return self

    def scale(self, workers: int) -> Cluster:
        """Have so many workers from now on; ends adaptive scaling."""
        self._card = asked("POST", "/clusters/scale", {"id": self._need_id(), "workers": workers})
        return self

    def adapt(self, minimum: int, maximum: int, *, idle_seconds: int = 60) -> Cluster:
        """Let Dask choose how many workers there are."""
        body = {"minimum": minimum, "maximum": maximum, "idleSeconds": idle_seconds}
        self._card = asked("POST", "/clusters/adapt", {"id": self._need_id(), **body})
        return self

    def stop(self, *, wait: bool = True, timeout: float | None = None) -> None:
        """Stop it, and remove its batch jobs; also while it starts."""
        if self._card is None or self.state in OVER:
            return
        self._card = asked("POST", "/clusters/stop", {"id": self._need_id()})
        if wait:
            self._wait(lambda card: card["state"] not in (*UNDER_WAY, "running"), timeout)

    def clean(self) -> None:
        """Remove what is left of one that is lost: batch jobs, processes, its record."""
        self._card = asked("POST", "/clusters/clean", {"id": self._need_id()})

    def remove(self) -> None:
        """Forget one that ended, with its logs."""
        asked("POST", "/clusters/remove", {"id": self._need_id()})

    def client(self, **options: Any) -> Any:
        """A `distributed.Client` of it, which is started where it is not; see `hepbatch.client`."""
        self.start()
        return dask_client(self._need_id(), **options)

    def open_port(self) -> str:
        """Open a port of 127.0.0.1 to the scheduler of a remote cluster; give its address.

        Only with TLS: others on this machine can reach the port, and have no certificate.
        """
        body = {"id": self._need_id(), "open": True}
        self._card = asked("POST", "/clusters/loopback", body)
        return str(self._card["scheduler"]["loopback"])

    def close_port(self) -> None:
        """Close that port."""
        self._card = asked("POST", "/clusters/loopback", {"id": self._need_id(), "open": False})

    def logs(self) -> list[dict[str, Any]]:
        """Its logs, as in the contract, also of workers that are gone."""
        return list(asked("POST", "/clusters/logs", {"id": self._need_id()})["logs"])

    def read_log(self, log: str = "scheduler.log", most: int = 65_536) -> str:
        """The end of a log, at most so many bytes."""
        body = {"id": self._need_id(), "log": log, "offset": -most, "most": most}
        return str(asked("POST", "/clusters/logs/read", body)["text"])

    def __enter__(self) -> Cluster:
        try:
            return self.start()
        except BaseException:
            self._stop_after_error()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.stop()
        else:
            self._stop_after_error()

    def take_event(self, event: dict[str, Any]) -> None:
        """Hear that something changed; called in the thread that follows the agent."""
        topic = event.get("topic")
        is_ours = topic == "cluster" and event["cluster"]["id"] == self.id
        if is_ours:
            self._card = event["cluster"]
        if is_ours or topic in ("reset", "lost", "cluster-removed"):
            with self._changed:
                self._news += 1
                self._changed.notify_all()

    def __repr__(self) -> str:
        card = self.card
        if card is None:
            request = self._need_request()
            return f"Cluster on {request['connection']}: not started; .start() starts it"
        return card_in_words(card)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        plain = {"text/plain": repr(self)}
        widget = self._widget_or_none()
        if widget is None:
            return plain
        self._is_shown = True
        bundle: dict[str, Any] = widget._repr_mimebundle_()
        return {**bundle, **plain}

    def _stop_after_error(self) -> None:
        """Stop it; what went wrong before is what has to be seen."""
        try:
            self.stop()
        except HepbatchError as error:
            warnings.warn(f"{self.name} could not be stopped: {error}", stacklevel=3)

    def _tell(self, card: dict[str, Any]) -> None:
        """Show how far it is: in a cell the widget, on a terminal a line for each change."""
        if self._widget_or_none() is not None:
            if not self._is_shown:
                self._display()
            self._widget.flush()
            return
        words = progress_in_words(card)
        if words != self._told and sys.stderr.isatty():
            print(words, file=sys.stderr)
        self._told = words

    def _display(self) -> None:
        from IPython.display import display

        display(self)

    def _widget_or_none(self) -> Any:
        """The widget of this cluster, where a notebook can show one."""
        if self._widget is None and in_kernel():
            try:
                from hepbatch.widgets.cluster_widget import ClusterWidget
            except ImportError:
                return None  # no ipywidgets here: the text does
            self._widget = ClusterWidget(self)
        return self._widget

    def _wait(
        self, is_as_wanted: Callable[[dict[str, Any]], bool], timeout: float | None
    ) -> dict[str, Any]:
        """Wait until it is as wanted, and give what it is then."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        follow(self)
        try:
            while True:
                news = self._news
                card = self._read_or_gone()
                self._tell(card)
                if is_as_wanted(card):
                    return card
                left = min(LOOK_SECONDS, until - time.monotonic())
                if left <= 0:
                    raise HepbatchError(
                        "timed-out",
                        f"after {timeout:g} s {card_in_words(card)}",
                        "Wait longer, or stop it with .stop().",
                    )
                with self._changed:
                    if news == self._news:
                        self._changed.wait(left)
        finally:
            unfollow(self)

    def _read_or_gone(self) -> dict[str, Any]:
        """What it is now; one of another supervisor is no longer known once it has stopped."""
        assert self._card is not None
        try:
            self._card = dict(asked("POST", "/clusters/read", {"id": self._card["id"]}))
        except HepbatchError as error:
            if error.code != "not-found":
                raise
            self._card = {**self._card, "state": "stopped", "summary": "stopped"}
        return self._card

    def _need_id(self) -> str:
        if self._card is None:
            raise HepbatchError("conflict", "the cluster is not started", "Start it: .start().")
        return str(self._card["id"])

    def _need_request(self) -> dict[str, Any]:
        if self._request is None:
            raise HepbatchError(
                "conflict", "the cluster was started elsewhere", "Make a new one: Cluster(...)."
            )
        return self._request

    def _local_python(self) -> dict[str, Any]:
        """The request; unless somebody says otherwise clusters of this machine get this Python."""
        request = self._need_request()
        if request["interpreter"] is not None:
            return request
        body = {"id": request["connection"]}
        profile = asked("POST", "/connections/read", body)["profile"]
        if profile["host"]["kind"] != "local" or profile["defaults"].get("python") is not None:
            return request
        return {**request, "interpreter": {"kind": "python", "path": sys.executable}}


def _failed(card: dict[str, Any]) -> HepbatchError:
    failure = card["failure"]
    if failure is None:
        return HepbatchError("cancelled", f"{card['name']} is {card['state']}", "Start it again.")
    return HepbatchError(failure["code"], failure["message"], failure["data"]["next"])
