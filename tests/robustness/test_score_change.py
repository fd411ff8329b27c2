"""`smallest_score_change`: the least better score, by hand, by `rank`, and where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, named

import weighbridge as wb
from weighbridge.robustness.score_change import ScoreChange, smallest_score_change

METHODS = ("promethee-ii", "topsis", "weighted-sum", "weighted-product")
PREFERENCES = (
    wb.Preference("usual"),
    wb.Preference("u-shape", q=0.1),
    wb.Preference("v-shape", p=0.4),
    wb.Preference("level", q=0.1, p=0.3),
    wb.Preference("linear", q=0.05, p=0.4),
    wb.Preference("gaussian", s=0.2),
)


def with_score(matrix: wb.DecisionMatrix, label: str, name: str, score: float) -> wb.DecisionMatrix:
    """Return the matrix with one score changed."""
    frame = matrix.to_frame()
    frame.loc[label, name] = score
    return wb.DecisionMatrix(frame, matrix.criteria)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), top=st.integers(1, 3), function=st.sampled_from(PREFERENCES))
def test_the_score_does_and_a_little_less_does_not(method: str, seed: int, top: int, function: wb.Preference) -> None:
    """`rank` of the changed table agrees on both sides; where no score is given even the best does not do."""
    rng = np.random.default_rng(seed)
    matrix = matrix_of(rng.random((8, 3)) * 0.9 + 0.05, scale="ratio", preference=function)
    weights = named(rng.dirichlet(np.full(3, 5.0)))
    found = smallest_score_change(matrix, weights, "A1", method, top=top)

    def rank(name: str, score: float) -> int:
        return int(wb.rank(with_score(matrix, "A1", name, score), weights, method).ranks["A1"])

    for name, one in found.items():
        assert one.current == matrix.to_frame().loc["A1", name]
        if one.needed is None:
            assert rank(name, 1.0) > top
            assert one == ScoreChange(one.current, None, None, False)
            continue
        assert one.change == pytest.approx(one.needed - one.current)
        assert rank(name, one.needed) <= top
        assert (one.change == 0) == (found.rank <= top)
        if one.change > 1e-6:
            assert rank(name, one.needed - 1e-6) > top


def test_a_weighted_sum_by_hand() -> None:
    """A2 lacks 0.05: that is 0.1 on a weight of ½, more than is left on c1, and 0.25 on a weight of 0.2."""
    values = [[0.8, 0.3, 0.5], [0.3, 0.9, 0.6], [0.6, 0.6, 0.2], [0.2, 0.5, 1.0]]
    found = smallest_score_change(matrix_of(values), named([0.5, 0.3, 0.2]), "A2", "weighted-sum")
    assert found["c0"].change == pytest.approx(0.1, abs=1e-10)
    assert not found["c1"].feasible
    assert found["c2"].needed == pytest.approx(0.85, abs=1e-10)
    assert repr(found) == "ScoreChanges('A2' into the first 1: by c0, c2)"
    assert found.monotone


def test_a_cost_goes_down() -> None:
    """In its own unit: a price of 30 has to fall to 20 to meet the other's."""
    criteria = {"price": wb.Criterion(direction="cost", unit="EUR", worst=100.0, best=0.0)}
    matrix = wb.DecisionMatrix(pd.DataFrame({"price": [30.0, 20.0]}, index=["a", "b"]), criteria)
    for method in ("weighted-sum", "topsis", "promethee-ii"):
        found = smallest_score_change(matrix, {"price": 1.0}, "a", method)
        assert found["price"].change == pytest.approx(-10.0, abs=1e-8)
        assert found.to_frame().loc["price", "unit"] == "EUR"


