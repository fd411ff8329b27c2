"""The whole order: scores sorted out of core, ranks with ties given while they stream by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.core.ranking import TIE_TOLERANCE
from weighbridge.scale.output import OUTPUT_ROWS, write_tables
from weighbridge.scale.tables import connected, identifier, scan, text

__all__ = ["RunningRanks", "write_order"]


class RunningRanks:
    """Competition ranks of scores that come in descending order, block by block.

    Parameters
    ----------
    tolerance
        Scores no further apart than this are equal, chained, as in
        `weighbridge.core.ranking.competition_ranks`.
    """

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self._seen = 0
        self._rank = 0
        self._last = np.inf

    def ranks(self, scores: Floats) -> Integers:
        """Return the ranks of the next scores, shape (n,)."""
        if scores.size == 0:
            return np.empty(0, dtype=np.int64)
        gaps = np.concatenate(([self._last], scores[:-1])) - scores
        starts: Booleans = gaps > self._tolerance
        places = np.arange(self._seen + 1, self._seen + scores.size + 1)
        ranks = np.maximum.accumulate(np.where(starts, places, self._rank))
        self._seen += scores.size
        self._rank = int(ranks[-1])
        self._last = float(scores[-1])
        return ranks


def write_order(
    scores: Path, target: Path, *, score_range: float, rounding: float, memory_mb: int, threads: int
) -> Path:
    """Write rank, id and score of every molecule, best first; equal scores in the library's order.

    Parameters
    ----------
    scores
        Parquet file with ``id`` and ``score``; more is better.
    target
        The file to write. Its folder takes the sorted intermediate and what DuckDB spills.
    score_range, rounding
        Largest less smallest score, and the rounding error of the scores: they decide about ties.
    memory_mb, threads
        What DuckDB may use.

    Raises
    ------
    InputError
        If memory or disk do not suffice.
    """
    between = target.with_name(target.name + ".sorted")
    row = identifier("file_row_number")
    query = f"SELECT id, score FROM {scan([scores], ', file_row_number = true')} ORDER BY score DESC, {row}"  # noqa: S608
    try:
        with connected(target.parent, memory_mb, threads) as connection:
            connection.execute(f"COPY ({query}) TO {text(str(between))} (FORMAT parquet)")
        write_tables(target, _ranked(between, max(TIE_TOLERANCE * score_range, rounding)))
    finally:
        between.unlink(missing_ok=True)
    return target


def _ranked(between: Path, tolerance: float) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    running = RunningRanks(tolerance)
    with pq.ParquetFile(between) as file:
        for batch in file.iter_batches(OUTPUT_ROWS, use_threads=False):
            scores = batch.column("score")
            ranks = running.ranks(scores.to_numpy())
            yield pa.table({"rank": ranks, "id": batch.column("id"), "score": scores})
