"""Names for the arrays that pass between modules: always float64, int64 or bool; and what a number is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Booleans", "Floats", "Integers", "column_extent", "is_finite", "places_where"]

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]
Place: TypeAlias = tuple[int, int]


def is_finite(value: object) -> bool:
    """Return whether a value is a finite real number of any kind; True and False are none."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


_BLOCK: Final = 32_768
"""Cells that are looked at twice while they are in the cache."""


def column_extent(values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest value of each column, each of shape (m,), leaving NaN out.

    Infinities count. A column without any number is NaN. Nothing of the size of `values`, shape
    (n, m), is made.
    """
    n, m = values.shape
    lowest, highest = np.full(m, np.nan), np.full(m, np.nan)
    for j in range(m):
        for start in range(0, n, _BLOCK):
            part = values[start : start + _BLOCK, j]
            # fmin and fmax leave NaN out; two plain reductions would have to be repeated where there is one.
            lowest[j] = np.fmin(lowest[j], np.fmin.reduce(part))
            highest[j] = np.fmax(highest[j], np.fmax.reduce(part))
    return lowest, highest


def places_where(columns: Iterable[int], wrong: Callable[[int], Booleans], shown: int) -> tuple[list[Place], int]:
    """Return the first wrong cells in reading order, row by row, and how many there are in all.

    Parameters
    ----------
    columns
        The columns to look at.
    wrong
        Returns which rows of a column are wrong, shape (n,).
    shown
        How many cells are returned at most.
    """
    places: list[Place] = []
    total = 0
    for j in columns:
        rows = np.flatnonzero(wrong(int(j)))
        total += rows.size
        # No column can bring more than are shown, so the rest need not be sorted.
        places += [(i, int(j)) for i in rows[:shown].tolist()]
    return sorted(places)[:shown], total
