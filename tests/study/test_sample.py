"""A sample of tables too large to read: which rows, under which numbers, and what is refused."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.errors import InputError
from weighbridge.study import sample
from weighbridge.study.sample import read_rows_of, read_spread


def write(folder: Path, rows: int, *, group: int = 7, name: str = "library.parquet") -> Path:
    """Write a Parquet table of so many molecules in small row groups."""
    path = folder / name
    frame = pd.DataFrame({"id": [f"M{i}" for i in range(rows)], "value": [float(i) for i in range(rows)]})
    frame.to_parquet(path, row_group_size=group)
    return path


def test_the_sample_is_spread_from_the_first_row_to_the_last(tmp_path: Path) -> None:
    """First and last row are in it, and the gaps differ by at most one."""
    table = read_spread(write(tmp_path, 100), "library.parquet", 12)
    positions = [row - 2 for row in table.rows]
    gaps = {after - before for before, after in pairwise(positions)}
    assert positions[0] == 0
    assert positions[-1] == 99
    assert len(positions) == 12
    assert max(gaps) - min(gaps) <= 1


def test_rows_keep_their_cells_and_their_numbers(tmp_path: Path) -> None:
    """A row's number in the file, a header counting as row 1, stands beside its own cells."""
    table = read_spread(write(tmp_path, 50), "library.parquet", 9)
    assert [f"M{row - 2}" for row in table.rows] == list(table.frame["id"])
    assert [float(row - 2) for row in table.rows] == list(table.frame["value"])


def test_a_table_smaller_than_the_sample_is_read_whole(tmp_path: Path) -> None:
    """All rows are read where there are no more than asked for."""
    assert read_spread(write(tmp_path, 5), "library.parquet", 1000).rows == [2, 3, 4, 5, 6]


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 60), count=st.integers(1, 70), group=st.integers(1, 20))
def test_the_sample_has_the_size_asked_for_and_no_repeats(
    tmp_path_factory: pytest.TempPathFactory, rows: int, count: int, group: int
) -> None:
    """However the rows are grouped, min(count, rows) different rows come in the file's order."""
    table = read_spread(write(tmp_path_factory.mktemp("sample"), rows, group=group), "library.parquet", count)
    assert len(table.rows) == min(count, rows)
    assert table.rows == sorted(set(table.rows))


def test_row_groups_do_not_change_the_sample(tmp_path: Path) -> None:
    """The same rows are taken however the file groups them."""
    one = read_spread(write(tmp_path, 90, group=90, name="a.parquet"), "library.parquet", 13)
    many = read_spread(write(tmp_path, 90, group=4, name="b.parquet"), "library.parquet", 13)
    assert one.rows == many.rows
    assert one.frame.equals(many.frame)


def test_another_table_gives_the_rows_of_the_same_molecules(tmp_path: Path) -> None:
    """Rows are found by id, in the file's order and with its numbers."""
    table = read_rows_of(write(tmp_path, 40), "library.parquet", "id", ["M31", "M2", "nobody"])
    assert list(table.frame["id"]) == ["M2", "M31"]
    assert table.rows == [4, 33]


def test_ids_that_are_numbers_are_compared_as_text(tmp_path: Path) -> None:
    """A column of whole numbers is found by the ids the molecule table has as text."""
    path = tmp_path / "numbers.parquet"
    pd.DataFrame({"id": [10, 20, 30], "value": [1.0, 2.0, 3.0]}).to_parquet(path)
    assert list(read_rows_of(path, "numbers.parquet", "id", ["20"]).frame["value"]) == [2.0]


def test_white_space_around_an_id_does_not_hide_it(tmp_path: Path) -> None:
    """Ids are compared as every other table of a study compares them, without the space around them."""
    path = tmp_path / "spaces.parquet"
    pd.DataFrame({"id": [" A ", "B"], "value": [1.0, 2.0]}).to_parquet(path)
    assert list(read_rows_of(path, "spaces.parquet", "id", ["A"]).frame["value"]) == [1.0]


def test_a_batch_boundary_loses_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking through a table in small batches finds the same rows under the same numbers."""
    path = write(tmp_path, 40)
    whole = read_rows_of(path, "library.parquet", "id", ["M0", "M9", "M10", "M39"])
    monkeypatch.setattr(sample, "_BATCH", 5)
    assert read_rows_of(path, "library.parquet", "id", ["M0", "M9", "M10", "M39"]).rows == whole.rows


def test_a_table_without_the_id_column_gives_no_rows(tmp_path: Path) -> None:
    """Whoever asks for the column says that it is missing; here nothing is guessed."""
    assert read_rows_of(write(tmp_path, 5), "library.parquet", "code", ["M1"]).rows == []


@pytest.mark.parametrize(
    "read", [lambda path: read_spread(path, "t", 3), lambda path: read_rows_of(path, "t", "id", [])]
)
def test_only_parquet_is_sampled(tmp_path: Path, read: object) -> None:
    """Another kind of table is refused with what to do."""
    path = tmp_path / "library.csv"
    path.write_text("id\nA\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a library is read from Parquet(.|\n)*--engine memory"):
        read(path)  # type: ignore[operator]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(InputError, match="no such file"):
        read_spread(tmp_path / "none.parquet", "none.parquet", 3)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """A file cut short is no Parquet file, and says so."""
    path = write(tmp_path, 30)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="not a Parquet file"):
        read_spread(path, "library.parquet", 3)


def test_damage_inside_is_told(tmp_path: Path) -> None:
    """Pages overwritten with rubbish are noticed when their rows are read."""
    path = tmp_path / "library.parquet"
    pd.DataFrame({"id": [f"M{i}" for i in range(3000)]}).to_parquet(path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[10:400] = b"\xff" * 390
    path.write_bytes(bytes(content))
    for read in (lambda: read_spread(path, "t", 3), lambda: read_rows_of(path, "t", "id", ["M1"])):
        with pytest.raises(InputError, match="not a Parquet file"):
            read()


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    path = write(tmp_path, 3)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr(sample, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"weighbridge\[scale\]"):
        read_spread(path, "library.parquet", 3)
