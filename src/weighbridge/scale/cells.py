"""Counting a column into cells: the knots themselves, and the open intervals between them.

In each open interval the values are counted and their places in it, from 0 to 1, are added up as
whole numbers of 2^−30: the same sum whatever the order. So the mean of the values in an interval is
known to 2^−31 of its width, and that of a knot exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from weighbridge.core.arrays import Floats, Integers
from weighbridge.kernels.engine import use_numba

__all__ = ["PLACE_BITS", "Cells", "Knots", "count_cells", "merge_cells"]

PLACE_BITS: Final = 30
"""Places are counted in 2^−30 of a cell; 2^33 rows fit before an int64 overflows."""

_BLOCK: Final = 16_384
_RUN: Final = 2**18
_BUCKETS: Final = 2
"""Buckets a knot, of the lookup: more would not fit into the cache."""


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
    first: npt.NDArray[np.int32]

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
        return cls(values, widths, low, scale, first.astype(np.int32))

    def find(self, column: Floats) -> Integers:
        """Return, shape (n,), the last knot ≤ each value; 0 for values below the first."""
        found = np.empty(column.size, dtype=np.int64)
        for start in range(0, column.size, _BLOCK):
            self._find_block(column[start : start + _BLOCK], found[start : start + _BLOCK])
        return found

    def read(self, column: Floats, at: Floats, start: Floats, rise: Floats) -> Floats:
        """Return what a table says at values without NaN.

        Parameters
        ----------
        column
            Shape (n,).
        at, start, rise
            Shape (K,): what it says on a knot, right above it, and how much more right below the next.

        Returns
        -------
        read
            Shape (n,): ``at`` on a knot, else ``start + place · rise``.
        """
        if use_numba(column.size):
            from weighbridge.scale.compiled_cells import read

            table = np.stack([self.values, self.widths, start, rise], axis=1)
            return read(column, table, at, self.low, self.scale, self.first)
        result = np.empty(column.size)
        for begin in range(0, column.size, _BLOCK):
            block = column[begin : begin + _BLOCK]
            found = self.find(block)
            part = result[begin : begin + _BLOCK]
            np.multiply(self.places(block, found), rise[found], out=part)
            part += start[found]
            on = np.flatnonzero(block == self.values[found])
            part[on] = at[found[on]]
        return result

    def _find_block(self, x: Floats, found: Integers) -> None:
        last = self.values.size - 1
        found[:] = self.first[_bucket(x, self.low, self.scale, self.first.size)]
        for _ in range(3):
            found += (x >= self.values[np.minimum(found + 1, last)]) & (found < last)
        following = self.values[np.minimum(found + 1, last)]
        far = np.flatnonzero((x >= following) & (found < last))
        if far.size:
            found[far] = np.searchsorted(self.values, x[far], side="right") - 1

    def places(self, column: Floats, found: Integers) -> Floats:
        """Return the places of values in the cells above the knots found, within [0, 1]."""
        # A value outside over a tiny width overflows, to the end that it is cut to.
        with np.errstate(over="ignore"):
            place: Floats = (column - self.values[found]) / self.widths[found]
        return np.clip(place, 0.0, 1.0, out=place)


def _bucket(x: Floats, low: float, scale: float, buckets: int) -> Integers:
    # An outlier of crowded knots may overflow, to the end that it is cut to.
    with np.errstate(over="ignore"):
        places = (x - low) * scale
    return np.clip(places, 0, buckets - 1).astype(np.int64)


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
    """Count the values of a column of shape (n,), without NaN, all within the first and last knot.

    The column is sorted in runs and the knots are looked up in it: far fewer than the values.
    """
    found = [_count_sorted(np.sort(column[start : start + _RUN]), knots) for start in range(0, column.size, _RUN)]
    nothing = np.zeros(knots.values.size, dtype=np.int64)
    return reduce(merge_cells, found, Cells(nothing, nothing, nothing))


def _count_sorted(column: Floats, knots: Knots) -> Cells:
    left = np.searchsorted(column, knots.values)
    right = left.copy()
    on = np.flatnonzero(knots.values == column[np.minimum(left, column.size - 1)])
    right[on] = np.searchsorted(column, knots.values[on], side="right")
    following = np.append(left[1:], column.size)
    # From here on the values before the first knot are gone: there are none.
    lengths = following - left
    place = column - np.repeat(knots.values, lengths)
    place /= np.repeat(knots.widths, lengths)
    np.clip(place, 0.0, 1.0, out=place)
    place *= 2.0**PLACE_BITS
    sums = np.zeros(column.size + 1, dtype=np.int64)
    np.cumsum(np.rint(place, out=place).astype(np.int64), out=sums[1:])
    return Cells(right - left, following - right, sums[following] - sums[left])


def merge_cells(one: Cells, other: Cells) -> Cells:
    """Return the counts of both."""
    return Cells(one.at + other.at, one.within + other.within, one.places + other.places)
