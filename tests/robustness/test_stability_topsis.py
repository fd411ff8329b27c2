"""Stability intervals under TOPSIS against dense grids, exact arithmetic and re-scoring."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import holds, moved

from weighbridge.robustness import stability_topsis
from weighbridge.robustness.forms import RatioForm
from weighbridge.robustness.stability_linear import End
from weighbridge.robustness.stability_topsis import Path, first_crossings, topsis_ends


def form_of(values: np.ndarray) -> RatioForm:
    """Return TOPSIS with the ideal at 1 and the anti-ideal at 0."""
    return RatioForm(values**2, (1 - values) ** 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(2, 5), st.sampled_from([1, 2, None]))
def test_the_choice_holds_inside_and_breaks_just_outside(seed: int, n: int, m: int, top: int | None) -> None:
    """On a dense grid inside each interval nothing is lost; just outside the named pair has changed places."""
    rng = np.random.default_rng(seed)
    form, weights = form_of(rng.random((n, m))), rng.dirichlet(np.ones(m))
    now = form.scores(weights)
    for k, (low, high) in enumerate(topsis_ends(form, weights, top)):
        assert low.at <= weights[k] <= high.at
        for t in np.linspace(low.at, high.at, 25):
            assert holds(form, weights, k, t, top, slack=1e-11)
        for end, outside in ((low, low.at - 1e-7), (high, high.at + 1e-7)):
            if end.comer >= 0 and 0 < outside < 1:
                after = form.scores(moved(weights, k, outside))
                assert after[end.comer] > after[end.passed] - 1e-12
                assert now[end.comer] < now[end.passed]
            if end.comer < 0:
                assert end.at in (0.0, 1.0)


def exactly(near: list[Fraction], far: list[Fraction], rest: list[tuple[Fraction, Fraction]], t: Fraction) -> Fraction:
    """Return the sign-giving difference near_a far_b − near_b far_a at t, in rational numbers."""
    x, y = t * t, (1 - t) * (1 - t)
    d = [x * near[i] + y * rest[i][0] for i in (0, 1)], [x * far[i] + y * rest[i][1] for i in (0, 1)]
    return d[0][0] * d[1][1] - d[0][1] * d[1][0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_ends_are_exact_to_ten_digits(seed: int) -> None:
    """In rational arithmetic the pair changes sign within 1e-10 of the end that was found."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((2, 2)), rng.dirichlet(np.ones(2))
    form = form_of(values)
    near = [Fraction(float(x)) for x in form.near[:, 0]]
    far = [Fraction(float(x)) for x in form.far[:, 0]]
    rest = [(Fraction(float(a)), Fraction(float(b))) for a, b in zip(form.near[:, 1], form.far[:, 1], strict=True)]
    for end in next(topsis_ends(form, weights, 1)):
        if end.comer >= 0 and 1e-9 < end.at < 1 - 1e-9:
            at = Fraction(end.at)
            tiny = Fraction(1, 10**10)
            assert exactly(near, far, rest, at - tiny) * exactly(near, far, rest, at + tiny) < 0


def test_a_pair_that_crosses_twice_is_found() -> None:
    """Ahead at both ends and behind in between: the nearer crossing counts, from either side."""
    # h = (1 − 2λ)² − ¼, with roots at ¼ and ¾, as the product (3/2 − 2λ)(1/2 − 2λ).
    near, far = np.array([1.5, 1.0]), np.array([1.0, 1.0])
    path = Path(near, far, np.array([1.0, 1.5]), np.array([1.0, 1.5 + 1.0]))
    (share,) = first_crossings(path, np.array([0]), np.array([1]))
    leads = np.array([np.subtract(*path.standing(float(t))) for t in np.linspace(0, 1, 1001)])
    assert np.isinf(share) == bool((leads >= 0).all())
    rng = np.random.default_rng(0)
    twice = 0
    for _ in range(400):
        path = Path(*rng.random((4, 2)))
        leads = np.array([np.subtract(*path.standing(float(t))) for t in np.linspace(0, 1, 201)])
        if leads[0] > 0 and leads[-1] > 0 and leads.min() < -1e-3:
            twice += 1
            share = float(first_crossings(path, np.array([0]), np.array([1]))[0])
            assert share == pytest.approx(np.linspace(0, 1, 201)[np.argmax(leads < 0)], abs=0.0051)
    assert twice > 0


