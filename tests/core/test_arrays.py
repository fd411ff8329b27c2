"""What counts as a number everywhere."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from weighbridge.core.arrays import is_finite


@pytest.mark.parametrize("value", [0, -3, 0.5, np.float32(1), np.float64(1e300), np.int64(7), Fraction(1, 3), 5e-324])
def test_numbers_of_any_kind_are_numbers(value: Any) -> None:
    """Python's, numpy's and fractions alike."""
    assert is_finite(value)


@pytest.mark.parametrize(
    "value", [True, False, np.bool_(True), None, "1", b"1", 1j, [1], np.nan, np.inf, -np.inf, np.array([1.0])]
)
def test_what_is_none_is_none(value: Any) -> None:
    """Text, truth values, complex numbers, lists, NaN and infinities."""
    assert not is_finite(value)
