"""Reading columns: which dtypes are taken as they are, infinities in several blocks, no copies without need."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import limits
from weighbridge.core import cells
from weighbridge.core.arrays import column_extent
from weighbridge.core.cells import check_finite, missing_cells, read_bounds, read_numbers
from weighbridge.errors import Faults, InputError


def read(frame: pd.DataFrame) -> Any:
    """Read a frame that has no faults."""
    faults = Faults()
    values = read_numbers(frame, faults)
    faults.raise_if_any()
    return values


def infinities(values: Any) -> list[str]:
    """Return the faults that infinities of an array make, as text."""
    faults = Faults()
    check_finite(pd.DataFrame(values), values, column_extent(values), faults)
    try:
        faults.raise_if_any()
    except InputError as error:
        return [str(fault) for fault in error.faults]
    return []


@pytest.mark.parametrize(
    "dtype",
    ["float64", "float32", "float16", "int64", "int8", "uint64", "Float64", "Int32", "object", "float64[pyarrow]"],
)
def test_every_kind_of_number_becomes_float64(dtype: str) -> None:
    """Numbers of any width, nullable, Arrow's and objects come out alike, column-major."""
    values = read(pd.DataFrame({"a": pd.Series([1, 2, 3], dtype=dtype), "b": [0.5, 1.5, 2.5]}))
    np.testing.assert_array_equal(values, [[1, 0.5], [2, 1.5], [3, 2.5]])
    assert values.dtype == np.float64
    assert values.flags.f_contiguous


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float64", "object", "float64[pyarrow]"])
def test_missing_is_nan_in_every_kind_of_column(dtype: str) -> None:
    """Whatever the column calls it."""
    values = read(pd.DataFrame({"a": pd.Series([1.0, None, 3.0], dtype=dtype)}))
    np.testing.assert_array_equal(values[:, 0], [1.0, np.nan, 3.0])


def test_the_values_are_a_copy() -> None:
    """Nobody's frame is changed through the matrix, nor the matrix through the frame."""
    array = np.asfortranarray(np.ones((4, 2)))
    frame = pd.DataFrame(array, copy=False)
    assert not np.shares_memory(read(frame), array)


def test_a_frame_of_floats_costs_one_call_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cell of a float column is looked at one by one."""
    monkeypatch.setattr(cells, "_column_numbers", lambda *_: pytest.fail("a float column was parsed"))
    assert read(pd.DataFrame(np.ones((5, 3)))).sum() == 15


def test_without_bounds_the_values_are_their_own() -> None:
    """The very array, so that exact values take no more memory."""
    values = np.ones((2, 1))
    assert read_bounds(pd.DataFrame(values), values, None, "low", Faults()) is values


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 2), st.booleans()), max_size=40))
def test_infinities_are_listed_in_reading_order_up_to_the_limit(places: list[tuple[int, int, bool]]) -> None:
    """Each with row and column, the first ones by row, the rest counted."""
    values = np.zeros((100, 3), order="F")
    for i, j, negative in places:
        values[i, j] = -np.inf if negative else np.inf
    expected = np.argwhere(np.isinf(values)).tolist()
    found = infinities(values)
    shown = expected[: limits.FAULTS_SHOWN]
    for text, (i, j) in zip(found, shown, strict=False):
        assert text.startswith(f"row {i}, column {j}: not a finite number; found {values[i, j]}")
    more = len(expected) - limits.FAULTS_SHOWN
    assert found[len(shown) :] == ([f"and {more} more values that are not finite"] if more > 0 else [])


def test_infinities_in_several_blocks_are_told_once() -> None:
    """A table of many blocks with one infinity in the first, a middle and the last row."""
    n = 3 * 32_768 + 11
    values = np.zeros((n, 2), order="F")
    values[0, 1] = values[50_000, 0] = np.inf
    values[-1, 1] = -np.inf
    found = infinities(values)
    assert [text.split(":")[0] for text in found] == [
        "row 0, column 1",
        "row 50000, column 0",
        f"row {n - 1}, column 1",
    ]


def test_missing_values_are_no_infinities() -> None:
    """NaN beside finite numbers is for the criterion's rule."""
    assert infinities(np.array([[np.nan], [1.0]])) == []


def test_nothing_missing_takes_no_memory() -> None:
    """A mask of False for a million cells holds one byte, and cannot be written."""
    missing = missing_cells(np.zeros((1000, 1000)))
    assert missing.shape == (1000, 1000)
    assert missing.strides == (0, 0)
    assert not missing.flags.writeable


@pytest.mark.parametrize("row", [0, 40_000, 70_000])
def test_one_missing_value_in_any_block_makes_a_mask(row: int) -> None:
    """It is found in the first, a middle and the last block."""
    values = np.zeros((70_001, 2), order="F")
    values[row, 1] = np.nan
    missing = missing_cells(values)
    assert np.argwhere(missing).tolist() == [[row, 1]]
    assert not missing.flags.writeable