@pytest.mark.parametrize(("depth", "crosses"), [(-1e-3, True), (0.0, False), (1e-3, False)])
def test_a_touch_is_a_tie(depth: float, crosses: bool) -> None:
    """With h = (4 − 2λ)² − 6 (4 − 2λ) + 9 + depth, a dip below 0 at λ = ½ ends the interval, a touch does not."""
    # With lines in λ only: near_a = u, far_b = u, near_b = 6u − 9 − depth, far_a = 1 with u = 4 − 2λ
    first, last = 4.0, 2.0
    path = Path(
        np.array([first, 6 * first - 9 - depth]),
        np.array([1.0, first]),
        np.array([last, 6 * last - 9 - depth]),
        np.array([1.0, last]),
    )
    share = float(first_crossings(path, np.array([0]), np.array([1]))[0])
    assert np.isfinite(share) == crosses


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8))
def test_a_pair_s_crossing_is_the_first_on_a_grid(numbers: list[float]) -> None:
    """Along a fine grid the one behind is never ahead before the crossing, and is just after it."""
    path = Path(*(np.array(numbers[i : i + 2]) for i in range(0, 8, 2)))
    grid = np.linspace(0, 1, 801)
    leads = np.array([np.subtract(*path.standing(float(t))) for t in grid])
    if leads[0] <= 1e-9 or not np.all([(a + b).min() > 1e-9 for a, b in (path[:2], path[2:])]):
        return
    share = float(first_crossings(path, np.array([0]), np.array([1]))[0])
    behind = np.flatnonzero(leads < -1e-9)
    first = grid[behind[0]] if behind.size else np.inf
    assert share <= first
    assert leads[grid < share].min() >= -1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 4, None]))
def test_pruning_loses_nobody(seed: int, top: int | None) -> None:
    """Many near rivals in a narrow band: the ends are those of all pairs solved one by one."""
    rng = np.random.default_rng(seed)
    values = 0.5 + 0.02 * rng.normal(size=(60, 3))
    form, weights = form_of(values), rng.dirichlet(np.ones(3))
    scores = form.scores(weights)
    order = np.argsort(-scores)
    if np.diff(scores[order]).max() > -1e-9:
        return
    pairs = [
        (a, b) for i, a in enumerate(order) for j, b in enumerate(order) if i < j and (top is None or i < top <= j)
    ]
    ahead, behind = (np.array(side) for side in zip(*pairs, strict=True))
    for k, (low, high) in enumerate(topsis_ends(form, weights, top)):
        squares = np.delete(weights / (1 - weights[k]), k) ** 2
        rest = [np.delete(table, k, axis=1) @ squares for table in (form.near, form.far)]
        own = form.near[:, k], form.far[:, k]
        x, y = weights[k] ** 2, (1 - weights[k]) ** 2
        start = [x * mine + y * other for mine, other in zip(own, rest, strict=True)]
        for end, goal, to_one in ((low, rest, False), (high, own, True)):
            share = first_crossings(Path(*start, *goal), ahead, behind).min()
            assert np.isinf(share) == (end.comer < 0)
            if np.isfinite(share):
                p, q = (x * (1 - share) + share * to_one), (y * (1 - share) + share * (not to_one))
                assert end.at == pytest.approx(np.sqrt(p) / (np.sqrt(p) + np.sqrt(q)), abs=1e-10)


