"""Scores are kept piece by piece, and what was kept is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.scale.libraries import ids, numbers, plan, small_library

from weighbridge.core.arrays import Floats
from weighbridge.scale import layout as layouts
from weighbridge.scale import scoring as scorings
from weighbridge.scale.budget import Budget
from weighbridge.scale.layout import inspect
from weighbridge.scale.passes import Scan
from weighbridge.scale.pool import pool_of
from weighbridge.scale.resume import WorkFolder
from weighbridge.scale.scoring import Outcome, Scoring


@dataclass(frozen=True)
class FirstColumn:
    """A model whose score is the first criterion."""

    bound: float = 0.0

    def score(self, values: Floats) -> Floats:
        """Return the first column."""
        return values[:, 0]


@dataclass(frozen=True)
class Refusal:
    """A model that must not be asked."""

    bound: float = 0.0

    def score(self, values: Floats) -> Floats:
        """Fail."""
        raise AssertionError("scored again")


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scan]:
    """Return a scan over a library of four pieces."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 250)
    monkeypatch.setattr(scorings, "OUTPUT_ROWS", 70)
    layout = inspect(small_library(tmp_path).main)
    with pool_of(2) as pool:
        yield Scan(layout, plan(), Budget(600, 2, 64, False, 100), pool, lambda *_: None)


def run(scan: Scan, model: FirstColumn | Refusal, folder: Path) -> tuple[list[str], Floats, Outcome]:
    """Return ids, scores and outcome of a scoring pass."""
    folder.mkdir(exist_ok=True)
    scoring = Scoring(scan, model, WorkFolder(folder))
    parts = list(scoring.parts())
    assert max(len(labels) for labels, _ in parts) <= 70
    assert scoring.outcome is not None
    labels = [label for part, _ in parts for label in part.to_pylist()]
    return labels, np.concatenate([scores for _, scores in parts]), scoring.outcome


def test_scores_come_with_their_ids_in_order(scan: Scan, tmp_path: Path) -> None:
    """Every row once, with the outcome of the whole library."""
    labels, scores, outcome = run(scan, FirstColumn(), tmp_path / "work")
    column = numbers(1000)[:, 0]
    assert labels == ids(1000)
    assert np.array_equal(scores, column)
    assert (outcome.low, outcome.high) == (column.min(), column.max())
    assert outcome.findings.rows == 1000
    assert outcome.top.rows[:10].tolist() == np.argsort(-column, kind="stable")[:10].tolist()


def test_finished_pieces_are_taken_as_they_are(scan: Scan, tmp_path: Path) -> None:
    """A second pass over the same folder scores nothing and gives the same."""
    first = run(scan, FirstColumn(), tmp_path / "work")
    second = run(scan, Refusal(), tmp_path / "work")
    assert first[0] == second[0]
    assert np.array_equal(first[1], second[1])
    assert first[2].findings == second[2].findings
    assert np.array_equal(first[2].top.rows, second[2].top.rows)


@pytest.mark.parametrize("name", ["scores-000001.f8", "scores-000001.npz"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_piece_that_is_not_whole_is_scored_again(scan: Scan, tmp_path: Path, name: str, damage: str) -> None:
    """Scores without outcome, outcome without scores, or half of either count for nothing."""
    first = run(scan, FirstColumn(), tmp_path / "work")
    file = tmp_path / "work" / name
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-1])
    else:
        file.unlink()
    with pytest.raises(AssertionError, match="scored again"):
        run(scan, Refusal(), tmp_path / "work")
    assert np.array_equal(run(scan, FirstColumn(), tmp_path / "work")[1], first[1])
