"""The best k of a library, certain whatever a bounded error of the scores.

With |score − exact| ≤ bound, a row whose score is more than 2 × bound below the k-th best score is
not among the exact best k: k rows have exact scores that are higher. All others are kept, and so are
those that are tied with the k-th up to rounding (`TIE_TOLERANCE`). The exact best k and every tie at
the k-th place are among them; a recount then says which they are.

A ranking in memory ties scores that are closer than 10⁻¹² of the range of all. Where that is more than
`TIE_TOLERANCE` of the k-th score, as under ``none`` with the worst score four times as far from 0 as the
best ones, rows that differ from the k-th by more than rounding, but less than that, are not kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.ranking import ROUNDING, competition_ranks

__all__ = ["KEPT_ROWS", "TopRows", "best_rows", "merge_top", "settle"]

KEPT_ROWS: Final = 100_000
"""At most this many rows are kept: where more tie at the k-th place, the first ones in the library."""

TIE_TOLERANCE: Final = 4e-12
"""Scores of size 1 this close may be tied: twice what `weighbridge.core.ranking` grants a range of 2."""


@dataclass(frozen=True, eq=False)
class TopRows:
    """Rows that may be among the best k, best first; equal scores by row number.

    Attributes
    ----------
    k, bound, kept
        How many are wanted, the error of the scores, and the most rows that are kept.
    scores
        Shape (c,).
    rows
        Shape (c,), row numbers in the library.
    values
        Shape (c, m), as they were scored.
    low, high
        The lowest and the highest score of all rows seen, for the tolerance of ties.
    lost
        The best score among the rows that were left out because there were too many, −∞ if none.
    """

    k: int
    bound: float
    kept: int
    scores: Floats
    rows: Integers
    values: Floats
    low: float = np.inf
    high: float = -np.inf
    lost: float = -np.inf

    @property
    def threshold(self) -> float:
        """Rows with a lower score are not among the best k; −∞ while there are fewer than k rows."""
        if self.scores.size < self.k:
            return -np.inf
        return _threshold(float(self.scores[self.k - 1]), self.bound)

    @property
    def complete(self) -> bool:
        """Whether every row that may be among the best k is here."""
        return self.lost < self.threshold or self.lost == -np.inf


def _threshold(kth: float, bound: float) -> float:
    return kth - 2 * bound - TIE_TOLERANCE * max(1.0, abs(kth))


def best_rows(
    k: int, bound: float, scores: Floats, rows: Integers, values: Floats, *, kept: int = KEPT_ROWS
) -> TopRows:
    """Return the rows of a batch that may be among the best k.

    Parameters
    ----------
    k, bound
        How many are wanted, and the model's bound.
    scores, rows, values
        Shapes (r,), (r,) and (r, m).
    kept
        The most rows to keep; at least k.
    """
    kept = max(kept, k)
    if scores.size > k:
        kth = np.partition(scores, scores.size - k)[scores.size - k]
        near = np.flatnonzero(scores >= _threshold(float(kth), bound))
    else:
        near = np.arange(scores.size)
    ends = float(scores.min(initial=np.inf)), float(scores.max(initial=-np.inf))
    return _sorted(TopRows(k, bound, kept, scores[near], rows[near], values[near], *ends))


def merge_top(one: TopRows, other: TopRows) -> TopRows:
    """Return the rows of both that may be among the best k of both."""
    return _sorted(
        TopRows(
            one.k,
            one.bound,
            one.kept,
            np.concatenate([one.scores, other.scores]),
            np.concatenate([one.rows, other.rows]),
            np.concatenate([one.values, other.values]),
            min(one.low, other.low),
            max(one.high, other.high),
            max(one.lost, other.lost),
        )
    )


def _sorted(top: TopRows) -> TopRows:
    order = np.lexsort((top.rows, -top.scores))
    ordered = _take(top, order)
    within = int(np.searchsorted(-ordered.scores, -ordered.threshold, side="right"))
    lost = float(ordered.scores[top.kept]) if within > top.kept else -np.inf
    return _take(ordered, np.arange(min(within, top.kept)), max(top.lost, lost))


def _take(top: TopRows, rows: Integers, lost: float | None = None) -> TopRows:
    return replace(
        top,
        scores=top.scores[rows],
        rows=top.rows[rows],
        values=top.values[rows],
        lost=top.lost if lost is None else lost,
    )


def settle(top: TopRows, exact: Floats | None = None, *, magnitude: float | None = None) -> tuple[TopRows, Integers]:
    """Return the best k with every tie at the k-th place, and their ranks.

    Parameters
    ----------
    top
        The candidates of the whole library.
    exact
        Shape (c,): their exact scores, where a recount gave them.
    magnitude
        The size of the numbers that were added up to the scores, where they cancel. By default 1
        for scores with an error, which are net flows, and else that of the scores themselves.

    Returns
    -------
    best
        The rows up to the k-th place and all that tie with it; best first, with their exact scores.
    ranks
        Shape (rows,): competition ranks, by the tolerance of `weighbridge.core.ranking` for the range
        of all scores.
    """
    scores = top.scores if exact is None else exact
    if not scores.size:
        return top, np.empty(0, dtype=np.int64)
    order = np.lexsort((top.rows, -scores))
    settled = _take(replace(top, scores=scores), order)
    # The lowest score of the library stands last, because the tolerance is a share of the range.
    ends = np.append(settled.scores, min(top.low, float(settled.scores.min())))
    size = magnitude if magnitude is not None else float(top.bound > 0)
    rounding = ROUNDING * max(size, abs(top.low), abs(top.high))
    ranks = competition_ranks(ends, rounding=rounding)[:-1]
    chosen = np.flatnonzero(ranks <= top.k)
    return _take(settled, chosen), ranks[chosen]
