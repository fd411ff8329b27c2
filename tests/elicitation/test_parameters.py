"""Parameters of the wrong kind are refused in words, not by a traceback."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.methods.tables import ranked, table

import weighbridge as wb

ANSWERS = wb.Comparisons(["a", "b", "c"], {("a", "b"): 3, ("b", "c"): 2, ("a", "c"): 4})


@pytest.mark.parametrize("weight", ["x", None, True, float("nan"), float("inf"), -1])
def test_an_experts_weight_is_a_number(weight: Any) -> None:
    """Text ended in a ValueError, and True counted as 1."""
    with pytest.raises(wb.InputError, match="expert 1: an expert's weight is not a number ≥ 0"):
        wb.combine([ANSWERS], [weight])


@pytest.mark.parametrize("weights", [[1, 3], [Fraction(1, 4), Fraction(3, 4)], np.array([0.25, 0.75])])
def test_an_experts_weight_may_be_any_number(weights: Any) -> None:
    """Whole numbers, fractions and numpy's are numbers."""
    other = wb.Comparisons(["a", "b", "c"], {("a", "b"): 1, ("b", "c"): 1})
    group = wb.combine([ANSWERS, other], weights)
    assert group.matrix[0, 1] == pytest.approx(3**0.25)


@pytest.mark.parametrize("maximum", ["9", None, True, 1, 0.5, float("nan"), float("inf")])
def test_the_scales_maximum_is_a_number_above_one(maximum: Any) -> None:
    """Text ended in a TypeError."""
    with pytest.raises(wb.InputError, match="maximum must be larger than 1"):
        wb.consensus([[0.5, 0.5]], maximum)


@pytest.mark.parametrize("threshold", ["x", None, True, 0.5, -2, float("nan")])
def test_a_review_threshold_is_a_factor(threshold: Any) -> None:
    """The documented bound was not looked at, and below 1 every answer was doubted."""
    with pytest.raises(wb.InputError, match="the threshold is no factor"):
        ANSWERS.review(threshold)


@pytest.mark.parametrize("function", [["usual"], None, 7, {}])
def test_a_preference_function_is_a_word(function: Any) -> None:
    """A list ended in a TypeError about hashing."""
    with pytest.raises(wb.InputError, match="unknown preference function"):
        wb.Preference(function)


@pytest.mark.parametrize("v", [0, 1, np.int64(1), np.float32(0.5), Fraction(1, 2)])
def test_a_parameter_may_be_any_number(v: Any) -> None:
    """A whole number of numpy was refused as no number."""
    ranking = ranked(table([[1, 2], [2, 1], [3, 3]]), "vikor", v=v)
    assert ranking.parameters["v"] == float(v)


@pytest.mark.parametrize("v", ["a", None, True, float("nan"), -0.1, 1.1, 1j])
def test_a_parameter_out_of_range_is_refused(v: Any) -> None:
    """NaN is in no range."""
    with pytest.raises(wb.InputError, match="v is out of range"):
        ranked(table([[1, 2], [2, 1]]), "vikor", v=v)
