"""Shapley contributions: the definition by permutations, exactness, sampling."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.tables import ranked, sample, table

import weighbridge as wb
from weighbridge import limits
from weighbridge.errors import InputError
from weighbridge.methods.contributions import sampled_note, shapley
from weighbridge.methods.within import EXACT_CRITERIA

RANKINGS = [name for name, spec in wb.methods().items() if spec.returns == "ranking"]


def by_permutations(value, m):
    """Average marginal contributions over all m! orders."""
    orders = list(permutations(range(m)))
    total = np.zeros((len(value(np.zeros(m, dtype=bool))), m))
    for order in orders:
        mask = np.zeros(m, dtype=bool)
        for j in order:
            before = value(mask)
            mask = mask.copy()
            mask[j] = True
            total[:, j] += value(mask) - before
    return total / len(orders)


def test_shapley_equals_the_average_over_all_orders() -> None:
    """The 2^m form is the m! definition."""
    rng = np.random.default_rng(0)
    worth = {tuple(mask): rng.normal(size=3) for mask in np.ndindex(2, 2, 2, 2)}

    def value(mask):
        return worth[tuple(int(x) for x in mask)]

    assert_allclose(shapley(value, 4), by_permutations(value, 4), rtol=0, atol=1e-12)


def test_topsis_contributions_equal_the_average_over_all_orders() -> None:
    """With values outside a coalition at the anti-ideal, for gains, costs and a weight of 0."""
    values, signs, weights = sample(4, 5, 4)
    weights[2] = 0
    ranking = ranked(table(values, signs), "topsis", weights, normalization="vector")
    z = values / np.sqrt((values**2).sum(axis=0)) * (weights / weights.sum())
    best, worst = ranking.details["ideal"], ranking.details["anti_ideal"]

    def value(mask):
        v = np.where(mask, z, worst)
        plus = np.sqrt(((v - best) ** 2).sum(axis=1))
        minus = np.sqrt(((v - worst) ** 2).sum(axis=1))
        return minus / (plus + minus)

    assert_allclose(ranking.contributions, by_permutations(value, 4), rtol=0, atol=1e-12)
    assert_allclose(ranking.contributions["c2"], 0, atol=1e-15)


@pytest.mark.parametrize("method", RANKINGS)
@pytest.mark.parametrize("seed", range(3))
def test_contributions_and_base_add_up_to_the_score(method: str, seed: int) -> None:
    """To 1e-12, for every method."""
    values, signs, weights = sample(seed, 6, 4)
    ranking = ranked(table(values, signs, bounds=(0.5, 10)), method, weights)
    total = ranking.contributions.sum(axis=1) + ranking.base_of(range(6))
    assert_allclose(total, ranking.scores, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", RANKINGS)
def test_effective_weights_sum_to_one(method: str) -> None:
    """Cov(contribution, score)/Var(score) over the criteria, where the base does not vary."""
    values, signs, weights = sample(7, 6, 3)
    ranking = ranked(table(values, signs, bounds=(0.5, 10)), method, weights)
    assert ranking.effective_weights.sum() == pytest.approx(1, abs=1e-9)


def test_a_constant_column_has_an_effective_weight_of_zero() -> None:
    """However large its nominal weight."""
    matrix = table([[1, 5], [2, 5], [4, 5]], bounds=(0, 10))
    for method in ("weighted-sum", "promethee-ii", "spotis", "borda"):
        assert ranked(matrix, method, [0.1, 0.9]).effective_weights["c1"] == pytest.approx(0, abs=1e-12)
    by_data = ranked(matrix, "topsis", [0.1, 0.9], normalization="vector")
    assert by_data.effective_weights["c1"] == pytest.approx(0, abs=1e-12)


def test_the_base_is_the_score_of_the_molecule_at_its_worst() -> None:
    """SPOTIS at the declared worst is the distance 1, and each criterion takes away from it."""
    ranking = ranked(table([[2, 8]], [1, -1], bounds=(0, 10)), "spotis")
    assert ranking.base_of([0]).tolist() == [1.0]
    assert_allclose(ranking.contributions.iloc[0], [-0.1, -0.1], atol=1e-15)


def test_contributions_of_some_rows_equal_those_of_all() -> None:
    """Reports ask only for the molecules they show."""
    values, signs, weights = sample(1, 6, 3)
    for method in ("topsis", "aras", "weighted-product", "promethee-ii", "borda"):
        ranking = ranked(table(values, signs), method, weights, **_vector(method))
        assert_allclose(ranking.contributions_of([4, 1]), ranking.contributions.iloc[[4, 1]], rtol=0, atol=1e-15)
        assert ranking.contributions_of([]).shape == (0, 3)


def _vector(method: str) -> dict[str, str]:
    return {"normalization": "vector"} if method == "topsis" else {}


@pytest.mark.parametrize("m", [limits.EXACT_SHAPLEY_CRITERIA, limits.EXACT_SHAPLEY_CRITERIA + 1])
def test_many_criteria_are_sampled_and_say_so(m: int) -> None:
    """Above the limit contributions still add up exactly, and the notes say that they are sampled."""
    values, signs, weights = sample(0, 3, m)
    ranking = ranked(table(values, signs), "topsis", weights, normalization="vector")
    assert_allclose(ranking.contributions.sum(axis=1), ranking.scores, rtol=0, atol=1e-12)
    sampled = m > limits.EXACT_SHAPLEY_CRITERIA
    assert any("sampled" in note for note in ranking.notes) == sampled
    assert bool(sampled_note(m)) == sampled


def test_sampled_contributions_come_near_the_exact_ones_and_are_seeded() -> None:
    """With 200 orders the largest error is a few per cent of the score, and repeats bit for bit."""
    values, signs, weights = sample(2, 4, 6)
    ranking = ranked(table(values, signs), "topsis", weights, normalization="vector")
    z = values / np.sqrt((values**2).sum(axis=0)) * weights
    best, worst = ranking.details["ideal"], ranking.details["anti_ideal"]

    def value(mask):
        v = np.where(mask, z, worst)
        plus = np.sqrt(((v - best) ** 2).sum(axis=1))
        minus = np.sqrt(((v - worst) ** 2).sum(axis=1))
        return minus / (plus + minus)

    first = shapley(value, 6, exact=3)
    assert_array_equal(first, shapley(value, 6, exact=3))
    assert np.abs(first - ranking.contributions.to_numpy()).max() < 0.05
    assert_allclose(first.sum(axis=1), ranking.scores, rtol=0, atol=1e-12)


def test_methods_scored_within_the_table_sample_earlier() -> None:
    """Each coalition scores the whole table again, so the limit is lower and the note names it."""
    values, signs, weights = sample(0, 3, EXACT_CRITERIA + 1)
    ranking = ranked(table(values, signs), "moora", weights)
    assert any("sampled" in note and f"above {EXACT_CRITERIA}" in note for note in ranking.notes)
    total = ranking.contributions.sum(axis=1) + ranking.base_of(range(3))
    assert_allclose(total, ranking.scores, rtol=0, atol=1e-12)


def test_undefined_contributions_are_an_error_not_nan() -> None:
    """CoCoSo divides by 0 where a replaced molecule leaves another one worst on everything."""
    ranking = ranked(table([[0, 5], [1, 1], [9, 9]]), "cocoso")
    assert np.isfinite(ranking.scores_array).all()
    with pytest.raises(InputError, match="contributions are undefined"):
        _ = ranking.contributions


def test_identical_molecules_have_identical_contributions() -> None:
    """Duplicates are explained alike."""
    values = [[3, 4, 5], [9, 1, 2], [3, 4, 5]]
    for method in ("topsis", "vikor", "edas", "promethee-ii"):
        contributions = ranked(table(values, [1, -1, 1]), method, **_vector(method)).contributions.to_numpy()
        assert_allclose(contributions[0], contributions[2], rtol=0, atol=1e-15)
