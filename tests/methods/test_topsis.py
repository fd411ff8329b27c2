"""TOPSIS: brute force, pymcdm, exact ends, degenerate tables."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pymcdm.methods
import pymcdm.normalizations
import pytest
from hypothesis import given
from numpy.testing import assert_allclose, assert_array_equal
from tests.methods.plain import plain_topsis, positive_tables
from tests.methods.tables import ranked, sample, table

from weighbridge.errors import InputError
from weighbridge.methods.topsis import topsis


def loop_topsis(values, signs, weights):
    """Vector TOPSIS by plain loops, costs by swapped ideals."""
    n, m = values.shape
    v = [
        [weights[j] * values[i, j] / math.sqrt(sum(values[k, j] ** 2 for k in range(n))) for j in range(m)]
        for i in range(n)
    ]
    columns = list(zip(*v, strict=True))
    best = [max(c) if s > 0 else min(c) for c, s in zip(columns, signs, strict=True)]
    worst = [min(c) if s > 0 else max(c) for c, s in zip(columns, signs, strict=True)]
    scores = []
    for row in v:
        plus = math.sqrt(sum((a - b) ** 2 for a, b in zip(row, best, strict=True)))
        minus = math.sqrt(sum((a - b) ** 2 for a, b in zip(row, worst, strict=True)))
        scores.append(minus / (plus + minus))
    return scores


@pytest.mark.parametrize("seed", range(8))
def test_vector_topsis_equals_a_double_loop(seed: int) -> None:
    """An independent loop gives the same closeness, with costs, ties and an offset."""
    values, signs, weights = sample(seed, 7, 4)
    values = np.round(values, 0) + (1e3 if seed % 2 else 0)
    assert_allclose(
        ranked(table(values, signs), "topsis", weights, normalization="vector").scores_array,
        loop_topsis(values, signs, weights),
        rtol=0,
        atol=1e-12,
    )


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max"])
@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_pymcdm(name: str, seed: int) -> None:
    """All four shared normalizations agree with pymcdm to 1e-12."""
    values, signs, weights = sample(seed, 9, 5)
    function = getattr(pymcdm.normalizations, f"{name}_normalization")
    theirs = pymcdm.methods.TOPSIS(function)(values, weights, signs, validation=False)
    ours = ranked(table(values, signs), "topsis", weights, normalization=name).scores_array
    assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_minmax_and_vector_pick_different_winners_so_the_choice_is_recorded() -> None:
    """The peers' case: neither is TOPSIS unqualified, so the parameters say which it was."""
    matrix = table([[1, 5], [3, 6], [5, 4]])
    minmax = ranked(matrix, "topsis", normalization="minmax")
    vector = ranked(matrix, "topsis", normalization="vector")
    assert_allclose(minmax.scores_array, [0.309, 0.691, 0.5], atol=1e-3)
    assert_allclose(vector.scores_array, [0.143, 0.547, 0.748], atol=1e-3)
    assert minmax.parameters["normalization"] == "minmax"
    assert vector.parameters["normalization"] == "vector"


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max", "none"])
def test_data_based_normalizations_state_their_reversal_risk(name: str) -> None:
    """The notes say that adding or removing a molecule can reverse two others."""
    notes = " ".join(ranked(table([[1, 5], [3, 6]]), "topsis", normalization=name).notes)
    assert "rank-reversal risk" in notes
    assert name in notes


def test_bounds_state_no_reversal_risk() -> None:
    """With declared ideals there is none."""
    matrix = table([[1, 5], [3, 6]], bounds=(0, 10))
    assert "reversal" not in " ".join(ranked(matrix, "topsis").notes)


def test_a_reversal_that_vector_shows_cannot_happen_with_bounds() -> None:
    """Removing a third molecule reverses two under vector; under bounds closeness does not move."""
    rng = np.random.default_rng(1)
    reversed_once = False
    for _ in range(200):
        values = rng.integers(1, 10, (4, 3)).astype(float)
        scores = {}
        for name in ("vector", "bounds"):
            full = ranked(table(values, bounds=(0, 10)), "topsis", normalization=name).scores_array
            less = ranked(table(values[:3], bounds=(0, 10)), "topsis", normalization=name).scores_array
            scores[name] = full[:3], less
        reversed_once |= bool((np.argsort(scores["vector"][0]) != np.argsort(scores["vector"][1])).any())
        assert_array_equal(*scores["bounds"])
    assert reversed_once


