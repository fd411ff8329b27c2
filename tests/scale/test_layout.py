"""Footers say what a table holds, and what is wrong with it, before anything is read."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scale.libraries import ids, numbers, small_library, table, write

from weighbridge.errors import InputError
from weighbridge.scale import layout as layouts
from weighbridge.scale.layout import inspect, require_package
from weighbridge.scale.library import LibraryTable


def one(*files: Path) -> LibraryTable:
    """Return a table of one criterion."""
    return LibraryTable(files, "id", {"x": "c0"})


def test_pieces_cover_every_row_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are whole row groups, in order, each of at least the wanted rows but a file's last."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 250)
    files = [write(tmp_path / f"{k}.parquet", table(numbers(rows))) for k, rows in enumerate((1000, 40))]
    layout = inspect(one(*files))
    assert [(piece.number, piece.first_row, piece.rows, piece.groups) for piece in layout.pieces] == [
        (0, 0, 300, (0, 1, 2)),
        (1, 300, 300, (3, 4, 5)),
        (2, 600, 300, (6, 7, 8)),
        (3, 900, 100, (9,)),
        (4, 1000, 40, (0,)),
    ]
    assert layout.rows == 1040
    assert [piece.file for piece in layout.pieces] == [files[0]] * 4 + [files[1]]


def test_types_are_those_of_the_columns_that_are_read(tmp_path: Path) -> None:
    """Other columns may hold whatever they like."""
    content = table(numbers(10), dtype="f4").append_column("note", pa.array([{"a": 1}] * 10))
    assert inspect(one(write(tmp_path / "a.parquet", content))).types == {"id": pa.string(), "c0": pa.float32()}


def test_the_key_changes_with_the_file(tmp_path: Path) -> None:
    """Another time of change or another content is another key; the same file is the same key."""
    path = write(tmp_path / "a.parquet", table(numbers(10)))
    first = inspect(one(path)).key
    assert inspect(one(path)).key == first
    os.utime(path, ns=(1, 1))
    second = inspect(one(path)).key
    write(path, table(numbers(10, seed=1)))
    os.utime(path, ns=(1, 1))
    third = inspect(one(path)).key
    assert len({str(key) for key in (first, second, third)}) == 3


def test_every_missing_file_is_named(tmp_path: Path) -> None:
    """All files are looked at before the first message."""
    with pytest.raises(InputError, match=r"2 faults(.|\n)*a.parquet: there is no such file(.|\n)*b.parquet"):
        inspect(one(tmp_path / "a.parquet", tmp_path / "b.parquet"))


@pytest.mark.parametrize("keep", [0, 3, 200, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    """A file that was cut off anywhere has lost its footer."""
    path = write(tmp_path / "a.parquet", table(numbers(100)))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"a.parquet: the file is not Parquet, or is cut off.*Write or copy"):
        inspect(one(path))


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    """A typing mistake in a column's name shows at once."""
    path = write(tmp_path / "a.parquet", table(numbers(10)))
    with pytest.raises(InputError, match=r"column 'cO': a column is missing; expected one of \['c0'"):
        inspect(LibraryTable(path, "id", {"x": "cO"}))


def test_a_column_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    """It would be a matter of chance which of the two counted."""
    content = table(numbers(10)).append_column("c0", pa.array(np.zeros(10)))
    with pytest.raises(InputError, match="column 'c0': a column occurs twice"):
        inspect(one(write(tmp_path / "a.parquet", content)))


@pytest.mark.parametrize(
    ("values", "message"),
    [(["high", "low"], "no numbers; found string"), ([True, False], "no numbers; found bool.*Write 1 and 0")],
)
def test_a_column_without_numbers_is_refused(tmp_path: Path, values: list[object], message: str) -> None:
    """Text and truth values are not numbers."""
    path = write(tmp_path / "a.parquet", pa.table({"id": ["a", "b"], "c0": values}))
    with pytest.raises(InputError, match=message):
        inspect(one(path))


