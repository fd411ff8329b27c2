"""Sums over windows of a sorted column without rounding, by whole numbers that may run over.

A sum of x_i − x_j over the x_j within a threshold of x_i is small next to the prefix sums it is the
difference of, and rounding of those would drown it. Here values are counted in a unit u so small that a
window's sum, at most n·w for thresholds w apart, is less than 2^61 u, and the whole numbers are added
modulo 2^64: prefix sums run over, and their difference is exact all the same, however large the
values and however far from 0 they lie. What is left of a value below u is counted in u/2^30, so that
what is lost altogether is less than n 2^-90 of n·w.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers

__all__ = ["FixedPoint", "fixed_point", "split"]

WINDOW_BITS: Final = 61
"""A window's sum is below 2^61 units; one bit for its sign, one for differences rounded up."""

SMALLEST_EXPONENT: Final = -1074
"""Every double is a whole multiple of 2^-1074."""

DIRECT: Final = 2.0**62
"""Below this a double is converted to an integer as it is."""

PERIOD: Final = 2.0**64

REST: Final = 2.0**30
"""The rests of fewer than 2^31 values, counted in this part of a unit, do not run over."""


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A unit of a column and of the thresholds on it.

    Attributes
    ----------
    first, second
        Their product is 1/u, a power of two that may itself be too large for a double.
    width
        The distance of the thresholds, p − q, in units.
    """

    first: float
    second: float
    width: float


def fixed_point(width: float, n: int) -> FixedPoint:
    """Return the unit for n values and thresholds `width` > 0 apart."""
    exponent = max(math.frexp(width)[1] + n.bit_length() - WINDOW_BITS, SMALLEST_EXPONENT)
    half = -exponent // 2
    return FixedPoint(math.ldexp(1.0, half), math.ldexp(1.0, -exponent - half), math.ldexp(width, -exponent))


def split(values: Floats, unit: FixedPoint) -> tuple[Integers, Integers]:
    """Return the whole units of values, modulo 2^64, and the rest in units of u/`REST`, rounded towards 0."""
    with np.errstate(over="ignore", under="ignore"):
        scaled = values * unit.first * unit.second
    large = np.abs(scaled) >= DIRECT
    if large.any():
        # A double of this size is whole; from 2^117 on it is 0 modulo 2^64, which inf stands for too.
        wrapped = np.where(np.isinf(scaled), 0.0, scaled)
        wrapped -= PERIOD * np.rint(wrapped / PERIOD)
        # ±2^63 are the same modulo 2^64, and only the negative one is an int64.
        wrapped[wrapped == PERIOD / 2] *= -1.0
        scaled = np.where(large, wrapped, scaled)
    whole = scaled.astype(np.int64)
    return whole, ((scaled - whole) * REST).astype(np.int64)
