"""What a method needs of a table: constant columns, ranges, magnitudes, scales, signs, parameters, points."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from tests.methods.tables import table

import weighbridge as wb
from weighbridge import limits
from weighbridge.errors import ConventionWarning, InputError
from weighbridge.methods.requirements import (
    CONSTANT_TOLERANCE,
    LARGEST,
    flattened,
    near_constant,
    number_between,
    point_of,
    require_bounds,
    require_inside_bounds,
    require_magnitude,
    require_ratio_scale,
    require_sign,
    word_among,
)


def faults(call, *args, **keywords) -> list[str]:
    """Return the faults that a check raises, as texts."""
    with pytest.raises(InputError) as caught:
        call(*args, **keywords)
    return [str(fault) for fault in caught.value.faults]


# --- constant columns ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "constant"),
    [
        ([3.0, 3.0, 3.0], True),
        ([0.0, 0.0], True),
        ([0.1 + 0.2, 0.3], True),
        ([1e300, np.nextafter(1e300, np.inf)], True),
        ([-5.0, np.nextafter(-5.0, 0)], True),
        ([1.0, 1.0 + 1e-9], False),
        ([0.0, 1e-300], False),
        ([-1.0, 1.0], False),
        ([1e6, 1e6 + 1e-5], False),
    ],
)
def test_a_column_is_constant_where_rounding_alone_tells_its_values_apart(column: list[float], constant: bool) -> None:
    """The measure is the column's own size: 1e-300 beside 0 is a difference, 0.3 beside 0.1 + 0.2 is none."""
    assert near_constant(np.array(column)[:, None]).tolist() == [constant]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5),
    st.sampled_from([2.0**-40, 0.5, 4.0, -8.0, 2.0**40]),
)
def test_constancy_does_not_depend_on_the_unit(column: list[float], unit: float) -> None:
    """Scaling by a power of two, sign included, never makes a column constant or varying."""
    values = np.array(column)[:, None]
    assert_array_equal(near_constant(values), near_constant(values * unit))


def test_flattening_replaces_near_constant_columns_only() -> None:
    """They take their first value; the others and the caller's array stay as they are."""
    values = np.array([[0.3, 1.0], [0.1 + 0.2, 2.0]])
    before = values.copy()
    assert flattened(values).tolist() == [[0.3, 1.0], [0.3, 2.0]]
    assert_array_equal(values, before)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6))
def test_flattening_moves_nothing_by_more_than_the_tolerance(column: list[float]) -> None:
    """What is evened out is within 1e-12 of the largest value."""
    values = np.array(column)[:, None]
    assert (np.abs(flattened(values) - values) <= CONSTANT_TOLERANCE * np.abs(values).max()).all()


# --- declared ranges ----------------------------------------------------------------------------------------


def test_bounds_come_as_worst_and_best_in_column_order() -> None:
    """For a cost the worst is the larger one."""
    worst, best = require_bounds(table([[1, 2]], [1, -1], bounds=[(0, 10), (1, 5)]), "X")
    assert (worst.tolist(), best.tolist()) == ([0, 5], [10, 1])


def test_every_criterion_without_a_range_is_named() -> None:
    """One message holds them all, with what to do."""
    criteria = {name: wb.Criterion(direction="gain") for name in "ac"} | {
        "b": wb.Criterion(direction="gain", worst=0, best=1)
    }
    matrix = wb.DecisionMatrix(pd.DataFrame({"a": [1.0], "b": [0.5], "c": [2.0]}), criteria)
    assert faults(require_bounds, matrix, "SPOTIS") == [
        f"criterion {name!r}: SPOTIS needs the declared range of every criterion; expected worst and best. "
        "Declare them, or choose another normalization or method"
        for name in ("a", "c")
    ]
    worst, best = require_bounds(matrix, "SPOTIS", ["b"])
    assert (worst.tolist(), best.tolist()) == ([0], [1])


# --- magnitudes ---------------------------------------------------------------------------------------------


def test_values_whose_squares_overflow_are_named_by_column() -> None:
    """Otherwise they would end as NaN or, worse, as 0."""
    found = faults(require_magnitude, table([[1.0, -1e200], [2.0, 3.0]]))
    assert found == [
        "column 'c1': values are too large to compute with; found 1e+200; expected absolute values up to 1e+150. "
        "Choose a larger unit"
    ]


