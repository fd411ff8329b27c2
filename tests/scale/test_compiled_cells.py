"""The compiled lookup reads exactly what the numpy one does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import COLUMNS, column

from weighbridge.scale import cells as module
from weighbridge.scale.cells import Knots
from weighbridge.scale.compiled_cells import read

EXTREMES = [-1e150, -1.0, -5e-324, 0.0, 5e-324, 1e-310, 1.0, 1.0 + 2.0**-52, 1e16, 1e150]


@pytest.mark.parametrize("count", [2, 50])
@pytest.mark.parametrize("kind", COLUMNS)
def test_numba_and_numpy_agree(kind: str, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read on knots, between and beyond them is the same to the last bit on every kind of column."""
    values = column(kind, 3_000) + 0.0
    inner = np.append(np.linspace(-3, 3, count), values[:: 3_000 // count])
    inner = inner[(inner > values.min()) & (inner < values.max())]
    knots = Knots.of(np.unique(np.concatenate([[values.min(), values.max()], inner])) + 0.0)
    table = tuple(np.random.default_rng(1).normal(size=(3, knots.values.size)))
    asked = np.concatenate([values, knots.values, [values.min() - 1, values.max() + 1]])
    monkeypatch.setattr(module, "use_numba", lambda rows: False)
    plain = knots.read(asked, *table)
    at, *sloping = table
    packed = np.stack([knots.values, knots.widths, *sloping], axis=1)
    fast = read(asked, packed, at, knots.low, knots.scale, knots.first)
    assert fast.tobytes() == plain.tobytes()
    monkeypatch.setattr(module, "use_numba", lambda rows: True)
    assert knots.read(asked, *table).tobytes() == plain.tobytes()


def test_reads_a_table_by_hand() -> None:
    """On a knot, between knots and beyond the ends the table says what it should."""
    knots = Knots.of(np.array([0.0, 1.0, 4.0]))
    at, start, rise = np.array([10.0, 20.0, 30.0]), np.array([1.0, 2.0, 3.0]), np.array([4.0, 8.0, 0.0])
    asked = np.array([-5.0, 0.0, 0.25, 1.0, 2.5, 4.0, 9.0])
    assert knots.read(asked, at, start, rise).tolist() == [1.0, 10.0, 2.0, 20.0, 6.0, 30.0, 3.0]


@settings(max_examples=50, deadline=None)
@given(
    inner=st.lists(st.one_of(st.sampled_from(EXTREMES), st.floats(-10, 10)), min_size=1, max_size=40),
    asked=st.lists(st.one_of(st.sampled_from(EXTREMES), st.floats(-1e150, 1e150)), min_size=1, max_size=20),
)
def test_awkward_knots_are_read_alike(inner: list[float], asked: list[float]) -> None:
    """Knots of every magnitude, crowded or far apart, are read to the same bits by both ways."""
    knots = Knots.of(np.unique(np.array(inner)) + 0.0)
    at, start, rise = np.random.default_rng(3).normal(size=(3, knots.values.size))
    values = np.concatenate([asked, knots.values, np.nextafter(knots.values, np.inf)])
    packed = np.stack([knots.values, knots.widths, start, rise], axis=1)
    fast = read(values, packed, at, knots.low, knots.scale, knots.first)
    assert fast.tobytes() == knots.read(values, at, start, rise).tobytes()


def test_nothing_is_read_as_nothing() -> None:
    """No values give no numbers."""
    knots = Knots.of(np.array([0.0, 1.0]))
    packed = np.zeros((2, 4))
    assert read(np.empty(0), packed, np.zeros(2), knots.low, knots.scale, knots.first).shape == (0,)


def test_crowded_knots_are_found_by_halving() -> None:
    """More knots in a bucket than steps are taken one by one are found all the same."""
    values = np.append(1.0 + np.arange(500) * 2.0**-52, [1e9, 2e9])
    knots = Knots.of(values)
    at = np.arange(502.0)
    packed = np.stack([knots.values, knots.widths, at, at * 0], axis=1)
    assert read(values, packed, at, knots.low, knots.scale, knots.first).tolist() == at.tolist()
