"""PROMETHEE's flows by column: all pairs in extended precision, both engines, threads, blocks, order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from tests.kernels.brute import adversarial_columns, adversarial_functions, hard_columns, pair_sums, six_functions

import weighbridge as wb
from weighbridge.kernels import boxes, engine, flows, sorting, windows
from weighbridge.kernels.flows import column_flows, each_flows, each_net_flow, net_column

ENGINES = [pytest.param(False, id="numpy"), pytest.param(True, id="numba")]
ONE = np.ones(1)


def bound(function: wb.Preference) -> float:
    """Return the error promised for a flow."""
    return 1e-12 if function.function == "gaussian" else 1e-14


@pytest.mark.parametrize("fast", ENGINES)
@settings(max_examples=100)
@given(adversarial_columns(), adversarial_functions())
def test_flows_equal_all_pairs(fast: bool, values: list[float], function: wb.Preference) -> None:
    """Ties, denormals, −0.0, heavy tails, huge offsets, and thresholds that coincide or vanish."""
    column = np.array(values) + 0.0
    expected = np.array(pair_sums(column, function)) / (column.size - 1)
    found = column_flows(column, function, fast)
    assert_allclose(found, expected.astype(float), rtol=0, atol=bound(function))
    assert_allclose(net_column(column, function, fast), found[0] - found[1], rtol=0, atol=1e-15)


@settings(max_examples=100)
@given(adversarial_columns(), adversarial_functions())
def test_both_engines_agree(values: list[float], function: wb.Preference) -> None:
    """To the last bit where sums are exact, and far below the promised error for the gaussian."""
    column = np.array(values) + 0.0
    slow, fast = column_flows(column, function, False), column_flows(column, function, True)
    if function.function == "gaussian":
        assert_allclose(slow, fast, rtol=0, atol=1e-13)
    else:
        assert_array_equal(slow, fast)


@pytest.mark.parametrize("fast", ENGINES)
@pytest.mark.parametrize("share", [1.0, 0.1, 3.0, 1e-6])
@pytest.mark.parametrize("kind", hard_columns(2))
def test_three_thousand_rows_in_extended_precision(kind: str, share: float, fast: bool) -> None:
    """The nine reference data sets, thresholds down to a millionth of a standard deviation."""
    column = hard_columns(3000)[kind]
    rows = np.random.default_rng(1).integers(0, 3000, 25)
    for function in six_functions(share * (float(column.std()) or 1.0)):
        expected = np.array(pair_sums(column, function, rows)) / 2999
        found = np.array(column_flows(column, function, fast))[:, rows]
        assert float(np.abs(found - expected).max()) < bound(function), str(function)


@pytest.mark.parametrize("fast", ENGINES)
@settings(max_examples=60)
@given(adversarial_columns(), adversarial_functions(), st.randoms(use_true_random=False))
def test_equal_values_and_other_orders_change_no_bit(
    fast: bool, values: list[float], function: wb.Preference, random: Any
) -> None:
    """A flow depends on the set of values: permuting rows permutes it, and ties stay ties."""
    column = np.array(values) + 0.0
    order = list(range(column.size))
    random.shuffle(order)
    found = np.array(column_flows(column, function, fast))
    assert_array_equal(np.array(column_flows(column[order], function, fast)), found[:, order])
    for i, value in enumerate(column):
        assert_array_equal(found[:, column == value], found[:, [i] * int((column == value).sum())])


@pytest.mark.parametrize("fast", ENGINES)
@settings(max_examples=60)
@given(adversarial_columns(), adversarial_functions())
def test_net_flows_sum_to_zero_and_rise_with_the_value(
    fast: bool, values: list[float], function: wb.Preference
) -> None:
    """What one wins another loses; flows lie in [0, 1]; a larger value never has the smaller net flow."""
    column = np.sort(np.array(values) + 0.0)
    plus, minus = column_flows(column, function, fast)
    net = net_column(column, function, fast)
    assert abs(net.sum()) < 1e-12 * column.size
    assert ((plus >= 0) & (plus <= 1 + 1e-15) & (minus >= 0) & (minus <= 1 + 1e-15)).all()
    assert (np.diff(net) > -1e-14).all()


@pytest.mark.parametrize("fast", ENGINES)
@pytest.mark.parametrize("function", six_functions(0.7), ids=str)
def test_a_missing_value_is_indifferent_and_still_counts(fast: bool, function: wb.Preference) -> None:
    """NaN has flows of 0, takes part in no sum, and is among the n − 1."""
    column = np.array([0.3, np.nan, 1.5, -0.2, np.nan, 1.5])
    expected = np.array(pair_sums(column, function)).astype(float) / 5
    assert_allclose(column_flows(column, function, fast), expected, rtol=0, atol=1e-14)
    assert_allclose(net_column(column, function, fast), expected[0] - expected[1], rtol=0, atol=1e-14)
    assert net_column(np.full(3, np.nan), function, fast).tolist() == [0.0] * 3


@pytest.mark.parametrize("fast", ENGINES)
@pytest.mark.parametrize("function", six_functions(0.7), ids=str)
def test_one_molecule_and_a_constant_column_have_flows_of_exactly_zero(fast: bool, function: wb.Preference) -> None:
    """There is nothing to outrank."""
    for column in (np.array([4.0]), np.full(500, 0.1), np.zeros(2)):
        assert not np.any(column_flows(column, function, fast))
        assert not np.any(net_column(column, function, fast))


@pytest.mark.parametrize("fast", ENGINES)
def test_linear_with_equal_thresholds_is_the_u_shape(fast: bool) -> None:
    """What linear tends to as q meets p, with no division by zero; also with both 0."""
    column = np.random.default_rng(2).integers(0, 9, 40) / 4
    for q in (0.0, 0.5):
        linear = column_flows(column, wb.Preference("linear", q=q, p=q), fast)
        assert_array_equal(linear, column_flows(column, wb.Preference("u-shape", q=q), fast))


@pytest.mark.parametrize("fast", ENGINES)
def test_nearly_equal_thresholds_are_as_exact_as_any(fast: bool) -> None:
    """Neighbouring doubles as q and p, and a slope a billion times steeper than it is far."""
    column = np.round(np.random.default_rng(3).normal(size=400), 1) + 0.0
    for p in (float(np.nextafter(1.0, 2.0)), 1 + 1e-9):
        function = wb.Preference("linear", q=1.0, p=p)
        expected = np.array(pair_sums(column, function)).astype(float) / 399
        assert_allclose(column_flows(column, function, fast), expected, rtol=0, atol=1e-14)


def test_a_cost_is_a_gain_of_the_negative_and_both_zeros_are_equal() -> None:
    """The sign turns the column; −0.0 ties with 0.0 whatever the sign."""
    values = np.array([[0.0], [-0.0], [1.0]])
    for function in six_functions(0.5):
        gain = next(each_net_flow(values, ONE, [function]))
        assert gain[0] == gain[1]
        assert_array_equal(next(each_net_flow(values, -ONE, [function])), next(each_net_flow(-values, ONE, [function])))


@pytest.mark.parametrize("fast", ENGINES)
def test_threads_change_no_bit(fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """One, two and five threads give the same bytes, in the order of the criteria."""
    monkeypatch.setattr(flows, "THREADED_ROWS", 2)
    monkeypatch.setattr(flows, "use_numba", lambda rows, repeats=1: fast)
    values = np.random.default_rng(4).normal(size=(700, 6))
    found = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv(engine.THREADS_VARIABLE, threads)
        net = list(each_net_flow(values, np.ones(6), six_functions(0.8)))
        sides = list(each_flows(values, np.ones(6), six_functions(0.8)))
        found.append(np.array(net).tobytes() + np.array(sides).tobytes())
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("function", six_functions(0.8)[:5], ids=str)
def test_blocks_change_no_bit(function: wb.Preference, monkeypatch: pytest.MonkeyPatch) -> None:
    """The five functions of straight lines come out the same in blocks of any size."""
    column = hard_columns(900)["two decimals"]
    whole = column_flows(column, function, False)
    for size in (7, 64):
        monkeypatch.setattr(windows, "BLOCK", size)
        monkeypatch.setattr(sorting, "BLOCK", size)
        assert_array_equal(column_flows(column, function, False), whole)


def test_pieces_change_the_gaussian_by_rounding_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Summing up boxes in shorter runs moves nothing but the last places."""
    column, function = hard_columns(900)["normal"], wb.Preference("gaussian", s=0.7)
    whole = column_flows(column, function, False)
    monkeypatch.setattr(boxes, "PIECE", 16)
    assert_allclose(column_flows(column, function, False), whole, rtol=0, atol=1e-14)


