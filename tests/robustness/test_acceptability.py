"""Acceptability analysis against published and exact numbers, brute force, and what must always hold."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.smaa_tables import random_table, table

import weighbridge as wb
from weighbridge.robustness import counting
from weighbridge.robustness.acceptability import acceptability
from weighbridge.robustness.acceptability_result import Acceptability
from weighbridge.robustness.weight_models import dirichlet, linear, ordinal

EQUAL3 = {"a": 1, "b": 1, "c": 1}


def run(matrix: wb.DecisionMatrix, method: str = "weighted-sum", **options: Any) -> Acceptability:
    """Analyse under equal weights of today and no information, unless told otherwise."""
    weights = options.pop("weights", dict.fromkeys(matrix.names, 1 / len(matrix.names)))
    return acceptability(matrix, weights, method, **{"samples": 4_000, "weight_model": "uniform", **options})


def bytes_of(result: Acceptability) -> list[bytes]:
    """Return every number of a result."""
    tables = (result.rank_acceptability, result.top_probability, result.central_weights, result.confidence)
    return [part.to_numpy().tobytes() for part in (*tables, result.pairwise)]


def test_two_molecules_two_criteria() -> None:
    """A = (1, 0), B = (0, ½): A is first in 2/3, central weights (2/3, 1/3) and (1/6, 5/6), exactly."""
    found = run(table([[1, 0], [0, 0.5]]), samples=200_000, tolerance=None)
    np.testing.assert_allclose(found.rank_acceptability, [[2 / 3, 1 / 3], [1 / 3, 2 / 3]], atol=5e-3)
    np.testing.assert_allclose(found.central_weights, [[2 / 3, 1 / 3], [1 / 6, 5 / 6]], atol=5e-3)


def test_three_specialists() -> None:
    """e₁, e₂, e₃: a third each; central weight 11/18 on the own criterion and 7/36 on the others."""
    found = run(table(np.eye(3)), samples=200_000, tolerance=None)
    np.testing.assert_allclose(found.rank_acceptability[1], 1 / 3, atol=5e-3)
    expected = np.full((3, 3), 7 / 36) + np.eye(3) * (11 / 18 - 7 / 36)
    np.testing.assert_allclose(found.central_weights, expected, atol=5e-3)
    assert found.entropy == pytest.approx(np.log2(3), abs=1e-3)


def test_jsmaas_two_alternatives() -> None:
    """(1, 0, 1) against (0, 1, 0): 3/4 (jsmaa's SMAA2SimulationTest; exact by the area w₂ < ½)."""
    found = run(table([[1, 0, 1], [0, 1, 0]]), samples=200_000, tolerance=None)
    np.testing.assert_allclose(found.pairwise, [[0, 0.75], [0.25, 0]], atol=5e-3)
    np.testing.assert_allclose(found.central_weights.loc["M1"], [7 / 18, 4 / 18, 7 / 18], atol=5e-3)


def test_an_order_of_four_criteria_has_its_centroid() -> None:
    """A molecule that is always first has the centroid of the order as central weights."""
    found = run(
        table([[1, 1, 1, 1], [0, 0, 0, 0]]), weight_model=ordinal(list("abcd")), samples=100_000, tolerance=None
    )
    np.testing.assert_allclose(found.central_weights.loc["M1"], [0.520833, 0.270833, 0.145833, 0.0625], atol=3e-3)


def polygon_area(corners: np.ndarray) -> float:
    """Return the area of a polygon by the shoelace formula."""
    x, y = corners.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def clipped(corners: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Return the part of a polygon where line · (x, y, 1) ≥ 0 (Sutherland and Hodgman)."""
    found = []
    for here, there in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        one, other = line @ [*here, 1], line @ [*there, 1]
        if one >= 0:
            found.append(here)
        if one * other < 0:
            found.append(here + (there - here) * one / (one - other))
    return np.array(found).reshape(-1, 2)


@pytest.mark.parametrize("seed", range(3))
def test_three_criteria_by_exact_areas(seed: int) -> None:
    """The share of the weight triangle in which a molecule is first is the area of a polygon."""
    values = np.random.default_rng(seed).random((5, 3))
    found = run(table(values), samples=60_000, tolerance=None)
    for i, own in enumerate(values):
        corners = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
        for other in np.delete(values, i, axis=0):
            d = own - other
            if len(corners):
                corners = clipped(corners, np.array([d[0] - d[2], d[1] - d[2], d[2]]))
        share = 2 * polygon_area(corners) if len(corners) else 0.0
        assert found.rank_acceptability.iloc[i, 0] == pytest.approx(share, abs=8e-3)


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "weighted-sum", "weighted-product"])
def test_every_draw_is_a_ranking(method: str) -> None:
    """Places, pairs and central weights are those of `rank` under every given set of weights."""
    matrix = random_table(7, 3, seed=5)
    criteria = {name: wb.Criterion(direction="gain", worst=0.0, best=1.0, scale="ratio") for name in "abc"}
    matrix = wb.DecisionMatrix(matrix.to_frame(), criteria)
    weights = np.random.default_rng(1).dirichlet(np.ones(3), 80)
    found = run(matrix, method, weight_model=weights, top=3)
    rankings = [wb.rank(matrix, dict(zip("abc", own, strict=True)), method).ranks.to_numpy() for own in weights]
    ranks = np.array(rankings)
    for i, label in enumerate(matrix.labels):
        shares = [(ranks[:, i] == place).mean() for place in range(1, 8)]
        np.testing.assert_allclose(found.rank_acceptability.loc[label], shares, atol=1e-12)
        assert found.top_probability[label] == pytest.approx((ranks[:, i] <= 3).mean(), abs=1e-12)
        if (ranks[:, i] == 1).any():
            np.testing.assert_allclose(found.central_weights.loc[label], weights[ranks[:, i] == 1].mean(axis=0))
    for one, other in itertools.permutations(range(7), 2):
        beats = (ranks[:, one] < ranks[:, other]).mean()
        assert found.pairwise.loc[matrix.labels[one], matrix.labels[other]] == pytest.approx(beats, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 4), st.booleans())
def test_every_place_is_taken_once(seed: int, n: int, m: int, coarse: bool) -> None:
    """Rows and columns of the acceptabilities sum to 1, and the probabilities of the first k to k."""
    generator = np.random.default_rng(seed)
    values = generator.integers(0, 3, (n, m)) / 2 if coarse else generator.random((n, m))
    k = int(generator.integers(1, n + 1))
    found = run(table(values), "topsis", samples=200, seed=seed, top=k)
    np.testing.assert_allclose(found.rank_acceptability.sum(axis=0), 1, atol=1e-9)
    np.testing.assert_allclose(found.rank_acceptability.sum(axis=1), 1, atol=1e-9)
    assert found.top_probability.sum() == pytest.approx(k, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(8)))
def test_the_order_of_the_rows_does_not_matter(seed: int, order: list[int]) -> None:
    """Molecules keep their numbers wherever they stand in the table."""
    matrix = random_table(8, 3, seed)
    one, other = run(matrix, "topsis", samples=300), run(matrix.take(order), "topsis", samples=300)
    pd.testing.assert_frame_equal(one.rank_acceptability, other.rank_acceptability.loc[matrix.labels])
    pd.testing.assert_frame_equal(one.central_weights, other.central_weights.loc[matrix.labels])
    pd.testing.assert_frame_equal(one.pairwise, other.pairwise.loc[one.pairwise.index, one.pairwise.columns])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["topsis", "weighted-sum", "promethee-ii"]))
def test_a_dominated_molecule_never_wins(seed: int, method: str) -> None:
    """Worse on every criterion means behind in every draw."""
    values = np.random.default_rng(seed).random((6, 3)) * 0.9
    values = np.vstack([values, values[0] + 0.05])
    found = run(table(values), method, samples=200)
    assert found.pairwise.loc["M7", "M1"] == 1.0
    assert found.rank_acceptability.loc["M1", 1] == 0.0
    assert np.isnan(found.central_weights.loc["M1"]).all()


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Seeds decide everything; another seed gives another sample."""
    matrix = random_table(20, 4)
    for uncertainty in (None, {"a": 0.1, "b": (0.2, 0.8)}):
        first, again, other = (
            run(matrix, "topsis", uncertainty=uncertainty, seed=seed, samples=500) for seed in (3, 3, 4)
        )
        assert bytes_of(first) == bytes_of(again)
        assert bytes_of(first) != bytes_of(other)


@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_blocks_change_no_bit(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of any size, with and without numba, give the same bytes."""
    matrix = random_table(700, 4)
    results = []
    for size, share in ((1, 1), (10**5, 1), (10**7, 10**9)):
        monkeypatch.setattr(counting, "BLOCK_BYTES", size)
        monkeypatch.setattr(counting, "NUMBA_SHARE", share)
        results.append(bytes_of(run(matrix, method, samples=1_500)))
    assert results[0] == results[1] == results[2]


def test_methods_are_compared_on_the_same_weights() -> None:
    """Central weights of a molecule that is first in every draw are the mean of the draws: the same for both."""
    matrix = table([[1.0, 1.0, 1.0], [0.2, 0.3, 0.1]])
    one, other = (run(matrix, method, samples=1_000).central_weights.loc["M1"] for method in ("topsis", "weighted-sum"))
    assert one.tolist() == other.tolist()


def test_small_errors_of_the_scores_change_little() -> None:
    """Common random numbers: with a tiny standard deviation the result is that of certain scores."""
    matrix = random_table(10, 3)
    certain, nearly = run(matrix, samples=1_000), run(matrix, samples=1_000, uncertainty={"a": 1e-9})
    pd.testing.assert_frame_equal(certain.rank_acceptability, nearly.rank_acceptability)
    assert not certain.uncertain
    assert nearly.uncertain


def test_overlapping_intervals_by_hand() -> None:
    """P(U(0, 1) > U(½, 3/2)) = 1/8: the area of a triangle."""
    matrix = table([[0.25], [0.5], [1.0]])
    low, high = np.array([0.0, 0.25, 0.9]), np.array([0.5, 0.75, 1.0])
    found = run(matrix, uncertainty={"a": (low, high)}, samples=60_000, tolerance=None)
    expected = [[0, 0.125, 0.875], [0, 0.875, 0.125], [1, 0, 0]]
    np.testing.assert_allclose(found.rank_acceptability, expected, atol=6e-3)


def test_molecules_beyond_the_first_places_are_left_out_of_large_tables() -> None:
    """Above a hundred molecules only the first k places count, and pairs only of the first k."""
    found = run(random_table(150, 3), "topsis", top=5, samples=500)
    assert list(found.rank_acceptability.columns) == [1, 2, 3, 4, 5]
    assert len(found.rank_acceptability) < 150
    assert len(found.top_probability) == 150
    assert found.top_probability.sum() == pytest.approx(5)
    assert found.pairwise.shape == (5, 5)
    assert list(found.pairwise.index) == list(found.ranks.sort_values(kind="stable").index[:5])


def test_large_and_small_tables_agree() -> None:
    """A hundred molecules counted whole and with one more, hopeless, give the same first places."""
    values = np.random.default_rng(0).random((100, 3))
    whole = run(table(values), top=4, samples=600)
    more = run(table(np.vstack([values, [[0, 0, 0]]])), top=4, samples=600)
    shared = more.rank_acceptability.index
    np.testing.assert_allclose(whole.rank_acceptability.loc[shared, [1, 2, 3, 4]], more.rank_acceptability)


def test_more_places_than_molecules_are_all_places() -> None:
    """The first ten of three are all three, and a note says so."""
    found = run(table(np.eye(3)), samples=100)
    assert found.top == 3
    assert found.top_probability.tolist() == [1, 1, 1]
    assert "the first 10 of 3 molecules are all of them" in found.notes


def test_one_molecule_is_first() -> None:
    """Nothing can change that."""
    found = run(table([[0.3, 0.4]]), "topsis", samples=100)
    assert found.rank_acceptability.to_numpy().tolist() == [[1.0]]
    assert found.confidence.tolist() == [1.0]
    assert found.entropy == 0.0


@pytest.mark.parametrize("method", ["topsis", "weighted-sum", "promethee-ii"])
def test_equal_molecules_share_everything(method: str) -> None:
    """Four equal molecules: a quarter of each place, even odds, one group."""
    found = run(table(np.full((4, 2), 0.5)), method, samples=100, top=1)
    np.testing.assert_allclose(found.rank_acceptability, 0.25)
    np.testing.assert_allclose(found.confidence, 0.25)
    assert [str(group) for group in found.groups] == ["ranks 1–4 cannot be told apart"]


def test_a_weight_of_zero_stays_zero() -> None:
    """A criterion nobody weighs has no part in any draw around today's weights."""
    found = run(random_table(5, 3), weights={"a": 1, "b": 0, "c": 1}, weight_model="dirichlet", samples=300)
    assert (found.central_weights["b"].dropna() == 0).all()
    assert any("a weight of zero stays zero: b" in note for note in found.notes)


def test_the_panel_is_the_default_where_there_is_one() -> None:
    """Weights from answers scatter as the answers do; stated ones give no information."""
    answers = wb.Comparisons(["a", "b", "c"], {("a", "b"): 3, ("b", "c"): 2, ("a", "c"): 4}).priorities()
    matrix = random_table(4, 3)
    assert acceptability(matrix, answers, samples=100).weight_model == "panel"
    assert acceptability(matrix, EQUAL3, samples=100).weight_model == "uniform"


def test_without_weights_todays_order_is_that_of_equal_ones() -> None:
    """It is said, and not taken silently."""
    found = acceptability(random_table(4, 3), None, samples=100)
    assert found.ranks.tolist() == wb.rank(random_table(4, 3), EQUAL3).ranks.tolist()
    assert "no weights were given" in found.notes[0]


def test_notes_say_what_was_done() -> None:
    """Normalised weights, the model, what was clipped, how few draws there were, and the error."""
    weights = np.full((50, 3), 1 / 3)
    found = acceptability(random_table(4, 3), EQUAL3, samples=100, weight_model=weights, uncertainty={"a": 0.5})
    text = " | ".join(found.notes)
    for part in ("weights summed to 3", "50 draws as given", "count as the bound", "not more are made", "Monte Carlo"):
        assert part in text
    assert "short of the ± 1 asked for" in text


def test_constraints_reach_the_result() -> None:
    """Under w_a ≥ 2 w_b the central weights keep the ratio."""
    found = run(random_table(6, 3), weight_model=linear([({"a": 1, "b": -2}, 0)]), samples=500)
    central = found.central_weights.dropna()
    assert (central["a"] >= 2 * central["b"]).all()
    assert found.weight_model == "linear"


def test_dirichlet_takes_its_concentration() -> None:
    """The tighter around today, the surer today's first."""
    matrix, weights = random_table(12, 3, seed=9), {"a": 5, "b": 3, "c": 2}
    loose, tight = (run(matrix, weights=weights, weight_model=dirichlet(c)) for c in (5, 5_000))
    first = loose.ranks.idxmin()
    assert tight.rank_acceptability.loc[first, 1] > loose.rank_acceptability.loc[first, 1]
    assert tight.weight_parameters == {"concentration": 5_000.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 0}, "samples is not in its range"),
        ({"samples": 10.5}, "samples is not in its range"),
        ({"seed": -1}, "seed is not in its range"),
        ({"top": 0}, "top is not in its range"),
        ({"top": True}, "top is not in its range"),
        ({"tolerance": 0}, "tolerance is not in its range"),
        ({"tolerance": float("nan")}, "tolerance is not in its range"),
        ({"method": "vikor"}, "robustness is not known for this method"),
        ({"normalisation": "none"}, "takes no such parameter"),
        ({"weight_model": "flat"}, "unknown weight model"),
        ({"uncertainty": {"z": 1}}, "no such criterion"),
        ({"uncertainty": {"a": np.nan}}, "standard deviation of 'a'"),
        ({"weights": {"a": 1}}, "a criterion has no weight"),
        ({"weights": {"a": -1, "b": 1, "c": 1}}, "negative"),
    ],
)
def test_wrong_requests_are_refused(options: dict[str, Any], message: str) -> None:
    """Every fault is told in words."""
    with pytest.raises(wb.InputError, match=message):
        run(random_table(4, 3), **{"method": "topsis", **options})


def test_faults_of_a_request_are_told_together() -> None:
    """Two numbers out of range are one message."""
    with pytest.raises(wb.InputError) as caught:
        run(random_table(4, 3), samples=0, top=0)
    assert len(caught.value.faults) == 2
