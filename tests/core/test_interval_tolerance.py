"""How far a value may stick out of its own interval: a share of its size, whatever the unit."""

from __future__ import annotations

import pandas as pd
import pytest

import weighbridge as wb
from weighbridge.errors import InputError

GAIN = {"x": wb.Criterion(direction="gain")}


def matrix(value: float, low: float, high: float) -> wb.DecisionMatrix:
    """Return a single cell with its interval."""
    cells = (pd.DataFrame({"x": [number]}) for number in (value, low, high))
    return wb.DecisionMatrix(next(cells), GAIN, low=next(cells), high=next(cells))


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1.0, 1e9])
def test_an_interval_above_its_value_is_refused_in_any_unit(unit: float) -> None:
    """An absolute slack of 1e-9 accepted the interval 1.5 to 2 nM around 1 nM when written in molar."""
    with pytest.raises(InputError, match="an interval contradicts itself or its value"):
        matrix(unit, 1.5 * unit, 2 * unit)


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1.0, 1e9])
def test_rounding_is_forgiven_in_any_unit(unit: float) -> None:
    """One part in 10¹⁰ is rounding."""
    assert matrix(unit, unit * (1 + 1e-10), 2 * unit).values[0, 0] == unit


def test_an_interval_that_starts_a_rounding_error_above_zero_is_fine() -> None:
    """The slack is of the largest of the three numbers, so that a value of 0 has some too."""
    assert matrix(0.0, 1e-12, 1.0).values[0, 0] == 0.0
