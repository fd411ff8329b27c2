"""How the decision matrix lies in memory: column-major, its bounds shared where values are exact, its ends known."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.test_matrix import NAN, POTENCY, assert_cells, column, two_columns

from weighbridge.core.criterion import Criterion
from weighbridge.core.matrix import DecisionMatrix


def test_values_are_column_major_and_exact_values_are_their_own_bounds() -> None:
    """Columns lie side by side in memory, and a table without intervals exists once."""
    matrix = two_columns()
    assert matrix.values.flags.f_contiguous
    assert matrix.low is matrix.values
    assert matrix.high is matrix.values
    assert matrix.filled() is matrix.values


@pytest.mark.parametrize("kept", [[0, 2], [True, False, True]])
def test_taken_rows_of_exact_values_are_exact(kept: list[Any]) -> None:
    """A part of a table without intervals has none either."""
    part = two_columns().take(kept)
    assert part.low is part.values
    assert part.values.flags.f_contiguous
    assert part.values[:, 0].tolist() == [6.0, 8.0]


def test_clipped_values_stay_their_own_bounds() -> None:
    """Bringing values into their range makes no interval of them."""
    matrix = column([4.0, 6.0, 12.0], outside="clip")
    assert matrix.low is matrix.values
    assert_cells(matrix, [5, 6, 9], [5, 6, 9], [5, 6, 9])
    assert (matrix.lowest.tolist(), matrix.highest.tolist()) == ([5.0], [9.0])


@pytest.mark.parametrize("bounds", [{"low": [5.5, 6.0, 7.0]}, {"high": [6.5, 7.0, 8.0]}])
def test_one_given_bound_leaves_the_values_alone(bounds: dict[str, Any]) -> None:
    """Bounds are arrays of their own: clipping or filling one never reaches the others."""
    matrix = column([6.0, 7.0, NAN], missing="interval", **{k: [*v[:2], NAN] for k, v in bounds.items()})
    assert_cells(
        matrix,
        [6, 7, NAN],
        [*(bounds.get("low") or [6.0, 7.0])[:2], 5.0],
        [*(bounds.get("high") or [6.0, 7.0])[:2], 9.0],
    )


def test_a_missing_value_over_its_range_makes_bounds_of_their_own() -> None:
    """The rule ``interval`` spans the range around a value that stays missing."""
    matrix = column([6.0, NAN], missing="interval")
    assert_cells(matrix, [6, NAN], [6, 5], [6, 9])
    assert matrix.low is not matrix.values
    assert not matrix.complete
    assert matrix.filled()[:, 0].tolist() == [6.0, 7.0]


@pytest.mark.parametrize("rule", ["worst", "neutral", "interval"])
def test_the_ends_of_a_column_leave_missing_values_out(rule: Any) -> None:
    """They are those of the values, not of the filled ones; an empty column has none."""
    matrix = column([6.0, NAN, 8.0], missing=rule)
    assert (matrix.lowest.tolist(), matrix.highest.tolist()) == ([6.0], [8.0])
    assert np.isnan(column([NAN, NAN], missing=rule).lowest).all()


def test_the_ends_of_a_column_know_the_middle_of_an_interval() -> None:
    """A value that is only known as an interval counts by its middle."""
    matrix = column([6.0, NAN], low=[6.0, 8.0], high=[6.0, 9.0])
    assert matrix.highest.tolist() == [8.5]
    assert matrix.values.flags.f_contiguous


@given(st.lists(st.one_of(st.floats(4, 10), st.just(NAN)), min_size=1, max_size=8), st.sampled_from(["clip", "extend"]))
def test_the_ends_are_those_of_the_values(values: list[float], outside: Any) -> None:
    """Kept up through clipping and extending, whatever is missing."""
    matrix = column(values, outside=outside, missing="worst")
    known = matrix.values[~matrix.missing]
    expected = [known.min(), known.max()] if known.size else [NAN, NAN]
    np.testing.assert_array_equal([matrix.lowest[0], matrix.highest[0]], expected)
    np.testing.assert_array_equal(matrix.missing, np.isnan(matrix.values))
    assert matrix.complete == (not matrix.missing.any())


def test_a_table_of_floats_is_read_in_one_copy() -> None:
    """Building a matrix takes the memory of its values and little more."""
    frame = pd.DataFrame(np.full((200_000, 4), 6.0), columns=list("abcd"))
    criteria = {name: Criterion(**POTENCY) for name in frame.columns}
    tracemalloc.start()
    matrix = DecisionMatrix(frame, criteria)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * matrix.values.nbytes
