"""The example's chunk rule and our recorded answers against coffea itself."""

from __future__ import annotations

import importlib
import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "src" / "agent" / "audits" / "__tests__" / "data" / "coffea-chunks.json"
Rule = Callable[[int, int], list[tuple[int, int]]]


@pytest.fixture(scope="module")
def chunk_ranges() -> Rule:
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        found: Rule = importlib.import_module("run_analysis").chunk_ranges
    finally:
        sys.path.pop(0)
    return found


def cases() -> list[tuple[int, int, list[tuple[int, int]]]]:
    recorded = json.loads(RECORDED.read_text())["cases"]
    return [
        (case["entries"], case["target"], [(a, b) for a, b in case["chunks"]]) for case in recorded
    ]


def test_the_rule_of_the_example_is_what_coffea_answered(chunk_ranges: Rule) -> None:
    halves = 0
    for entries, target, expected in cases():
        # Newer coffea gives a file without entries one chunk 0-0; the example writes none.
        assert chunk_ranges(entries, target) == ([] if entries == 0 else expected)
        halves += 2 * entries % (2 * target) == target
    assert len(cases()) > 300
    assert halves > 20, "too few cases where half is rounded to even"


def test_the_recorded_answers_are_those_of_the_coffea_that_is_installed() -> None:
    pytest.importorskip("coffea", reason="coffea is in the extra 'coffea'; pip install coffea")
    cut = runpy.run_path(str(ROOT / "testbed" / "capture-coffea"))["cut"]
    for entries, target, expected in cases():
        assert [tuple(chunk) for chunk in cut(entries, target)] == expected
