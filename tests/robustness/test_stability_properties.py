"""What all stability intervals have in common: nesting, mirrors, copies, moves, and rational ends."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, moved, named

import weighbridge as wb
from weighbridge.robustness.stability import StabilityIntervals, stability_intervals

METHODS = ("promethee-ii", "topsis", "weighted-sum", "weighted-product")
seeds = st.integers(0, 10**6)


def problem(seed: int, n: int, m: int, digits: int = 15) -> tuple[wb.DecisionMatrix, np.ndarray]:
    """Return a random matrix, rounded so that coarse ones tie, and weights."""
    rng = np.random.default_rng(seed)
    return matrix_of((rng.random((n, m)) * 0.9 + 0.05).round(digits), scale="ratio"), rng.dirichlet(np.ones(m))


def ends_of(found: StabilityIntervals) -> np.ndarray:
    """Return low and high by criterion, shape (m, 2)."""
    return np.array([(one.low, one.high) for one in found.values()])


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, n=st.integers(2, 7))
def test_the_whole_order_holds_where_every_cut_does(method: str, seed: int, n: int) -> None:
    """The interval of the order is the intersection of those of all cuts: an order is the set of its cuts."""
    matrix, weights = problem(seed, n, 3)
    order = ends_of(stability_intervals(matrix, named(weights), method, order=True))
    cuts = np.array([ends_of(stability_intervals(matrix, named(weights), method, top=k)) for k in range(1, n)])
    np.testing.assert_allclose(order[:, 0], cuts[:, :, 0].max(axis=0), rtol=0, atol=1e-9)
    np.testing.assert_allclose(order[:, 1], cuts[:, :, 1].min(axis=0), rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, share=st.floats(0.05, 0.95), top=st.sampled_from([1, 2, None]))
def test_moving_within_an_interval_keeps_it(method: str, seed: int, share: float, top: int | None) -> None:
    """Asked again from elsewhere inside, the interval of that weight has the same ends and overtakers."""
    matrix, weights = problem(seed, 6, 3)
    settings_ = {"top": top or 1, "order": top is None}
    found = stability_intervals(matrix, named(weights), method, **settings_)
    for k, (name, one) in enumerate(found.items()):
        elsewhere = moved(weights, k, one.low + share * (one.high - one.low))
        again = stability_intervals(matrix, named(elsewhere), method, **settings_)[name]
        assert again[:2] == pytest.approx(one[:2], abs=1e-8)
        if one.high - one.low > 1e-3:
            assert again[2:] == one[2:]


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, digits=st.integers(1, 15), top=st.sampled_from([1, 3, None]))
def test_criteria_may_come_in_any_order(method: str, seed: int, digits: int, top: int | None) -> None:
    """Shuffled columns carry their intervals with them."""
    matrix, weights = problem(seed, 6, 4, digits)
    columns = np.random.default_rng(seed).permutation(4)
    names = [matrix.names[j] for j in columns]
    other = wb.DecisionMatrix(matrix.to_frame()[names], {name: matrix.criteria[name] for name in names})
    one, two = (
        stability_intervals(table, named(weights), method, top=top or 1, order=top is None) for table in (matrix, other)
    )
    np.testing.assert_allclose(ends_of(two), ends_of(one)[columns], rtol=0, atol=1e-10)


@pytest.mark.parametrize("method", ["promethee-ii", "topsis", "weighted-sum"])
@settings(max_examples=10, deadline=None)
@given(seed=seeds, top=st.sampled_from([1, 2, None]))
def test_a_cost_is_a_mirrored_gain(method: str, seed: int, top: int | None) -> None:
    """1 − x as a cost from 1 to 0 is x as a gain."""
    matrix, weights = problem(seed, 6, 3)
    frame, criteria = matrix.to_frame(), dict(matrix.criteria)
    frame["c1"] = 1.0 - frame["c1"]
    criteria["c1"] = wb.Criterion(direction="cost", worst=1.0, best=0.0, preference=criteria["c1"].preference)
    one, two = (
        stability_intervals(table, named(weights), method, top=top or 1, order=top is None)
        for table in (matrix, wb.DecisionMatrix(frame, criteria))
    )
    np.testing.assert_allclose(ends_of(two), ends_of(one), rtol=0, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_whoever_is_beaten_everywhere_says_nothing(method: str, seed: int) -> None:
    """A molecule below all others on every criterion overtakes nobody and moves no end of the first place."""
    matrix, weights = problem(seed, 5, 3)
    frame = matrix.to_frame()
    frame.loc["last"] = 0.01
    first = stability_intervals(matrix, named(weights), method)
    longer = stability_intervals(wb.DecisionMatrix(frame, matrix.criteria), named(weights), method)
    assert "last" not in {name for one in longer.values() for name in one[2:]}
    if method != "promethee-ii":  # whose flows count every molecule
        np.testing.assert_allclose(ends_of(longer), ends_of(first), rtol=0, atol=1e-10)


@pytest.mark.parametrize("method", ["topsis", "weighted-sum", "weighted-product"])
@settings(max_examples=10, deadline=None)
@given(seed=seeds, top=st.integers(1, 3))
def test_copies_of_everybody_double_the_places(method: str, seed: int, top: int) -> None:
    """Each molecule twice: the first 2k of them hold exactly where the first k did."""
    matrix, weights = problem(seed, 5, 3)
    frame = matrix.to_frame()
    twice = pd.concat((frame, frame.rename(index=lambda name: f"{name}'")))
    one = stability_intervals(matrix, named(weights), method, top=top)
    two = stability_intervals(wb.DecisionMatrix(twice, matrix.criteria), named(weights), method, top=2 * top)
    np.testing.assert_allclose(ends_of(two), ends_of(one), rtol=0, atol=1e-10)


def rational_ends(values: list[list[int]], weights: list[int], k: int) -> tuple[Fraction, Fraction] | None:
    """Return the interval of the first place of a weighted sum in rational numbers, None where the first tie."""
    total = sum(weights)
    today = Fraction(weights[k], total)
    others = [Fraction(w, total - weights[k]) if j != k else Fraction(0) for j, w in enumerate(weights)]
    rest = [sum((w * v for w, v in zip(others, row, strict=True)), Fraction(0)) for row in values]
    now = [(1 - today) * rest[i] + today * row[k] for i, row in enumerate(values)]
    best = max(now)
    if now.count(best) > 1:
        return None
    first = now.index(best)
    low, high = Fraction(0), Fraction(1)
    for i, row in enumerate(values):
        at_zero, at_one = rest[first] - rest[i], Fraction(values[first][k] - row[k])
        if at_zero < 0:
            low = max(low, -at_zero / (at_one - at_zero))
        if at_one < 0:
            high = min(high, at_zero / (at_zero - at_one))
    return low, high


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=2, max_size=6),
    st.lists(st.integers(1, 9), min_size=3, max_size=3),
)
def test_a_weighted_sum_of_small_numbers_in_rational_arithmetic(values: list[list[int]], weights: list[int]) -> None:
    """Mareschal's closed form without any rounding gives the same ends, ties between rivals included."""
    found = stability_intervals(matrix_of(values, best=10.0), named(weights), "weighted-sum")
    for k, one in enumerate(found.values()):
        exact = rational_ends(values, weights, k)
        if exact is not None:
            assert one[:2] == pytest.approx([float(end) for end in exact], abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=10, deadline=None)
