"""A memory cap divided between reading, blocks and tables."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from weighbridge.errors import Fault, InputError
from weighbridge.scale.layout import Piece

__all__ = ["DEFAULT_MB", "Budget", "default_mb", "divide", "resident_mb"]

DEFAULT_MB: Final = 600
"""What a process uses in all when no cap is given and it holds little else."""

OWN_MB: Final = 400
"""What ranking adds at most, when no cap is given, to a process that holds much already."""

RESERVE_MB: Final = 48
"""Kept back for what imports, writing and the allocators take."""

LARGEST_BLOCK: Final = 1 << 16
SMALLEST_BLOCK: Final = 1 << 12
COPIES: Final = 6
"""A block lives as packed and unpacked columns, float64 values, and the temporaries of scoring."""

_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """How a memory cap is used.

    Attributes
    ----------
    memory_mb
        The cap on the whole process.
    threads
        Workers at a time.
    block_rows
        Rows a block.
    buffered
        Whether column chunks are read in portions because whole ones would not fit.
    tables_mb
        What is left for DuckDB when no worker runs.
    """

    memory_mb: int
    threads: int
    block_rows: int
    buffered: bool
    tables_mb: int


def resident_mb() -> float:
    """Return the memory this process holds now."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:  # not Linux
        import psutil

        return float(psutil.Process().memory_info().rss / _MB)
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def default_mb() -> int:
    """Return the cap when none is given: a notebook full of tables is no reason to refuse."""
    return max(DEFAULT_MB, int(resident_mb()) + OWN_MB)


def divide(
    memory_mb: int | None, threads: int | None, pieces: Iterable[Piece], criteria: int, table_bytes: int = 0
) -> Budget:
    """Divide a memory cap.

    Parameters
    ----------
    memory_mb
        The cap on the whole process; `default_mb` by default.
    threads
        The most workers; the number of processors by default. Fewer are used where memory is short.
    pieces
        The pieces of the table, for the size of their row groups.
    criteria
        Number of criteria.
    table_bytes
        Size of one summary of the method.

    Raises
    ------
    InputError
        If the cap is too small for one worker with the smallest blocks; it says what is enough.
    """
    cap = default_mb() if memory_mb is None else memory_mb
    wanted = max(1, (os.cpu_count() or 1) if threads is None else threads)
    packed = max((piece.packed_bytes for piece in pieces), default=0)
    row_bytes = 8 * (criteria + 2) * COPIES
    free = int((cap - resident_mb() - RESERVE_MB) * _MB)

    def need(workers: int, rows: int, reading: int) -> int:
        # one summary a worker, one that waits, one that all are merged into, and the model made of it
        return workers * (rows * row_bytes + reading) + (workers + 3) * table_bytes

    small = criteria << 20
    for workers in range(wanted, 0, -1):
        for buffered in (False, True):
            rows = LARGEST_BLOCK
            while rows >= (SMALLEST_BLOCK if workers == 1 else SMALLEST_BLOCK << 2):
                if need(workers, rows, min(packed, small) if buffered else packed) <= free:
                    return Budget(cap, workers, rows, buffered, max(0, free // _MB))
                rows >>= 1
    least = need(1, SMALLEST_BLOCK, min(packed, small)) - free
    raise InputError(
        Fault(
            "the memory cap is too small for this work", found=f"{cap} MB", expected=f"{cap + least // _MB + 1} MB",
            mend="Raise the cap",
        )
    )  # fmt: skip