def test_an_id_column_of_fractions_is_refused(tmp_path: Path) -> None:
    """Ids are text or whole numbers."""
    path = write(tmp_path / "a.parquet", pa.table({"id": [0.5, 1.5], "c0": [1.0, 2.0]}))
    with pytest.raises(InputError, match="the id column holds no ids; found double; expected text or whole"):
        inspect(one(path))


def test_a_schema_that_changes_between_files_is_refused(tmp_path: Path) -> None:
    """File, column, and what the first file has are named, for every file that differs."""
    files = [write(tmp_path / f"{k}.parquet", table(numbers(10), dtype=kind)) for k, kind in enumerate(("f8", "f4"))]
    files.append(write(tmp_path / "2.parquet", pa.table({"id": ids(2), "c0": [1, 2]})))
    message = r"2 faults(.|\n)*1.parquet, column 'c0': the schema changes.*found float; expected double"
    with pytest.raises(InputError, match=message):
        inspect(one(*files))


def test_a_library_without_rows_is_refused(tmp_path: Path) -> None:
    """Empty files are fine, but not only empty files."""
    empty = write(tmp_path / "a.parquet", table(numbers(5)).slice(0, 0))
    with pytest.raises(InputError, match="no molecules to rank"):
        inspect(one(empty))
    assert inspect(one(empty, write(tmp_path / "b.parquet", table(numbers(5))))).rows == 5


def test_the_size_of_a_row_group_is_that_of_the_columns_read(tmp_path: Path) -> None:
    """Memory is planned by what is read, not by the whole file."""
    path = small_library(tmp_path).main.files[0]
    few = inspect(one(path)).pieces[0].packed_bytes
    many = inspect(LibraryTable(path, "id", {f"c{j}": f"c{j}" for j in range(4)})).pieces[0].packed_bytes
    groups = [pq.read_metadata(path).row_group(group) for group in range(10)]
    assert 0 < few < many
    assert many == max(sum(group.column(j).total_compressed_size for j in range(5)) for group in groups)


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    """Nobody has to guess which extra it was."""
    with pytest.raises(InputError, match=r"needs the package 'no_such_thing'.*pip install 'weighbridge\[scale\]'"):
        require_package("no_such_thing", "scale")


def test_a_row_is_placed_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row numbers of the whole table become file and row, counted from 1, over pieces and files."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 100)
    files = [write(tmp_path / name, table(numbers(rows)), 50) for name, rows in (("a.parquet", 320), ("b.parquet", 5))]
    layout = inspect(one(*files))
    assert [layout.place(row) for row in (0, 119, 319, 320, 324)] == [
        "a.parquet, row 1",
        "a.parquet, row 120",
        "a.parquet, row 320",
        "b.parquet, row 1",
        "b.parquet, row 5",
    ]


def test_small_row_groups_are_gathered_and_large_ones_stand_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece never cuts a row group, and never crosses a file."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 60)
    layout = inspect(
        one(
            write(tmp_path / "a.parquet", table(numbers(200)), 150),
            write(tmp_path / "b.parquet", table(numbers(90)), 10),
        )
    )
    assert [(piece.rows, len(piece.groups)) for piece in layout.pieces] == [(150, 1), (50, 1), (60, 6), (30, 3)]
    assert [piece.first_row for piece in layout.pieces] == [0, 150, 200, 260]


def test_a_table_may_be_empty_where_that_makes_sense(tmp_path: Path) -> None:
    """A source without predictions yet has no pieces, and is no fault."""
    empty = write(tmp_path / "a.parquet", table(numbers(5)).slice(0, 0))
    assert inspect(one(empty), may_be_empty=True).pieces == ()


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.int8(), pa.uint64(), pa.dictionary(pa.int32(), pa.string())]
)
def test_text_and_whole_numbers_are_ids(tmp_path: Path, kind: pa.DataType) -> None:
    """Every way of storing ids that databases use is accepted."""
    labels = (
        pa.array(["1", "2"]).cast(kind)
        if not pa.types.is_dictionary(kind)
        else pa.array(["1", "2"]).dictionary_encode()
    )
    layout = inspect(one(write(tmp_path / "a.parquet", pa.table({"id": labels, "c0": [1.0, 2.0]}))))
    assert layout.rows == 2
