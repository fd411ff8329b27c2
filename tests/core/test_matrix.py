"""The decision matrix: what gets in, by which rule, and the exact words for what does not."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import limits
from weighbridge.core.criterion import Criterion
from weighbridge.core.matrix import DecisionMatrix
from weighbridge.errors import InputError

NAN = math.nan
POTENCY = {"direction": "gain", "unit": "pIC50", "worst": 5.0, "best": 9.0}
COST = {"direction": "cost", "unit": "EUR", "worst": 100.0, "best": 0.0}


def column(values: list[Any], **fields: Any) -> DecisionMatrix:
    """Return a matrix of one column named x, with rows A, B, C …, by default on the potency range."""
    frame = pd.DataFrame({"x": values}, index=list("ABCDEFGH"[: len(values)]))
    bounds = {name: fields.pop(name) for name in ("low", "high") if name in fields}
    given = {name: pd.DataFrame({"x": ends}, index=frame.index) for name, ends in bounds.items()}
    return DecisionMatrix(frame, {"x": Criterion(**{**POTENCY, **fields})}, **given)


def refused(make: Any, *args: Any, **fields: Any) -> str:
    """Return the message with which a matrix is refused."""
    with pytest.raises(InputError) as caught:
        make(*args, **fields)
    return str(caught.value)


def assert_cells(matrix: DecisionMatrix, values: list[float], low: list[float], high: list[float]) -> None:
    """Check the first column's values and bounds, NaN equal to NaN."""
    np.testing.assert_array_equal(matrix.values[:, 0], values)
    np.testing.assert_array_equal(matrix.low[:, 0], low)
    np.testing.assert_array_equal(matrix.high[:, 0], high)


# --- what a matrix is -----------------------------------------------------------------------------


def two_columns() -> DecisionMatrix:
    """Return three molecules on a gain and a cost."""
    frame = pd.DataFrame({"potency": [6, 7, 8], "cost": [10.0, 50.0, 90.0]}, index=["M-1", "M-2", "M-3"])
    return DecisionMatrix(frame, {"cost": Criterion(**COST), "potency": Criterion(**POTENCY)})


def test_columns_follow_the_frame_and_not_the_criteria() -> None:
    """Names, signs and shape are in the frame's column order."""
    matrix = two_columns()
    assert matrix.names == ("potency", "cost")
    assert matrix.shape == (3, 2)
    assert list(matrix.criteria) == ["potency", "cost"]
    np.testing.assert_array_equal(matrix.signs, [1.0, -1.0])


def test_values_come_back_as_given() -> None:
    """A frame of numbers goes in and comes out with its labels, as float64, nothing noted."""
    matrix = two_columns()
    expected = pd.DataFrame({"potency": [6.0, 7.0, 8.0], "cost": [10.0, 50.0, 90.0]}, index=["M-1", "M-2", "M-3"])
    pd.testing.assert_frame_equal(matrix.to_frame(), expected)
    np.testing.assert_array_equal(matrix.low, matrix.values)
    np.testing.assert_array_equal(matrix.high, matrix.values)
    assert matrix.notes == ()


@pytest.mark.parametrize("name", ["values", "low", "high", "missing"])
def test_the_arrays_cannot_be_written(name: str) -> None:
    """A matrix that was checked once stays as it was checked."""
    with pytest.raises(ValueError, match="read-only"):
        getattr(two_columns(), name)[0, 0] = 0


def test_the_given_frame_is_left_alone() -> None:
    """Clipping changes the matrix and not the caller's table."""
    frame = pd.DataFrame({"x": [4.0, 7.0]})
    DecisionMatrix(frame, {"x": Criterion(**POTENCY, outside="clip")})
    assert frame["x"].tolist() == [4.0, 7.0]


def test_one_molecule_is_a_matrix() -> None:
    """A single row and a single column are enough."""
    matrix = column([7.0])
    assert matrix.shape == (1, 1)
    assert_cells(matrix, [7.0], [7.0], [7.0])


@pytest.mark.parametrize(
    "values",
    [
        pd.array([6, None], dtype="Int64"),
        pd.array([6.0, None], dtype="Float64"),
        np.array([6, NAN], dtype=np.float32),
        [6, None],
        ["6", None],
    ],
)
def test_every_way_to_write_a_number_is_read(values: Any) -> None:
    """Nullable, single-precision, object and text columns of numbers are numbers; None is missing."""
    matrix = column(list(values), missing="worst")
    assert_cells(matrix, [6.0, NAN], [6.0, NAN], [6.0, NAN])
    np.testing.assert_array_equal(matrix.missing[:, 0], [False, True])


