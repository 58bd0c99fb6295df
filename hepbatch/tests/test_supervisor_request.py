"""What a cluster may be asked to be: Python refuses what the contract does, and more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from hepbatch.errors import STATUS
from hepbatch.supervisor.failure import CODES, SupervisorError, failure_of
from hepbatch.supervisor.request import (
    BACKENDS,
    FIELDS,
    FLAVOURS,
    Adaptive,
    Options,
    bytes_of,
    parse_request,
)
from hepbatch.tests.supervised import SCHEMA

# Every field of a backend, with a value that is none of the defaults.
COMMON: dict[str, Any] = {
    "cores": 4,
    "memory": "4.5 GB",
    "environment": {"X509_USER_PROXY": "/home/u/it's"},
    "adaptive": {"minimum": 1, "maximum": 20, "idleSeconds": 30},
    "idleMinutes": 0.5,
    "lifetimeMinutes": 600,
    "logFolder": "/eos/user/u/user/logs",
    "workFolder": "/afs/cern.ch/work",
    "tls": False,
    "schedulerPort": [8786, 8790],
    "dashboardAddress": ":8787",
}
OF_JOBS: dict[str, Any] = {
    "prologue": ["# a comment", "", "source /cvmfs/x.sh"],
    "directives": {"+AccountingGroup": '"group_u_CMS"'},
    "workerPython": "/cvmfs/bin/python 3",
    "interface": "ib0",
}
WHOLE: dict[str, dict[str, Any]] = {
    "dask-local": COMMON,
    "dask-htcondor": {**COMMON, **OF_JOBS, "disk": "10GB", "processes": 2},
    "dask-lxplus": {
        **COMMON,
        **OF_JOBS,
        "disk": "10GB",
        "flavour": "workday",
        "image": "/cvmfs/unpacked.cern.ch/x:latest",
        "runtime": "singularity",
    },
    "dask-slurm": {
        **COMMON,
        **OF_JOBS,
        "directives": {"--qos": "high", "--exclusive": ""},
        "processes": 2,
        "partition": "standard",
        "account": "t3",
        "walltime": "2-00:00:00",
    },
}


def request(backend: str = "dask-local", **more: Any) -> dict[str, Any]:
    options = more.pop("options", {})
    whole = {"version": 1, "id": "c-17", "name": "my cluster", "backend": backend, "folder": "/f"}
    return {**whole, "options": options, **more}


def is_of_contract(asked: dict[str, Any]) -> bool:
    return not list(jsonschema.Draft202012Validator(SCHEMA["request"]).iter_errors(asked))


def is_taken(asked: dict[str, Any]) -> bool:
    try:
        parse_request(json.dumps(asked))
    except SupervisorError as error:
        assert error.code == "bad-request"
        assert error.next
        return False
    return True


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_form_with_all_its_fields_is_taken_by_both(backend: str) -> None:
    asked = request(backend, options=WHOLE[backend])
    assert is_of_contract(asked)
    assert is_taken(asked)
    # Neither side has a field more than the other.
    schema = next(
        each["properties"]["options"]
        for each in SCHEMA["request"]["oneOf"]
        if each["properties"]["backend"]["const"] == backend
    )
    ours = {name for name, (_, backends) in FIELDS.items() if backend in backends}
    assert set(schema["properties"]) == ours == set(WHOLE[backend]) | {"workers"}


def test_what_is_asked_arrives() -> None:
    options = parse_request(
        json.dumps(request("dask-lxplus", options=WHOLE["dask-lxplus"]))
    ).options
    assert options.adaptive == Adaptive(1, 20, 30)
    assert options.prologue == ("source /cvmfs/x.sh",)
    assert (options.scheduler_port, options.tls) == ((8786, 8790), False)
    assert (options.idle_minutes, options.flavour) == (0.5, "workday")
    assert parse_request(json.dumps(request())).options == Options()


@pytest.mark.parametrize(
    "wrong",
    [
        request(version=2),
        request(id="C 17"),
        request(id="../c"),
        request(name=""),
        request(name="two\nlines"),
        request(backend="vanilla-slurm"),
        request(folder="relative"),
        request(folder="/with blank"),
        request(folder="/with'quote"),
        request(more=1),
        request(options={"cores": 0}),
        request(options={"cores": "4"}),
        request(options={"memory": "much"}),
        request(options={"disk": "1GB"}),
        request(options={"prologue": []}),
        request(options={"workers": -1}),
        request(options={"environment": {"A B": "x"}}),
        request(options={"adaptive": {"maximum": 0}}),
        request(options={"idleMinutes": 0}),
        request(options={"schedulerPort": 70_000}),
        request("dask-slurm", options={"walltime": "long"}),
        request("dask-slurm", options={"flavour": "workday"}),
        request("dask-lxplus", options={"flavour": "weekend"}),
        request("dask-lxplus", options={"image": 'x" y'}),
        request("dask-lxplus", options={"processes": 2}),
    ],
    ids=lambda wrong: json.dumps(wrong["options"] or {k: wrong[k] for k in ("id", "folder")}),
)
def test_what_the_contract_refuses_python_refuses(wrong: dict[str, Any]) -> None:
    assert not is_of_contract(wrong)
    assert not is_taken(wrong)


@pytest.mark.parametrize(
    ("backend", "options", "message"),
    [
        ("dask-htcondor", {"prologue": ["a\nqueue 100"]}, "no line of text"),
        ("dask-htcondor", {"directives": {"+A": "1\nqueue"}}, "no line of text at +A"),
        ("dask-htcondor", {"directives": {"queue": "9"}}, "queue is set by hepbatch"),
        ("dask-htcondor", {"directives": {"--qos": "x"}}, "--qos is none of dask-htcondor"),
        ("dask-slurm", {"directives": {"--comment": "x"}}, "--comment is set by hepbatch"),
        ("dask-slurm", {"directives": {"+A": "x"}}, "+A is none of dask-slurm"),
        ("dask-local", {"workers": 2, "adaptive": {"maximum": 3}}, "both workers and adaptive"),
        ("dask-local", {"adaptive": {"minimum": 4, "maximum": 3}}, "minimum of 4 above"),
        ("dask-slurm", {"cores": 3, "processes": 2}, "2 processes cannot share 3 cores"),
        ("dask-local", {"schedulerPort": [9000, 8000]}, "no range of ports"),
    ],
)
def test_what_only_python_can_know(backend: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SupervisorError, match=message.replace("+", r"\+")):
        parse_request(json.dumps(request(backend, options=options)))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "{}"])
def test_what_is_no_request_is_refused_with_words(text: str) -> None:
    with pytest.raises(SupervisorError) as refused:
        parse_request(text)
    assert refused.value.code == "bad-request"


@pytest.mark.parametrize(
    ("text", "size"),
    [("1B", 1), ("2GB", 2 * 10**9), ("2GiB", 2 << 30), ("1.5 kB", 1500), ("500MB", 500 * 10**6)],
)
def test_sizes(text: str, size: int) -> None:
    assert bytes_of(text) == size


def test_codes_and_flavours_are_those_of_the_contract() -> None:
    assert set(CODES) == set(STATUS)
    source = (Path(__file__).parents[2] / "src/contract/form-fields.ts").read_text()
    table = source[source.index("FLAVOURS = {") : source.index("} as const")]
    assert re.findall(r"^  (\w+):", table, re.MULTILINE) == list(FLAVOURS)


def test_an_error_that_is_not_ours_is_internal_and_says_what_it_was() -> None:
    said = failure_of(KeyError("x"))
    assert said["code"] == "internal"
    assert said["message"] == "KeyError: 'x'"