@given(seed=seeds)
def test_two_criteria_have_one_interval(method: str, seed: int) -> None:
    """What one weight may rise the other may fall."""
    matrix, weights = problem(seed, 6, 2)
    one, two = stability_intervals(matrix, named(weights), method).values()
    assert (one.low, one.high) == pytest.approx((1 - two.high, 1 - two.low), abs=1e-9)
    assert one[2:] == (two.overtaker_high, two.overtaker_low)


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_criterion_only_dilutes(method: str) -> None:
    """Raising the weight of a column that is the same for all never changes the choice; at 1 all tie."""
    rng = np.random.default_rng(3)
    values = rng.random((5, 3)) * 0.9 + 0.05
    values[:, 1] = 0.5
    found = stability_intervals(matrix_of(values, scale="ratio"), named([0.4, 0.2, 0.4]), method)
    assert found["c1"] == (0.0, 1.0, None, None)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("top", [4, 5, 100])
def test_more_places_than_molecules_hold_everywhere(method: str, top: int) -> None:
    """Nobody can enter a set that already holds all."""
    matrix, weights = problem(1, 4, 3)
    found = stability_intervals(matrix, named(weights), method, top=top)
    assert ends_of(found).tolist() == [[0.0, 1.0]] * 3
    assert len(found.leaders) == 4
    assert found.overtaken == dict.fromkeys(found, (None, None))