def test_a_matrix_shows_itself_in_one_line_and_in_a_notebook() -> None:
    """The representation counts; the notebook shows at most twenty rows."""
    assert repr(two_columns()) == "DecisionMatrix(3 molecules × 2 criteria: potency, cost)"
    many = DecisionMatrix(pd.DataFrame({"x": np.arange(50.0)}), {"x": Criterion(direction="gain")})
    assert many._repr_html_().count("<tr") == 21


# --- shape and labels -----------------------------------------------------------------------------


def test_a_matrix_without_molecules_is_refused() -> None:
    """Zero rows rank nothing."""
    assert refused(column, []) == "there are no molecules to rank; expected at least one row"


def test_a_matrix_without_criteria_is_refused() -> None:
    """Zero columns say nothing."""
    words = refused(DecisionMatrix, pd.DataFrame(index=["A"]), {})
    assert words == "the decision matrix has no criteria; expected at least one column"


def test_labels_that_occur_twice_are_refused() -> None:
    """A molecule or a column that occurs twice is named once."""
    frame = pd.DataFrame(np.ones((3, 2)), index=["A", "B", "A"], columns=["x", "x"])
    assert refused(DecisionMatrix, frame, {"x": Criterion(direction="gain")}) == (
        "2 faults:\n"
        "  - a molecule occurs twice; found 'A'; expected unique ids\n"
        "  - a column occurs twice; found 'x'; expected unique names"
    )


def test_columns_and_criteria_have_to_be_the_same() -> None:
    """A column without criterion and a criterion without column are both told."""
    assert refused(DecisionMatrix, pd.DataFrame({"x": [1.0]}), {"y": Criterion(direction="gain")}) == (
        "2 faults:\n"
        "  - a column has no criterion; found 'x'; expected one of ['y']\n"
        "  - a criterion has no column; found 'y'; expected one of ['x']"
    )


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([6.0, "n.d."], "row 'B', column 'x': not a number; found 'n.d.'; expected a number"),
        (["5,2", 6.0], "row 'A', column 'x': not a number; found '5,2'; expected a number"),
        ([6.0, True], "row 'B', column 'x': not a number; found True; expected a number"),
        (["nan"], "row 'A', column 'x': not a number; found 'nan'; expected a number"),
        ([6.0, math.inf], "row 'B', column 'x': not a finite number; found inf; expected a finite number"),
        ([-math.inf, 6.0], "row 'A', column 'x': not a finite number; found -inf; expected a finite number"),
        (["inf"], "row 'A', column 'x': not a finite number; found inf; expected a finite number"),
        ([True, False], "column 'x': a column holds true and false; expected numbers. Write 1 and 0"),
        ([1 + 2j], "column 'x': a column holds no real numbers; found complex128; expected numbers"),
        (
            [dt.timedelta(days=1)],
            "column 'x': a column holds no real numbers; found timedelta64[us]; expected numbers",
        ),
    ],
)
def test_what_is_no_number_is_refused_in_words(values: list[Any], words: str) -> None:
    """Text, truth values, times, complex numbers and infinities each have their message and place."""
    assert refused(column, values) == words


def test_a_column_of_dates_is_refused() -> None:
    """A date would become nanoseconds since 1970; it is no number."""
    dates = pd.date_range("2020-01-01", periods=2, tz="UTC")
    assert "a column holds no real numbers; found datetime64" in refused(column, list(dates))


def test_every_wrong_cell_is_told_at_once() -> None:
    """Faults of several columns come in one message, in column order."""
    frame = pd.DataFrame({"x": ["a", 1.0], "y": [True, False], "z": [1.0, math.inf]}, index=["A", "B"])
    words = refused(DecisionMatrix, frame, {name: Criterion(direction="gain") for name in "xyz"})
    assert words == (
        "3 faults:\n"
        "  - row 'A', column 'x': not a number; found 'a'; expected a number\n"
        "  - column 'y': a column holds true and false; expected numbers. Write 1 and 0\n"
        "  - row 'B', column 'z': not a finite number; found inf; expected a finite number"
    )