def test_a_declared_range_can_be_too_large_too() -> None:
    """Worst and best are computed with as well as values."""
    assert faults(require_magnitude, table([[1.0]], bounds=(0, 1e200)))[0].startswith("column 'c0'")


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, 0.0])
def test_the_largest_value_itself_is_computed_with(value: float) -> None:
    """Its square is finite."""
    require_magnitude(table([[value]]))
    assert math.isfinite(value * value)


def test_a_column_of_missing_values_has_no_magnitude() -> None:
    """Nothing there is too large."""
    require_magnitude(table([[np.nan]], bounds=(0, 1), missing="worst"))


# --- scales -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["interval", "ordinal"])
def test_scales_without_a_true_zero_are_refused_with_the_way_out(scale: str) -> None:
    """pIC50 / pIC50 means nothing; the message says which methods do not divide."""
    assert faults(require_ratio_scale, table([[1, 2]], scale=scale), "COPRAS", ["c1"]) == [
        "criterion 'c1': COPRAS divides values by one another, and the zero of this criterion is arbitrary; "
        f"found scale={scale!r}; expected scale='ratio'. "
        "Use normalization='bounds' or 'minmax', or a method that takes differences only"
    ]


def test_undeclared_scales_are_warned_about_together() -> None:
    """One warning names them all, and points at the caller."""
    with pytest.warns(ConventionWarning) as caught:
        require_ratio_scale(table([[1, 2]], scale=None), "COPRAS")
    assert [str(one.message) for one in caught] == [
        "COPRAS is only meaningful on ratio scales, and these criteria declare none: c0, c1"
    ]