def test_without_a_declared_range_the_search_ends_somewhere() -> None:
    """A value beyond all others is found; a weight of 0 helps nobody."""
    criteria = {name: wb.Criterion(direction="gain", scale="ratio") for name in ("x", "y")}
    matrix = wb.DecisionMatrix(pd.DataFrame({"x": [1.0, 2.0], "y": [1.0, 1.0]}, index=["a", "b"]), criteria)
    found = smallest_score_change(matrix, {"x": 1.0, "y": 0.0}, "a", "weighted-sum", normalization="none")
    assert found["x"].needed == pytest.approx(2.0, abs=1e-9)
    assert not found["y"].feasible
    costs = {name: wb.Criterion(direction="cost", scale="ratio") for name in ("x", "y")}
    cheap = wb.DecisionMatrix(pd.DataFrame({"x": [2.0, 1.0], "y": [1.0, 1.0]}, index=["a", "b"]), costs)
    product = smallest_score_change(cheap, {"x": 0.5, "y": 0.5}, "a", "weighted-product")
    assert product["x"].needed == pytest.approx(1.0, abs=1e-9)
    assert product["y"].needed == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize("normalization", ["vector", "minmax", "max"])
def test_scales_taken_from_the_data_are_followed(normalization: str) -> None:
    """The whole table is normalised again for every value tried, and the result says it need not be monotone."""
    rng = np.random.default_rng(8)
    matrix, weights = matrix_of(rng.random((6, 3)) * 0.9 + 0.05, scale="ratio"), named([0.5, 0.3, 0.2])
    last = wb.rank(matrix, weights, "topsis", normalization=normalization).order[-1]
    label = matrix.labels[int(last)]
    found = smallest_score_change(matrix, weights, label, "topsis", top=3, normalization=normalization)
    assert not found.monotone
    assert any(one.feasible for one in found.values())
    for name, one in found.items():
        if one.needed is not None:
            changed = with_score(matrix, label, name, one.needed)
            assert wb.rank(changed, weights, "topsis", normalization=normalization).ranks[label] <= 3


def test_a_missing_score_that_counts_as_indifferent() -> None:
    """There is no current score to change; the least that does is given."""
    criteria = {"x": wb.Criterion(direction="gain", worst=0.0, best=1.0, missing="neutral")}
    matrix = wb.DecisionMatrix(pd.DataFrame({"x": [np.nan, 0.5, 0.7]}, index=["a", "b", "c"]), criteria)
    found = smallest_score_change(matrix, {"x": 1.0}, "a")
    assert found["x"] == (None, pytest.approx(0.7, abs=1e-9), None, True)
    there = smallest_score_change(matrix, {"x": 1.0}, "a", top=3)
    assert there["x"] == (None, None, None, True)


@pytest.mark.parametrize("method", METHODS)
def test_who_is_there_needs_no_change(method: str) -> None:
    """0 everywhere, for a single molecule too."""
    for values in ([[0.9, 0.9], [0.1, 0.1]], [[0.5, 0.5]]):
        found = smallest_score_change(matrix_of(values, scale="ratio"), named([0.5, 0.5]), "A1", method)
        assert [one.change for one in found.values()] == [0.0, 0.0]
        assert len(found) == 2
    assert "no single score" in repr(
        smallest_score_change(matrix_of([[0.1, 0.1], [1.0, 1.0]], scale="ratio"), named([0.5, 0.5]), "A1", method)
    )


def test_the_table_shows_every_criterion() -> None:
    """Current, needed, change, feasible and unit."""
    found = smallest_score_change(matrix_of([[0.1, 0.1], [0.9, 0.3]]), named([0.5, 0.5]), "A1", "weighted-sum")
    assert list(found.to_frame().columns) == ["current", "needed", "change", "feasible", "unit"]
    assert "c1" in found._repr_html_()


def test_what_is_refused() -> None:
    """Unknown molecules, and places that are none."""
    matrix = matrix_of([[0.1], [0.2]])
    with pytest.raises(wb.InputError, match="no such molecule"):
        smallest_score_change(matrix, named([1.0]), "A9")
    with pytest.raises(wb.InputError, match="whole number"):
        smallest_score_change(matrix, named([1.0]), "A1", top=-1)