@pytest.mark.parametrize(
    ("values", "last"),
    [
        (["bad"] * 25, "column 'x': and 5 more values that are not numbers"),
        ([math.inf] * 25, "and 5 more values that are not finite"),
        ([NAN] * 25, "x: a value is missing, in 5 more rows"),
        ([4.0] * 25, "x: a value is outside the declared range 5 to 9, in 5 more rows"),
    ],
)
def test_many_faults_of_one_kind_are_counted_after_the_first(values: list[Any], last: str) -> None:
    """A long table with one mistake in every row lists FAULTS_SHOWN rows and counts the rest."""
    frame = pd.DataFrame({"x": values})
    with pytest.raises(InputError) as caught:
        DecisionMatrix(frame, {"x": Criterion(**POTENCY)})
    assert len(caught.value.faults) == limits.FAULTS_SHOWN + 1
    assert str(caught.value.faults[-1]) == last


def test_many_doubled_molecules_are_counted_after_the_first() -> None:
    """Twenty-five ids that occur twice list FAULTS_SHOWN of them."""
    frame = pd.DataFrame({"x": [6.0] * 50}, index=[*range(25), *range(25)])
    with pytest.raises(InputError) as caught:
        DecisionMatrix(frame, {"x": Criterion(**POTENCY)})
    assert len(caught.value.faults) == limits.FAULTS_SHOWN + 1
    assert str(caught.value.faults[-1]) == "and 5 more molecules that occur twice"


def test_many_crossed_intervals_are_counted_after_the_first() -> None:
    """Twenty-five intervals that contradict themselves list FAULTS_SHOWN of them."""
    frame = pd.DataFrame({"x": [NAN] * 25})
    with pytest.raises(InputError) as caught:
        DecisionMatrix(frame, {"x": Criterion(**POTENCY)}, low=frame.fillna(8.0), high=frame.fillna(6.0))
    assert len(caught.value.faults) == limits.FAULTS_SHOWN + 1
    assert str(caught.value.faults[-1]) == "and 5 more intervals like these"


# --- values outside the declared range ------------------------------------------------------------


def test_a_value_outside_its_range_is_refused_with_its_row() -> None:
    """The default rule names row, column, range, value and both ways out."""
    assert refused(column, [7.0, 9.5]) == (
        "row 'B', column 'x': a value is outside the declared range 5 to 9; found 9.5. "
        "Widen the range, or declare outside: clip or extend"
    )


def test_clip_counts_a_value_as_the_bound_and_says_so() -> None:
    """Both ends are clipped, with their bounds, for a cost as for a gain."""
    matrix = column([4.0, 7.0, 9.5], outside="clip")
    assert_cells(matrix, [5.0, 7.0, 9.0], [5.0, 7.0, 9.0], [5.0, 7.0, 9.0])
    assert matrix.notes == ("x: 2 values outside 5 to 9 count as the bound",)
    cost = column([-1.0, 101.0], **COST, outside="clip")
    assert cost.values[:, 0].tolist() == [0.0, 100.0]


def test_extend_counts_a_value_as_it_is_and_says_so() -> None:
    """Nothing moves, and the note tells how many values lie outside."""
    matrix = column([4.0, 7.0], outside="extend")
    assert_cells(matrix, [4.0, 7.0], [4.0, 7.0], [4.0, 7.0])
    assert matrix.notes == ("x: 1 values outside 5 to 9 count as they are",)


def test_the_bounds_themselves_are_inside() -> None:
    """Worst and best imaginable are allowed values."""
    assert column([5.0, 9.0]).notes == ()


@given(st.lists(st.floats(-20, 30, allow_nan=False), min_size=1, max_size=8))
def test_clipping_is_the_nearest_value_of_the_range(values: list[float]) -> None:
    """Every clipped value is inside, an inside value stays, and the note counts the others."""
    matrix = column(values, outside="clip")
    np.testing.assert_array_equal(matrix.values[:, 0], [min(max(value, 5.0), 9.0) for value in values])
    outside = sum(not 5.0 <= value <= 9.0 for value in values)
    assert matrix.notes == ((f"x: {outside} values outside 5 to 9 count as the bound",) if outside else ())


@given(st.lists(st.floats(-20, 30, allow_nan=False), min_size=1, max_size=8))
def test_refusal_finds_exactly_the_values_outside(values: list[float]) -> None:
    """The rows that are told are those outside, no more and no fewer."""
    outside = ["ABCDEFGH"[i] for i, value in enumerate(values) if not 5.0 <= value <= 9.0]
    if not outside:
        assert column(values).values[:, 0].tolist() == values
        return
    with pytest.raises(InputError) as caught:
        column(values)
    assert [fault.place for fault in caught.value.faults] == [f"row {label!r}, column 'x'" for label in outside]


# --- missing values -------------------------------------------------------------------------------