def test_ratio_scales_pass_in_silence() -> None:
    """Nothing is raised and nothing warned of; criteria that are not asked about do not matter."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        require_ratio_scale(table([[1, 2]]), "COPRAS")
        require_ratio_scale(table([[1, 2]], scale="interval"), "COPRAS", [])


# --- signs --------------------------------------------------------------------------------------------------


def test_negative_values_are_named_cell_by_cell() -> None:
    """Row, column, value and what would be accepted; 0 passes where it is allowed."""
    matrix = table([[0, -1], [-2.5, 3]])
    assert faults(require_sign, matrix, matrix.values, "EDAS", zero_allowed=True) == [
        "row 'A1', column 'c1': EDAS is not defined for this value; found -1; expected a number ≥ 0",
        "row 'A2', column 'c0': EDAS is not defined for this value; found -2.5; expected a number ≥ 0",
    ]


def test_zero_is_refused_where_the_method_takes_its_logarithm() -> None:
    """The expected range then excludes 0."""
    matrix = table([[0.0], [1.0]])
    assert faults(require_sign, matrix, matrix.values, "WPM", zero_allowed=False) == [
        "row 'A1', column 'c0': WPM is not defined for this value; found 0; expected a number > 0"
    ]
    require_sign(matrix, matrix.values, "WPM", zero_allowed=True)


def test_columns_that_do_not_enter_may_hold_anything() -> None:
    """A criterion of weight 0 is not looked at."""
    matrix = table([[-1, 2]])
    require_sign(matrix, matrix.values, "EDAS", zero_allowed=True, columns=np.array([False, True]))


def test_a_long_list_of_wrong_signs_ends_in_a_count() -> None:
    """Twenty are shown, the others counted."""
    matrix = table(-np.ones((30, 2)))
    found = faults(require_sign, matrix, matrix.values, "EDAS", zero_allowed=True)
    assert len(found) == limits.FAULTS_SHOWN + 1
    assert found[-1] == f"and {60 - limits.FAULTS_SHOWN} more such values"


# --- inside the range ---------------------------------------------------------------------------------------


def test_values_outside_the_declared_range_are_named_where_the_method_is_undefined() -> None:
    """Costs declare worst above best; the message gives the range low to high."""
    matrix = table([[11, 3], [5, -1]], [1, -1], bounds=[(0, 10), (0, 4)], outside="extend")
    everything = np.array([True, True])
    assert faults(require_inside_bounds, matrix, matrix.values, "RIM", everything) == [
        "row 'A1', column 'c0': RIM is not defined outside the declared range; found 11; expected 0 to 10. "
        "Widen the range, or declare outside: clip",
        "row 'A2', column 'c1': RIM is not defined outside the declared range; found -1; expected 0 to 4. "
        "Widen the range, or declare outside: clip",
    ]
    require_inside_bounds(matrix, matrix.values, "RIM", np.array([False, False]))


def test_the_ends_of_the_range_are_inside() -> None:
    """Worst and best themselves are fine."""
    matrix = table([[0, 4], [10, 0]], [1, -1], bounds=[(0, 10), (0, 4)])
    require_inside_bounds(matrix, matrix.values, "RIM", np.array([True, True]))


# --- parameters and points ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 1, 0.5, 1.0])
def test_numbers_within_their_range_come_as_floats(value: float) -> None:
    """Whole numbers and both ends are fine."""
    found = number_between(value, "v", 0, 1)
    assert found == value
    assert type(found) is float


def test_a_number_out_of_range_is_told_with_the_range() -> None:
    """NaN is in no range."""
    assert faults(number_between, 2, "v", 0, 1) == ["v is out of range; found 2; expected a number 0 to 1"]
    assert faults(number_between, math.nan, "v", 0, 1) == ["v is out of range; found nan; expected a number 0 to 1"]


def test_a_word_comes_back_and_another_is_told_all_words() -> None:
    """The allowed words are listed in their order."""
    assert word_among("b", "rule", ["a", "b"]) == "b"
    assert faults(word_among, "c", "rule", ["b", "a"]) == ["unknown rule; found 'c'; expected one of 'b', 'a'"]


def test_a_point_that_lacks_criteria_is_told_which() -> None:
    """A mapping must name every criterion."""
    assert faults(point_of, table([[1, 2, 3]]), {"c1": 2.0}, "esp") == [
        "esp lacks criteria; found ['c0', 'c2']; expected ['c0', 'c1', 'c2']"
    ]


def test_a_point_that_names_something_else_is_refused() -> None:
    """A misspelt extra name is not dropped in silence."""
    assert faults(point_of, table([[1, 2]]), {"c0": 1.0, "c1": 2.0, "c2": 3.0, 7: 1.0}, "esp") == [
        "esp names unknown criteria; found ['c2', '7']; expected ['c0', 'c1']"
    ]


def test_a_point_of_the_wrong_length_is_told_how_many() -> None:
    """One finite number a criterion."""
    assert faults(point_of, table([[1, 2]]), [1.0, 2.0, 3.0], "esp") == [
        "esp is not a point; found [1.0, 2.0, 3.0]; expected 2 finite numbers, one a criterion"
    ]


@pytest.mark.parametrize("bad", [True, "a", 2.0, -0.1, None])
def test_numbers_outside_their_range_are_refused(bad: object) -> None:
    """A parameter must be a number within its range."""
    with pytest.raises(InputError, match="v is out of range"):
        number_between(bad, "v", 0, 1)


def test_words_must_be_among_the_allowed() -> None:
    """A word of another type is refused like an unknown one."""
    with pytest.raises(InputError, match="unknown rule"):
        word_among(3, "rule", ["a", "b"])


@pytest.mark.parametrize("bad", [[1.0], [1.0, np.nan], "ab", {"c0": 1.0}, [[1.0, 2.0]], ["x", "y"]])
def test_points_must_have_a_finite_number_for_each_criterion(bad: object) -> None:
    """A point of the wrong length, with gaps or text is refused."""
    with pytest.raises(InputError, match="ideal"):
        point_of(table([[1, 2], [3, 4]]), bad, "ideal")


def test_points_may_be_given_by_name_in_any_order() -> None:
    """A mapping is read by criterion."""
    assert_array_equal(point_of(table([[1, 2]]), {"c1": 2.0, "c0": 1.0}, "ideal"), [1, 2])


@pytest.mark.parametrize("thing", [pd.DataFrame({"a": [1.0]}), np.ones((2, 2)), None])
def test_what_is_no_decision_matrix_is_refused(thing: Any) -> None:
    """Every entrance says what a decision matrix is made of, instead of failing somewhere inside."""
    for entrance in (
        lambda: wb.rank(thing, {"a": 1.0}),
        lambda: wb.acceptability(thing, {"a": 1.0}),
        lambda: wb.stability_intervals(thing, {"a": 1.0}),
        lambda: wb.smallest_change(thing, {"a": 1.0}, "M1"),
    ):
        with pytest.raises(InputError, match="this is no decision matrix"):
            entrance()
