"""Who stands where today: groups, ties, and the arguments all questions share."""

from __future__ import annotations

import numpy as np
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
