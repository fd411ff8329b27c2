"""Rounding decides nothing: what is equal on paper is tied, and what differs is not silenced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from tests.methods.tables import ranked, table

import weighbridge as wb
from weighbridge.core.ranking import ROUNDING, competition_ranks
from weighbridge.errors import InputError
from weighbridge.methods.compare import weights_similarity
from weighbridge.methods.promethee import preference
from weighbridge.methods.vikor import compromise
from weighbridge.methods.within import average

COMPLETE = sorted(set(wb.methods()) - {"promethee-i"})


def latin(n: int) -> list[list[float]]:
    """Return a Latin square: every molecule holds the same values, each on another criterion."""
    return [[float(1 + (i + j) % n) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("n", [3, 4, 5, 7])
@pytest.mark.parametrize("method", COMPLETE)
def test_a_latin_square_is_one_tie(method: str, n: int) -> None:
    """Sums of the same terms in another order ranked equal molecules apart, because their range was rounding too."""
    ranking = ranked(table(latin(n), bounds=(0.5, 10.0)), method)
    assert ranking.ranks.tolist() == [1] * n
    assert ranking.ties.all()


@pytest.mark.parametrize("n", [3, 4, 7])
def test_a_latin_square_is_indifference_in_promethee_i(n: int) -> None:
    """Flows that differ in the last bit made molecules preferred or incomparable."""
    order = ranked(table(latin(n)), "promethee-i")
    assert (order.relation == "I").all().all()
    assert order.incomparable == ()


def test_net_flows_that_cancel_are_tied() -> None:
    """0.1 + 0.2 − 0.3 is 5.6e-17 and put one of two equal molecules first."""
    ranking = ranked(table([[1, 1, 0, 5], [0, 0, 1, 5]]), "promethee-ii", [0.1, 0.2, 0.3, 0.4])
    assert ranking.scores_array[0] != ranking.scores_array[1]
    assert ranking.ranks.tolist() == [1, 1]


@pytest.mark.parametrize("unit", [1e-140, 1e-12, 1.0, 1e12, 1e140])
def test_ties_do_not_depend_on_the_unit_of_a_weighted_sum(unit: float) -> None:
    """The bound of rounding is relative, so a small unit neither makes nor breaks a tie."""
    values = np.array([[3.0, 1.0], [2.0, 2.0], [2.0, 2.0 + 1e-9]]) * unit
    ranking = ranked(table(values), "weighted-sum", normalization="none")
    assert ranking.ranks.tolist() == [2, 2, 1]


@pytest.mark.parametrize("unit", [1e-300, 1e-140, 1e-13, 1.0, 1e13, 1e149])
def test_effective_weights_do_not_depend_on_the_unit(unit: float) -> None:
    """Scores in a small unit (molar, not nanomolar) had effective weights of 0; squares of large ones overflowed."""
    values = np.array([[1.0, 4.0], [2.0, 1.0], [5.0, 2.0]])
    expected = ranked(table(values), "weighted-sum", normalization="none").effective_weights
    found = ranked(table(values * unit), "weighted-sum", normalization="none").effective_weights
    assert_allclose(found, expected, rtol=1e-9)
    assert found.sum() == pytest.approx(1)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_rounding_of_sums_in_any_order_is_within_the_bound(terms: list[float], order: Any) -> None:
    """Two orders of adding up the same terms are tied under the bound that rankings use."""
    shuffled = list(terms)
    order.shuffle(shuffled)
    pair = np.array([sum(terms), sum(shuffled)])
    assert competition_ranks(pair, rounding=ROUNDING * sum(map(abs, terms))).tolist() == [1, 1]


def test_given_numbers_are_ranked_exactly() -> None:
    """Without a rounding error stated, neighbours among the floats are different."""
    assert competition_ranks(np.array([1e16, 1e16 + 2.0])).tolist() == [2, 1]


@pytest.mark.parametrize("method", COMPLETE)
def test_a_constant_criterion_has_no_effective_weight(method: str) -> None:
    """The mean of three 0.1 is one bit more than 0.1; in VIKOR that gave a constant criterion all the weight."""
    values = [[0.1, 1.0, 5.0], [0.1, 2.0, 1.0], [0.1, 3.0, 4.0], [0.1, 9.0, 2.0]]
    found = ranked(table(values, bounds=(0.0, 10.0)), method).effective_weights
    assert found.iloc[0] == pytest.approx(0, abs=1e-12)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("method", ["vikor", "edas", "mairca", "mabac", "copras"])
def test_three_molecules_in_a_row_have_effective_weights(method: str) -> None:
    """Replacing the best and the worst in their own place moved the scale, and all effective weights were 0."""
    ranking = ranked(table([[5.0, 1.0], [5.0, 2.0], [5.0, 3.0]]), method)
    assert ranking.effective_weights.tolist() == [pytest.approx(0, abs=1e-12), pytest.approx(1)]


def test_the_average_of_a_constant_column_is_its_value() -> None:
    """Adding up and dividing changes the last bit of 0.1."""
    column = np.full((3, 1), 0.1)
    assert column.mean(axis=0)[0] != 0.1
    assert average(np.hstack([column, [[1.0], [2.0], [6.0]]])).tolist() == [0.1, 3.0]


@pytest.mark.parametrize("unit", [5e-324, 1e-300, 1e-200, 1.0, 1e150])
def test_topsis_closeness_does_not_depend_on_the_unit(unit: float) -> None:
    """Squares of small differences underflowed to 0, which tied all molecules at ½."""
    values = np.array([[4.0, 8.0], [8.0, 4.0], [8.0, 8.0]])
    ranking = ranked(table(values * (unit / 8 if unit > 1e-320 else unit)), "topsis", normalization="none")
    assert_allclose(ranking.scores_array, [0.5, 0.5, 1.0], atol=1e-15)
    assert_allclose(ranking.contributions.sum(axis=1), ranking.scores_array, atol=1e-12)


def test_a_tiny_weight_still_breaks_a_tie_in_topsis() -> None:
    """With everything else constant a weight of 1e-200 underflowed in the square and told nothing apart."""
    ranking = ranked(table([[5, 1], [5, 2], [5, 3]]), "topsis", [1.0, 1e-200], normalization="minmax")
    assert ranking.ranks.tolist() == [3, 2, 1]


@pytest.mark.parametrize("normalization", ["bounds"])
def test_a_value_beyond_the_declared_best_is_not_punished(normalization: str) -> None:
    """Under `outside: extend` a molecule better than the ideal was further from it, and one below the worst rose."""
    matrix = table([[1.0], [1.2], [-0.2], [0.0]], bounds=(0, 1), outside="extend")
    ranking = ranked(matrix, "topsis", normalization=normalization)
    assert ranking.ranks.tolist() == [2, 1, 4, 3]
    assert ranking.scores_array[1:3].tolist() == [1.0, 0.0]
    assert any("beyond the declared range" in note for note in ranking.notes)
    assert not any("beyond" in note for note in ranked(table([[1.0]], bounds=(0, 1)), "topsis").notes)


@given(st.lists(st.floats(-2, 3), min_size=2, max_size=6), st.sampled_from([1, -1]))
def test_topsis_never_falls_with_a_better_value(values: list[float], sign: int) -> None:
    """On one criterion the order of closeness is the order of the values, also beyond the declared range."""
    matrix = table([[value] for value in values], [sign], bounds=(0, 1), outside="extend")
    scores = ranked(matrix, "topsis").scores_array
    for i, own in enumerate(values):
        for k, other in enumerate(values):
            assert (own - other) * sign <= 0 or scores[i] >= scores[k]


def test_spotis_refuses_values_beyond_the_declared_range() -> None:
    """The distance to the ideal grew beyond the best as well, so a better molecule came behind."""
    with pytest.raises(InputError, match=r"row 'A1', column 'c0': SPOTIS is not defined outside"):
        ranked(table([[11.0], [5.0]], bounds=(0, 10), outside="extend"), "spotis")


@pytest.mark.parametrize("s", [1e-200, 1e-160, 1.0, 1e140])
def test_the_gaussian_preference_depends_on_the_ratio_only(s: float) -> None:
    """s² underflowed to 0, and 0/0 refused the table."""
    found = preference(np.array([-s, 0.0, s, 2 * s]), wb.Preference("gaussian", s=s))
    assert_allclose(found, [0, 0, 1 - np.exp(-0.5), 1 - np.exp(-2)], rtol=1e-14)


def test_perfect_correlation_is_one_and_not_more() -> None:
    """√a·√a is not always a, so Spearman came out as 1.0000000000000002."""
    for n in range(2, 120):
        ranks = np.arange(1.0, n + 1)
        assert wb.rank_correlation(ranks, ranks).spearman == pytest.approx(1, abs=1e-15)
        assert abs(wb.rank_correlation(ranks, ranks).spearman or 0) <= 1
        assert abs(wb.rank_correlation(ranks, ranks[::-1]).spearman or 0) <= 1


def test_merec_takes_ratios_that_underflow() -> None:
    """1e-300 / 1e150 is 0, its logarithm infinite, and the message said that nothing varies."""
    values = np.array([[1e-300, 1.0], [1e150, 2.0]])
    logs = np.abs([[0, 0], [np.log(1e-300) - np.log(1e150), -np.log(2)]]) / 2
    total = logs.sum(axis=1)
    effects = np.abs(np.log1p(total[:, None] - logs) - np.log1p(total)[:, None]).sum(axis=0)
    found = wb.objective_weights(table(values), "merec")
    assert_allclose(list(found.values()), effects / effects.sum(), rtol=1e-12)


@pytest.mark.parametrize("method", ["entropy", "critic", "gini", "variance"])
def test_objective_weights_name_values_that_are_too_large(method: str) -> None:
    """Sums that overflowed were reported as columns that do not vary."""
    with pytest.raises(InputError, match=r"column 'c0': values are too large to compute with; found 1e\+308"):
        wb.objective_weights(table([[1e308, 1.0], [9e307, 2.0]]), method)


def test_weights_of_one_name_twice_are_refused_in_a_comparison() -> None:
    """A Series with a repeated name silently lost the first of the two weights."""
    series = pd.Series([0.5, 0.2, 0.3], index=["a", "b", "b"])
    with pytest.raises(InputError, match="a name has two weights; found 'b'"):
        weights_similarity(series, {"a": 0.5, "b": 0.5})
    with pytest.raises(InputError, match="weight of '0': a weight is not a number; found 'x'"):
        weights_similarity(["x"], [1.0])  # type: ignore[list-item]


@pytest.mark.parametrize("weights", [[0.5, 0.5], np.array([1.0, 2.0]), 3.0, None])
def test_weights_without_names_are_refused_in_words(weights: Any) -> None:
    """A list of weights ended in an AttributeError."""
    with pytest.raises(InputError, match=r"weights have no names.*expected a mapping or Series"):
        wb.rank(table([[1, 2]], bounds=(0, 3)), weights)


@pytest.mark.parametrize("method", [None, ["topsis"], {"topsis": 1}])
def test_a_method_that_is_no_name_is_refused_in_words(method: Any) -> None:
    """An unhashable method ended in a TypeError."""
    with pytest.raises(InputError, match="unknown method"):
        wb.rank(table([[1, 2]], bounds=(0, 3)), {"c0": 1, "c1": 1}, method=method)


def test_rank_aggregation_says_that_weights_were_normalised() -> None:
    """The result was silent about weights that do not sum to 1."""
    rankings = {"a": [1, 2], "b": [2, 1]}
    combined = wb.aggregate_ranks(rankings, weights={"a": 3, "b": 1})
    assert combined.notes == ("weights summed to 4 and were normalised",)
    assert wb.aggregate_ranks(rankings, "copeland", weights={"a": 3, "b": 1}).notes == combined.notes
    assert wb.aggregate_ranks(rankings).notes == ()


def test_rank_correlation_sees_the_ties_of_a_ranking() -> None:
    """The comparison ranked the scores anew and saw an order inside a tie."""
    tied = ranked(table(latin(7), bounds=(0.5, 10.0)), "topsis")
    other = ranked(table([[float(i)] for i in range(7)], bounds=(0, 10)), "topsis")
    assert wb.rank_correlation(tied, other).kendall_tau_b is None
    assert wb.aggregate_ranks([tied, tied]).details["rank_sum"].tolist() == [8.0] * 7


def test_the_compromise_of_vikor_breaks_ties_in_q_by_s() -> None:
    """Q that differ by rounding were no tie, so the first by Q need not be first by S."""
    ranking = ranked(table([[3, 1, 2], [1, 2, 3], [2, 3, 1]]), "vikor")
    found = compromise(ranking)
    assert ranking.ranks.tolist() == [1, 1, 1]
    assert found.labels == ("A1", "A2", "A3")
    assert not found.acceptable_advantage


def test_effective_weights_of_scores_that_are_all_zero_are_zero() -> None:
    """Nothing is divided by the size of nothing."""
    ranking = ranked(table([[0.0, 0.0], [0.0, 0.0]]), "weighted-sum", normalization="none")
    assert ranking.effective_weights.tolist() == [0.0, 0.0]


def test_effective_weights_of_scores_far_apart_are_finite() -> None:
    """OCRA divides by the least cost, so scores reach 1e190, and their variance overflowed."""
    values = [[1e-100, 1.0], [1e90, 2.0], [3.0, 4.0]]
    found = ranked(table(values, [-1, 1]), "ocra").effective_weights
    assert found.sum() == pytest.approx(1)
    assert np.isfinite(found).all()