@pytest.mark.parametrize("method", METHODS)
def test_weights_need_not_sum_to_one(method: str) -> None:
    """Any positive multiple of the weights is the same question, a Series or `Weights` too."""
    matrix, weights = problem(2, 6, 3)
    plain = ends_of(stability_intervals(matrix, named(weights), method))
    for given_ in (named(weights * 1e6), pd.Series(named(weights * 1e-6)), wb.Weights(named(weights))):
        np.testing.assert_allclose(ends_of(stability_intervals(matrix, given_, method)), plain, rtol=0, atol=1e-12)


@pytest.mark.parametrize("factor", [1e-200, 1e-155, 1e140])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_tiny_and_huge_values(method: str, factor: float) -> None:
    """Values whose squares would underflow or overflow have the intervals of the same values near 1."""
    values, weights = np.random.default_rng(9).random((6, 3)) + 0.1, named([0.5, 0.3, 0.2])
    free = {"worst": None, "best": None, "scale": "ratio", "preference": None}
    one, two = (
        stability_intervals(matrix_of(values * unit, **free), weights, method, normalization="none")
        for unit in (1.0, factor)
    )
    np.testing.assert_allclose(ends_of(two), ends_of(one), rtol=0, atol=1e-10)
    assert [pair[2:] for pair in two.values()] == [pair[2:] for pair in one.values()]


@pytest.mark.parametrize("normalization", ["vector", "minmax", "sum", "max", "none"])
@pytest.mark.parametrize("method", ["topsis", "weighted-sum"])
def test_the_first_changes_at_the_ends_under_every_normalization(method: str, normalization: str) -> None:
    """`rank` by the same rule has another first just outside, and the same just inside."""
    matrix, weights = problem(12, 7, 3)
    found = stability_intervals(matrix, named(weights), method, normalization=normalization)

    def first(k: int, t: float) -> str:
        scores = wb.rank(matrix, named(moved(weights, k, t)), method, normalization=normalization).scores
        return str(scores.idxmax())

    assert any(one.overtaker_low or one.overtaker_high for one in found.values())
    for k, one in enumerate(found.values()):
        if one.overtaker_low:
            assert (first(k, one.low - 1e-7), first(k, one.low + 1e-7)) == (one.overtaker_low, found.leaders[0])
        if one.overtaker_high:
            assert (first(k, one.high + 1e-7), first(k, one.high - 1e-7)) == (one.overtaker_high, found.leaders[0])


def test_a_value_too_large_is_refused() -> None:
    """Squares that overflow would make silent ties: the column is named, with a way out."""
    free = {"worst": None, "best": None, "scale": "ratio", "preference": None}
    with pytest.raises(wb.InputError) as caught:
        stability_intervals(matrix_of([[1e160], [1.0]], **free), named([1.0]), "topsis", normalization="none")
    assert str(caught.value) == (
        "column 'c0': values are too large to compute with; found 1e+160; expected absolute values up to 1e+150. "
        "Choose a larger unit"
    )


@pytest.mark.parametrize("top", [0, -3, 1.0, True, "first"])
def test_places_that_are_none_are_refused(top: object) -> None:
    """The message says what was found."""
    with pytest.raises(wb.InputError) as caught:
        stability_intervals(matrix_of([[0.1], [0.2]]), named([1.0]), top=top)
    assert str(caught.value) == f"top is no number of places; found {top!r}; expected a whole number ≥ 1"


def test_tightest_is_the_least_way_to_an_overtaking() -> None:
    """Ends at 0 or 1 where nobody overtakes are no ends to fear."""
    matrix, weights = problem(21, 6, 4)
    found = stability_intervals(matrix, named(weights), "weighted-sum")
    ways = {
        name: abs(end - found.weights[name])
        for name, one in found.items()
        for end, comer in ((one.low, one.overtaker_low), (one.high, one.overtaker_high))
        if comer is not None
    }
    assert found.tightest is not None
    least = min(
        abs(end - found.weights[found.tightest])
        for end, comer in zip(found[found.tightest][:2], found[found.tightest][2:], strict=True)
        if comer is not None
    )
    assert least <= min(ways.values())
