"""`smallest_change`: what it promises of every method, and how it says that nothing does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, named

import weighbridge as wb
from weighbridge.robustness.change import smallest_change
from weighbridge.robustness.forms import scorer

METHODS = ("promethee-ii", "topsis", "weighted-sum", "weighted-product")
SMALL = [[0.8, 0.3, 0.5], [0.3, 0.9, 0.6], [0.6, 0.6, 0.2], [0.2, 0.5, 1.0]]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), top=st.integers(1, 3))
def test_the_molecule_is_among_the_first_under_the_weights(method: str, seed: int, top: int) -> None:
    """`rank` puts it there, ties counting, and no random weights that do are nearer."""
    rng = np.random.default_rng(seed)
    matrix = matrix_of(rng.random((8, 3)) * 0.9 + 0.05, scale="ratio")
    weights = rng.dirichlet(np.ones(3))
    found = smallest_change(matrix, named(weights), "A1", method, top=top)
    form = scorer(matrix, method).form
    tried = np.concatenate((rng.dirichlet(np.full(3, 0.5), 800), rng.dirichlet(1 + 30 * weights, 400)))
    scores = form.scores(tried)
    feasible = tried[(scores > scores[:, [0]]).sum(axis=1) < top]
    if found.weights is None:
        assert feasible.size == 0
        assert found.distance == math.inf
        return
    assert wb.rank(matrix, found.weights, method).ranks["A1"] <= top
    least = np.abs(feasible - weights).sum(axis=1).min(initial=np.inf)
    assert found.distance <= least + 1e-9
    assert found.distance == pytest.approx(found.changes.abs().sum())
    assert found.changes.sum() == pytest.approx(0, abs=1e-12)
    assert (found.distance == 0) == (found.rank <= top)
    assert found.exact or method == "topsis"


def test_a_weighted_sum_by_hand() -> None:
    """A2 draws level with A1 where 0.5 Δ₁ = 0.6 Δ₂: moving 1/22 of the weight from c0 to c1."""
    found = smallest_change(matrix_of(SMALL), named([0.5, 0.3, 0.2]), "A2", "weighted-sum")
    assert found.distance == pytest.approx(2 * 0.05 / 1.1, abs=1e-12)
    assert found.changes.to_numpy() == pytest.approx([-1 / 22, 1 / 22, 0], abs=1e-12)
    assert found.overtaken == found.binding == ("A1",)
    assert (found.rank, found.feasible, found.exact) == (2, True, True)
    assert str(found) == "A2 is first once 4.5% of the weight moves"
    assert repr(found) == "SmallestChange(A2 is first once 4.5% of the weight moves)"


@pytest.mark.parametrize("method", METHODS)
def test_who_is_there_needs_no_change(method: str) -> None:
    """Today's weights, distance 0, nobody to overtake; a tie for first counts."""
    matrix = matrix_of([[0.9, 0.9], [0.1, 0.1], [0.9, 0.9]], scale="ratio")
    for label in ("A1", "A3"):
        found = smallest_change(matrix, named([0.5, 0.5]), label, method)
        assert found.distance == 0
        assert found.weights == found.today
        assert found.overtaken == ()
        assert str(found) == f"{label} is first today"


@pytest.mark.parametrize("method", METHODS)
def test_never_first_is_an_answer(method: str) -> None:
    """A dominated molecule: not feasible, proved, and behind whom; second place it may have."""
    matrix = matrix_of([[0.2, 0.3], [0.6, 0.7], [0.1, 0.4]], scale="ratio")
    found = smallest_change(matrix, named([0.1, 0.9]), "A1", method)
    assert (found.feasible, found.exact, found.weights) == (False, True, None)
    assert found.obstacles == ("A2",)
    assert str(found) == "no weights put A1 first: behind A2"
    assert found.to_frame()["change"].tolist() == [0.0, 0.0]
    assert "behind A2" in found._repr_html_()
    second = smallest_change(matrix, named([0.1, 0.9]), "A1", method, top=2)
    assert second.feasible
    assert second.binding == ("A3",)


def test_obstacles_need_not_dominate() -> None:
    """Two specialists bar a mediocre third: one of them is always ahead."""
    found = smallest_change(matrix_of([[0.4, 0.4], [0.9, 0.1], [0.1, 0.9]]), named([0.5, 0.5]), "A1", "weighted-sum")
    assert not found.feasible
    assert set(found.obstacles) == {"A2", "A3"}
    barred = matrix_of([[0.1, 0.1], [0.9, 0.8], [0.8, 0.9]])
    two = smallest_change(barred, named([0.5, 0.5]), "A1", "weighted-sum", top=2)
    assert set(two.obstacles) == {"A2", "A3"}


@pytest.mark.parametrize("method", METHODS)
def test_one_criterion_cannot_be_changed(method: str) -> None:
    """Its weight is 1: who is behind stays behind."""
    found = smallest_change(matrix_of([[0.2], [0.6]], scale="ratio"), named([1.0]), "A1", method)
    assert not found.feasible
    assert found.exact


def test_topsis_with_more_than_two_criteria_is_an_upper_bound() -> None:
    """It says so, in the result and in words; with two it is exact."""
    three = smallest_change(matrix_of(SMALL), named([0.5, 0.3, 0.2]), "A2", "topsis")
    assert not three.exact
    assert "at most" in str(three)
    two = smallest_change(matrix_of(np.array(SMALL)[:, :2]), named([0.9, 0.1]), "A2", "topsis")
    assert two.exact
    assert two.feasible


def test_the_table_has_today_and_what_is_needed() -> None:
    """One row a criterion; needed is today plus the change."""
    found = smallest_change(matrix_of(SMALL), named([0.5, 0.3, 0.2]), "A4", "promethee-ii")
    frame = found.to_frame()
    assert list(frame.columns) == ["today", "change", "needed"]
    assert frame["needed"].to_dict() == pytest.approx(dict(found.weights))
    assert "c1" in found._repr_html_()


def test_what_is_refused() -> None:
    """Unknown molecules and methods, and places that are none."""
    matrix, weights = matrix_of(SMALL), named([0.5, 0.3, 0.2])
    with pytest.raises(wb.InputError, match="no such molecule"):
        smallest_change(matrix, weights, "A9")
    with pytest.raises(wb.InputError, match="whole number"):
        smallest_change(matrix, weights, "A1", top=0)
    with pytest.raises(wb.InputError, match="not known for this method"):
        smallest_change(matrix, weights, "A1", "borda")
