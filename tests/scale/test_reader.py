"""Blocks hold the file's numbers as float64, and every fault names its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.libraries import NAMES, ids, numbers, small_library, table, write

from weighbridge.errors import InputError
from weighbridge.scale import layout as layouts
from weighbridge.scale.layout import Layout, inspect
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.reader import column_values, read_blocks, read_ids


def everything(layout: Layout, block_rows: int, **how: bool) -> tuple[np.ndarray[Any, Any], list[Any]]:
    """Return all values and ids of a layout, read piece by piece."""
    names = tuple(layout.table.readings)
    blocks = [
        block for piece in layout.pieces for block in read_blocks(layout, piece, names, block_rows, ids=True, **how)
    ]
    assert [block.first_row for block in blocks] == np.cumsum([0, *(len(b.values) for b in blocks)])[:-1].tolist()
    assert max(len(block.values) for block in blocks) <= block_rows
    return np.concatenate([block.values for block in blocks]), [x for b in blocks for x in b.ids.to_pylist()]


@pytest.mark.parametrize("buffered", [False, True])
@pytest.mark.parametrize("block_rows", [1, 7, 100, 5000])
def test_blocks_together_are_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_rows: int, buffered: bool
) -> None:
    """Whatever the size of blocks and pieces, every row comes once, in order, bit by bit."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 250)
    layout = inspect(small_library(tmp_path).main)
    values, labels = everything(layout, block_rows, buffered=buffered)
    assert np.array_equal(values, numbers(1000))
    assert labels == ids(1000)


def test_blocks_are_columns_in_memory(tmp_path: Path) -> None:
    """Each criterion of a block is contiguous, in the order that was asked for."""
    layout = inspect(small_library(tmp_path).main)
    block = next(read_blocks(layout, layout.pieces[0], ("c2", "c0"), 50))
    assert block.values.flags.f_contiguous
    assert block.ids is None
    assert np.array_equal(block.values, numbers(1000)[:50, [2, 0]])


@pytest.mark.parametrize("kind", ["f2", "f4", "i1", "i8", "u4"])
def test_every_kind_of_number_becomes_float64(tmp_path: Path, kind: str) -> None:
    """Halves, singles and whole numbers keep their value."""
    given = (numbers(100) * 10).astype(kind)
    layout = inspect(LibraryTable(write(tmp_path / "a.parquet", table(given, dtype=kind)), "id", {"x": "c1"}))
    values, _ = everything(layout, 30)
    assert values.dtype == np.float64
    assert np.array_equal(values[:, 0], given[:, 1].astype(np.float64))


def test_decimals_become_float64(tmp_path: Path) -> None:
    """Fixed-point columns of databases are numbers too."""
    content = pa.table({"id": ["a", "b"], "c0": pa.array([Decimal("1.25"), None], pa.decimal128(9, 3))})
    layout = inspect(LibraryTable(write(tmp_path / "a.parquet", content), "id", {"x": "c0"}))
    values, _ = everything(layout, 30)
    assert values[0, 0] == 1.25
    assert np.isnan(values[1, 0])


def test_nulls_and_nan_are_both_missing(tmp_path: Path) -> None:
    """Parquet knows two words for no value."""
    content = pa.table({"id": ids(4), "c0": pa.array([1.0, None, float("nan"), 2.0], pa.float32())})
    layout = inspect(LibraryTable(write(tmp_path / "a.parquet", content), "id", {"x": "c0"}))
    assert np.array_equal(everything(layout, 3)[0][:, 0], [1.0, np.nan, np.nan, 2.0], equal_nan=True)


def test_a_dictionary_of_ids_is_read_as_its_words(tmp_path: Path) -> None:
    """How a file stores its ids makes no difference."""
    labels = pa.array(["a", "b", "c"]).dictionary_encode()
    path = write(tmp_path / "a.parquet", pa.table({"id": labels, "c0": [1.0, 2.0, 3.0]}))
    layout = inspect(LibraryTable(path, "id", {"x": "c0"}))
    assert [x for part in read_ids(layout, layout.pieces[0], 2) for x in part.to_pylist()] == ["a", "b", "c"]


def test_conversions_are_applied_to_each_block(tmp_path: Path) -> None:
    """A criterion may read nanomolar; a second may read the same column otherwise."""
    path = write(tmp_path / "a.parquet", pa.table({"id": ["a", "b"], "nM": [1.0, 1000.0]}))
    readings = {"p": Reading("nM", -1, 9, log10=True), "uM": Reading("nM", 0.001)}
    assert everything(inspect(LibraryTable(path, "id", readings)), 10)[0].tolist() == [[9.0, 0.001], [6.0, 1.0]]


def test_a_missing_id_is_named_by_row(tmp_path: Path) -> None:
    """The first rows without an id are listed by number in the whole table, the others counted."""
    labels = ids(40)
    labels[2:30] = [None] * 28  # type: ignore[list-item]
    first = write(tmp_path / "a.parquet", table(numbers(10), ids(10)))
    library = Library(
        LibraryTable((first, write(tmp_path / "b.parquet", table(numbers(40), labels))), "id", {"x": "c0"})
    )
    with pytest.raises(InputError, match=r"b.parquet, row 13, column 'id': an id is missing(.|\n)*and 8 more rows"):
        everything(inspect(library.main), 1000)


def test_a_whole_number_beyond_float64_is_refused(tmp_path: Path) -> None:
    """2⁵³ + 1 has no float64; it is not rounded in silence."""
    path = write(tmp_path / "a.parquet", pa.table({"id": ["a", "b"], "c0": [1, 2**53 + 1]}))
    with pytest.raises(InputError, match=r"column 'c0': a whole number is too large to be exact"):
        everything(inspect(LibraryTable(path, "id", {"x": "c0"})), 10)


def test_the_logarithm_of_nothing_is_refused(tmp_path: Path) -> None:
    """A concentration of 0 or below is named by row, and is not taken for a missing value."""
    path = write(tmp_path / "a.parquet", pa.table({"id": ids(40), "nM": [1.0] * 5 + [0.0] + [-2.0] * 34}))
    with pytest.raises(InputError, match=r"row 6, column 'nM': the logarithm.*found 0(.|\n)*and 15 more numbers"):
        everything(inspect(LibraryTable(path, "id", {"x": Reading("nM", log10=True)})), 100)


def test_damaged_data_are_named_by_row_group_and_column(tmp_path: Path) -> None:
    """A file whose footer is whole and whose data are not names what cannot be read."""
    path = small_library(tmp_path).main.files[0]
    chunk = pq.read_metadata(path).row_group(3).column(2)
    raw = bytearray(path.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    raw[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(raw)
    layout = inspect(LibraryTable(path, "id", {name: name for name in NAMES}))
    with pytest.raises(InputError, match=r"row group 3, column 'c1': the data are damaged or cut off"):
        everything(layout, 1000)


def test_a_file_that_disappears_is_an_input_error(tmp_path: Path) -> None:
    """No traceback when a file is taken away between footer and data."""
    layout = inspect(small_library(tmp_path).main)
    layout.table.files[0].unlink()
    with pytest.raises(InputError, match="damaged or cut off"):
        everything(layout, 1000)


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=30),
    factor=st.floats(0.5, 4),
    offset=st.floats(-3, 3),
)
def test_a_linear_reading_is_the_formula(values: list[float], factor: float, offset: float) -> None:
    """A value is offset + factor · x, with the rounding of float64, for any column of singles."""
    found = column_values(pa.array(values, pa.float32()), Reading("x", factor, offset), "", 0)
    assert found.tolist() == [offset + factor * x if offset else factor * x for x in values]