def test_a_missing_value_is_refused_with_its_row() -> None:
    """The default rule names row, column and the three ways out."""
    assert refused(column, [7.0, NAN]) == (
        "row 'B', column 'x': a value is missing. "
        "Give the value, or choose a missing-data rule for the criterion: worst, neutral or interval"
    )


@pytest.mark.parametrize(
    ("fields", "filled", "low", "high"),
    [
        ({"missing": "worst"}, 5.0, NAN, NAN),
        ({"missing": "neutral"}, 7.0, NAN, NAN),
        ({"missing": "interval"}, 7.0, 5.0, 9.0),
        ({**COST, "missing": "worst"}, 100.0, NAN, NAN),
        ({**COST, "missing": "neutral"}, 50.0, NAN, NAN),
        ({**COST, "missing": "interval"}, 50.0, 0.0, 100.0),
    ],
)
def test_each_rule_fills_a_missing_value_its_own_way(
    fields: dict[str, Any], filled: float, low: float, high: float
) -> None:
    """Worst takes the declared worst, the others the middle; the interval spans the range; all say so."""
    matrix = column([7.0, NAN], **fields)
    assert_cells(matrix, [7.0, NAN], [7.0, low], [7.0, high])
    assert matrix.filled()[:, 0].tolist() == [7.0, filled]
    assert matrix.notes == (f"x: 1 missing values filled by the rule {fields['missing']!r}",)


def test_neutral_can_stay_open_for_promethee() -> None:
    """PROMETHEE treats a neutral gap as indifferent, so it wants the gap itself; other rules fill."""
    assert np.isnan(column([7.0, NAN], missing="neutral").filled(neutral_as_nan=True)[1, 0])
    assert column([7.0, NAN], missing="worst").filled(neutral_as_nan=True)[1, 0] == 5.0


def test_filling_needs_a_declared_range() -> None:
    """Without worst and best there is no honest number to fill in."""
    matrix = column([7.0, NAN], worst=None, best=None, missing="interval")
    assert refused(matrix.filled) == (
        "criterion 'x' fills missing values by the rule 'interval' and declares no range; expected worst and best"
    )
    assert column([7.0], worst=None, best=None, missing="worst").filled().tolist() == [[7.0]]


def test_filling_leaves_the_matrix_as_it_was() -> None:
    """The filled values are a copy; the gap stays a gap."""
    matrix = column([7.0, NAN], missing="worst")
    matrix.filled()[0, 0] = 0.0
    assert_cells(matrix, [7.0, NAN], [7.0, NAN], [7.0, NAN])


# --- intervals ------------------------------------------------------------------------------------


def test_an_interval_without_value_enters_by_its_middle() -> None:
    """A censored measurement is no missing value, whatever the missing-data rule."""
    matrix = column([7.0, NAN], low=[NAN, 5.0], high=[NAN, 8.0])
    assert_cells(matrix, [7.0, 6.5], [7.0, 5.0], [7.0, 8.0])
    assert not matrix.missing.any()
    assert matrix.notes == ()


def test_a_value_keeps_its_interval() -> None:
    """A known value with an uncertain range stays the point value."""
    matrix = column([7.0], low=[6.0], high=[9.0])
    assert_cells(matrix, [7.0], [6.0], [9.0])


def test_a_value_with_one_bound_is_its_own_other_bound() -> None:
    """A known value needs no second bound: "7, at most 8" is the interval from 7 to 8."""
    assert_cells(column([7.0], low=[NAN], high=[8.0]), [7.0], [7.0], [8.0])
    assert_cells(column([7.0], low=[6.0], high=[NAN]), [7.0], [6.0], [7.0])


def test_rounding_may_lift_a_value_over_its_own_bound() -> None:
    """A mean that misses its interval by a rounding error is no contradiction."""
    assert column([7.0], low=[7.0 + 1e-12], high=[7.0 + 1e-12]).values[0, 0] == 7.0


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (NAN, 8.0, 6.0, "an interval contradicts itself or its value; found low 8, value nan, high 6"),
        (7.0, 8.0, 9.0, "an interval contradicts itself or its value; found low 8, value 7, high 9"),
        (7.0, 5.0, 6.0, "an interval contradicts itself or its value; found low 5, value 7, high 6"),
        (NAN, 6.0, NAN, "an interval has one end only; found low 6, value nan, high nan"),
        (NAN, NAN, 6.0, "an interval has one end only; found low nan, value nan, high 6"),
    ],
)
def test_an_impossible_interval_is_refused(value: float, low: float, high: float, words: str) -> None:
    """Crossed ends, a value outside its own interval and half an interval are told with their row."""
    found = refused(column, [value], low=[low], high=[high], missing="worst")
    assert found == f"row 'A', column 'x': {words}; expected low ≤ value ≤ high"


