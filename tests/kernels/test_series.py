"""The series of the Gaussian: every pair of places in every pair of boxes, against the exponential."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.kernels.series import OWN_TERMS, REACH, SCALES, TERMS, box_scale, transfers

TURN = (-1.0) ** np.add.outer(np.arange(TERMS), np.arange(TERMS))


def terms(v: float) -> np.ndarray:
    """Return ψ_k(v) by its formula."""
    roots = np.sqrt(np.cumprod([1.0, *range(1, TERMS)]))
    return np.exp(-(v**2) / 2) * v ** np.arange(TERMS) / roots


@pytest.mark.parametrize("width", [0.2500001, 0.3, 0.5])
def test_a_box_acts_on_another_as_its_points_would(width: float) -> None:
    """Corners and inner points of boxes at every distance within reach, above and below."""
    places = np.array([-0.5, -0.2, 0.0, 0.31, 0.5]) * width
    for apart, matrix in enumerate(transfers(width), start=1):
        for u in places:
            for v in places:
                above, below = apart * width + u - v, -apart * width + u - v
                assert abs(terms(u) @ matrix @ terms(v) - np.exp(-(above**2) / 2)) < 5e-16
                assert abs(terms(u) @ (TURN * matrix) @ terms(v) - np.exp(-(below**2) / 2)) < 5e-16


@given(st.floats(-0.25, 0.25), st.floats(-0.25, 0.25))
def test_few_terms_are_enough_inside_a_box(u: float, v: float) -> None:
    """K_0 is the identity."""
    assert abs(terms(u)[:OWN_TERMS] @ terms(v)[:OWN_TERMS] - np.exp(-((u - v) ** 2) / 2)) < 5e-16


@pytest.mark.parametrize("width", [0.2500001, 0.3, 0.5])
def test_what_is_out_of_reach_is_nothing(width: float) -> None:
    """The nearest points of the first boxes left out."""
    apart = len(transfers(width)) + 1
    assert (apart - 1) * width >= REACH
    assert np.exp(-(((apart - 1) * width) ** 2) / 2) < 1e-16


def test_terms_follow_from_each_other() -> None:
    """ψ_k = ψ_{k−1} v SCALES[k]."""
    psi = terms(0.2)
    np.testing.assert_allclose(psi[1:], psi[:-1] * 0.2 * SCALES[1:], rtol=1e-15)


@given(st.floats(5e-324, 1.7e308))
def test_a_box_is_a_power_of_two_between_a_quarter_and_half_of_s(s: float) -> None:
    """So that every double's place in its box is exact."""
    from fractions import Fraction

    first, second, width = box_scale(s)
    box = 1 / (Fraction(first) * Fraction(second))
    assert box.numerator & (box.numerator - 1) == 0
    assert box.denominator & (box.denominator - 1) == 0
    assert Fraction(s) / 4 < box <= Fraction(s) / 2
    assert width == pytest.approx(float(box / Fraction(s)), rel=1e-15)
