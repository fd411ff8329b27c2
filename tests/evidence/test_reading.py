"""A reading: known exactly, known as an interval, or not known at all."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.evidence.reading import Reading

finite = st.floats(-1e9, 1e9)


@given(finite)
def test_a_value_alone_is_known_exactly(value: float) -> None:
    """Without stated bounds both bounds are the value."""
    reading = Reading(value, n=3)
    assert (reading.low, reading.high) == (value, value)
    assert reading.known
    assert reading.exact


@given(finite, finite)
def test_an_interval_has_its_middle_as_value(one: float, other: float) -> None:
    """Two bounds make a reading between them, exact only where they meet."""
    low, high = sorted((one, other))
    reading = Reading.between(low, high, 7, "half of the records")
    assert reading.value == (low + high) / 2
    assert reading.exact == (low == high)
    assert (reading.n, reading.note) == (7, "half of the records")


def test_nothing_known_has_a_reason() -> None:
    """An unknown reading has no numbers and says why."""
    reading = Reading.missing("no record states a pH", 12)
    assert (reading.value, reading.low, reading.high) == (None, None, None)
    assert not reading.known
    assert not reading.exact
    assert (reading.unknown, reading.n) == ("no record states a pH", 12)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_is_finite(value: float) -> None:
    """NaN is no way to say unknown."""
    with pytest.raises(ValueError, match="finite or unknown"):
        Reading(value)


@pytest.mark.parametrize("ends", [{"low": 0.8}, {"high": 0.8}])
def test_a_reading_has_both_bounds_or_none(ends: dict[str, float]) -> None:
    """Half an interval promises nothing and is a mistake of the caller."""
    with pytest.raises(ValueError, match="both bounds or none"):
        Reading(0.8, **ends)


def test_a_reading_does_not_change() -> None:
    """Readings are frozen values, equal by content."""
    reading = Reading(0.5)
    assert reading == Reading(0.5, 0.5, 0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        reading.value = 0.6  # type: ignore[misc]
