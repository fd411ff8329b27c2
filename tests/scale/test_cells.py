"""Values are found between knots and counted exactly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.samples import COLUMNS, column

from weighbridge.core.arrays import Floats
from weighbridge.scale import cells as module
from weighbridge.scale.cells import PLACE_BITS, Knots, count_cells, merge_cells


def knots_of(values: Floats, seed: int, count: int) -> Knots:
    """Return knots at some of the values and between them, the ends included."""
    rng = np.random.default_rng(seed)
    inner = np.append(rng.choice(values, count), rng.uniform(-2, 2, count))
    inner = inner[(inner > values.min()) & (inner < values.max())]
    return Knots.of(np.unique(np.concatenate([[values.min(), values.max()], inner])) + 0.0)


@pytest.mark.parametrize("count", [0, 5, 200])
@pytest.mark.parametrize("kind", COLUMNS)
def test_finds_what_bisection_finds(kind: str, count: int) -> None:
    """The lookup by buckets agrees with a search by halves on every kind of column, knots and their neighbours too."""
    values = column(kind, 2_000) + 0.0
    knots = knots_of(values, 1, count)
    beside = np.concatenate([knots.values, np.nextafter(knots.values, np.inf), np.nextafter(knots.values, -np.inf)])
    for asked in (values, beside):
        wanted = np.maximum(np.searchsorted(knots.values, asked, side="right") - 1, 0)
        np.testing.assert_array_equal(knots.find(asked), wanted)


@settings(max_examples=80, deadline=None)
@given(
    inner=st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=30),
    asked=st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9), min_size=1),
)
def test_finds_values_anywhere(inner: list[float], asked: list[float]) -> None:
    """Knots however uneven are found for values however far outside."""
    knots = Knots.of(np.unique(np.array(inner)) + 0.0)
    wanted = np.maximum(np.searchsorted(knots.values, asked, side="right") - 1, 0)
    np.testing.assert_array_equal(knots.find(np.array(asked)), wanted)


@pytest.mark.parametrize("kind", COLUMNS)
def test_counts_and_means_are_right(kind: str) -> None:
    """Every value is counted once, on a knot or between two, and the mean place is right to 2^-31."""
    values = column(kind, 1_500) + 0.0
    knots = knots_of(values, 2, 20)
    counted = count_cells(values, knots)
    assert counted.at.sum() + counted.within.sum() == values.size
    assert counted.within[-1] == 0
    for i, knot in enumerate(knots.values[:-1]):
        inside = values[(values > knot) & (values < knots.values[i + 1])]
        assert counted.within[i] == inside.size
        assert counted.at[i] == (values == knot).sum()
        if inside.size:
            mean = ((inside - knot) / knots.widths[i]).mean()
            assert counted.places[i] / inside.size / 2**PLACE_BITS == pytest.approx(mean, abs=2.0**-31 + 1e-15)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), where=st.integers(0, 500))
def test_parts_add_up(seed: int, where: int) -> None:
    """Counts of two parts, in any order of the rows, are the counts of the whole."""
    values = column("cauchy", 500, seed) + 0.0
    knots = knots_of(values, seed, 15)
    mixed = np.random.default_rng(seed).permutation(values)
    whole, parts = count_cells(values, knots), [count_cells(part, knots) for part in (mixed[where:], mixed[:where])]
    merged = merge_cells(*parts)
    for name in ("at", "within", "places"):
        assert getattr(merged, name).tolist() == getattr(whole, name).tolist()


def test_places_stay_in_their_cell() -> None:
    """Places lie between 0 and 1, outside values included."""
    knots = Knots.of(np.array([0.0, 1.0, 4.0]))
    asked = np.array([-3.0, 0.0, 0.5, 1.0, 2.5, 4.0, 9.0])
    assert knots.places(asked, knots.find(asked)).tolist() == [0, 0, 0.5, 0, 0.5, 0, 1]


def test_long_columns_are_counted_in_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column longer than one run gives the same counts and sums; an empty one gives none."""
    values = column("mixture", 3_000)
    knots = knots_of(values, 4, 10)
    whole = count_cells(values, knots)
    monkeypatch.setattr(module, "_RUN", 7)
    again = count_cells(values, knots)
    for name in ("at", "within", "places"):
        assert getattr(again, name).tolist() == getattr(whole, name).tolist()
    assert count_cells(values[:0], knots).at.sum() == 0


EXTREMES = [-1e150, -1e100, -1.0, -5e-324, 0.0, 5e-324, 1e-310, 1e-300, 1.0, 1.0 + 2.0**-52, 1e16, 1e150]


