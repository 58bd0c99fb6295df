"""The cluster classes of Dask: how each is made from a request, with guards for their known faults.

dask-lxplus 0.3.3 has no default for `job-script-epilogue`, which newer dask-jobqueue asks for;
writes a batch name that dask-jobqueue's own overrides; and changes the list of submit options that
it is given.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shlex
import shutil
import sys
from typing import Any

from .batch import BatchSystem, Commands, absent
from .failure import SupervisorError
from .htcondor import HTCondor
from .ports import check_address, choose_port
from .record import Places, host_name, told
from .request import CONDOR, Request
from .slurm import Slurm, job_name
from .tls import NAMES, check_tls, security_of

PACKAGES = {
    "dask-local": {"distributed": "distributed"},
    "dask-htcondor": {"distributed": "distributed", "dask_jobqueue": "dask-jobqueue"},
    "dask-lxplus": {"distributed": "distributed", "dask_lxplus": "dask-lxplus"},
    "dask-slurm": {"distributed": "distributed", "dask_jobqueue": "dask-jobqueue"},
}
MEMORY = {"dask-htcondor": "2GB", "dask-lxplus": "3GB", "dask-slurm": "2GB"}
#: Between lxplus and its batch nodes only 8786 of the scheduler, and 10000 to 10100 of workers, are
#: open.
LXPLUS_PORT = (8786, 8786)
#: How long a worker looks for its scheduler before it ends.
DEATH_SECONDS = 60
#: Adaptive scaling takes a task of unknown length for half a second; ours take minutes.
UNKNOWN_TASK = ("distributed.scheduler.unknown-task-duration", "500ms", "60s")
# `$(X)`, `$ENV(X)` are macros of HTCondor, which it would replace while it reads the job file.
MACRO = re.compile(r"\$(?=\$?[A-Za-z_]*\()")
# What does not bear a semicolon behind it.
NEEDS_LINES = re.compile(r"#|\\$|[|&{]$|\b(then|do|else|in)$")
EOS_USER = re.compile(r"/eos/(home|user)(-\w+)?(/\w)?/\w+/.+")


def batch_of(request: Request, commands: Commands) -> BatchSystem | None:
    """The batch system beneath a backend; none for this machine."""
    if request.backend == "dask-slurm":
        return Slurm(request.id, commands)
    if request.is_batch:
        return HTCondor(request.id, commands, request.backend == "dask-lxplus")
    return None


def preflight(request: Request, batch: BatchSystem | None) -> None:
    """Find out what cannot work before anything starts. Raises `unsupported`, `conflict`."""
    for module, package in PACKAGES[request.backend].items():
        if importlib.util.find_spec(module) is None:
            raise SupervisorError(
                "unsupported",
                f"{sys.executable} has no {package}",
                f"{sys.executable} -m pip install {package}; or choose another environment.",
            )
    for program in batch.programs if batch else ():
        if shutil.which(program) is None:
            raise absent(program)
    if request.options.tls and not is_swan(request):
        check_tls()
    if request.backend == "dask-lxplus" and request.options.processes > 1:
        next = "Ask for more workers instead."
        raise SupervisorError("bad-request", "options.processes: must be 1 on lxplus", next)
    check_address(request.options.dashboard_address)


def warnings_of(request: Request) -> list[str]:
    """What may well go wrong, in sentences."""
    told = []
    options = request.options
    if not options.tls:
        told.append(
            "Without TLS whoever reaches the ports of scheduler or workers runs programs as you."
        )
    if options.dashboard_address:
        told.append(
            f"The dashboard listens on {options.dashboard_address} and has no password: who "
            "reaches it sees your work, and can retire workers."
        )
    log_folder = str(request.log_folder)
    if log_folder.startswith("/eos/") and not EOS_USER.fullmatch(log_folder):
        told.append(
            f"{log_folder}: dask-lxplus knows only /eos/user paths; logs may stay with HTCondor."
        )
    is_shared = request.backend == "dask-slurm" and options.tls
    if is_shared and re.match(r"/(tmp|var/tmp|run|dev/shm)/", f"{request.folder}/"):
        told.append(
            f"{request.folder} is local to this host; workers on other nodes cannot read their "
            "certificate there."
        )
    if importlib.util.find_spec("bokeh") is None:
        told.append(
            f"{sys.executable} has no bokeh, so the dashboard is empty: "
            f"{sys.executable} -m pip install bokeh"
        )
    return told


def is_swan(request: Request) -> bool:
    """Whether SWAN's own class makes the cluster: it knows SWAN's ports and certificates."""
    has_class = importlib.util.find_spec("swandaskcluster") is not None
    return request.backend == "dask-lxplus" and has_class and "SERVER_HOSTNAME" in os.environ


def make_cluster(request: Request, places: Places, port: int) -> Any:
    """Make the cluster object inside a running event loop; nothing starts before it is awaited."""
    import dask

    _configure(request, dask.config, places)
    if request.backend == "dask-local":
        return _local(request, places, port)
    with told(request.log_folder):
        try:
            return _of_jobs(request, places, port)
        except (ValueError, TypeError, KeyError) as error:
            words = str(error.__cause__ or error)
            next = "Correct the form, or the files of ~/.config/dask that set defaults."
            raise SupervisorError("refused", f"Dask refuses this cluster: {words}", next) from error


def port_of(request: Request) -> int:
    """A port for the scheduler; 0 where any will do, and SWAN chooses its own."""
    if is_swan(request):
        return 0
    wanted = request.options.scheduler_port
    if wanted is None and request.backend == "dask-lxplus":
        wanted = LXPLUS_PORT
    return choose_port(*wanted) if wanted else 0


def _configure(request: Request, config: Any, places: Places) -> None:
    name, default, ours = UNKNOWN_TASK
    settings = {
        # A worker that is back within a minute keeps its job; and one that its batch system
        # holds is seen there before Dask removes it.
        "distributed.deploy.lost-worker-timeout": "60s" if request.is_batch else "15s",
        **({name: ours} if config.get(name, default) == default else {}),
    }
    if config.get("temporary-directory", None) is None:
        settings["temporary-directory"] = str(places.local)
    if request.backend == "dask-lxplus":
        import dask_lxplus  # noqa: F401  (it loads its own defaults)

        settings["jobqueue.cern.job-script-epilogue"] = config.get(
            "jobqueue.cern.job-script-epilogue", []
        )
        logging.getLogger("dask_lxplus").setLevel(logging.INFO)
    config.set(settings)


def _local(request: Request, places: Places, port: int) -> Any:
    from distributed import LocalCluster

    options = request.options
    environment = {
        **options.environment,
        "HEPBATCH_WORKER_LOGS": str(places.logs),
        "HEPBATCH_WORKER_SOCKETS": str(places.local),
    }
    return LocalCluster(
        asynchronous=True,
        n_workers=0,
        threads_per_worker=options.cores,
        # LocalCluster takes the log level of its workers from this, and their output is a file.
        silence_logs=False,
        # Only this machine needs to reach it.
        host="127.0.0.1",
        scheduler_port=port,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        security=security_of(places.tls) if options.tls else None,
        protocol="tls://" if options.tls else "tcp://",
        preload=[str(places.local / "hepbatch_local_worker.py")],
        env=environment,
        **({"memory_limit": options.memory} if options.memory else {}),
    )


def _of_jobs(request: Request, places: Places, port: int) -> Any:
    options = request.options
    common: dict[str, Any] = {
        "asynchronous": True,
        "name": request.id,
        "cores": options.cores,
        "memory": options.memory or MEMORY[request.backend],
        "processes": options.processes,
        "death_timeout": DEATH_SECONDS,
        "python": shlex.quote(options.worker_python or sys.executable),
        "job_script_prologue": _prologue(request),
        "log_directory": str(request.log_folder),
        "silence_logs": False,
        "interface": options.interface,
    }
    if not is_swan(request):
        host = {} if options.interface else {"host": host_name()}
        common["scheduler_options"] = {**host, "port": port, "dashboard_address": "127.0.0.1:0"}
        common["security"] = security_of(places.tls) if options.tls else None
        common["protocol"] = "tls://" if options.tls else "tcp://"
    if request.backend == "dask-slurm":
        from dask_jobqueue import SLURMCluster

        return SLURMCluster(
            queue=options.partition,
            account=options.account,
            walltime=options.walltime,
            job_name=job_name(request.id),
            job_extra_directives=_slurm_directives(request),
            **common,
        )
    directives = _condor_directives(request, places)
    if request.backend == "dask-htcondor":
        from dask_jobqueue import HTCondorCluster

        return HTCondorCluster(
            disk=options.disk or "2GB",
            job_extra_directives=directives,
            local_directory=".",  # the job's own folder, which HTCondor removes
            **common,
        )
    return _lxplus_class(request)(
        disk=options.disk,
        job_extra_directives=directives,
        submit_command_extra=[],  # its own, since dask-lxplus adds to it
        nanny=False,  # nobody can set the port of a nanny
        **common,
        **_lxplus_runtime(request),
    )


def _prologue(request: Request) -> list[str]:
    """Environment and prologue, in a form that survives the batch system."""
    environment = request.options.environment.items()
    exports = [f"export {name}={shlex.quote(text)}" for name, text in environment]
    lines = list(request.options.prologue)
    if request.backend in CONDOR and any(map(NEEDS_LINES.search, lines)):
        # HTCondor gets one line, with semicolons: a comment would hide the rest of it.
        escaped = "\\n".join(line.replace("\\", "\\\\") for line in lines)
        lines = [f'eval "$(printf %b {shlex.quote(escaped)})"']
    return [*exports, *lines]


def _slurm_directives(request: Request) -> list[str]:
    given = request.options.directives.items()
    lines = [name if not value else f"{name}={shlex.quote(value)}" for name, value in given]
    return [*lines, f"--comment=hepbatch:{request.id}"]


def _condor_directives(request: Request, places: Places) -> dict[str, Any]:
    directives: dict[str, Any] = dict(request.options.directives)
    if request.options.flavour:
        directives["+JobFlavour"] = f'"{request.options.flavour}"'
    if request.options.tls and not is_swan(request):
        files = [str(places.tls / name) for name in NAMES]
        given = [directives[name] for name in ("transfer_input_files",) if name in directives]
        # A job finds its certificate where it starts, whatever file systems its node has.
        directives["should_transfer_files"] = "YES"
        directives["transfer_input_files"] = ",".join([*given, *files])
        directives["encrypt_input_files"] = ",".join(files)
        directives.setdefault("transfer_output_files", '""')
    # One batch in condor_q for the whole cluster, not one for each worker.
    directives["batch_name"] = job_name(request.id)
    directives["MY.HepbatchCluster"] = f'"{request.id}"'
    return directives


def _lxplus_class(request: Request) -> Any:
    if is_swan(request):
        from swandaskcluster import SwanHTCondorCluster

        return SwanHTCondorCluster
    from dask_lxplus import CernCluster

    return CernCluster


def _lxplus_runtime(request: Request) -> dict[str, Any]:
    if is_swan(request):
        return {}  # the image of the session
    options = request.options
    is_lcg = sys.executable.startswith(("/cvmfs/sft.cern.ch/", "/cvmfs/sft-nightlies.cern.ch/"))
    runtime = options.runtime or ("none" if is_lcg else None)
    return {"worker_image": options.image, "container_runtime": runtime, "lcg": is_lcg}


def job_class(base: Any, hooks: Any, has_files: bool) -> Any:
    """A job of dask-jobqueue whose commands and failures go through us.

    `hooks` has `run_command(argv)`, `submitted(worker, id)` and `refused(worker, error)`;
    `has_files` says that the certificate comes to the job, into the folder where it starts.
    """

    from distributed.core import Status

    # Its base is chosen when the cluster is made: mypy has no type of it.
    class Job(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            if has_files and kwargs.get("security") is not None:
                kwargs["security"] = security_of(None)
            super().__init__(*args, **kwargs)
            if hasattr(self, "executable"):  # HTCondor's
                command = MACRO.sub("$(DOLLAR)", vars(self)["_command_template"])
                self._command_template = command

        async def start(self) -> None:
            try:
                await super().start()
            except (RuntimeError, ValueError, SupervisorError) as error:
                # Dask would leave it half started for ever, and forget why.
                hooks.refused(str(self.name), error)
                self.status = Status.running
            else:
                hooks.submitted(str(self.name), str(self.job_id))

        async def close(self) -> None:
            await super().close()
            self.status = Status.closed  # dask-jobqueue forgets it, and Dask insists on it

        @staticmethod
        async def _call(argv: list[str], **_: Any) -> str:
            return str(await hooks.run_command(argv))

    return Job
