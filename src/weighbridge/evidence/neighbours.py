"""Nearest training records of a molecule, and what they say of it.

The k nearest are taken by Tanimoto similarity. Records as similar as the k-th all count, so the
result does not depend on the order of the table. A training record of the very molecule (similarity
1) is one of its neighbours: its quality is the best there is to know of that molecule's evidence.
Where a molecule's own record would flatter a model, in back-testing, it is taken out before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.evidence.chemistry import similarity

__all__ = ["K_NEAREST", "LEAST_SIMILARITY", "Neighbours", "nearest", "nearest_similarities", "weighted"]

K_NEAREST: Final = 5
LEAST_SIMILARITY: Final = 0.3
_BLOCK_ROWS: Final = 256


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest records of n candidates.

    Attributes
    ----------
    indices
        Row numbers of the records, shape (n, m), most similar first and then by row number; −1
        where a candidate has fewer than m.
    similarities
        Their similarities, shape (n, m); 0 where there is no record.
    """

    indices: NDArray[np.intp]
    similarities: Floats

    def __len__(self) -> int:
        return len(self.indices)


def nearest(
    candidates: NDArray[np.uint8],
    records: NDArray[np.uint8],
    k: int = K_NEAREST,
    minimum: float = LEAST_SIMILARITY,
) -> Neighbours:
    """Return the k most similar records of every candidate, with all that tie with the k-th.

    Parameters
    ----------
    candidates, records
        Packed fingerprints, shapes (n, b) and (r, b).
    k
        How many, 1 or more.
    minimum
        Only records at least this similar count.
    """
    found: list[tuple[NDArray[np.intp], Floats]] = []
    different, which = np.unique(records, axis=0, return_inverse=True)  # repeated records are compared once
    for start in range(0, len(candidates), _BLOCK_ROWS):
        block = similarity(candidates[start : start + _BLOCK_ROWS], different)[:, which.ravel()]
        found += [_select(row, k, minimum) for row in block]
    width = max((len(indices) for indices, _ in found), default=0)
    indices = np.full((len(candidates), width), -1, dtype=np.intp)
    similarities = np.zeros((len(candidates), width))
    for row, (rows, values) in enumerate(found):
        indices[row, : len(rows)] = rows
        similarities[row, : len(rows)] = values
    return Neighbours(indices, similarities)


def _select(row: Floats, k: int, minimum: float) -> tuple[NDArray[np.intp], Floats]:
    least = minimum
    if len(row) > k:
        least = max(minimum, float(np.partition(row, len(row) - k)[len(row) - k]))
    rows = np.flatnonzero(row >= least)
    rows = rows[np.argsort(-row[rows], kind="stable")]
    return rows, row[rows]


def nearest_similarities(
    candidates: NDArray[np.uint8], records: NDArray[np.uint8], k: int, *, leave_self_out: bool = False
) -> Floats:
    """Return the k largest similarities of every candidate, largest first.

    Parameters
    ----------
    candidates, records
        Packed fingerprints, shapes (n, b) and (r, b).
    k
        How many; fewer where there are fewer records.
    leave_self_out
        Whether candidate i *is* record i, which is then not compared with itself.

    Returns
    -------
    numpy.ndarray
        Shape (n, min(k, r)), or (n, min(k, r − 1)) with `leave_self_out`.
    """
    width = min(k, max(len(records) - int(leave_self_out), 0))
    result = np.zeros((len(candidates), width))
    for start in range(0, len(candidates), _BLOCK_ROWS):
        block = similarity(candidates[start : start + _BLOCK_ROWS], records)
        if leave_self_out:
            rows = np.arange(len(block))
            block[rows, rows + start] = -1.0
        result[start : start + _BLOCK_ROWS] = -np.sort(-block, axis=1)[:, :width]
    return result


def weighted(
    neighbours: Neighbours,
    quality: Floats,
    low: ArrayLike,
    high: ArrayLike,
    applies: Booleans | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Return the similarity-weighted mean q_i = Σ_j s_ij q_j / Σ_j s_ij of the neighbours' quality.

    Parameters
    ----------
    neighbours
        Nearest records of n candidates.
    quality
        One number a record, shape (r,); NaN where it is not known.
    low, high
        What an unknown quality may be, a number or one a record.
    applies
        Which records have such a quality at all (a molecule without repeats has no scatter);
        the others do not enter. All by default.

    Returns
    -------
    value, low, high : numpy.ndarray
        Shape (n,): the interval over every completion of the unknowns, and its middle; NaN where a
        candidate has no neighbour to tell.
    """
    use = neighbours.indices >= 0
    rows = np.where(use, neighbours.indices, 0)
    if applies is not None and len(applies):
        use &= applies[rows]
    weights = np.where(use, neighbours.similarities, 0.0)
    unknown = np.isnan(quality)
    bottom = _mean(weights, np.where(unknown, low, quality), rows)
    top = _mean(weights, np.where(unknown, high, quality), rows)
    return (bottom + top) / 2, bottom, top


def _mean(weights: Floats, values: Floats, rows: NDArray[np.intp]) -> Floats:
    total = weights.sum(axis=1)
    if not weights.size:
        return np.full(len(weights), np.nan)
    sums = np.where(weights > 0, weights * values[rows], 0.0).sum(axis=1)
    return np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan)
