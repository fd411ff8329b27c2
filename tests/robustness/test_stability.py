"""`stability_intervals`: published numbers, what it promises of every method, and how it shows itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, moved, named

import weighbridge as wb
from weighbridge.robustness.stability import StabilityInterval, stability_intervals

METHODS = ("promethee-ii", "topsis", "weighted-sum", "weighted-product")
SMALL = [[0.8, 0.3, 0.5], [0.3, 0.9, 0.6], [0.6, 0.6, 0.2], [0.2, 0.5, 1.0]]
"""Four molecules on three criteria; the intervals below are rational numbers, worked out by hand."""


def ratio_matrix(values: object) -> wb.DecisionMatrix:
    """Return a matrix that every method takes, the weighted product too."""
    return matrix_of(values, scale="ratio")


def test_the_first_place_of_a_weighted_sum() -> None:
    """w₁ may fall to 4/9, w₂ rise to 23/65, w₃ rise to 3/8, A2 comes in, and A4 on the third."""
    found = stability_intervals(matrix_of(SMALL), named([0.5, 0.3, 0.2]), "weighted-sum")
    expected = {"c0": (4 / 9, 1.0, "A2", None), "c1": (0.0, 23 / 65, None, "A2"), "c2": (0.0, 3 / 8, None, "A4")}
    for name, (low, high, comer_low, comer_high) in expected.items():
        assert found[name] == (pytest.approx(low), pytest.approx(high), comer_low, comer_high)
    assert found.overtaken == {"c0": ("A1", None), "c1": (None, "A1"), "c2": (None, "A1")}
    assert found.leaders == ("A1",)
    assert found.tightest == "c1"


def test_the_whole_order_of_a_weighted_sum() -> None:
    """The order breaks at 4/9 and 17/32, ¼ and 23/65, 3/19 and 23/87."""
    found = stability_intervals(matrix_of(SMALL), named([0.5, 0.3, 0.2]), "weighted-sum", order=True)
    ends = [(one.low, one.high) for one in found.values()]
    np.testing.assert_allclose(ends, [(4 / 9, 17 / 32), (1 / 4, 23 / 65), (3 / 19, 23 / 87)], rtol=1e-12)
    assert found.leaders == ()
    assert found.top is None


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), top=st.sampled_from([1, 2, None]))
def test_the_ranking_itself_changes_at_the_ends(method: str, seed: int, top: int | None) -> None:
    """`rank` gives the same first set, or order, just inside each end and another just outside."""
    rng = np.random.default_rng(seed)
    matrix, weights = ratio_matrix(rng.random((7, 3)) * 0.9 + 0.05), rng.dirichlet(np.ones(3))
    found = stability_intervals(matrix, named(weights), method, top=top or 1, order=top is None)

    def choice(k: int, t: float) -> object:
        ranking = wb.rank(matrix, named(moved(weights, k, t)), method)
        first = ranking.labels[ranking.order[: top or 7]]
        return tuple(first) if top is None else frozenset(first)

    for k, one in enumerate(found.values()):
        assert one.low <= weights[k] <= one.high
        width = 1e-6 * (one.high - one.low)
        if width < 1e-9:
            continue
        today = choice(k, weights[k])
        assert choice(k, one.low + width) == choice(k, one.high - width) == today
        if one.overtaker_low is not None and one.low > 1e-6:
            assert choice(k, one.low - 1e-6) != today
        if one.overtaker_high is not None and one.high < 1 - 1e-6:
            assert choice(k, one.high + 1e-6) != today


@pytest.mark.parametrize("method", METHODS)
def test_rows_may_come_in_any_order(method: str) -> None:
    """Reversing the rows changes nothing, names included."""
    values, weights = np.random.default_rng(7).random((9, 4)) * 0.9 + 0.05, named([0.4, 0.3, 0.2, 0.1])
    matrix = ratio_matrix(values)
    other = matrix.take(np.arange(9)[::-1])
    for settings_ in ({"top": 1}, {"top": 3}, {"order": True}):
        one, two = (stability_intervals(m, weights, method, **settings_).to_frame() for m in (matrix, other))
        numbers = ["weight", "low", "high"]
        np.testing.assert_allclose(one[numbers], two[numbers], rtol=0, atol=1e-12)
        assert one.drop(columns=numbers).equals(two.drop(columns=numbers))


@pytest.mark.parametrize("method", ["topsis", "weighted-sum", "promethee-ii"])
def test_units_do_not_matter(method: str) -> None:
    """A criterion in another unit, its range and thresholds with it, gives the same intervals."""
    values, weights = np.random.default_rng(3).random((8, 3)), named([0.5, 0.3, 0.2])
    base = stability_intervals(matrix_of(values), weights, method)
    preference = wb.Preference("linear", q=50.0, p=400.0)
    scaled = stability_intervals(matrix_of(values * 1000, best=1000.0, preference=preference), weights, method)
    np.testing.assert_allclose(base.to_frame()[["low", "high"]], scaled.to_frame()[["low", "high"]], atol=1e-11)


@pytest.mark.parametrize("method", METHODS)
def test_degenerate_tables(method: str) -> None:
    """One molecule, everybody in the top, and all tied can be moved freely; one criterion cannot be moved."""
    free = StabilityInterval(0.0, 1.0, None, None)
    for values, top in (([[0.4, 0.6]], 1), ([[0.4, 0.6], [0.7, 0.2]], 2), ([[0.4, 0.6]] * 3, 1)):
        found = stability_intervals(ratio_matrix(values), named([0.5, 0.5]), method, top=top)
        assert list(found.values()) == [free, free]
        assert found.tightest is None
    fixed = stability_intervals(ratio_matrix([[0.4], [0.6]]), named([1.0]), method)
    assert fixed["c0"] == (1.0, 1.0, None, None)


@pytest.mark.parametrize("method", METHODS)
def test_weights_of_nought_and_of_one(method: str) -> None:
    """A weight of 0 can only rise and one of 1 only fall; the others then share equally."""
    matrix = ratio_matrix([[0.9, 0.2, 0.3], [0.5, 0.6, 0.7]])
    found = stability_intervals(matrix, named([1.0, 0.0, 0.0]), method)
    assert found["c0"].high == 1.0
    assert 0 < found["c0"].low < 1
    assert found["c0"].overtaker_low == "A2"
    assert found["c1"].low == 0.0
    assert found["c1"].overtaker_high == "A2"


def test_a_tie_at_the_cut_is_told() -> None:
    """All who tie at the last place are leaders, best first."""
    matrix = matrix_of([[0.1, 0.1], [0.8, 0.2], [0.9, 0.9], [0.2, 0.8]])
    assert stability_intervals(matrix, named([0.5, 0.5]), "weighted-sum", top=2).leaders == ("A3", "A2", "A4")


def test_the_result_is_a_mapping_and_a_table() -> None:
    """Every criterion with its numbers and names, in both."""
    found = stability_intervals(matrix_of(SMALL), named([0.5, 0.3, 0.2]), "weighted-sum")
    frame = found.to_frame()
    assert list(found) == list(frame.index) == ["c0", "c1", "c2"]
    assert len(found) == 3
    assert list(frame.columns[:3]) == ["weight", "low", "high"]
    assert frame.loc["c0", "overtaker_low"] == "A2"
    assert frame.loc["c0", "overtaken_low"] == "A1"
    assert repr(found).startswith("StabilityIntervals(weighted-sum, set of the first 1: 'c0': [0.4444, 1.0000]")
    assert "A2" in found._repr_html_()


def test_what_is_refused() -> None:
    """Unknown methods and parameters, places that are none, weights that do not fit."""
    matrix, weights = matrix_of(SMALL), named([0.5, 0.3, 0.2])
    with pytest.raises(wb.InputError, match="not known for this method"):
        stability_intervals(matrix, weights, "vikor")
    with pytest.raises(wb.InputError, match="takes no such parameter"):
        stability_intervals(matrix, weights, "topsis", v=0.5)
    with pytest.raises(wb.InputError, match="whole number"):
        stability_intervals(matrix, weights, top=0)
    with pytest.raises(wb.InputError, match="no weight"):
        stability_intervals(matrix, named([1.0]))
