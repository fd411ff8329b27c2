"""Stability intervals under linear methods against every pair compared by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import holds, moved

from weighbridge.robustness import stability_linear
from weighbridge.robustness.forms import LinearForm
from weighbridge.robustness.stability_linear import End, linear_ends, other_shares


def by_pairs(values: np.ndarray, weights: np.ndarray, top: int | None) -> list[tuple[float, float]]:
    """Mareschal's own way: the crossing of every pair that has a strict order today."""
    scores = values @ weights
    cut = None if top is None else np.sort(scores)[::-1][min(top, scores.size) - 1]
    found = []
    for k, today in enumerate(weights):
        low, high = 0.0, 1.0
        zero, one = values @ moved(weights, k, 0.0), values[:, k]
        for a in range(scores.size):
            for b in range(scores.size):
                if scores[a] <= scores[b] + 1e-11 or (cut is not None and not scores[a] >= cut - 1e-11 > scores[b]):
                    continue
                at_zero, at_one = zero[a] - zero[b], one[a] - one[b]
                if at_zero < -1e-11:
                    low = max(low, -at_zero / (at_one - at_zero))
                if at_one < -1e-11:
                    high = min(high, at_zero / (at_zero - at_one))
        found.append((low, high))
        assert low <= today + 1e-9
        assert today <= high + 1e-9
    return found


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(2, 25), st.integers(2, 6), st.sampled_from([1, 2, 5, None]), st.integers(1, 9)
)
def test_every_end_is_the_first_crossing_of_a_pair(seed: int, n: int, m: int, top: int | None, digits: int) -> None:
    """The same intervals as all pairs compared one by one, with and without ties."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((n, m)).round(digits), rng.dirichlet(np.ones(m))
    ends = list(linear_ends(LinearForm(values), weights, top))
    expected = by_pairs(values, weights, top)
    np.testing.assert_allclose([(low.at, high.at) for low, high in ends], expected, rtol=0, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 40), st.integers(2, 5), st.sampled_from([1, 3, None]))
def test_the_choice_holds_inside_and_breaks_just_outside(seed: int, n: int, m: int, top: int | None) -> None:
    """Re-scored on both sides of each end; the named molecule is the one that comes ahead of the named other."""
    rng = np.random.default_rng(seed)
    form, weights = LinearForm(rng.random((n, m))), rng.dirichlet(np.ones(m))
    for k, ends in enumerate(linear_ends(form, weights, top)):
        for end, outside in zip(ends, (-1e-6, 1e-6), strict=True):
            assert holds(form, weights, k, end.at, top)
            if end.comer >= 0 and 0 < end.at + outside < 1:
                after = form.scores(moved(weights, k, end.at + outside))
                assert after[end.comer] > after[end.passed]
                assert form.scores(weights)[end.comer] < form.scores(weights)[end.passed]


def test_blocks_do_not_change_the_answer() -> None:
    """A table of several blocks gives what its leading molecules alone give."""
    rng = np.random.default_rng(5)
    values, weights = rng.random((50_000, 4)), rng.dirichlet(np.ones(4))
    whole = list(linear_ends(LinearForm(values), weights, 10))
    for k, ends in enumerate(whole):
        line = values @ moved(weights, k, 0.0), values[:, k]
        inside = np.argsort(-(values @ weights))[:10]
        rest = np.setdiff1d(np.arange(len(values)), inside)
        for end, sign in zip(ends, (-1, 1), strict=True):
            for t, level in ((end.at, -1e-12), (end.at + sign * 1e-7, None)):
                scores = (1 - t) * line[0] + t * line[1]
                lead = scores[inside].min() - scores[rest].max()
                assert lead >= level if level is not None else (end.comer < 0 or lead < 0)


@pytest.mark.parametrize("today", [0.0, 0.3, 0.9999999, 1.0])
def test_a_weight_near_an_end_keeps_its_accuracy(today: float) -> None:
    """Two molecules that cross at one half do so wherever the weight stands today."""
    values = np.array([[0.2, 0.8], [0.6, 0.4]])
    ends = next(linear_ends(LinearForm(values), np.array([today, 1 - today]), 1))
    crossing = ends[1] if today < 0.5 else ends[0]
    assert crossing.at == pytest.approx(0.5, abs=1e-14)
    assert {crossing.comer, crossing.passed} == {0, 1}


@pytest.mark.parametrize("top", [1, 3, None])
def test_nobody_to_overtake_leaves_the_whole_range(top: int | None) -> None:
    """One molecule, all ties and constant columns hold from 0 to 1."""
    for values in (np.full((1, 3), 0.4), np.full((5, 3), 0.4), np.zeros((4, 3))):
        ends = list(linear_ends(LinearForm(values), np.array([0.5, 0.3, 0.2]), top))
        assert ends == [(End(0.0), End(1.0))] * 3


def test_tied_molecules_may_part() -> None:
    """Two that tie for first have no order to lose; the third ends the interval when it passes either."""
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.3, 0.3]])
    low, high = next(linear_ends(LinearForm(values), np.array([0.5, 0.5]), 1))
    assert (low.at, low.comer, low.passed) == (pytest.approx(0.3), 2, 0)
    assert (high.at, high.comer, high.passed) == (pytest.approx(0.7), 2, 1)


def test_a_single_criterion_cannot_move() -> None:
    """Its weight is 1 and stays 1."""
    assert list(linear_ends(LinearForm(np.array([[0.1], [0.2]])), np.array([1.0]), 1)) == [(End(1.0), End(1.0))]


def test_others_without_weight_share_equally() -> None:
    """Where one criterion has all the weight there are no proportions to keep."""
    assert other_shares(np.array([1.0, 0.0, 0.0]), 0).tolist() == [0.0, 0.5, 0.5]
    assert other_shares(np.array([0.5, 0.5, 0.0]), 0).tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize("top", [1, 5, 40])
@pytest.mark.parametrize("seed", range(8))
def test_a_few_at_a_time_find_the_same_ends(monkeypatch: pytest.MonkeyPatch, seed: int, top: int) -> None:
    """The size of the blocks changes neither ends nor names."""
    rng = np.random.default_rng(seed)
    form, weights = LinearForm(rng.random((90, 4))), rng.dirichlet(np.ones(4))
    whole = list(linear_ends(form, weights, top))
    monkeypatch.setattr(stability_linear, "_BLOCK", 7)
    assert list(linear_ends(form, weights, top)) == whole


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 3, None]))
def test_copies_of_molecules_change_no_interval_of_the_order(seed: int, top: int | None) -> None:
    """Every molecule twice ties with itself only: the order's ends stay, and the choice holds between them."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((8, 3)), rng.dirichlet(np.ones(3))
    twice = LinearForm(np.repeat(values, 2, axis=0))
    single, double = (list(linear_ends(form, weights, top)) for form in (LinearForm(values), twice))
    for k, (one, two) in enumerate(zip(single, double, strict=True)):
        if top is None:
            np.testing.assert_allclose([end.at for end in one], [end.at for end in two], rtol=0, atol=1e-12)
        for end in two:
            assert holds(twice, weights, k, end.at, top)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-9, 1e9), st.floats(-1e3, 1e3))
def test_a_common_scale_and_offset_do_not_matter(seed: int, factor: float, offset: float) -> None:
    """Scores times one number plus another give the same intervals."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((10, 3)), rng.dirichlet(np.ones(3))
    plain, other = (linear_ends(LinearForm(v), weights, 2) for v in (values, factor * (values + offset)))
    for one, two in zip(plain, other, strict=True):
        np.testing.assert_allclose([end.at for end in one], [end.at for end in two], rtol=0, atol=1e-6)
