"""The bound of a flow table holds for every value, whatever the distribution, and is small enough to be of use."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import COLUMNS, EXTREME, SIX, column

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Preference
from weighbridge.methods.promethee import criterion_flows, preference
from weighbridge.scale.cells import Cells, Knots, count_cells
from weighbridge.scale.flow_bounds import FlowColumn, flow_column, thresholds
from weighbridge.scale.flows import FlowTable
from weighbridge.scale.knots import choose_knots


def exact(values: Floats, function: Preference) -> Floats:
    """Return the net flows pair by pair."""
    positive, negative = criterion_flows(values[:, None], np.ones(1), [function])
    return np.asarray((positive - negative)[:, 0])


def tabulated(values: Floats, knots: Floats, function: Preference) -> tuple[Floats, float]:
    """Return the net flows by table over the given knots, and the bound."""
    found = Knots.of(knots)
    flow = flow_column(knots, count_cells(values, found), function, values.size)
    return FlowTable(found, flow).net(values), flow.bound


def knots_between(values: Floats, inner: Floats) -> Floats:
    """Return knots from the lowest to the highest value with those of the inner ones between."""
    low, high = values.min(), values.max()
    kept = inner[(inner > low) & (inner < high)]
    return np.unique(np.concatenate([[low, high], kept])) + 0.0


@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
@pytest.mark.parametrize("kind", COLUMNS)
def test_bound_holds_on_every_kind_of_column(kind: str, function: Preference) -> None:
    """No value's flow is further from the pairwise one than the bound, with few badly placed knots and with many."""
    values = column(kind, 600) + 0.0
    rng = np.random.default_rng(3)
    for count in (0, 3, 60):
        knots = knots_between(values, np.append(rng.choice(values, count), rng.uniform(-3, 3, count)))
        flows, bound = tabulated(values, knots, function)
        assert np.abs(flows - exact(values, function)).max() <= bound


@pytest.mark.parametrize("function", SIX, ids=str)
@pytest.mark.parametrize("kind", ["normal", "lognormal", "cauchy", "mixture"])
def test_bound_holds_with_chosen_knots(kind: str, function: Preference) -> None:
    """The knots that a survey chooses give a table that keeps its bound, and a bound below 0.2 with 256 bins."""
    values = column(kind, 2_500) + 0.0
    knots = choose_knots(values[::3], values.min(), values.max(), function, 256)
    flows, bound = tabulated(values, knots, function)
    assert np.abs(flows - exact(values, function)).max() <= bound < 0.2


numbers = st.one_of(
    st.integers(-8, 8).map(lambda k: k / 4),
    st.floats(-3, 3, allow_nan=False, width=32),
    st.sampled_from([0.0, 1e6, -1e6, 1e6 + 1e-6, 5e-324, 1e-300, 0.1 + 0.2, 0.3]),
)
positive = st.sampled_from([1e-6, 0.1, 0.25, 0.5, 1.0, 2.0, 1e5])


@st.composite
def preferences(draw: st.DrawFn) -> Preference:
    """Draw any of the six functions with thresholds from tiny to huge."""
    name = draw(st.sampled_from([function.function for function in SIX]))
    q, p = sorted((draw(positive), draw(positive)))
    given_ = {"usual": {}, "u-shape": {"q": q}, "v-shape": {"p": p}, "gaussian": {"s": p}}
    return Preference(name, **given_.get(name, {"q": q, "p": p}))


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(numbers, min_size=2, max_size=40),
    inner=st.lists(numbers, max_size=12),
    function=preferences(),
)
def test_bound_holds_on_drawn_columns(values: list[float], inner: list[float], function: Preference) -> None:
    """Ties, denormals, offsets and decimals at a threshold keep the bound with any knots."""
    drawn = np.array(values) + 0.0
    flows, bound = tabulated(drawn, knots_between(drawn, np.array(inner, dtype=float)), function)
    assert np.abs(flows - exact(drawn, function)).max() <= bound


@pytest.mark.parametrize("function", SIX, ids=str)
def test_a_knot_on_every_value_is_exact(function: Preference) -> None:
    """With no value between the knots a table differs from the pairwise flows by rounding only."""
    values = column("normal", 500)
    flows, bound = tabulated(values, np.unique(values), function)
    assert bound < 1e-12
    assert np.abs(flows - exact(values, function)).max() <= bound


@pytest.mark.parametrize("function", [SIX[0], SIX[1], SIX[3]], ids=str)
def test_a_jump_at_a_knot_is_kept(function: Preference) -> None:
    """Half of the values on one knot do not blur the flow beside it."""
    values = np.append(np.zeros(500), np.random.default_rng(1).uniform(-2, 2, 500))
    inner = np.concatenate([np.linspace(-2, 2, 401), [0.0, 0.25, 0.5, 1.25, -0.25, -0.5, -1.25]])
    _, bound = tabulated(values, knots_between(values, inner), function)
    assert bound < 0.03


