"""Knots ascend from the lowest to the highest value and stand where they are needed."""

from __future__ import annotations

import numpy as np
import pytest
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
