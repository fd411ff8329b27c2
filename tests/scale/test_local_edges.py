"""The local engine at the edges: one molecule, all ties, odd ids, odd files, an impatient user."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.scale.libraries import NAMES, ids, in_memory, library, numbers, plan, small_library, table, write

from weighbridge.errors import InputError
from weighbridge.scale import layout as layouts
from weighbridge.scale.layout import inspect
from weighbridge.scale.library import Library, LibraryTable
from weighbridge.scale.local import rank_library

METHODS = ("topsis", "weighted-sum", "promethee-ii")


def scores(path: Path) -> pd.Series[float]:
    """Return the scores that were written, by id."""
    found = pq.read_table(path)
    return pd.Series(found["score"].to_numpy(), index=found["id"].to_pylist())


@pytest.mark.parametrize("method", METHODS)
def test_one_molecule_is_the_first(tmp_path: Path, method: str) -> None:
    """A library of one has a finite score, the first place and no tie."""
    result = rank_library(
        library(write(tmp_path / "a.parquet", table(numbers(1)))), plan(method), tmp_path / "o.parquet", order=True
    )
    assert result.top[["rank", "id", "tied"]].values.tolist() == [[1, ids(1)[0], False]]
    assert np.isfinite(result.top["score"]).all()
    assert result.order_output is not None
    assert pq.read_table(result.order_output)["rank"].to_pylist() == [1]


@pytest.mark.parametrize("method", METHODS)
def test_where_all_are_equal_all_are_first(tmp_path: Path, method: str) -> None:
    """No molecule wins by rounding."""
    values = np.full((400, 4), 0.1 + 0.2)
    result = rank_library(
        library(write(tmp_path / "a.parquet", table(values))), plan(method), tmp_path / "o.parquet", order=True
    )
    assert set(result.top["rank"]) == {1}
    assert len(result.top) == 400
    assert result.top["tied"].all()
    assert result.order_output is not None
    assert set(pq.read_table(result.order_output)["rank"].to_pylist()) == {1}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("top", [6, 7, 1000])
def test_more_may_be_wanted_than_there_are(tmp_path: Path, method: str, top: int) -> None:
    """The top of a small library is the library."""
    values = numbers(6)
    result = rank_library(
        library(write(tmp_path / "a.parquet", table(values))), plan(method, top=top), tmp_path / "o.parquet"
    )
    expected = in_memory(values, plan(method, top=top)).ranks.sort_values(kind="stable")
    assert result.top["id"].tolist() == expected.index.tolist()


@pytest.mark.parametrize("normalization", ["bounds", "minmax", "vector", "sum", "max", "none"])
def test_a_constant_criterion_moves_nothing(tmp_path: Path, normalization: str) -> None:
    """Columns in which nobody differs give finite scores, those of ranking in memory."""
    values = numbers(300) + 0.001
    values = values.clip(0.001, 10)
    values[:, 2] = 4.0
    chosen = plan("topsis", normalization)
    result = rank_library(library(write(tmp_path / "a.parquet", table(values))), chosen, tmp_path / "o.parquet")
    np.testing.assert_allclose(scores(result.output), in_memory(values, chosen).scores, rtol=1e-13)


ODD_IDS = ["", " ", "a\nb", "it's", '"', "ä", "分子", "\u0000", "0007", "7", "NULL", "x" * 5000, "=1+1", "\\", "%s"]


@pytest.mark.parametrize("joined", [False, True])
def test_odd_ids_are_ids(tmp_path: Path, joined: bool) -> None:
    """Empty, long, quoted or foreign: every id comes through unchanged, and joins to itself alone."""
    values = numbers(len(ODD_IDS))
    main = LibraryTable(write(tmp_path / "a.parquet", table(values, ODD_IDS)), "id", {name: name for name in NAMES[:3]})
    further = LibraryTable(write(tmp_path / "b.parquet", table(values[::-1], ODD_IDS[::-1])), "id", {"c3": "c3"})
    source = Library(main, (further,)) if joined else library(main.files[0])
    result = rank_library(source, plan(), tmp_path / "o.parquet", order=True)
    found = scores(result.output)
    assert found.index.tolist() == ODD_IDS
    assert np.array_equal(found, in_memory(values, plan(), ODD_IDS).scores)
    assert result.top["id"].tolist() == found.sort_values(ascending=False, kind="stable").index[:10].tolist()


@pytest.mark.parametrize("codec", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_how_a_file_is_packed_makes_no_difference(tmp_path: Path, codec: str, version: str) -> None:
    """Every compression and data page of Parquet is read."""
    values = numbers(300)
    pq.write_table(
        table(values), tmp_path / "a.parquet", compression=codec, data_page_version=version, row_group_size=90
    )
    result = rank_library(library(tmp_path / "a.parquet"), plan(), tmp_path / "o.parquet")
    assert np.array_equal(scores(result.output), in_memory(values, plan()).scores)


def test_empty_files_between_others_are_passed_over(tmp_path: Path) -> None:
    """A day without new molecules leaves a file without rows."""
    values = numbers(60)
    whole = table(values)
    files = [
        write(tmp_path / f"{number}.parquet", part)
        for number, part in enumerate((whole.slice(0, 0), whole.slice(0, 25), whole.slice(0, 0), whole.slice(25)))
    ]
    result = rank_library(library(*files), plan(), tmp_path / "o.parquet")
    assert np.array_equal(scores(result.output), in_memory(values, plan()).scores)


def test_an_output_without_a_folder_goes_where_the_user_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare file name, and folders that do not exist yet, are fine."""
    source = small_library(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert rank_library(source, plan(), "o.parquet").output.is_file()
    assert rank_library(source, plan(), "new/er/o.parquet").output.is_file()
    assert (tmp_path / "new" / "er" / "o.top.parquet").is_file()


def test_ctrl_c_leaves_no_thread_and_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt at any step of the progress ends the workers; what was finished waits for the next run."""
    monkeypatch.setattr(layouts, "PIECE_ROWS", 100)
    source = small_library(tmp_path)
    undisturbed = rank_library(source, plan("topsis", "minmax"), tmp_path / "undisturbed.parquet").output.read_bytes()
    heard = 0

    def impatient(what: str, done: int, total: int) -> None:
        nonlocal heard
        heard += 1
        if heard in stops:
            raise KeyboardInterrupt

    stops = {1, 4, 12, 16, 21}
    interrupts = 0
    for _ in range(9):
        try:
            rank_library(source, plan("topsis", "minmax"), tmp_path / "out" / "o.parquet", progress=impatient)
            break
        except KeyboardInterrupt:
            interrupts += 1
            assert not [thread for thread in threading.enumerate() if thread.name.startswith("weighbridge")]
            assert not (tmp_path / "out" / "o.parquet").exists()
    assert interrupts >= 3
    assert (tmp_path / "out" / "o.parquet").read_bytes() == undisturbed
    assert sorted(entry.name for entry in (tmp_path / "out").iterdir()) == ["o.parquet", "o.top.parquet"]


def test_the_library_is_only_read(tmp_path: Path) -> None:
    """A folder without write permission for its files keeps every byte and time of change."""
    source = small_library(tmp_path)
    before = inspect(source.main).key
    rank_library(source, plan(), tmp_path / "out" / "o.parquet", order=True)
    assert inspect(source.main).key == before


def test_a_run_that_was_finished_is_run_again_from_the_start(tmp_path: Path) -> None:
    """There is nothing to go on from after a success, and the second result has the same bytes."""
    source = small_library(tmp_path)
    first = rank_library(source, plan(), tmp_path / "o.parquet")
    content: Any = first.output.read_bytes()
    second = rank_library(source, plan(), tmp_path / "o.parquet")
    assert second.output.read_bytes() == content
    assert second.notes == first.notes


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that vanish between the footer and the data end in one sentence."""
    source = small_library(tmp_path)

    def shorter(what: str, done: int, total: int) -> None:
        write(source.main.files[0], table(numbers(500)))

    with pytest.raises(InputError, match="the file changed while it was read; found 500 rows; expected 1000"):
        rank_library(source, plan(), tmp_path / "out" / "o.parquet", progress=shorter)
    assert not (tmp_path / "out" / "o.parquet").exists()


def test_columns_that_are_not_asked_for_are_not_read(tmp_path: Path) -> None:
    """A damaged column that no criterion reads does no harm."""
    content = table(numbers(300)).append_column("notes", pa.array(["x" * 50] * 300))
    path = write(tmp_path / "a.parquet", content, 300)
    chunk = pq.read_metadata(path).row_group(0).column(5)
    raw = bytearray(path.read_bytes())
    begin = chunk.dictionary_page_offset or chunk.data_page_offset
    raw[begin : begin + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(raw)
    assert rank_library(library(path), plan(), tmp_path / "o.parquet").rows == 300
