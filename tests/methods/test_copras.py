"""COPRAS against its published formula, and why it is not taken from pymcdm."""

from __future__ import annotations

import numpy as np
import pymcdm.methods
import pytest
from hypothesis import given
from numpy.testing import assert_allclose
from tests.methods.tables import problems, ranked, sample, table

from weighbridge.errors import InputError
from weighbridge.methods.copras import copras


def loop_copras(values, signs, weights):
    """Q with min S⁻ written out as in the paper."""
    n, m = values.shape
    shares = [[weights[j] * values[i, j] / sum(values[:, j]) for j in range(m)] for i in range(n)]
    plus = [sum(row[j] for j in range(m) if signs[j] > 0) for row in shares]
    minus = [sum(row[j] for j in range(m) if signs[j] < 0) for row in shares]
    least = min(minus)
    return [p + least * sum(minus) / (c * sum(least / x for x in minus)) for p, c in zip(plus, minus, strict=True)]


@pytest.mark.parametrize("seed", range(6))
def test_copras_equals_a_loop_over_the_published_formula(seed: int) -> None:
    """Q and U = Q / max Q, with the least cost written out."""
    values, signs, weights = sample(seed, 7, 4)
    ranking = ranked(table(values, signs), "copras", weights)
    expected = np.array(loop_copras(values, signs, weights))
    assert_allclose(ranking.details["Q"], expected, rtol=0, atol=1e-12)
    assert_allclose(ranking.scores_array, expected / expected.max(), rtol=0, atol=1e-12)


def test_copras_lowers_the_score_of_a_higher_cost_where_pymcdm_raises_it() -> None:
    """Two molecules that differ only in cost: ours prefers the cheap one, pymcdm 1.4.0 the dear one."""
    values, signs, weights = np.array([[5.0, 1.0], [5.0, 9.0]]), np.array([1, -1]), np.array([0.5, 0.5])
    theirs = pymcdm.methods.COPRAS()(values, weights, signs, validation=False)
    ours = ranked(table(values, signs), "copras", weights).scores_array
    assert theirs[1] > theirs[0]
    assert ours[0] > ours[1]


def test_copras_without_costs_is_the_sum_of_shares() -> None:
    """Q = S⁺ where no criterion is a cost, which pymcdm refuses."""
    ranking = ranked(table([[1, 4], [3, 4]]), "copras")
    assert_allclose(ranking.details["Q"], [0.375, 0.625])
    assert ranking.scores_array[1] == 1.0


def test_copras_allows_zeros_and_a_column_of_zeros() -> None:
    """A zero gain is a share of 0; a column of zeros contributes nothing."""
    ranking = ranked(table([[0, 1, 0], [3, 2, 0]], [1, -1, 1]), "copras")
    assert np.isfinite(ranking.scores_array).all()
    assert_allclose(ranking.contributions["c2"], [0, 0], atol=1e-15)


def test_copras_of_nothing_but_zeros_is_a_tie() -> None:
    """Every Q is 0, so all are equally good."""
    assert ranked(table([[0], [0]]), "copras").scores_array.tolist() == [1, 1]


def test_copras_refuses_a_molecule_without_cost() -> None:
    """1/S⁻ is undefined for it; the row is named."""
    with pytest.raises(InputError, match=r"row 'A1'.*weighted cost"):
        ranked(table([[1, 0], [2, 3]], [1, -1]), "copras")


def test_copras_refuses_negative_values_and_interval_scales() -> None:
    """Shares of a sum need a true zero."""
    with pytest.raises(InputError, match="row 'A1', column 'c0'"):
        ranked(table([[-1], [2]]), "copras")
    with pytest.raises(InputError, match="arbitrary"):
        ranked(table([[1], [2]], scale="interval"), "copras")


def test_pure_copras_gives_the_parts() -> None:
    """S⁺, S⁻ and Q by hand for two molecules."""
    plus, minus, q = copras(np.array([[1.0, 1.0], [3.0, 3.0]]), np.array([0.5, 0.5]), np.array([1, -1]))
    assert plus.tolist() == [0.125, 0.375]
    assert minus.tolist() == [0.125, 0.375]
    assert q.tolist() == pytest.approx([0.125 + 0.375, 0.375 + 0.125])


