"""Counting in whole units modulo 2^64: exactness against fractions, at every size of value and threshold."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.brute import plain

from weighbridge.kernels.compiled_windows import units
from weighbridge.kernels.fixed_point import REST, WINDOW_BITS, fixed_point, split

WIDTHS = st.one_of(
    st.floats(5e-324, 1e300), st.sampled_from([5e-324, 1e-320, 2.2e-308, 1e-6, 1.0, 1e6, 1e150, 1.7e308])
)
VALUES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-10, 10),
    st.sampled_from([0.0, 5e-324, -5e-324, 2.0**62, -(2.0**62), 2.0**63, -(2.0**63), 2.0**64, 1e308, -1e308]),
)
ROWS = st.sampled_from([2, 3, 1000, 10**6, 10**7])


def size_of(unit: object) -> Fraction:
    """Return the unit exactly."""
    return 1 / (Fraction(unit.first) * Fraction(unit.second))  # type: ignore[attr-defined]


@given(WIDTHS, ROWS)
def test_a_window_fits_and_the_width_is_exact(width: float, n: int) -> None:
    """N widths are less than 2^61 units, and the unit is as small as that allows, or the least double."""
    unit = fixed_point(width, n)
    one = size_of(unit)
    assert Fraction(unit.width) == Fraction(width) / one
    assert n * Fraction(width) < 2**WINDOW_BITS * one
    assert n * Fraction(width) >= 2 ** (WINDOW_BITS - 2) * one or one == Fraction(2) ** -1074


@given(st.lists(VALUES, min_size=1, max_size=8), WIDTHS, ROWS)
def test_whole_and_rest_are_the_value(values: list[float], width: float, n: int) -> None:
    """Modulo 2^64 units nothing is lost but what is below u / 2^30."""
    unit = fixed_point(width, n)
    whole, rest = split(np.array(values), unit)
    for value, one, part in zip(values, whole, rest, strict=True):
        error = Fraction(value) / size_of(unit) - int(one) - Fraction(int(part)) / int(REST)
        wrapped = error - round(error / 2**64) * 2**64
        assert abs(wrapped) < Fraction(1, int(REST))
        assert abs(int(part)) < REST


@pytest.mark.parametrize("kernel", [units, plain(units)], ids=["compiled", "interpreted"])
@given(VALUES, WIDTHS, ROWS)
def test_the_compiled_split_is_numpys(kernel: object, value: float, width: float, n: int) -> None:
    """Value by value, to the bit."""
    unit = fixed_point(width, n)
    whole, rest = split(np.array([value]), unit)
    with np.errstate(over="ignore", under="ignore"):
        found = kernel(np.float64(value), unit.first, unit.second)  # type: ignore[operator]
    assert (int(found[0]), int(found[1])) == (int(whole[0]), int(rest[0]))
