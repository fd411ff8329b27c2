"""Sums against weighted points equal sums pair by pair, whatever the magnitudes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference
from weighbridge.methods.promethee import preference
from weighbridge.scale.points import Points, beyond, gaussian_sums, linear_sums, reach, running

decimals = st.integers(-30, 30).map(lambda k: k / 10)
awkward = st.one_of(decimals, st.sampled_from([1e16, -1e16, 1e6 + 0.1, 5e-324, 0.30000000000000004]))


@settings(max_examples=100, deadline=None)
@given(
    points=st.lists(awkward, max_size=30),
    targets=st.lists(awkward, min_size=1, max_size=10),
    t=st.sampled_from([0.0, 0.1, 0.3, 1e-6, 1e16]),
)
def test_reach_is_the_pairwise_predicate(points: list[float], targets: list[float], t: float) -> None:
    """Counts above and below are exactly those of the computed differences, decimals at the threshold included."""
    x, y = np.sort(np.array(points, dtype=float)), np.array(targets)
    difference = y[:, None] - x[None, :]
    assert reach(x, y, t).tolist() == (difference > t).sum(axis=1).tolist()
    assert beyond(x, y, t).tolist() == (x.size - (-difference > t).sum(axis=1)).tolist()


def brute(points: Points, targets: Floats, function: Preference) -> Floats:
    """Return Σ counts G(y − mean), pair by pair."""
    d = targets[:, None] - points.means[None, :]
    return np.asarray((preference(d, function) - preference(-d, function)) @ points.counts.astype(float))


def drawn(seed: int, spread: float, offset: float) -> tuple[Points, Floats]:
    """Return points with wide cells and targets on and between them."""
    rng = np.random.default_rng(seed)
    bases = np.sort(rng.normal(size=80)) * spread + offset
    widths = np.append(np.diff(bases), 0.0)
    points = Points(bases, widths * rng.uniform(0, 1, 80), rng.integers(1, 50, 80))
    return points, np.sort(np.append(rng.normal(size=20) * spread + offset, bases[::5]))


@pytest.mark.parametrize(("q", "p"), [(0.0, 1.0), (0.25, 1.25), (0.0, 1e-3), (1e-6, 100.0), (0.5, 0.50001)])
@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e4])
def test_linear_sums_equal_pairs(q: float, p: float, spread: float) -> None:
    """Window sums agree with pairs to rounding, from windows that hold nothing to windows that hold all."""
    points, targets = drawn(1, spread, 0.0)
    found = linear_sums(points, targets, q, p) / points.total
    wanted = brute(points, targets, Preference("linear", q=q, p=p)) / points.total
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-14 * p / (p - q) + 4 * np.spacing(10 * spread) / (p - q))


def test_linear_sums_do_not_cancel() -> None:
    """A billion-fold offset and an outlier leave the window sums exact."""
    bases = np.array([2.0**30, 2.0**30 + 0.25, 2.0**30 + 0.5, 2.0**50])
    points = Points(bases, np.zeros(4), np.array([10**8, 3, 10**8, 1]))
    found = linear_sums(points, bases, 0.0, 1.0)
    n, half = 10**8, 0.5
    assert found.tolist() == [-(0.75 + n * half + 1), (n - n) * 0.25 - 1, n * half + 0.75 - 1, 2 * n + 3]


@pytest.mark.parametrize("s", [1e-4, 0.05, 0.7, 30.0, 1e6])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_gaussian_sums_equal_pairs(s: float, offset: float) -> None:
    """The series by boxes agrees with pairs to 1e-13 a value, from boxes with one point to one box for all."""
    points, targets = drawn(2, 1.0, offset)
    found = gaussian_sums(points, targets, s) / points.total
    wanted = brute(points, targets, Preference("gaussian", s=s)) / points.total
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-13 + 2 * np.spacing(offset) / s)


def test_nothing_and_everything_at_one_place() -> None:
    """No points sum to 0, and points on the target cancel."""
    nothing = Points(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    target = np.array([1.5])
    assert gaussian_sums(nothing, target, 1.0).tolist() == [0.0]
    assert linear_sums(nothing, target, 0.0, 1.0).tolist() == [0.0]
    one = Points(target, np.zeros(1), np.array([9]))
    assert gaussian_sums(one, target, 1.0).tolist() == [0.0]
    assert linear_sums(one, target, 0.0, 1.0).tolist() == [0.0]


def test_running_sums_start_at_nothing() -> None:
    """Running sums of counts have one entry more than the counts."""
    assert running(np.array([2, 0, 5])).tolist() == [0, 2, 2, 7]


@pytest.mark.parametrize(
    ("bases", "offsets"),
    [
        ([-1e100, -1e-80, 1.0], [1e100, 0.0, 0.0]),
        ([-3e147, -2e-200, 1e-250], [3e147, 0.0, 0.0]),
        ([0.1, 0.3, 0.7], [0.3 - 0.1 + 1e-16, 0.0, 0.0]),
        ([-1e6, -1e-9, -1e-12], [1e6, 1e-9, 0.0]),
    ],
)
def test_means_ascend_where_their_sums_are_rounded(bases: list[float], offsets: list[float]) -> None:
    """A mean that rounding lifts above the next point is brought down to it, so that searches find their way."""
    points = Points(np.array(bases), np.array(offsets), np.array([5, 1, 2]))
    assert (np.diff(points.bases + points.offsets) < 0).any()
    assert (np.diff(points.means) >= 0).all()
    assert (points.means >= points.bases).all()
    assert points.means[-1] == bases[-1] + offsets[-1]


@settings(max_examples=50, deadline=None)
@given(
    ends=st.lists(st.floats(-1e150, 1e150, allow_nan=False), min_size=2, max_size=12, unique=True),
    shares=st.lists(st.floats(0, 1), min_size=12, max_size=12),
)
def test_means_of_cells_stay_in_their_cells(ends: list[float], shares: list[float]) -> None:
    """However uneven the cells, the means ascend and none leaves its cell."""
    bases = np.sort(np.array(ends))
    widths = np.append(np.diff(bases), 0.0)
    points = Points(bases, widths * shares[: bases.size], np.ones(bases.size, dtype=np.int64))
    assert (np.diff(points.means) >= 0).all()
    assert (points.means >= bases).all()
    assert (points.means[:-1] <= bases[1:]).all()


def test_means_without_offsets_are_the_values() -> None:
    """Points on knots are where the knots are, ties and denormals included."""
    bases = np.array([-1e150, -5e-324, 0.0, 0.0, 5e-324, 1.0])
    assert Points(bases, np.zeros(6), np.ones(6, dtype=np.int64)).means.tolist() == bases.tolist()


@settings(max_examples=50, deadline=None)
@given(
    points=st.lists(awkward, max_size=20),
    targets=st.lists(awkward, min_size=1, max_size=10),
    t=st.sampled_from([0.0, 0.1, -0.1, 0.3, 5e-324, 1e308]),
)
def test_reach_and_beyond_mirror_each_other(points: list[float], targets: list[float], t: float) -> None:
    """What lies further below a target lies further above it once both are turned round."""
    x, y = np.sort(np.array(points, dtype=float)), np.array(targets)
    turned = reach(-x[::-1] + 0.0, -y + 0.0, t)
    assert (x.size - beyond(x, y, t)).tolist() == turned.tolist()


@pytest.mark.parametrize("t", [0.0, 0.5, 1e9])
def test_nothing_reaches_among_no_points(t: float) -> None:
    """Without points nothing is counted on either side."""
    nothing, targets = np.empty(0), np.array([-1.0, 0.0, 2.0])
    assert reach(nothing, targets, t).tolist() == [0, 0, 0]
    assert beyond(nothing, targets, t).tolist() == [0, 0, 0]


def test_reach_grows_with_the_target_and_falls_with_the_threshold() -> None:
    """Counts are monotone in both, as the pairwise predicate is."""
    x = np.sort(np.random.default_rng(3).normal(size=50))
    y = np.linspace(-3, 3, 41)
    for t in (0.0, 0.3, 2.0):
        counts = reach(x, y, t)
        assert (np.diff(counts) >= 0).all()
        assert (reach(x, y, t + 0.1) <= counts).all()


@pytest.mark.parametrize(
    "function",
    [Preference("v-shape", p=0.75), Preference("linear", q=0.25, p=1.5), Preference("gaussian", s=0.6)],
    ids=str,
)
def test_sums_are_antisymmetric(function: Preference) -> None:
    """Points and targets turned round give the same sums with the other sign."""
    points, targets = drawn(4, 1.0, 0.0)
    points = Points(points.bases, np.zeros(80), points.counts)
    turned = Points(-points.bases[::-1], np.zeros(80), points.counts[::-1])
    one = sums_of(points, targets, function)
    other = sums_of(turned, -targets[::-1], function)[::-1]
    np.testing.assert_allclose(one, -other, rtol=0, atol=1e-12 * points.total)


def sums_of(points: Points, targets: Floats, function: Preference) -> Floats:
    """Return the sums by the function's own kernel."""
    if function.s is not None:
        return gaussian_sums(points, targets, function.s)
    assert function.p is not None
    return linear_sums(points, targets, function.q or 0.0, function.p)


