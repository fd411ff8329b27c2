"""Uncertain scores: what is drawn, what stays, what is moved to a bound, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.robustness.smaa_tables import table

import weighbridge as wb
from weighbridge.robustness.uncertainty import ScoreDraws, normal, score_draws, uniform_between

VALUES = [[0.5, 0.2], [0.6, 0.4], [0.7, 0.9]]


def draws_of(matrix: wb.DecisionMatrix, uncertainty: Any, *, neutral_as_nan: bool = False) -> ScoreDraws:
    """Return draws that are there."""
    found, _ = score_draws(matrix, uncertainty, neutral_as_nan=neutral_as_nan)
    assert found is not None
    return found


def test_certain_scores_need_no_draws() -> None:
    """Without intervals and uncertainty there is nothing to draw."""
    assert score_draws(table(VALUES), None, neutral_as_nan=False) == (None, [])


def test_a_standard_deviation_scatters_around_the_value() -> None:
    """Normal errors, each molecule by itself; other criteria stay as they are."""
    tables = draws_of(table(VALUES, outside="extend"), {"a": 0.05}).start(0).take(4000)
    np.testing.assert_allclose(tables[:, :, 0].mean(axis=0), [0.5, 0.6, 0.7], atol=4e-3)
    np.testing.assert_allclose(tables[:, :, 0].std(axis=0), 0.05, rtol=0.05)
    assert abs(np.corrcoef(tables[:, 0, 0], tables[:, 1, 0])[0, 1]) < 0.06
    np.testing.assert_array_equal(tables[:, :, 1], np.tile([0.2, 0.4, 0.9], (4000, 1)))


def test_standard_deviations_differ_by_molecule() -> None:
    """A Series is matched by label, an array by row."""
    sd = pd.Series({"M3": 0.0, "M1": 0.01, "M2": 0.02})
    by_label = draws_of(table(VALUES), {"a": sd}).start(0).take(2000)[:, :, 0]
    by_row = draws_of(table(VALUES), {"a": np.array([0.01, 0.02, 0.0])}).start(0).take(2000)[:, :, 0]
    np.testing.assert_allclose(by_label.std(axis=0), [0.01, 0.02, 0.0], rtol=0.06, atol=1e-12)
    np.testing.assert_array_equal(by_label, by_row)


def test_an_interval_is_drawn_evenly() -> None:
    """A pair is low and high, numbers or Series."""
    low = pd.Series({"M1": 0.1, "M2": 0.2, "M3": 0.3})
    tables = draws_of(table(VALUES), {"b": (low, 0.5)}).start(1).take(3000)[:, :, 1]
    np.testing.assert_allclose(tables.min(axis=0), [0.1, 0.2, 0.3], atol=2e-3)
    np.testing.assert_allclose(tables.max(axis=0), 0.5, atol=2e-3)
    np.testing.assert_allclose(tables.mean(axis=0), [0.3, 0.35, 0.4], atol=0.01)


def test_distributions_may_have_a_mean_of_their_own() -> None:
    """The value in the matrix is not always what a model expects."""
    tables = draws_of(table(VALUES, outside="extend"), {"a": normal(0.01, mean=0.3)}).start(0).take(500)
    np.testing.assert_allclose(tables[:, :, 0].mean(axis=0), 0.3, atol=3e-3)


def test_scores_known_as_an_interval_are_always_drawn() -> None:
    """A censored value runs over its interval without being asked for, and a note says so."""
    frame = table(VALUES).to_frame()
    low, high = frame.copy(), frame.copy()
    low.loc["M2", "a"], high.loc["M2", "a"] = 0.0, 0.8
    matrix = wb.DecisionMatrix(frame, table(VALUES).criteria, low=low, high=high)
    found, notes = score_draws(matrix, None, neutral_as_nan=False)
    assert found is not None
    tables = found.start(0).take(2000)
    assert tables[:, 1, 0].min() < 0.01
    assert tables[:, 1, 0].max() > 0.79
    np.testing.assert_array_equal(tables[:, 0, 0], 0.5)
    assert notes == ["a: 1 scores known as an interval are drawn evenly between its ends"]


def test_missing_scores_run_over_the_declared_range() -> None:
    """The rule interval means anything between worst and best; a standard deviation does not apply to it."""
    values = [[0.5, 0.2], [np.nan, 0.4]]
    tables = draws_of(table(values, missing="interval"), {"a": 0.01}).start(0).take(3000)[:, :, 0]
    assert tables[:, 1].std() == pytest.approx(1 / np.sqrt(12), rel=0.05)
    assert tables[:, 0].std() == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize(("neutral_as_nan", "expected"), [(True, np.nan), (False, 0.5)])
def test_neutral_scores_stay_as_the_method_wants_them(*, neutral_as_nan: bool, expected: float) -> None:
    """PROMETHEE keeps them indifferent, the other methods take the middle; neither is scattered."""
    matrix = table([[0.5, 0.2], [np.nan, 0.4]], missing="neutral")
    tables = draws_of(matrix, {"a": 0.1}, neutral_as_nan=neutral_as_nan).start(0).take(5)
    np.testing.assert_array_equal(tables[:, 1, 0], [expected] * 5)


@pytest.mark.parametrize("outside", ["refuse", "clip"])
def test_values_beyond_the_range_count_as_the_bound_and_are_counted(outside: str) -> None:
    """Half of the draws around the upper bound lie above it."""
    stream = draws_of(table([[1.0, 0.5], [1.0, 0.5]], outside=outside), {"a": 0.1}).start(0)
    tables = stream.take(1000)
    assert tables[:, :, 0].max() == 1.0
    [note] = stream.notes()
    share = (tables[:, :, 0] == 1.0).mean()
    assert share == pytest.approx(0.5, abs=0.03)
    assert note.startswith(f"a: {round(share * 2000):,} of 2,000 drawn values beyond the declared range 0 to 1")


def test_values_may_leave_a_range_that_may_be_extended() -> None:
    """Under extend they count as they are, and there is nothing to note."""
    stream = draws_of(table([[1.0, 0.5]], outside="extend"), {"a": 0.1}).start(0)
    assert stream.take(100)[:, :, 0].max() > 1.0
    assert stream.notes() == []


def test_tables_are_the_same_taken_together_or_one_by_one() -> None:
    """The number of tables held at a time changes nothing."""
    draws = draws_of(table(VALUES), {"a": 0.1, "b": (0.1, 0.9)})
    stream = draws.start(5)
    one_by_one = np.concatenate([stream.take(1) for _ in range(7)])
    np.testing.assert_array_equal(one_by_one, draws.start(5).take(7))


def test_criteria_have_random_numbers_of_their_own() -> None:
    """What is said about one criterion does not change the draws of another."""
    alone = draws_of(table(VALUES), {"b": 0.05}).start(3).take(10)[:, :, 1]
    beside = draws_of(table(VALUES), {"a": (0.1, 0.2), "b": 0.05}).start(3).take(10)[:, :, 1]
    np.testing.assert_array_equal(alone, beside)


def test_larger_errors_are_the_same_errors_larger() -> None:
    """Two settings are compared on common random numbers."""
    matrix = table(VALUES, outside="extend")
    small, large = (draws_of(matrix, {"a": sd}).start(0).take(5)[:, :, 0] - [0.5, 0.6, 0.7] for sd in (0.1, 0.2))
    np.testing.assert_allclose(large, 2 * small, rtol=1e-9)


def test_tables_drawn_elsewhere_come_out_in_order() -> None:
    """Given tables replace every score; beyond the range they count as the bound, too."""
    tables = np.array([[[0.1, 0.2], [0.3, 1.4]], [[0.5, 0.6], [0.7, 0.8]]])
    draws = draws_of(table(VALUES[:2]), tables)
    assert draws.limit == 2
    stream = draws.start(0)
    np.testing.assert_array_equal(stream.take(1)[0], [[0.1, 0.2], [0.3, 1.0]])
    np.testing.assert_array_equal(stream.take(1)[0], tables[1])
    assert "1 of 4 drawn values" in stream.notes()[0]


@pytest.mark.parametrize(
    ("uncertainty", "message"),
    [
        ({"z": 0.1}, r"no such criterion; found 'z'; expected one of \['a', 'b'\]"),
        ({"a": -0.1}, "row 'M1', uncertainty of 'a': a standard deviation is negative; found -0.1"),
        ({"a": np.nan}, "standard deviation of 'a'"),
        ({"a": "wide"}, "not a number"),
        ({"a": True}, "not a number"),
        ({"a": pd.Series({"M1": 0.1, "M2": np.nan, "M3": 0.1})}, "row 'M2', standard deviation of 'a'.*found nan"),
        ({"a": pd.Series({"M1": 0.1, "M3": 0.1})}, "row 'M2', standard deviation of 'a'"),
        ({"a": pd.Series({"M1": 0.1, "M2": 0.1, "M9": 0.1})}, "does not fit the molecules; found .*M9"),
        ({"a": pd.Series([0.1, 0.2], index=["M1", "M1"])}, "does not fit the molecules; found .*M1"),
        ({"a": np.array([0.1, np.inf, 0.1])}, "row 'M2'.*found inf"),
        ({"a": np.array([0.1])}, "not a number"),
        ({"a": (0.5, 0.1)}, "row 'M1', uncertainty of 'a': an interval is not in order; found 0.5 to 0.1"),
        ({"a": (0.1, np.nan)}, "high of 'a'"),
        ({"a": (0.1, 0.2, 0.3)}, "not two values; found 3 values"),
        ({"a": normal(0.1, mean=np.inf)}, "mean of 'a'"),
        ({"a": uniform_between(0.1, "x")}, "high of 'a'"),
        ([0.1, 0.2], "uncertainty has no criteria"),
        (np.zeros((2, 3, 3)), r"expected numbers of shape \(draws, 3, 2\)"),
        (np.zeros((0, 3, 2)), "do not fit"),
        (np.full((1, 3, 2), np.nan), "draw 1, row 'M1', column 'a'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(uncertainty: Any, message: str) -> None:
    """Every fault says which molecule and criterion it is about."""
    with pytest.raises(wb.InputError, match=message):
        score_draws(table(VALUES), uncertainty, neutral_as_nan=False)


def test_all_faults_are_told_at_once() -> None:
    """Two wrong criteria are two faults of one message."""
    with pytest.raises(wb.InputError) as caught:
        score_draws(table(VALUES), {"a": -1.0, "b": "x", "c": 1}, neutral_as_nan=False)
    assert len(caught.value.faults) == 5


@pytest.mark.parametrize("stated", [1e151, 1e308, (0.0, 1e200), normal(0.1, -1e300), uniform_between(-1e308, 1e308)])
def test_numbers_too_large_to_compute_with_are_refused(stated: Any) -> None:
    """Their squares would overflow, and with them the scores."""
    with pytest.raises(wb.InputError, match=r"an uncertainty is too large to compute with; found .*up to 1e\+150"):
        draws_of(table(VALUES), {"a": stated})


def test_tables_too_large_to_compute_with_are_refused() -> None:
    """The same limit holds for scores drawn elsewhere."""
    with pytest.raises(wb.InputError) as caught:
        draws_of(table(VALUES), np.full((2, 3, 2), 1e200))
    assert str(caught.value) == "drawn scores are too large to compute with; expected absolute values up to 1e+150"
