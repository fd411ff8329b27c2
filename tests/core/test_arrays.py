"""What counts as a number everywhere; looking through large tables in blocks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weighbridge.core import arrays
from weighbridge.core.arrays import column_extent, is_finite, places_where


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


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(1, 4)), elements=st.floats(width=64)))
def test_the_extent_of_a_column_leaves_missing_values_out(values: Any) -> None:
    """Lowest and highest of what is there, infinities included, NaN for an empty column."""
    lowest, highest = column_extent(values)
    for j, column in enumerate(values.T):
        known = column[~np.isnan(column)]
        np.testing.assert_array_equal(lowest[j], known.min() if known.size else np.nan)
        np.testing.assert_array_equal(highest[j], known.max() if known.size else np.nan)


@pytest.mark.parametrize("place", [0, 6, 7, 20])
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_extent_reaches_through_every_block(place: int, order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An end is found in the first, a middle and the last, shorter block."""
    monkeypatch.setattr(arrays, "_BLOCK", 7)
    values = np.zeros((21, 3), order=order)
    values[place] = [5.0, -5.0, np.nan]
    lowest, highest = column_extent(values)
    assert lowest.tolist() == [0.0, -5.0, 0.0]
    assert highest.tolist() == [5.0, 0.0, 0.0]


def test_the_extent_of_nothing_is_unknown() -> None:
    """No rows have no ends."""
    assert np.isnan(column_extent(np.empty((0, 2)))).all()


@given(hnp.arrays(np.bool_, st.tuples(st.integers(0, 12), st.integers(1, 5))), st.integers(0, 30))
def test_places_come_in_reading_order(wrong: Any, shown: int) -> None:
    """Row by row, no more than are shown, and all are counted."""
    places, total = places_where(range(wrong.shape[1]), lambda j: wrong[:, j], shown)
    assert places == [(int(i), int(j)) for i, j in np.argwhere(wrong)][:shown]
    assert total == wrong.sum()


def test_only_the_columns_asked_for_are_searched() -> None:
    """The others are not even looked at."""
    looked: list[int] = []

    def wrong(j: int) -> Any:
        looked.append(j)
        return np.array([True])

    assert places_where([2], wrong, 5) == ([(0, 2)], 1)
    assert looked == [2]