@pytest.mark.parametrize(
    "function",
    [Preference("v-shape", p=0.75), Preference("linear", q=0.25, p=1.5), Preference("gaussian", s=0.6)],
    ids=str,
)
def test_a_count_is_as_good_as_repetition(function: Preference) -> None:
    """One point of count c says what c points of count 1 say."""
    rng = np.random.default_rng(6)
    bases, counts = np.sort(rng.normal(size=15)), rng.integers(1, 6, 15)
    targets = np.linspace(-2, 2, 23)
    many = np.repeat(bases, counts)
    one = sums_of(Points(bases, np.zeros(15), counts), targets, function)
    other = sums_of(Points(many, np.zeros(many.size), np.ones(many.size, dtype=np.int64)), targets, function)
    np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("s", [1e-300, 1e-200, 1e-20, 1e20, 1e200, 1e300])
def test_gaussian_sums_of_any_scale(s: float) -> None:
    """Thresholds far below every distance count signs, and ones far above count nothing."""
    bases = np.array([-1e150, -1.0, 0.0, 1e-3, 1e149])
    points = Points(bases, np.zeros(5), np.array([1, 2, 3, 4, 5]))
    found = gaussian_sums(points, bases, s)
    with np.errstate(over="ignore", under="ignore"):
        wanted = brute(points, bases, Preference("gaussian", s=s))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("width", [1e-300, 1e-100, 1e100, 1e300])
def test_linear_sums_of_any_scale(width: float) -> None:
    """Slopes far steeper and far flatter than the distances add up as pair by pair."""
    bases = np.array([-1e150, -1.0, 0.0, 1e-3, 1e149])
    points = Points(bases, np.zeros(5), np.array([1, 2, 3, 4, 5]))
    with np.errstate(over="ignore", under="ignore"):
        wanted = brute(points, bases, Preference("v-shape", p=width))
    np.testing.assert_allclose(linear_sums(points, bases, 0.0, width), wanted, rtol=0, atol=1e-12)