@pytest.mark.parametrize("name", ["bounds", "vector", "minmax", "sum", "max", "none"])
@pytest.mark.parametrize("signs", [[1, 1], [1, -1], [-1, -1]])
def test_the_ideal_row_is_exactly_one_and_the_anti_ideal_exactly_zero(name: str, signs: list[int]) -> None:
    """No rounding at the two ends, and no warning that the best molecule be removed."""
    best = [9 if sign > 0 else 1 for sign in signs]
    worst = [1 if sign > 0 else 9 for sign in signs]
    ranking = ranked(table([best, [3, 4], worst], signs, bounds=(1, 9)), "topsis", [0.3, 0.7], normalization=name)
    assert ranking.scores_array[0] == 1.0
    assert ranking.scores_array[2] == 0.0


@pytest.mark.parametrize("name", ["vector", "minmax", "sum", "max", "none"])
@pytest.mark.parametrize("rows", [1, 3])
def test_rows_that_nothing_tells_apart_tie_at_one_half(name: str, rows: int) -> None:
    """A single molecule or identical ones get ½ and a note, where pymcdm gives NaN."""
    ranking = ranked(table([[2, 3]] * rows), "topsis", normalization=name)
    assert ranking.scores_array.tolist() == [0.5] * rows
    assert ranking.ranks.tolist() == [1] * rows
    assert any("closeness is ½" in note for note in ranking.notes)
    assert_array_equal(ranking.contributions, np.zeros((rows, 2)))
    assert ranking.base_of([0]).tolist() == [0.5]


def test_a_difference_of_one_unit_in_the_last_place_decides_nothing() -> None:
    """Below the tolerance two molecules tie at ½, above it they are 1 and 0."""
    near = ranked(table([[0.1 + 0.2], [0.3]]), "topsis", normalization="minmax")
    apart = ranked(table([[0.3 + 1e-9], [0.3]]), "topsis", normalization="minmax")
    assert near.scores_array.tolist() == [0.5, 0.5]
    assert apart.scores_array.tolist() == [1.0, 0.0]


def test_a_single_molecule_has_a_meaningful_closeness_under_bounds() -> None:
    """Declared ideals need no second molecule."""
    assert ranked(table([[5]], bounds=(0, 10)), "topsis").scores_array.tolist() == [0.5]
    assert ranked(table([[8]], bounds=(0, 10)), "topsis").scores_array.tolist() == [0.8]


def test_own_ideals_by_name_or_order_replace_the_normalizations() -> None:
    """With the ideals of the data given by hand nothing changes; with wider ones the ends move in."""
    matrix = table([[1, 5], [3, 6], [5, 4]])
    plain = ranked(matrix, "topsis", normalization="vector")
    ideal, anti = plain.details["ideal"], plain.details["anti_ideal"]
    same = ranked(
        matrix, "topsis", normalization="vector", ideal=dict(zip(matrix.names, ideal, strict=True)), anti_ideal=anti
    )
    assert_array_equal(same.scores_array, plain.scores_array)
    wider = ranked(matrix, "topsis", normalization="vector", ideal=ideal * 1.1)
    assert (wider.details["d_plus"] > 0).all()


def test_an_incomplete_own_ideal_is_refused() -> None:
    """A missing criterion is named."""
    with pytest.raises(InputError, match="c1"):
        ranked(table([[1, 5], [3, 6]]), "topsis", normalization="vector", ideal={"c0": 1})


def test_negative_and_zero_values_are_fine_under_vector() -> None:
    """Vector normalization is defined for every number."""
    scores = ranked(table([[-3, 0], [2, 0], [0, 0]]), "topsis", normalization="vector").scores_array
    assert scores[1] == 1.0
    assert scores[0] == 0.0


def test_neutral_missing_values_count_as_mid_range_and_worst_as_worst() -> None:
    """TOPSIS fills by the criterion's rule, never by renormalising weights."""
    neutral = ranked(table([[np.nan], [8]], bounds=(0, 10), missing="neutral"), "topsis")
    worst = ranked(table([[np.nan], [8]], bounds=(0, 10), missing="worst"), "topsis")
    assert neutral.scores_array.tolist() == [0.5, 0.8]
    assert worst.scores_array.tolist() == [0.0, 0.8]
    assert any("missing" in note for note in neutral.notes)