@pytest.mark.parametrize("function", SIX, ids=str)
def test_bound_on_normal_values_is_useful(function: Preference) -> None:
    """65,536 bins bound the error on normal values as far as the prototype did (performance figures, section 5)."""
    values = column("normal", 300_000)
    knots = choose_knots(values[:65_536], values.min(), values.max(), function, 65_536)
    _, bound = tabulated(values, knots, function)
    assert bound <= (8e-4 if function.function in ("usual", "u-shape", "level") else 1.5e-7)


def test_flow_grows_with_the_value() -> None:
    """Between and across knots a table never falls by more than rounding."""
    values = np.sort(column("lognormal", 800))
    for function in SIX:
        knots = choose_knots(values[::2], values.min(), values.max(), function, 128)
        flows, _ = tabulated(values, knots, function)
        assert np.diff(flows).min() >= -1e-12


def test_units_do_not_matter() -> None:
    """Values and thresholds times a power of two give the same flows."""
    values = column("normal", 400)
    for one, other in (
        (Preference("linear", q=0.25, p=1.0), Preference("linear", q=4.0, p=16.0)),
        (Preference("gaussian", s=0.5), Preference("gaussian", s=8.0)),
        (Preference("level", q=0.25, p=1.0), Preference("level", q=4.0, p=16.0)),
    ):
        knots = knots_between(values, np.linspace(-2, 2, 50))
        np.testing.assert_allclose(
            tabulated(values, knots, one)[0], tabulated(values * 16, knots * 16, other)[0], rtol=0, atol=1e-14
        )


def test_missing_values_are_molecules() -> None:
    """Molecules without a value are indifferent, and count among those that the flow is divided by."""
    values = column("normal", 300)
    table = np.append(values, [np.nan] * 50)
    positive, negative = criterion_flows(table[:, None], np.ones(1), [SIX[2]])
    knots = Knots.of(np.unique(values))
    flow = flow_column(knots.values, count_cells(values, knots), SIX[2], 350)
    found = FlowTable(knots, flow).net(table)
    np.testing.assert_allclose(found, (positive - negative)[:, 0], rtol=0, atol=flow.bound)
    assert (found[300:] == 0).all()


def test_one_molecule_has_no_flow() -> None:
    """A single molecule's flow is 0 and exact."""
    one = np.ones(1, dtype=np.int64)
    flow = flow_column(np.ones(1), Cells(one, one * 0, one * 0), SIX[4], 1)
    assert isinstance(flow, FlowColumn)
    assert flow.bound == 0
    assert flow.at.tolist() == [0.0]


def test_thresholds_of_the_six_functions() -> None:
    """Q and p are what the steps and slopes stand at; the Gaussian function has none."""
    assert [thresholds(function) for function in SIX] == [
        (0.0, 0.0),
        (0.5, 0.5),
        (0.0, 1.0),
        (0.25, 1.25),
        (0.25, 1.25),
        None,
    ]


def pairwise(values: Floats, function: Preference) -> Floats:
    """Return the net flows from every difference, by the definition alone."""
    with np.errstate(over="ignore", under="ignore"):
        difference = values[:, None] - values[None, :]
        felt = preference(difference, function) - preference(-difference, function)
    return np.asarray(felt.sum(axis=1) / max(values.size - 1, 1))


SCALED = [1e-310, 1e-200, 1e-150, 1e-20, 1e20, 1e150, 1e300]


@pytest.mark.parametrize("size", SCALED)
@pytest.mark.parametrize("kind", ["normal", "outlier", "denormal", "two values"])
def test_thresholds_of_any_size_keep_the_bound(kind: str, size: float) -> None:
    """Thresholds so small that a cell is more of them than a double can say, or so large, leave a finite bound."""
    values = column(kind, 120) + 0.0
    for function in (
        Preference("v-shape", p=size),
        Preference("linear", q=size / 2, p=size),
        Preference("linear", q=size, p=np.nextafter(size, np.inf)),
        Preference("gaussian", s=size),
        Preference("level", q=size / 2, p=size),
        Preference("u-shape", q=size),
    ):
        for count in (0, 12):
            flows, bound = tabulated(values, knots_between(values, np.linspace(-2, 2, count)), function)
            assert np.isfinite(bound)
            assert np.abs(flows - pairwise(values, function)).max() <= bound


@pytest.mark.parametrize("s", [1e-3, 1.0, 1e100, 1e150, 1e200])
@pytest.mark.parametrize("seed", range(4))
def test_values_of_every_magnitude_keep_the_bound(s: float, seed: int) -> None:
    """Cells whose values crowd at their far end, where a mean is rounded beyond the next knot, keep the bound."""
    rng = np.random.default_rng(seed)
    values = np.sort(rng.choice([-1.0, 1.0], 90) * 10.0 ** rng.uniform(-320, 150, 90))
    for function in (Preference("gaussian", s=s), Preference("v-shape", p=s), Preference("linear", q=s / 4, p=s)):
        flows, bound = tabulated(values, knots_between(values, values[::3]), function)
        assert np.abs(flows - pairwise(values, function)).max() <= bound


