"""Names for the arrays that pass between modules: always float64, int64 or bool; and what a number is."""

from __future__ import annotations

import math
from numbers import Real
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Booleans", "Floats", "Integers", "is_finite"]

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]
Booleans: TypeAlias = npt.NDArray[np.bool_]


def is_finite(value: object) -> bool:
    """Return whether a value is a finite real number of any kind; True and False are none."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)
