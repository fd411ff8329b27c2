"""A memory cap is divided so that the work fits, or refused with what would be enough."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.errors import InputError
from weighbridge.scale import budget as budgets
from weighbridge.scale.budget import (
    COPIES,
    DEFAULT_MB,
    LARGEST_BLOCK,
    RESERVE_MB,
    SMALLEST_BLOCK,
    default_mb,
    divide,
    resident_mb,
)
from weighbridge.scale.layout import Piece


@pytest.fixture(autouse=True)
def _resident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "resident_mb", lambda: 200.0)


def piece(packed_mb: float) -> Piece:
    """Return a piece whose largest row group has this compressed size."""
    return Piece(0, Path("a.parquet"), (0,), 0, 1000, int(packed_mb * 1e6))


def test_by_default_all_processors_work_on_large_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual table needs no saving."""
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    found = divide(None, None, [piece(5)], 12)
    assert (found.memory_mb, found.threads, found.block_rows, found.buffered) == (DEFAULT_MB, 2, LARGEST_BLOCK, False)
    assert found.tables_mb == DEFAULT_MB - 200 - RESERVE_MB


def test_large_row_groups_are_read_in_portions() -> None:
    """A file that is one row group of 10 GB does not ask for 10 GB."""
    found = divide(600, 2, [piece(10_000)], 12)
    assert found.buffered
    assert found.threads == 2


def test_short_memory_makes_blocks_smaller_and_then_workers_fewer() -> None:
    """Small blocks cost little time; a worker less costs more."""
    wide = divide(600, 4, [piece(1)], 12)
    narrow = divide(300, 4, [piece(1)], 12)
    alone = divide(258, 4, [piece(1)], 12)
    assert wide.block_rows > narrow.block_rows >= alone.block_rows
    assert wide.threads == narrow.threads == 4
    assert alone.threads == 1


def test_a_cap_that_is_too_small_says_what_is_enough() -> None:
    """The figure in the message is enough, and one megabyte less is not."""
    with pytest.raises(InputError, match=r"too small for this work; found 250 MB; expected \d+ MB") as refusal:
        divide(250, 2, [piece(3)], 60)
    match = re.search(r"expected (\d+) MB", str(refusal.value))
    assert match is not None
    enough = int(match[1])
    assert divide(enough, 2, [piece(3)], 60).threads == 1
    with pytest.raises(InputError):
        divide(enough - 2, 2, [piece(3)], 60)


@pytest.mark.parametrize(("resident", "cap"), [(120.0, 600), (200.0, 600), (1500.0, 1900)])
def test_a_process_that_holds_much_is_not_refused_by_default(
    monkeypatch: pytest.MonkeyPatch, resident: float, cap: int
) -> None:
    """A notebook that holds tables of its own gets what ranking needs beside them."""
    monkeypatch.setattr(budgets, "resident_mb", lambda: resident)
    assert default_mb() == cap
    assert divide(None, 2, [piece(5)], 12).threads == 2


@settings(max_examples=100, deadline=None)
@given(
    cap=st.integers(300, 4000),
    threads=st.integers(1, 16),
    packed=st.floats(0.1, 5000),
    criteria=st.integers(1, 40),
    table=st.integers(0, 20_000_000),
)
def test_what_is_divided_fits(cap: int, threads: int, packed: float, criteria: int, table: int) -> None:
    """Blocks, reading and tables together stay below the cap, whatever the work."""
    try:
        found = divide(cap, threads, [piece(packed)], criteria, table)
    except InputError:
        return
    reading = min(packed * 1e6, criteria << 20) if found.buffered else packed * 1e6
    block = found.block_rows * 8 * (criteria + 2) * COPIES
    used = found.threads * (block + reading) + (found.threads + 3) * table
    assert used <= (cap - 200 - RESERVE_MB) * 1e6
    assert 1 <= found.threads <= threads
    assert SMALLEST_BLOCK <= found.block_rows <= LARGEST_BLOCK


def test_what_is_resident_is_measured() -> None:
    """A process that holds 50 MB more says so."""
    before = resident_mb()
    ballast = bytearray(b"x" * 50_000_000)
    assert 40 < resident_mb() - before < 60
    del ballast