def test_pure_function_needs_no_labels() -> None:
    """The array function gives closeness and both distances."""
    closeness, plus, minus = topsis(np.array([[3.0, 4.0]]), np.array([3.0, 4.0]), np.zeros(2))
    assert (closeness[0], plus[0], minus[0]) == (1.0, 0.0, 5.0)


@pytest.mark.parametrize("column", [[1e-300, 2e-300], [1e149, 2e149]])
def test_extreme_magnitudes_keep_their_order(column: list[float]) -> None:
    """Scores stay finite and ordered at both ends of the float range."""
    scores = ranked(table(np.array(column)[:, None]), "topsis", normalization="vector").scores_array
    assert scores.tolist() == [0.0, 1.0]


# --- the fused pass -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vector", "minmax", "max", "none"])
@given(problem=positive_tables())
def test_adversarial_tables_give_the_straightforward_formula(name: str, problem: tuple[Any, Any, Any]) -> None:
    """Ties, denormals, large offsets, heavy tails: the closeness of the formula with all its temporaries."""
    values, signs, weights = problem
    matrix = table(values, signs)
    with np.errstate(all="ignore"):
        expected = plain_topsis(matrix, weights, name)
    assert_allclose(ranked(matrix, "topsis", weights, normalization=name).scores_array, expected, rtol=0, atol=1e-13)


@given(problem=positive_tables())
def test_bounds_give_the_straightforward_formula_beyond_the_range_too(problem: tuple[Any, Any, Any]) -> None:
    """Inside the declared range and outside it, where values move the ideals."""
    values, signs, weights = problem
    matrix = table(values, signs, bounds=(2.0, 1e5), outside="extend")
    found = ranked(matrix, "topsis", weights).scores_array
    assert_allclose(found, plain_topsis(matrix, weights, "bounds"), rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", ["bounds", "vector", "minmax", "sum", "max", "none"])
def test_many_rows_give_the_straightforward_formula(name: str) -> None:
    """Over several blocks, with a constant column among the others."""
    values, signs, weights = sample(3, 40_000, 5)
    values[:, 2] = 4.0
    matrix = table(values, signs, bounds=(0, 10))
    found = ranked(matrix, "topsis", weights, normalization=name)
    assert_allclose(found.scores_array, plain_topsis(matrix, weights, name), rtol=0, atol=1e-13)
    both = found.details["d_plus"] + found.details["d_minus"]
    assert_allclose(found.details["d_minus"] / both, found.scores_array, rtol=1e-15)


@pytest.mark.parametrize("name", ["bounds", "vector", "minmax", "sum", "max", "none"])
def test_scores_need_no_copy_of_the_table(name: str) -> None:
    """Beyond the scores themselves ranking a large table takes next to nothing."""
    values, signs, weights = sample(1, 150_000, 8)
    matrix = table(values, signs, bounds=(0, 10))
    tracemalloc.start()
    ranking = ranked(matrix, "topsis", weights, normalization=name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ranking.scores_array.nbytes + 4_000_000


def test_distances_wait_until_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are two more arrays of the scores' size, and most callers only want scores."""
    matrix = table([[1, 5], [3, 6], [5, 4]])
    monkeypatch.setattr("weighbridge.methods.topsis.distances", lambda *_: (np.zeros(3), np.ones(3)))
    details = ranked(matrix, "topsis", normalization="vector").details
    assert set(details) == {"ideal", "anti_ideal", "d_plus", "d_minus"}
    assert details["d_minus"].max() > 0


@pytest.mark.parametrize("name", ["bounds", "vector", "minmax", "sum", "max", "none"])
def test_row_order_changes_no_score(name: str) -> None:
    """A permuted table has the permuted scores; where the scale is a sum, up to its rounding."""
    values, signs, weights = sample(7, 60, 4)
    order = np.random.default_rng(0).permutation(60)
    here = ranked(table(values, signs, bounds=(0, 10)), "topsis", weights, normalization=name).scores_array
    there = ranked(table(values[order], signs, bounds=(0, 10)), "topsis", weights, normalization=name).scores_array
    assert_allclose(there, here[order], rtol=0, atol=1e-15 if name in ("vector", "sum") else 0)