def test_an_open_interval_is_refused() -> None:
    """A bound at infinity cannot be averaged or sampled; a declared range closes it."""
    words = "high, column 'x': an interval has no end; expected a declared range that closes it"
    assert refused(column, [NAN], low=[5.0], high=[math.inf]) == words


def test_text_in_a_bound_is_refused_with_its_table() -> None:
    """A bound that is no number is told like a value that is none, with the table it stands in."""
    words = "low, row 'A', column 'x': not a number; found '<5'; expected a number"
    assert refused(column, [7.0], low=["<5"]) == words


def test_bounds_belong_to_the_matrix() -> None:
    """Bounds for other molecules or other columns are mistakes and not ignored."""
    frame, criteria = pd.DataFrame({"x": [6.0]}, index=["A"]), {"x": Criterion(**POTENCY)}
    elsewhere = pd.DataFrame({"x": [6.0]}, index=["B"])
    assert refused(DecisionMatrix, frame, criteria, low=elsewhere) == (
        "the rows of 'low' are not the molecules of the matrix; expected the same index"
    )
    other = pd.DataFrame({"y": [6.0]}, index=["A"])
    assert refused(DecisionMatrix, frame, criteria, high=other) == (
        "a column of 'high' is no column of the matrix; found 'y'"
    )


def test_bounds_may_be_given_for_some_columns_only() -> None:
    """A column without bounds is known exactly, wherever it stands."""
    frame = pd.DataFrame({"x": [6.0], "y": [7.0]}, index=["A"])
    criteria = {"x": Criterion(**POTENCY), "y": Criterion(**POTENCY)}
    bounds = pd.DataFrame({"y": [6.5]}, index=["A"])
    assert DecisionMatrix(frame, criteria, low=bounds).low.tolist() == [[6.0, 6.5]]


def test_an_interval_that_reaches_outside_follows_the_outside_rule() -> None:
    """Robustness runs over the whole interval, so its ends obey the rule as a value does."""
    words = refused(column, [NAN], low=[4.0], high=[8.0])
    assert words.startswith("row 'A', column 'x': a value is outside the declared range 5 to 9; found 4 to 8. ")
    clipped = column([NAN], low=[4.0], high=[8.0], outside="clip")
    assert_cells(clipped, [6.0], [5.0], [8.0])
    extended = column([NAN], low=[4.0], high=[8.0], outside="extend")
    assert_cells(extended, [6.0], [4.0], [8.0])


@given(st.lists(st.tuples(st.floats(5, 9), st.floats(5, 9)), min_size=1, max_size=8))
def test_values_lie_inside_their_bounds(ends: list[tuple[float, float]]) -> None:
    """For every interval low ≤ value ≤ high, and the value is the middle."""
    low, high = [min(pair) for pair in ends], [max(pair) for pair in ends]
    matrix = column([NAN] * len(ends), low=low, high=high)
    assert (matrix.low <= matrix.values).all()
    assert (matrix.values <= matrix.high).all()
    np.testing.assert_allclose(matrix.values[:, 0], [(a + b) / 2 for a, b in ends])


# --- taking rows ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [[2, 0], np.array([2, 0])])
def test_rows_are_taken_in_the_order_asked(rows: Any) -> None:
    """Labels and values go together, in the caller's order."""
    part = two_columns().take(rows)
    assert part.labels.tolist() == ["M-3", "M-1"]
    np.testing.assert_array_equal(part.values, [[8.0, 90.0], [6.0, 10.0]])


def test_rows_are_taken_by_a_mask() -> None:
    """A mask keeps the matrix's order."""
    assert two_columns().take([True, False, True]).labels.tolist() == ["M-1", "M-3"]


@pytest.mark.parametrize("rule", ["worst", "neutral", "interval"])
def test_taking_every_row_changes_nothing(rule: Any) -> None:
    """Values, bounds and gaps of a matrix with all of them survive."""
    matrix = column([7.0, NAN, NAN], low=[6.0, NAN, 5.0], high=[8.0, NAN, 6.0], missing=rule)
    again = matrix.take(np.arange(3))
    for name in ("values", "low", "high", "missing"):
        np.testing.assert_array_equal(getattr(again, name), getattr(matrix, name))


def test_taking_no_row_is_refused() -> None:
    """A matrix is never empty."""
    assert "there are no molecules to rank" in refused(two_columns().take, [False, False, False])
