"""Counting a column into cells: the knots themselves, and the open intervals between them.

In each open interval the values are counted and their places in it, from 0 to 1, are added up as
whole numbers of 2^−30: the same sum whatever the order. So the mean of the values in an interval is
known to 2^−31 of its width, and that of a knot exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import use_numba

__all__ = ["PLACE_BITS", "Cells", "Knots", "count_cells", "merge_cells"]

PLACE_BITS: Final = 30
"""Places are counted in 2^−30 of a cell; 2^33 rows fit before an int64 overflows."""

_BLOCK: Final = 16_384
_BUCKETS: Final = 4
"""Buckets a knot, of the lookup."""


@dataclass(frozen=True, eq=False)
class Knots:
    """Ascending knots and how to find the one below a value.

    Attributes
    ----------
    values
        Shape (K,), K ≥ 1, all different.
    widths
        Shape (K,): to the next knot; 1 for the last.
    low, scale, first
        The lookup: ``first[⌊(x − low)·scale⌋]`` is 0 or a knot below x.
    """

    values: Floats
    widths: Floats
    low: float
    scale: float
    first: Integers

    @classmethod
    def of(cls, values: Floats) -> Knots:
        """Prepare the lookup of knots that ascend."""
        widths = np.append(np.diff(values), 1.0)
        # Buckets over the middle of the knots: outliers do not spread them thin.
        middle = values[[values.size // 50, values.size - 1 - values.size // 50]]
        low, span = float(middle[0]), float(middle[1] - middle[0])
        buckets = max(1, _BUCKETS * values.size)
        scale = buckets / span if span > 0 and np.isfinite(buckets / span) else 0.0
        # A knot whose bucket comes before a value's is below the value, because both are rounded alike.
        first = np.searchsorted(_bucket(values, low, scale, buckets), np.arange(buckets)) - 1
        first = np.maximum(first, 0)
        return cls(values, widths, low, scale, first.astype(np.int64))

    def find(self, column: Floats) -> Integers:
        """Return, shape (n,), the last knot ≤ each value; 0 for values below the first."""
        if use_numba(column.size):
            from weighbridge.scale.compiled_cells import find

            return find(column, self.values, self.low, self.scale, self.first)
        found = np.empty(column.size, dtype=np.int64)
        for start in range(0, column.size, _BLOCK):
            self._find_block(column[start : start + _BLOCK], found[start : start + _BLOCK])
        return found

    def _find_block(self, x: Floats, found: Integers) -> None:
        last = self.values.size - 1
        np.take(self.first, _bucket(x, self.low, self.scale, self.first.size), out=found)
        for _ in range(3):
            found += (x >= self.values[np.minimum(found + 1, last)]) & (found < last)
        following = self.values[np.minimum(found + 1, last)]
        far = np.flatnonzero((x >= following) & (found < last))
        if far.size:
            found[far] = np.searchsorted(self.values, x[far], side="right") - 1

    def places(self, column: Floats, found: Integers) -> Floats:
        """Return the places of values in the cells above the knots found, within [0, 1]."""
        place: Floats = (column - self.values[found]) / self.widths[found]
        return np.clip(place, 0.0, 1.0, out=place)


def _bucket(x: Floats, low: float, scale: float, buckets: int) -> Integers:
    return np.clip((x - low) * scale, 0, buckets - 1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Cells:
    """How many values fall where.

    Attributes
    ----------
    at
        Shape (K,): on each knot.
    within
        Shape (K,): strictly between a knot and the next one; the last is 0.
    places
        Shape (K,): the sum of their places, in 2^−30.
    """

    at: Integers
    within: Integers
    places: Integers


def count_cells(column: Floats, knots: Knots) -> Cells:
    """Count the values of a column of shape (n,), without NaN, all within the first and last knot."""
    size = knots.values.size
    if use_numba(column.size):
        from weighbridge.scale.compiled_cells import count

        return Cells(*count(column, knots.values, knots.widths, knots.low, knots.scale, knots.first))
    at, within, places = (np.zeros(size, dtype=np.int64) for _ in range(3))
    found = knots.find(column)
    all_ = np.bincount(found, minlength=size)
    on = column == knots.values[found]
    at += np.bincount(found[on], minlength=size)
    within += all_ - at
    # Whole numbers below 2^53: added as floating point numbers they are exact in any order.
    step = 2 ** (52 - PLACE_BITS)
    for start in range(0, column.size, step):
        part = slice(start, start + step)
        whole = np.rint(np.ldexp(knots.places(column[part], found[part]), PLACE_BITS))
        places += np.bincount(found[part], weights=whole, minlength=size).astype(np.int64)
    return Cells(at, within, places)


def merge_cells(one: Cells, other: Cells) -> Cells:
    """Return the counts of both."""
    return Cells(one.at + other.at, one.within + other.within, one.places + other.places)
