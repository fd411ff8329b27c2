"""A pass sees every row once, merges in order, and gathers what is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.scale.libraries import NAMES, numbers, plan, small_library

from weighbridge.core.arrays import Floats
from weighbridge.scale import layout as layouts
from weighbridge.scale.budget import Budget
from weighbridge.scale.layout import Piece, inspect
from weighbridge.scale.passes import Scan, fold
from weighbridge.scale.pool import pool_of


class Concatenation:
    """A stage that keeps everything, and tells in which order it came."""

    title = "everything"

    def summarise(self, values: Floats) -> list[Floats]:
        """Return the batch."""
        return [values]

    def merge(self, one: list[Floats], other: list[Floats]) -> list[Floats]:
        """Return both batches."""
        return one + other


@pytest.fixture(params=itertools.product((1, 3), (17, 1000)), ids=str)
def scan(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scan]:
    """Return a scan over a library of four pieces, with several threads and sizes of blocks."""
    threads, rows = request.param
    monkeypatch.setattr(layouts, "PIECE_ROWS", 250)
    layout = inspect(small_library(tmp_path).main)
    heard: list[tuple[str, int, int]] = []
    with pool_of(threads) as pool:
        yield Scan(layout, plan(), Budget(600, threads, rows, False, 100), pool, lambda *told: heard.append(told))
    assert heard == [(heard[0][0], done, 1000) for done in (0, 300, 600, 900, 1000)]


def test_a_fold_sees_every_row_once_in_order(scan: Scan) -> None:
    """Whatever the threads and blocks, the summaries are merged in the order of the rows."""
    summary, findings = fold(scan, Concatenation())
    assert np.array_equal(np.concatenate(summary), numbers(1000))
    assert findings.rows == 1000
    assert not findings.faults


def test_findings_of_all_pieces_are_gathered(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the first piece hides none in the last; rows count over the whole table."""

    def spoiled(*given: Any, **how: Any) -> Any:
        for block in read(*given, **how):
            block.values[(block.first_row + np.arange(len(block.values))) % 450 == 9, 1] = np.nan
            yield block

    read = fold.__globals__["read_blocks"]
    monkeypatch.setattr("weighbridge.scale.passes.read_blocks", spoiled)
    _, findings = fold(scan, Concatenation())
    assert [row for row, _ in findings.faults["missing", "c1"].first] == [9, 459, 909]


def test_work_on_pieces_comes_in_order(scan: Scan) -> None:
    """Results belong to their pieces."""

    def name(piece: Piece) -> str:
        return f"{piece.number}: {piece.first_row}"

    assert [(piece.number, found) for piece, found in scan.each("names", name)] == [
        (0, "0: 0"),
        (1, "1: 300"),
        (2, "2: 600"),
        (3, "3: 900"),
    ]
    assert scan.plan.names == NAMES
