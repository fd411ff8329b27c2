"""Knots ascend from the lowest to the highest value and stand where they are needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import COLUMNS, EXTREME, SIX, column

from weighbridge.core.criterion import Preference
from weighbridge.scale.knots import choose_knots


@pytest.mark.parametrize("kind", COLUMNS)
def test_knots_span_the_column(kind: str) -> None:
    """They ascend strictly, begin and end with the column's ends, and are about as many as asked for."""
    values = column(kind, 1_000) + 0.0
    for function in (*SIX, *EXTREME):
        knots = choose_knots(values[:300], values.min(), values.max(), function, 128)
        assert (np.diff(knots) > 0).all()
        assert (knots[0], knots[-1]) == (values.min(), values.max())
        assert knots.size <= 128 + 8
        assert np.isfinite(knots).all()


def test_quantiles_are_shifted_by_the_thresholds() -> None:
    """A heavy value has a knot at itself and one threshold away on both sides, where the flow jumps."""
    values = np.append(np.zeros(900), np.random.default_rng(0).uniform(-4, 4, 100))
    knots = choose_knots(values, -4.0, 4.0, Preference("level", q=0.375, p=1.5), 256)
    assert {0.0, 0.375, -0.375, 1.5, -1.5} <= set(knots.tolist())


def test_outliers_do_not_spread_the_knots() -> None:
    """One value at a million leaves most knots among the others."""
    values = column("outlier", 5_000)
    knots = choose_knots(values[::2], values.min(), values.max(), SIX[5], 512)
    assert (knots < 10).mean() > 0.7


def test_without_a_sample_the_ends_serve() -> None:
    """A column whose values were all missing from the sample still gets knots."""
    knots = choose_knots(np.empty(0), -1.0, 2.0, SIX[2], 64)
    assert (knots[0], knots[-1]) == (-1.0, 2.0)
    assert knots.size > 10


@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(
        st.one_of(st.floats(-1e150, 1e150, allow_nan=False), st.sampled_from([0.0, 5e-324, 1e6, 1e6 + 1e-6])),
        min_size=1,
    ),
    function=st.sampled_from((*SIX, *EXTREME)),
    bins=st.sampled_from([64, 100, 257]),
    every=st.integers(1, 4),
)
def test_knots_of_any_values(values: list[float], function: Preference, bins: int, every: int) -> None:
    """Knots ascend strictly from the lowest to the highest value, finite and about as many as asked for."""
    column_ = np.array(values) + 0.0
    low, high = float(column_.min()), float(column_.max())
    knots = choose_knots(column_[::every], low, high, function, bins)
    assert (np.diff(knots) > 0).all()
    assert (knots[0], knots[-1]) == (low, high)
    assert knots.size <= bins + 8
    assert not (np.signbit(knots) & (knots == 0)).any()


@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
def test_a_constant_column_has_one_knot(function: Preference) -> None:
    """Where lowest and highest value are one, so are all knots."""
    assert choose_knots(np.full(9, 3.5), 3.5, 3.5, function, 64).tolist() == [3.5]


@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
def test_the_order_of_the_sample_does_not_matter(function: Preference) -> None:
    """A permuted sample gives the same knots, to the byte, and is left as it was."""
    sample = column("cauchy", 300)
    mixed = np.random.default_rng(1).permutation(sample)
    before = mixed.tobytes()
    ends = float(sample.min()), float(sample.max())
    one, other = (choose_knots(values, *ends, function, 128) for values in (sample, mixed))
    assert one.tobytes() == other.tobytes()
    assert mixed.tobytes() == before


@pytest.mark.parametrize("size", [5e-324, 1e-200, 1e200, 1e308])
def test_thresholds_of_any_size_leave_finite_knots(size: float) -> None:
    """Shifts that change nothing or lead out of the range leave the knots of the values themselves."""
    sample = column("normal", 200)
    ends = float(sample.min()), float(sample.max())
    for function in (Preference("v-shape", p=size), Preference("gaussian", s=size), Preference("level", q=0.0, p=size)):
        knots = choose_knots(sample, *ends, function, 128)
        assert np.isfinite(knots).all()
        assert knots.size > 32


def test_stepped_functions_spend_more_on_quantiles() -> None:
    """Steps need knots where values are; smooth functions get half of theirs evenly."""
    sample = column("lognormal", 4_000)
    ends = float(sample.min()), float(sample.max())
    crowded = [
        (choose_knots(sample, *ends, function, 512) < np.median(sample)).mean()
        for function in (Preference("u-shape", q=1e-9), Preference("v-shape", p=1e-9))
    ]
    assert crowded[0] > crowded[1]


def test_more_bins_leave_less_between_two_knots() -> None:
    """The largest share of a column between two knots falls as knots are added."""
    sample = column("mixture", 3_000)
    ends = float(sample.min()), float(sample.max())
    largest = []
    for bins in (64, 256, 1024):
        knots = choose_knots(sample, *ends, SIX[2], bins)
        counts, _ = np.histogram(sample[sample != 0], knots)
        largest.append(counts.max())
    assert largest[0] > largest[1] > largest[2]
