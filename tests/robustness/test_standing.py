"""Who stands where today: groups, ties, and the arguments all questions share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, named

import weighbridge as wb
from weighbridge.core.ranking import ROUNDING, competition_ranks
from weighbridge.robustness.forms import LinearForm, RatioForm
from weighbridge.robustness.standing import checked_top, levels, rounding_of, row_of, shares_of, tolerance_of

scores_lists = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(scores_lists, st.integers(1, 32))
def test_the_first_group_is_all_of_a_rank_within_the_top(values: list[float], top: int) -> None:
    """A tie at the cut is inside, and everybody else is behind it, in row order."""
    scores = np.array(values)
    rows, starts = levels(scores, 0.0, top)
    inside = np.flatnonzero(competition_ranks(scores) <= top)
    assert rows[: starts[1] if starts.size > 1 else rows.size].tolist() == inside.tolist()
    assert sorted(rows.tolist()) == list(range(scores.size))


@settings(max_examples=60, deadline=None)
@given(scores_lists)
def test_groups_of_the_whole_order_are_the_ranks(values: list[float]) -> None:
    """One group a rank, best first."""
    scores = np.array(values)
    rows, starts = levels(scores, 0.0)
    ranks = competition_ranks(scores)
    assert [set(ranks[part]) for part in np.split(rows, starts[1:])] == [{rank} for rank in sorted(set(ranks))]


def test_a_chain_of_near_ties_at_the_cut_is_inside() -> None:
    """Ties are chained as in the ranking, so that both say the same."""
    scores = np.array([1.0, 0.5, 0.5 - 0.9e-12, 0.5 - 1.8e-12, 0.0])
    assert levels(scores, 0.0, 2).starts.tolist() == [0, 4]


@pytest.mark.parametrize("rows", [3, 200])
def test_rounding_grows_with_what_is_added_up(rows: int) -> None:
    """Cancelling values have the rounding of their size, whatever the layout; closeness has that of 1."""
    values = np.random.default_rng(0).normal(size=(rows, 3)) * [1.0, 100.0, 1.0]
    weights = np.array([0.5, 0.25, 0.25])
    expected = ROUNDING * float(np.abs(values).max(axis=0) @ weights)
    for layout in (np.ascontiguousarray(values), np.asfortranarray(values)):
        assert rounding_of(LinearForm(layout), weights) == pytest.approx(expected, rel=1e-12)
    assert rounding_of(RatioForm(values**2, values**2), weights) == ROUNDING


def test_the_tolerance_is_the_ranking_s() -> None:
    """Two scores just within it are tied by `competition_ranks`, just beyond it they are not."""
    scores = np.array([0.0, 1.0])
    inside = np.append(scores, 1.0 - 0.99 * tolerance_of(scores, 0.0))
    outside = np.append(scores, 1.0 - 1.01 * tolerance_of(scores, 0.0))
    assert competition_ranks(inside).tolist() == [3, 1, 1]
    assert competition_ranks(outside).tolist() == [3, 1, 2]


@pytest.mark.parametrize("top", [0, -1, 1.5, True, "1", None])
def test_top_is_a_whole_number_of_places(top: object) -> None:
    """Anything else is refused with what was found."""
    with pytest.raises(wb.InputError, match="whole number ≥ 1"):
        checked_top(top)


def test_a_molecule_is_named_by_its_label() -> None:
    """An unknown label is refused and some known ones are shown."""
    matrix = matrix_of([[0.1], [0.2]])
    assert row_of(matrix, "A2") == 1
    with pytest.raises(wb.InputError, match="no such molecule; found 'A9'; expected one of 'A1', 'A2'"):
        row_of(matrix, "A9")
    with pytest.raises(wb.InputError, match="no such molecule"):
        row_of(matrix, ["A1"])


def test_weights_are_normalised_in_column_order() -> None:
    """Any mapping will do; a criterion without a weight is refused."""
    matrix = matrix_of([[0.1, 0.2]])
    assert shares_of(matrix, {"c1": 3, "c0": 1}).tolist() == [0.25, 0.75]
    with pytest.raises(wb.InputError, match="no weight"):
        shares_of(matrix, named([1.0]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.integers(1, 40), st.floats(0, 1e-3))
def test_the_top_group_is_that_of_the_whole_order(values: list[float], top: int, rounding: float) -> None:
    """The groups of the whole order, taken until the places are full, are the group of the top."""
    scores = np.array(values)
    rows, starts = levels(scores, rounding)
    inside: list[int] = []
    for part in np.split(rows, starts[1:]):
        if len(inside) < top:
            inside += part.tolist()
    held, cuts = levels(scores, rounding, top)
    assert sorted(held[: cuts[1] if cuts.size > 1 else held.size].tolist()) == sorted(inside)


@settings(max_examples=50, deadline=None)
@given(scores_lists, st.floats(1e-9, 1e9))
def test_groups_do_not_depend_on_the_unit_of_the_scores(values: list[float], factor: float) -> None:
    """Scores times a positive number stand in the same groups."""
    scores = np.array(values)
    for top in (None, 1, 3):
        one, two = levels(scores, 0.0, top), levels(scores * factor, 0.0, top)
        assert one.starts.tolist() == two.starts.tolist()
        assert one.rows.tolist() == two.rows.tolist()


@pytest.mark.parametrize("top", [None, 1, 2, 9])
def test_all_tied_and_one_alone_are_one_group(top: int | None) -> None:
    """Nobody is ahead of anybody."""
    for scores in (np.array([0.3]), np.full(4, 0.3), np.zeros(3)):
        rows, starts = levels(scores, 0.0, top)
        assert starts.tolist() == [0]
        assert rows.tolist() == list(range(scores.size))


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 127, 128, 200])
def test_the_rounding_of_tables_of_any_length(n: int) -> None:
    """Folding rows to find the largest value leaves none out, wherever it stands."""
    weights = np.array([0.7, 0.3])
    for row in {0, n // 2, n - 1}:
        values = np.full((n, 2), 0.1)
        values[row] = [-5.0, 3.0]
        assert rounding_of(LinearForm(values), weights) == pytest.approx(ROUNDING * (0.7 * 5 + 0.3 * 3), rel=1e-12)


def test_differences_within_rounding_are_no_order() -> None:
    """Net flows that cancel to 10⁻¹⁷ tie, whatever their range says."""
    scores = np.array([1e-17, -1e-17, 0.0])
    assert levels(scores, ROUNDING).starts.tolist() == [0]
    assert levels(scores, 0.0).starts.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("index", "wanted", "row"),
    [
        ([10, 20, 30], 20, 1),
        ([("a", 1), ("b", 2)], ("b", 2), 1),
        ([None, "x"], "x", 1),
        (pd.to_datetime(["2020-01-01", "2021-01-01"]), pd.Timestamp("2021-01-01"), 1),
    ],
)
def test_labels_of_any_kind_find_their_row(index: object, wanted: object, row: int) -> None:
    """Numbers, tuples, text and dates."""
    labels = pd.Index(index, tupleize_cols=False)
    frame = pd.DataFrame({"c0": np.linspace(0.1, 0.9, len(labels))}, index=labels)
    matrix = wb.DecisionMatrix(frame, {"c0": wb.Criterion(direction="gain")})
    assert row_of(matrix, wanted) == row


@pytest.mark.parametrize("wanted", ["A3", 0, None, ("A1",), slice(0, 1), {"A1": 1}])
def test_what_is_no_label_is_refused(wanted: object) -> None:
    """A row number, a list or a slice is no molecule."""
    with pytest.raises(wb.InputError) as caught:
        row_of(matrix_of([[0.1], [0.2]]), wanted)
    assert str(caught.value) == f"no such molecule; found {wanted!r}; expected one of 'A1', 'A2'"


@pytest.mark.parametrize("top", [np.int64(3), np.int32(3), 3])
def test_whole_numbers_of_any_make_are_places(top: object) -> None:
    """Also those that come out of an array."""
    assert checked_top(top) == 3


def test_unusable_weights_and_values_are_refused() -> None:
    """Negative and all-zero weights, unknown criteria, and values whose squares overflow."""
    matrix = matrix_of([[0.1, 0.2]])
    for weights, message in (
        ({"c0": -1.0, "c1": 1.0}, "negative"),
        ({"c0": 0.0, "c1": 0.0}, "zero"),
        ({"c0": 1.0, "c1": np.nan}, "c1"),
        ({"c0": 1.0, "c1": 1.0, "c2": 1.0}, "c2"),
    ):
        with pytest.raises(wb.InputError, match=message):
            shares_of(matrix, weights)
    huge = matrix_of([[1e151]], worst=None, best=None)
    with pytest.raises(wb.InputError, match="column 'c0': values are too large to compute with; found 1e\\+151"):
        shares_of(huge, named([1.0]))
