"""A result says what it depends on and what a careful reader should know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.scale.libraries import WEIGHTS, in_memory, numbers, plan, small_library

from weighbridge.canonical import content_key
from weighbridge.scale import results
from weighbridge.scale.checks import Findings, prepare
from weighbridge.scale.layout import inspect
from weighbridge.scale.library import LibraryTable, Reading
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.results import library_key, method_notes, summary_bytes, top_frame, top_notes
from weighbridge.scale.topk import best_rows


def test_the_key_changes_with_everything_that_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, how they are read, weights, criteria, method, top and version each make another key."""
    source = small_library(tmp_path)
    layout, chosen = inspect(source.main), plan()
    other = LibraryTable(source.main.files, "id", {**source.main.readings, "c3": Reading("c3", factor=0.5)})
    keys = [library_key([layout], chosen), library_key([layout, layout], chosen), library_key([inspect(other)], chosen)]
    changed = (
        replace(chosen, weights=np.array([0.1, 0.2, 0.3, 0.4])), plan(outside="clip"), plan("weighted-sum"), plan(top=9)
    )  # fmt: skip
    keys += [library_key([layout], different) for different in changed]
    monkeypatch.setattr(results, "VERSION", "0")
    keys.append(library_key([layout], chosen))
    assert len({content_key(key) for key in keys}) == len(keys)


def test_the_same_work_has_the_same_key(tmp_path: Path) -> None:
    """Nothing of the moment gets into a key."""
    source = small_library(tmp_path)
    assert library_key([inspect(source.main)], plan()) == library_key([inspect(source.main)], plan())


@pytest.mark.parametrize(
    ("method", "normalization"),
    [("topsis", "bounds"), ("topsis", "minmax"), ("weighted-sum", "sum"), ("promethee-ii", "bounds")],
)
def test_the_methods_notes_are_those_of_ranking_in_memory(method: str, normalization: str) -> None:
    """The risk of rank reversal is said in the same words."""
    chosen = plan(method, normalization)
    reference = in_memory(numbers(20) * 0.9 + 0.001, chosen).notes
    assert method_notes(chosen, Findings(20)) == reference


@pytest.mark.parametrize(
    ("method", "changes", "cell"),
    [
        ("topsis", {"outside": "extend"}, 11.0),
        ("weighted-sum", {"outside": "extend"}, 11.0),
        ("topsis", {"outside": "clip"}, 11.0),
        ("promethee-ii", {"missing": "neutral"}, np.nan),
        ("topsis", {"missing": "neutral"}, np.nan),
        ("promethee-ii", {"preference": None}, 5.0),
    ],
)
def test_notes_depend_on_what_was_found_as_in_memory(method: str, changes: dict[str, Any], cell: float) -> None:
    """Values that move the ideal, gaps that are indifferent, preferences that are not declared."""
    known = {name: replace(criterion, **changes) for name, criterion in plan().criteria.items()}
    chosen = ScoringPlan(known, WEIGHTS, method)
    values = numbers(20)
    values[3, 0] = cell
    _, findings = prepare(chosen, values, 0)
    assert (*findings.notes(chosen), *method_notes(chosen, findings)) == in_memory(values, chosen).notes


def test_the_top_marks_ties() -> None:
    """Whoever shares a rank is tied."""
    frame = top_frame(np.array([1, 2, 2]), ["a", "b", "c"], np.array([0.9, 0.5, 0.5]))
    assert frame.to_dict("list") == {
        "rank": [1, 2, 2],
        "id": ["a", "b", "c"],
        "score": [0.9, 0.5, 0.5],
        "tied": [False, True, True],
    }


def test_ties_that_cannot_all_be_listed_are_said() -> None:
    """Nobody takes a cut list of ties for a whole one."""
    scores = np.ones(50)
    rows = np.arange(50)
    assert top_notes(best_rows(3, 0.0, scores, rows, scores[:, None])) == ()
    assert "the first 20 in the library" in top_notes(best_rows(3, 0.0, scores, rows, scores[:, None], kept=20))[0]


def test_only_tables_of_flows_need_memory() -> None:
    """Summaries of the other methods are a few numbers a criterion."""
    assert summary_bytes(plan()) == 0
    assert summary_bytes(plan("promethee-ii")) >= 4 * 65_536 * 16
