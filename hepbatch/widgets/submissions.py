"""`hepbatch.Submission(...)`: plain batch jobs in a cell or a script."""

from __future__ import annotations

import importlib
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from hepbatch.agent_client import plain
from hepbatch.errors import HepbatchError
from hepbatch.widgets.asked import asked, in_kernel
from hepbatch.widgets.request_fields import camel, interpreter
from hepbatch.widgets.submission_parts import (
    Words,
    check,
    failed,
    is_sent,
    is_settled,
    job_named,
    selection,
)
from hepbatch.widgets.submission_request import Source, Wanted, read_samples, source
from hepbatch.widgets.submission_waiting import SubmissionWaiting
from hepbatch.widgets.submission_words import card_in_words, name_of

if TYPE_CHECKING:
    from hepbatch.widgets.audits import Audit

PAGE = 2000


class Submission(SubmissionWaiting):
    """A set of batch jobs, made by `submit`; they go on when the kernel ends.

    Parameters
    ----------
    runner
        Runner JSON: its path, or a dictionary.
    samples
        Samples JSON: its path, or a dictionary; None: the one that the runner JSON names.
    connection
        Name of the connection. None: the one batch system that there is, else this machine.
    cluster_per_sample
        One cluster of jobs for each sample; else one for each job.
    kernel, python
        Name of the kernel, or path of the interpreter, that runs the jobs. None: what the
        connection says, and on this machine the Python of this process.
    program, arguments
        Words of the command (None: `run_analysis.py` beside the Python), and of what follows it.
        `--json-analysis`, `--executor` and `--dump` are added.
    framework
        "higgs_dna" or "bottom_line": how the folder of submissions is called.
    folder
        Where that folder is. None: here, or the home folder of another host.
    output
        Where the outputs go, as `--dump`: absolute, or `root://...`.
    options
        The other fields of the form, in snake case: ``queue="workday", memory="4GB",
        files_per_job=2, only=["GJet*"], retries=1, setup=["source ..."]``.
    """

    def __init__(
        self,
        runner: Source,
        samples: Source | None = None,
        *,
        connection: str | None = None,
        cluster_per_sample: bool = True,
        kernel: str | None = None,
        python: str | None = None,
        program: Sequence[str] | None = None,
        arguments: Sequence[str] = (),
        framework: Literal["higgs_dna", "bottom_line"] = "higgs_dna",
        folder: str | os.PathLike[str] | None = None,
        output: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> None:
        fields = {camel(key): value for key, value in options.items() if value is not None}
        if output is not None:
            fields["output"] = os.fspath(output)
        wanted = Wanted(
            runner,
            samples,
            connection,
            cluster_per_sample,
            interpreter(kernel, python),
            program,
            arguments,
            framework,
            folder,
            fields,
        )
        self._init(wanted.request, None)

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Submission:
        """The submission that the agent speaks of."""
        self = cls.__new__(cls)
        self._init(None, None)
        self._card, self._token = dict(card), str(card["token"])
        return self

    def _init(self, request: Callable[[], dict[str, Any]] | None, parent: str | None) -> None:
        self._make_request = request
        self._parent = parent
        self._card: dict[str, Any] | None = None
        # Made once: whoever submits twice submits the same.
        self._token = str(uuid.uuid4())
        self._widget: Any = None
        self._init_waiting()

    @property
    def card(self) -> dict[str, Any] | None:
        """Everything the agent says of it at this moment, as in the contract; None: not yet."""
        return None if self._card is None else self._read()

    @property
    def parent(self) -> str | None:
        """The token of the one whose missing files it runs; None: it stands for itself."""
        return self._parent if self._card is None else self._card["parent"]

    @property
    def token(self) -> str | None:
        """Its token; None as long as it is not submitted."""
        return None if self._card is None else self._token

    @property
    def name(self) -> str | None:
        """The name of its folder; None as long as it is not submitted."""
        return None if self._card is None else name_of(self._card)

    @property
    def state(self) -> str:
        """How it is: ready (not submitted) or as in the contract: prepared, submitted, done ..."""
        card = self.card
        return "ready" if card is None else str(card["state"])

    @property
    def counts(self) -> dict[str, int]:
        """How many jobs there are of each state."""
        card = self.card
        return {} if card is None else dict(card["counts"])

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Jobs that wait, are held or failed for one reason, the largest group first."""
        card = self.card
        return [] if card is None else list(card["groups"])

    @property
    def request(self) -> dict[str, Any]:
        """What is asked for, or was, as in the contract."""
        if self._card is not None:
            return dict(asked("POST", "/submissions/request", self._body()))
        if self._make_request is None:
            raise HepbatchError("internal", "a submission without request", "Report it.")
        return self._make_request()

    @property
    def jobs(self) -> Any:
        """Its jobs: a DataFrame where pandas is there, else a list of dictionaries."""
        self._read()
        found: dict[tuple[str, int], dict[str, Any]] = {}
        page = {"revision": 0, "more": True}
        while page["more"]:
            page = asked("POST", "/submissions/jobs", self._body(after=page["revision"]))
            found |= {(job["cluster"], job["proc"]): job for job in page["jobs"]}
        rows = [found[key] for key in sorted(found)]
        try:
            pandas: Any = importlib.import_module("pandas")
        except ImportError:
            return rows
        return pandas.DataFrame(rows)

    def preview(self) -> dict[str, Any]:
        """Every file and every command, as in the contract; nothing is written."""
        request = self.request
        body = {"request": request, "parent": self._parent, "most": PAGE}
        first: dict[str, Any] = asked("POST", "/submissions/preview", body)
        files = list(first["files"])
        while len(files) < first["total"]:
            more = {**body, "stamp": first["stamp"], "offset": len(files)}
            page = asked("POST", "/submissions/preview", more)["files"]
            if not page:
                break  # the samples JSON has become shorter meanwhile
            files += page
        return {**first, "files": files}

    def submit(self, *, wait: bool = True, timeout: float | None = None) -> Submission:
        """Submit it, and wait until the scheduler has all of it; jobs run later.

        Raises
        ------
        HepbatchError
            Why it is refused, or is not known; `timed-out` after `timeout` seconds.
        """
        self.begin()
        if wait:
            card = self._wait(is_sent, timeout)
            if card["state"] not in ("submitted", "done"):
                raise failed(card)
        return self

    def begin(self, request: Any = None) -> dict[str, Any]:
        """Submit it where it is not, with what a cell's form says instead; give its card."""
        if self._card is None:
            body = {
                "token": self._token,
                "request": self.request if request is None else request,
                "parent": self._parent,
            }
            self._card = dict(asked("POST", "/submissions/submit", body))
            if self._widget is not None:
                # What was told before there was a card, nobody passed on: the cell asks for it.
                self._widget.take_event({"topic": "reset"})
        return self._card

    def wait(self, timeout: float | None = None) -> Submission:
        """Wait until no job will change by itself: each is over or held.

        Raises
        ------
        HepbatchError
            `timed-out` after `timeout` seconds.
        """
        self._need()
        self._wait(is_settled, timeout)
        return self

    def hold(
        self, *, states: Words = (), dataset: str | None = None, jobs: Words = ()
    ) -> list[dict[str, Any]]:
        """Hold jobs, all of them where nothing else is said; what came of it, by cluster.

        Parameters
        ----------
        states
            Such as "pending".
        dataset
            Jobs of that dataset only.
        jobs
            Such as "AN-GJet.0"; then no states and no dataset.
        """
        return self._act("hold", states, dataset, jobs)

    def release(
        self, *, states: Words = (), dataset: str | None = None, jobs: Words = ()
    ) -> list[dict[str, Any]]:
        """Release held jobs; see `hold`."""
        return self._act("release", states, dataset, jobs)

    def remove(
        self, *, states: Words = (), dataset: str | None = None, jobs: Words = ()
    ) -> list[dict[str, Any]]:
        """Take jobs out of the queue; see `hold`."""
        return self._act("remove", states, dataset, jobs)

    def retry(
        self,
        *,
        states: Words = ("held", "failed"),
        dataset: str | None = None,
        jobs: Words = (),
        memory_mb: int | None = None,
        queue: str | None = None,
        walltime_seconds: int | None = None,
        exclude_nodes: Sequence[str] = (),
    ) -> Submission | None:
        """Run jobs again: held ones are released, those that failed are submitted anew.

        Returns
        -------
        The submission of those that failed, if there are any.
        """
        body = self._body(
            jobs=selection(() if jobs else states, dataset, jobs),
            child=str(uuid.uuid4()),
            memoryMb=memory_mb,
            queue=queue,
            walltimeSeconds=walltime_seconds,
            excludeNodes=list(exclude_nodes),
        )
        answer = asked("POST", "/submissions/retry", body)
        check(answer["outcomes"])
        return None if answer["child"] is None else Submission.of(answer["child"])

    def audit(self, **fields: Any) -> Audit:
        """Audit its outputs, with everything filled in.

        Parameters
        ----------
        fields
            What is to be otherwise, in snake case: ``expected="events", events="/.../e.json"``.
        """
        from hepbatch.widgets.audits import Audit

        filled_in = asked("POST", "/submissions/audit", self._body())
        request = {**filled_in, **{camel(key): value for key, value in fields.items()}}
        return Audit(asked("POST", "/audits/start", request))

    def again(self, missing: Source, **options: Any) -> Submission:
        """A submission of exactly these files, to run as this one ran its own; `.submit()` it.

        Parameters
        ----------
        missing
            Such as `audit.missing`, or the path of the resubmission JSON on this machine.
        options
            Fields of the form that are to be otherwise: ``memory="4GB"``.
        """
        if not isinstance(missing, Mapping):
            missing = read_samples(missing)
        body = self._body(missing=source(missing, "missing.json", True))
        answer = asked("POST", "/submissions/again", body)
        changed = {camel(key): value for key, value in options.items()}
        options = {**answer["request"]["options"], **plain(changed)}
        request = {**answer["request"], "options": options}
        child = Submission.__new__(Submission)
        child._init(lambda: request, answer["parent"])
        return child

    def log(self, job: str, stream: str = "error", most: int = 65_536) -> str:
        """The end of what a job such as "AN-GJet.0" wrote: its error, output or events."""
        cluster, proc = job_named(job)
        one = self._body(cluster=cluster, proc=proc, stream=stream, offset=-most, most=most)
        return str(asked("POST", "/submissions/logs/read", one)["text"])

    def reproduce(self, job: str) -> str:
        """A line of shell that runs this one job on its host."""
        cluster, proc = job_named(job)
        return str(
            asked("POST", "/submissions/input", self._body(cluster=cluster, proc=proc))["reproduce"]
        )

    def fetch(self) -> list[dict[str, Any]]:
        """Bring spooled output back, then take completed jobs out of the queue."""
        return check(asked("POST", "/submissions/fetch", self._body())["outcomes"])

    def reconcile(self) -> Submission:
        """Look for clusters of which it is not known whether they were submitted."""
        self._card = dict(asked("POST", "/submissions/reconcile", self._body()))
        return self

    def resume(self) -> Submission:
        """Submit what is not submitted yet; what is unknown is looked for first."""
        self._card = dict(asked("POST", "/submissions/resume", self._body()))
        return self

    def forget(self) -> None:
        """Forget one that is done; its files stay."""
        asked("POST", "/submissions/forget", self._body())

    def __repr__(self) -> str:
        card = self.card
        return (
            "Submission: not submitted; .submit() submits it"
            if card is None
            else card_in_words(card)
        )

    def of_cell(self) -> dict[str, Any]:
        """What a cell shows: the submission as it is now, or else the request for it."""
        card = self.card
        return {"submission": card, "request": self.request if card is None else None}

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        plain = {"text/plain": repr(self)}
        if self._widget is None and in_kernel():
            try:
                from hepbatch.widgets.submission_widget import SubmissionWidget
            except ImportError:
                return plain  # no ipywidgets here: the text does
            self._widget = SubmissionWidget(self)
        return plain if self._widget is None else {**self._widget._repr_mimebundle_(), **plain}

    def _act(
        self, verb: str, states: Words, dataset: str | None, jobs: Words
    ) -> list[dict[str, Any]]:
        body = self._body(jobs=selection(states, dataset, jobs))
        answer = asked("POST", f"/submissions/{verb}", body)
        self._card = answer["submission"]
        return check(answer["outcomes"])

    def _read(self) -> dict[str, Any]:
        self._card = dict(asked("POST", "/submissions/read", self._body()))
        return self._card

    def _body(self, **more: Any) -> dict[str, Any]:
        self._need()
        return {"token": self._token, **more}

    def _need(self) -> None:
        if self._card is None:
            raise HepbatchError("conflict", "it is not submitted", "Submit it: .submit().")