def test_the_engine_depends_on_size_and_on_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table asks whether numba works on so many rows so many times, and numpy is not compiled for small ones."""
    asked = []
    monkeypatch.setattr(flows, "use_numba", lambda rows, repeats: asked.append((rows, repeats)) or False)
    values = np.arange(6.0).reshape(3, 2)
    assert len(list(each_net_flow(values, np.ones(2), six_functions(1.0)[:2], repeats=50))) == 2
    assert len(list(each_flows(values, np.ones(2), six_functions(1.0)[:2]))) == 2
    assert asked == [(3, 50), (3, 1)]


@pytest.mark.nightly
@pytest.mark.parametrize("fast", ENGINES)
@pytest.mark.parametrize("rows", [1_000_000, 10_000_000])
@pytest.mark.parametrize("kind", ["normal", "heavy tail", "offset", "two decimals"])
def test_millions_of_rows_in_extended_precision(kind: str, rows: int, fast: bool) -> None:
    """Sampled rows of large columns keep the error that small ones have."""
    column = hard_columns(rows)[kind]
    some = np.random.default_rng(5).integers(0, rows, 4)
    for share in (1.0, 1e-6):
        for function in six_functions(share * float(column.std())):
            expected = np.array(pair_sums(column, function, some)) / (rows - 1)
            found = np.array(column_flows(column, function, fast))[:, some]
            assert float(np.abs(found - expected).max()) < bound(function), str(function)