def test_a_gain_and_a_cost_by_hand() -> None:
    """Gains 2 of 8 and 6 of 8, costs 1 of 4 and 3 of 4, weights .6 and .4: U = 9/11 and 1.

    S⁺ = (.15, .45), S⁻ = (.1, .3), so Q₁ = .15 + .4 / (.1 · (10 + 10/3)) = .45 and Q₂ = .45 + .1 = .55.
    """
    ranking = ranked(table([[2, 1], [6, 3]], [1, -1]), "copras", [0.6, 0.4])
    assert_allclose(ranking.details["S_plus"], [0.15, 0.45])
    assert_allclose(ranking.details["S_minus"], [0.1, 0.3])
    assert_allclose(ranking.details["Q"], [0.45, 0.55])
    assert_allclose(ranking.scores_array, [9 / 11, 1.0])
    assert ranking.ranks.tolist() == [2, 1]


def test_the_record_of_a_copras_ranking() -> None:
    """Method, direction and the note on rank reversal are on record; there are no parameters."""
    ranking = ranked(table([[2, 1], [6, 3]], [1, -1]), "copras")
    assert (ranking.method, ranking.higher_is_better, dict(ranking.parameters)) == ("copras", True, {})
    assert [note for note in ranking.notes if note.startswith("copras: rank-reversal risk")]
    assert sorted(ranking.details) == ["Q", "S_minus", "S_plus"]


def test_only_costs_rank_by_the_reciprocal_of_cost() -> None:
    """With no gain Q_i is proportional to 1 / S⁻_i: costs 1, 2, 4 have utilities 1, ½, ¼."""
    assert_allclose(ranked(table([[1], [2], [4]], [-1]), "copras").scores_array, [1, 0.5, 0.25])


def test_every_molecule_without_cost_is_named() -> None:
    """All rows whose weighted cost is 0 come in one message, with what to do."""
    with pytest.raises(InputError) as caught:
        ranked(table([[1, 0], [2, 3], [4, 0]], [1, -1]), "copras")
    assert [str(fault) for fault in caught.value.faults] == [
        f"row {name!r}: COPRAS divides by the weighted cost, and this molecule's is 0; "
        "expected a cost > 0 on at least one cost criterion. Choose another method"
        for name in ("A1", "A3")
    ]


def test_a_cost_of_weight_zero_divides_nothing() -> None:
    """Where the only cost has no weight, Q is S⁺ and a cost of 0 is no obstacle."""
    ranking = ranked(table([[1, 0], [3, 5]], [1, -1]), "copras", [1.0, 0.0])
    assert_allclose(ranking.details["Q"], [0.25, 0.75])


@given(problems())
def test_shares_and_significances_add_up(problem: tuple) -> None:
    """Σ S⁺ + Σ S⁻ = Σ w = 1, and where there are costs Σ Q is 1 too: the formula only redistributes."""
    values, signs, weights = problem
    plus, minus, q = copras(values, weights, signs)
    assert plus.sum() + minus.sum() == pytest.approx(1.0)
    assert q.sum() == pytest.approx(1.0)
    assert (q >= plus - 1e-15).all()


@given(problems())
def test_utility_is_a_share_with_its_best_at_one(problem: tuple) -> None:
    """U lies in (0, 1], and the first rank has exactly 1."""
    values, signs, weights = problem
    ranking = ranked(table(values, signs), "copras", weights)
    assert ((ranking.scores_array > 0) & (ranking.scores_array <= 1)).all()
    assert ranking.scores_array.max() == 1.0


@given(problems(least_rows=3))
def test_neither_order_nor_unit_matters_to_copras(problem: tuple) -> None:
    """Reversed rows give reversed scores, and nanomolar for micromolar changes nothing."""
    values, signs, weights = problem
    scores = ranked(table(values, signs), "copras", weights).scores_array
    assert_allclose(ranked(table(values[::-1], signs), "copras", weights).scores_array[::-1], scores, atol=1e-12)
    units = 10.0 ** np.arange(values.shape[1])
    assert_allclose(ranked(table(values * units, signs), "copras", weights).scores_array, scores, atol=1e-12)


@given(problems())
def test_a_dominated_molecule_is_never_ahead(problem: tuple) -> None:
    """Beside a copy that is worse on every criterion, the original has the higher score."""
    values, signs, weights = problem
    worse = np.where(np.array(signs) > 0, values[0] / 2, values[0] * 2)
    scores = ranked(table(np.vstack((values, worse)), signs), "copras", weights).scores_array
    assert scores[0] > scores[-1]


def test_contributions_of_copras_are_measured_from_a_positive_worst() -> None:
    """A declared worst of 0 would leave a molecule without cost; the column's own worst serves."""
    ranking = ranked(table([[2, 1], [6, 3]], [1, 1], bounds=(0, 10)), "copras")
    assert_allclose(ranking.contributions.to_numpy()[0], [0, 0], atol=1e-15)
    assert_allclose(ranking.contributions.sum(axis=1) + ranking.base_of(range(2)), ranking.scores)
