"""The first pass of PROMETHEE II over a library: what its columns look like.

A column with few distinct values is counted value by value and is done. Of the others a sample of
rows says where their values are dense. The sample consists of the rows with the smallest hash of all
their values, so it does not depend on the cut into batches or on the order of the rows, and samples
of parts merge into the sample of the whole (a bottom-k sketch).

References
----------
Cohen, E. and Kaplan, H. (2007). Summarizing data using bottom-k sketches. PODC '07, 225–234.
Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number generators.
OOPSLA '14, 453–472: the mixing of bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from weighbridge.core.arrays import Floats, Integers

__all__ = ["DISTINCT", "Distinct", "Survey", "merge_surveys", "oriented", "survey"]

Hashes: TypeAlias = npt.NDArray[np.uint64]

DISTINCT: Final = 16_384
"""A column with at most this many distinct values is counted value by value."""

_PROBE: Final = 20_480
"""Values looked at first: nearly all columns with too many distinct values show it there."""

_BLOCK: Final = 16_384
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, eq=False)
class Distinct:
    """Distinct values, ascending, and how often each occurs; shape (v,) each."""

    values: Floats
    counts: Integers


@dataclass(frozen=True, eq=False)
class Survey:
    """What some rows look like, oriented so that more is better.

    Attributes
    ----------
    rows
        How many rows.
    present
        Shape (m,): how many values are not missing.
    low, high
        Shape (m,): NaN where there is no value.
    distinct
        By column; None where there are too many.
    hashes, sample
        Shapes (k,) and (k, m): the rows with the smallest hashes, ascending.
    """

    rows: int
    present: Integers
    low: Floats
    high: Floats
    distinct: tuple[Distinct | None, ...]
    hashes: Hashes
    sample: Floats


def oriented(column: Floats, sign: float) -> Floats:
    """Return a column of which more is better, with one zero and one NaN."""
    turned: Floats = column * sign
    turned += 0.0
    return turned


def survey(values: Floats, signs: Floats, *, sample: int, distinct: int = DISTINCT) -> Survey:
    """Survey a batch.

    Parameters
    ----------
    values
        Shape (rows, m), NaN where missing.
    signs
        Shape (m,): +1 gain, −1 cost.
    sample
        How many rows are sampled.
    distinct
        Up to how many distinct values are counted.
    """
    columns = [oriented(values[:, j], signs[j]) for j in range(signs.size)]
    hashes = _hashes(columns, len(values))
    present = [column[~np.isnan(column)] if np.isnan(column).any() else column for column in columns]
    chosen = _smallest(hashes, sample)
    rows = np.empty((chosen.size, signs.size))
    for j, column in enumerate(columns):
        rows[:, j] = column[chosen]
    found = Survey(
        rows=len(values),
        present=np.array([column.size for column in present], dtype=np.int64),
        low=np.array([column.min(initial=np.inf) for column in present]),
        high=np.array([column.max(initial=-np.inf) for column in present]),
        distinct=tuple(_distinct(column, distinct) for column in present),
        hashes=hashes[chosen],
        sample=rows,
    )
    return _in_order(found, sample)


def merge_surveys(one: Survey, other: Survey, *, sample: int, distinct: int = DISTINCT) -> Survey:
    """Return the survey of both."""
    both = Survey(
        rows=one.rows + other.rows,
        present=one.present + other.present,
        low=np.minimum(one.low, other.low),
        high=np.maximum(one.high, other.high),
        distinct=tuple(_merge_distinct(a, b, distinct) for a, b in zip(one.distinct, other.distinct, strict=True)),
        hashes=np.concatenate([one.hashes, other.hashes]),
        sample=np.concatenate([one.sample, other.sample]),
    )
    return _in_order(both, sample)


def _in_order(found: Survey, size: int) -> Survey:
    """Return the survey with its sample cut and in an order that depends on the rows alone."""
    order = np.argsort(found.hashes, kind="stable")
    hashes, rows = found.hashes[order], order
    tied = np.flatnonzero(hashes[1:] == hashes[:-1])
    # Rows with one hash are nearly always one row; different ones are put in the order of their values.
    if tied.size and _differ(found.sample[rows[tied]], found.sample[rows[tied + 1]]):
        order = np.lexsort((*found.sample.T[::-1], found.hashes))
    order = order[:size]
    return Survey(
        found.rows,
        found.present,
        found.low,
        found.high,
        found.distinct,
        found.hashes[order],
        np.ascontiguousarray(found.sample[order]),
    )


def _differ(one: Floats, other: Floats) -> bool:
    return not np.array_equal(one, other, equal_nan=True)


def _smallest(hashes: Hashes, size: int) -> Integers:
    """Return the rows with the smallest hashes, and all that tie with the last of them."""
    if hashes.size <= size:
        return np.arange(hashes.size)
    return np.flatnonzero(hashes <= np.partition(hashes, size - 1)[size - 1])


def _hashes(columns: list[Floats], rows: int) -> Hashes:
    result = np.empty(rows, dtype=np.uint64)
    for start in range(0, rows, _BLOCK):
        part = result[start : start + _BLOCK]
        part.fill(0)
        for column in columns:
            # The bits of every NaN are the same; `oriented` has made the zeros one.
            block = column[start : start + _BLOCK]
            bits = np.where(np.isnan(block), np.nan, block).view(np.uint64)
            part ^= bits
            part += _GOLDEN
            part ^= part >> np.uint64(30)
            part *= _FIRST
            part ^= part >> np.uint64(27)
            part *= _SECOND
            part ^= part >> np.uint64(31)
    return result


def _distinct(column: Floats, limit: int) -> Distinct | None:
    if column.size > _PROBE and np.unique(column[:_PROBE]).size > limit:
        return None
    values, counts = np.unique(column, return_counts=True)
    return Distinct(values, counts.astype(np.int64)) if values.size <= limit else None


def _merge_distinct(one: Distinct | None, other: Distinct | None, limit: int) -> Distinct | None:
    if one is None or other is None:
        return None
    values, places = np.unique(np.concatenate([one.values, other.values]), return_inverse=True)
    if values.size > limit:
        return None
    counts = np.zeros(values.size, dtype=np.int64)
    np.add.at(counts, places, np.concatenate([one.counts, other.counts]))
    return Distinct(values, counts)