def test_a_cost_with_a_long_tail_keeps_a_small_bound() -> None:
    """Of a lognormal cost turned round, all but a few values lie at the upper end of wide cells."""
    values = np.sort(np.append(-1e9, -np.random.default_rng(2).lognormal(-20, 3, 400)))
    for function in (Preference("gaussian", s=1e8), Preference("v-shape", p=1e8)):
        flows, bound = tabulated(values, knots_between(values, values[1::50]), function)
        assert np.abs(flows - pairwise(values, function)).max() <= bound < 1e-5


@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
def test_two_values_are_read_exactly(function: Preference) -> None:
    """Of two molecules the better one's flow is its preference, the other's the opposite."""
    for low, high in ((0.0, 1.0), (0.0, 5e-324), (-1e150, 1e150), (1e6, 1e6 + 1e-6)):
        values = np.array([low, high])
        flows, bound = tabulated(values, values, function)
        assert flows == pytest.approx(pairwise(values, function), abs=bound)
        assert flows[0] == pytest.approx(-flows[1], abs=1e-14)
        assert bound < 1e-5


@settings(max_examples=40, deadline=None)
@given(values=st.lists(numbers, min_size=2, max_size=25), function=preferences(), seed=st.integers(0, 99))
def test_flows_of_a_whole_column_cancel(values: list[float], function: Preference, seed: int) -> None:
    """Net flows over all molecules add up to 0, and so do those of a table up to its bound a molecule."""
    drawn = np.array(values) + 0.0
    inner = np.random.default_rng(seed).choice(drawn, 3)
    flows, bound = tabulated(drawn, knots_between(drawn, inner), function)
    assert abs(flows.sum()) <= bound * drawn.size + 1e-12
    assert np.abs(flows).max() <= 1 + bound


@pytest.mark.parametrize("function", SIX, ids=str)
def test_turning_round_changes_the_sign(function: Preference) -> None:
    """A column taken as a cost has the opposite flows, within both bounds."""
    values = column("lognormal", 300)
    knots = knots_between(values, values[::10])
    one, bound = tabulated(values, knots, function)
    other, turned = tabulated(-values, -knots[::-1], function)
    assert np.abs(one + other).max() <= bound + turned


@pytest.mark.parametrize("function", SIX, ids=str)
def test_more_knots_never_break_the_bound(function: Preference) -> None:
    """Knots doubled again and again keep the bound true and end at rounding, where every value has one."""
    values = column("mixture", 256) + 0.0
    bounds = []
    for step in (64, 16, 4, 1):
        flows, bound = tabulated(values, knots_between(values, np.sort(values)[::step]), function)
        assert np.abs(flows - pairwise(values, function)).max() <= bound
        bounds.append(bound)
    assert bounds[-1] < 1e-11
    assert bounds[-1] < bounds[0]


@pytest.mark.parametrize("shift", [1e6, -1e9, 2.0**40])
def test_an_offset_keeps_the_bound(shift: float) -> None:
    """Values far from 0 by many times their spread keep the bound against their own pairwise differences."""
    values = column("normal", 200) + shift
    for function in SIX:
        flows, bound = tabulated(values, knots_between(values, values[::7]), function)
        assert np.abs(flows - pairwise(values, function)).max() <= bound


@pytest.mark.parametrize("function", SIX, ids=str)
def test_molecules_without_a_value_shrink_flow_and_bound(function: Preference) -> None:
    """Twice the molecules, half of them without a value, halve every flow, and the bound too where it counts values."""
    values = column("normal", 200)
    knots = knots_between(values, values[::10])
    counted = count_cells(values, Knots.of(knots))
    full, half = (flow_column(knots, counted, function, rows) for rows in (200, 399))
    np.testing.assert_allclose(half.at, full.at * 199 / 398, rtol=0, atol=1e-14)
    assert half.bound <= full.bound
    assert half.bound >= full.bound / 2 - 1e-12


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("function", [*SIX, *EXTREME], ids=str)
def test_fewer_than_two_molecules_have_no_flows(function: Preference, rows: int) -> None:
    """Nothing to be compared with is a flow of 0 without error, never a division by 0."""
    counts = np.full(1, rows, dtype=np.int64)
    flow = flow_column(np.zeros(1), Cells(counts, counts * 0, counts * 0), function, rows)
    assert (flow.at.tolist(), flow.rise.tolist(), flow.bound) == ([0.0], [0.0], 0.0)


@pytest.mark.parametrize(
    ("function", "ends"),
    [
        (Preference("linear", q=0.5, p=0.5), (0.5, 0.5)),
        (Preference("linear", q=0.0, p=0.0), (0.0, 0.0)),
        (Preference("level", q=0.0, p=2.0), (0.0, 2.0)),
        (Preference("v-shape", p=5e-324), (0.0, 5e-324)),
    ],
)
def test_equal_and_zero_thresholds(function: Preference, ends: tuple[float, float]) -> None:
    """With q = p or q = 0 the thresholds are as declared, and the flows those of the definition."""
    assert thresholds(function) == ends
    values = np.array([0.0, 0.5, 0.5, 1.0, 2.0, 2.5])
    flows, bound = tabulated(values, np.unique(values), function)
    np.testing.assert_allclose(flows, pairwise(values, function), rtol=0, atol=bound)