@pytest.mark.parametrize("top", [1, 3, None])
def test_nobody_to_overtake_leaves_the_whole_range(top: int | None) -> None:
    """One molecule, all ties, and a table where ideal and anti-ideal are the same hold from 0 to 1."""
    weights = np.array([0.5, 0.3, 0.2])
    for form in (
        form_of(np.full((1, 3), 0.4)),
        form_of(np.full((5, 3), 0.4)),
        RatioForm(np.zeros((4, 3)), np.zeros((4, 3))),
    ):
        assert list(topsis_ends(form, weights, top)) == [(End(0.0), End(1.0))] * 3


def test_a_constant_column_decides_nothing() -> None:
    """Moving all weight onto it leaves ties, and ties hold."""
    near, far = np.array([[0.9, 0.0], [0.2, 0.0]]), np.array([[0.1, 0.0], [0.8, 0.0]])
    assert list(topsis_ends(RatioForm(near, far), np.array([0.5, 0.5]), 1)) == [(End(0.0), End(1.0))] * 2


def test_a_single_criterion_cannot_move() -> None:
    """Its weight is 1 and stays 1."""
    assert list(topsis_ends(form_of(np.array([[0.1], [0.2]])), np.array([1.0]), 1)) == [(End(1.0), End(1.0))]


@pytest.mark.parametrize("today", [0.0, 1e-9, 1 - 1e-9, 1.0])
def test_weights_at_the_ends_of_the_line(today: float) -> None:
    """Two mirrored molecules cross at one half wherever the weight stands today."""
    form = form_of(np.array([[0.2, 0.8], [0.8, 0.2]]))
    low, high = next(topsis_ends(form, np.array([today, 1 - today]), 1))
    assert (high if today < 0.5 else low).at == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize("top", [1, 5, None])
@pytest.mark.parametrize("seed", range(6))
def test_pieces_and_blocks_do_not_change_the_answer(
    monkeypatch: pytest.MonkeyPatch, seed: int, top: int | None
) -> None:
    """Halving the way again and again, and computing a few molecules at a time, finds the same ends."""
    rng = np.random.default_rng(seed)
    form, weights = form_of(0.5 + 0.05 * rng.normal(size=(80, 4))), rng.dirichlet(np.ones(4))
    whole = list(topsis_ends(form, weights, top))
    for name, value in (("_PAIRS", 4), ("_BLOCK", 7), ("_TOGETHER", 1), ("_NARROWEST", 0.1)):
        monkeypatch.setattr(stability_topsis, name, value)
        for (low, high), (low_again, high_again) in zip(whole, topsis_ends(form, weights, top), strict=True):
            for one, other in ((low, low_again), (high, high_again)):
                assert other.at == pytest.approx(one.at, abs=1e-12)
                assert (other.comer, other.passed) == (one.comer, one.passed)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1, 2, None]), st.integers(1, 2))
def test_ties_and_copies_have_no_order_to_lose(seed: int, top: int | None, digits: int) -> None:
    """Coarse values with every molecule twice: the choice holds at and inside both ends."""
    rng = np.random.default_rng(seed)
    values = np.repeat(rng.random((6, 3)).round(digits), 2, axis=0)
    form, weights = form_of(values), np.array([0.5, 0.25, 0.25])
    for k, (low, high) in enumerate(topsis_ends(form, weights, top)):
        for t in np.linspace(low.at, high.at, 15):
            assert holds(form, weights, k, t, top, slack=1e-11)
        for end, outside in ((low, low.at - 1e-6), (high, high.at + 1e-6)):
            if end.comer >= 0 and 0 < outside < 1:
                assert not np.array_equal(values[end.comer], values[end.passed])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6))
def test_the_scale_of_the_distances_does_not_matter(seed: int, factor: float) -> None:
    """All squared distances times one number give the same ends."""
    rng = np.random.default_rng(seed)
    form, weights = form_of(rng.random((9, 3))), rng.dirichlet(np.ones(3))
    scaled = RatioForm(form.near * factor, form.far * factor)
    for one, other in zip(topsis_ends(form, weights, 2), topsis_ends(scaled, weights, 2), strict=True):
        np.testing.assert_allclose([end.at for end in one], [end.at for end in other], rtol=0, atol=1e-9)
