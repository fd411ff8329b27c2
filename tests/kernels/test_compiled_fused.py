"""The compiled passes give the bits of numpy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kernels.test_fused import sample, tables

from weighbridge.kernels import compiled_fused, fused
from weighbridge.kernels.fused import additive_scores, closeness, distances, identity_maps, largest_additive_size


def plain(function: Any) -> Any:
    """Return the Python function behind a compiled one, which may be the same."""
    return getattr(function, "py_func", function)


@pytest.fixture(scope="module")
def everywhere() -> Any:
    """Return a way to run something with compiled kernels on tables of any size."""

    def run(work: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fused, "COMPILED_ROWS", 0)
            patch.setattr(fused, "use_numba", lambda rows: True)
            return work()

    return run


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rows", [1, 1023, 1025, 20_000])
@pytest.mark.parametrize("writeable", [True, False])
def test_compiled_scores_are_the_same_bytes(seed: int, rows: int, writeable: bool, everywhere: Any) -> None:
    """Closeness, distances, sums and sizes, over parts of blocks and several of them, on two threads."""
    values, maps, ideal, anti = sample(seed, rows, 6)
    values.flags.writeable = writeable
    for work in (
        lambda: closeness(values, maps, ideal, anti, threads=2),
        lambda: np.stack(distances(values, maps, ideal, anti)),
        lambda: additive_scores(values, maps),
        lambda: np.array(largest_additive_size(values, maps)),
    ):
        assert everywhere(work).tobytes() == work().tobytes()


@given(values=tables())
def test_nasty_numbers_give_the_same_bytes(values: Any, everywhere: Any) -> None:
    """Ties, denormals, signed zeros, offsets and heavy tails."""
    maps, ideal, anti = identity_maps(values.shape[1]), values.max(axis=0), values.min(axis=0)
    for work in (lambda: closeness(values, maps, ideal, anti), lambda: additive_scores(values, maps)):
        assert everywhere(work).tobytes() == work().tobytes()


@given(values=tables(), absolute=st.booleans())
def test_the_functions_are_right_uncompiled_too(values: Any, absolute: bool) -> None:
    """What is compiled is the formula: it says the same as Python."""
    maps = identity_maps(values.shape[1])
    n, m = values.shape
    inverse = np.zeros(m, dtype=bool)
    steps = np.stack([maps.shift, maps.scale, maps.factor, maps.offset])
    total = np.zeros(n)
    plain(compiled_fused.add_columns)(values, steps, inverse, total, absolute)
    expected = np.zeros(n)
    for column in values.T:
        expected += np.abs(column) if absolute else column
    np.testing.assert_array_equal(total, expected)
    plus, minus = np.zeros(n), np.zeros(n)
    places = np.stack([maps.shift, maps.scale, maps.factor, values[0], np.zeros(m)])
    plain(compiled_fused.add_squares)(values, places, inverse, plus, minus)
    for found, point in ((plus, values[0]), (minus, np.zeros(m))):
        squares = np.zeros(n)
        for column, place in zip(values.T, point, strict=True):
            squares += (column - place) ** 2
        np.testing.assert_array_equal(found, squares)


def test_inverse_columns_are_divided_uncompiled_too() -> None:
    """A cost under ``sum`` enters by 1/x."""
    values, inverse = np.array([[2.0], [4.0]]), np.array([True])
    plus, minus, total = np.zeros(2), np.zeros(2), np.zeros(2)
    plain(compiled_fused.add_squares)(values, np.array([[9.0], [0.5], [3.0], [1.0], [0.0]]), inverse, plus, minus)
    plain(compiled_fused.add_columns)(values, np.array([[9.0], [0.5], [3.0], [1.0]]), inverse, total, False)
    assert (plus.tolist(), minus.tolist(), total.tolist()) == ([4.0, 0.25], [9.0, 2.25], [4.0, 2.5])


def test_row_major_and_small_tables_stay_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba is asked for only where it pays."""
    asked: list[int] = []
    monkeypatch.setattr(fused, "use_numba", lambda rows: bool(asked.append(rows)))
    additive_scores(np.ones((10, 2), order="F"), identity_maps(2))
    monkeypatch.setattr(fused, "COMPILED_ROWS", 5)
    additive_scores(np.ones((10, 2), order="C"), identity_maps(2))
    assert asked == []
    additive_scores(np.ones((10, 2), order="F"), identity_maps(2))
    assert asked == [10]