@settings(max_examples=50, deadline=None)
@given(
    inner=st.lists(st.sampled_from(EXTREMES), min_size=1, max_size=12),
    asked=st.lists(st.one_of(st.sampled_from(EXTREMES), st.floats(-1e150, 1e150)), min_size=1, max_size=20),
)
def test_knots_of_every_magnitude_are_found(inner: list[float], asked: list[float]) -> None:
    """Knots from denormals to 1e150 are found for any value, without a warning, and places stay within 0 and 1."""
    knots = Knots.of(np.unique(np.array(inner)) + 0.0)
    found = knots.find(np.array(asked))
    wanted = np.maximum(np.searchsorted(knots.values, asked, side="right") - 1, 0)
    np.testing.assert_array_equal(found, wanted)
    places = knots.places(np.array(asked), found)
    assert ((places >= 0) & (places <= 1)).all()


@settings(max_examples=50, deadline=None)
@given(
    column_=st.lists(st.one_of(st.sampled_from(EXTREMES), st.floats(-1e150, 1e150)), min_size=1, max_size=40),
    chosen=st.integers(1, 7),
    where=st.integers(0, 40),
)
def test_awkward_columns_are_counted_and_add_up(column_: list[float], chosen: int, where: int) -> None:
    """Every value is counted once, whatever its magnitude, and two parts have the counts of the whole."""
    values = np.array(column_) + 0.0
    knots = Knots.of(np.unique(np.concatenate([values[::chosen], [values.min(), values.max()]])))
    whole = count_cells(values, knots)
    assert whole.at.sum() + whole.within.sum() == values.size
    assert whole.at.tolist() == [int((values == knot).sum()) for knot in knots.values]
    assert (whole.places >= 0).all()
    assert (whole.places <= whole.within * 2**PLACE_BITS).all()
    parts = merge_cells(count_cells(values[where:], knots), count_cells(values[:where], knots))
    for name in ("at", "within", "places"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()


def test_a_single_knot_holds_all() -> None:
    """A constant column is one knot with every value on it, and is found from anywhere."""
    knots = Knots.of(np.array([3.0]))
    counted = count_cells(np.full(9, 3.0), knots)
    assert (counted.at.tolist(), counted.within.tolist(), counted.places.tolist()) == ([9], [0], [0])
    assert knots.find(np.array([-1e150, 3.0, 1e150])).tolist() == [0, 0, 0]
    nothing = np.zeros(1)
    assert knots.read(np.array([2.0, 3.0, 4.0]), np.array([7.0]), nothing, nothing).tolist() == [0.0, 7.0, 0.0]


@pytest.mark.parametrize("block", [1, 7, 64])
def test_lookups_do_not_depend_on_blocks(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Knots found and tables read a few values at a time are the same."""
    values = column("cauchy", 300)
    knots = knots_of(values, 3, 30)
    table = np.random.default_rng(2).normal(size=(3, knots.values.size))
    monkeypatch.setattr(module, "use_numba", lambda rows: False)
    found, read = knots.find(values), knots.read(values, *table)
    monkeypatch.setattr(module, "_BLOCK", block)
    assert knots.find(values).tobytes() == found.tobytes()
    assert knots.read(values, *table).tobytes() == read.tobytes()


def test_reading_interpolates_between_knots() -> None:
    """A table of a straight line is read as that line, on its knots and between them."""
    values = np.sort(np.random.default_rng(5).uniform(-2, 2, 30))
    knots = Knots.of(values)
    asked = np.linspace(values[0], values[-1], 101)
    rise = np.append(np.diff(values), 0.0)
    np.testing.assert_allclose(knots.read(asked, values, values, rise), asked, rtol=0, atol=1e-15)


def test_crowded_knots_beside_an_outlier_are_found() -> None:
    """A thousand knots within a hair and one far away: every lookup ends at the right one."""
    values = np.append(1.0 + np.arange(1_000) * 2.0**-52, 1e12)
    knots = Knots.of(values)
    np.testing.assert_array_equal(knots.find(values), np.arange(1_001))
    np.testing.assert_array_equal(knots.find(np.nextafter(values, -np.inf))[1:-1], np.arange(999))


def test_counting_leaves_the_column_as_it_is() -> None:
    """Columns are sorted in a copy."""
    values = column("normal", 100)
    before = values.tobytes()
    count_cells(values, knots_of(values, 1, 5))
    assert values.tobytes() == before
