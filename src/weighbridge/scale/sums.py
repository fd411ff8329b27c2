"""Sums of a column that do not depend on how it was cut or in which order the parts were added.

Each number is written as two whole numbers of `LIMB` bits on a grid 2^−72 of the largest, and whole
numbers are added without rounding. What is rounded is each number, once, to the grid: by at most
2^−73 of the largest, where adding floating point numbers in some order errs by 2^−53 of the sum at
every step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats

__all__ = ["GridTotal", "grid_total"]

LIMB: Final = 36
"""Bits of each of the two whole numbers; 2^26 of them fit a batch before an int64 overflows."""

LARGEST_RUN: Final = 2**26


@dataclass(frozen=True, slots=True)
class GridTotal:
    """An exact sum on a grid: `units` · 2^(exponent − 72).

    Attributes
    ----------
    units
        How many grid steps.
    exponent
        Every summed number is at most 2^exponent in absolute value.
    """

    units: int
    exponent: int

    def __add__(self, other: GridTotal) -> GridTotal:
        """Return the sum of two sums on the same grid."""
        assert self.exponent == other.exponent
        return GridTotal(self.units + other.units, self.exponent)

    def __float__(self) -> float:
        """Return the sum, correctly rounded."""
        shift = self.exponent - 2 * LIMB
        if shift >= 0:
            return float(self.units << shift)
        return float(Fraction(self.units, 1 << -shift))


def grid_total(values: Floats, largest: float) -> GridTotal:
    """Return Σ values.

    Parameters
    ----------
    values
        Shape (n,), finite.
    largest
        A number known to all who will add to this sum, at least max |value|.
    """
    exponent = math.frexp(largest)[1] if largest else 0
    units = sum(_units(values[start : start + LARGEST_RUN], exponent) for start in range(0, values.size, LARGEST_RUN))
    return GridTotal(units, exponent)


def _units(values: Floats, exponent: int) -> int:
    scaled = np.ldexp(values, LIMB - exponent)
    whole = np.rint(scaled)
    # The difference is exact: both are multiples of the last place of `scaled`, and it is below ½.
    scaled -= whole
    np.ldexp(scaled, LIMB, out=scaled)
    rest = np.rint(scaled)
    return (int(whole.astype(np.int64).sum()) << LIMB) + int(rest.astype(np.int64).sum())
