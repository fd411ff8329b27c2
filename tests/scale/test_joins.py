"""Prediction tables are joined by molecule id, in the main table's order, and nothing is lost in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scale.libraries import ids, numbers, table, write

from weighbridge.errors import InputError
from weighbridge.scale.joins import join, joined_table
from weighbridge.scale.layout import inspect
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.scale.reader import read_blocks
from weighbridge.scale.tables import LEAST_MB


def values_of(library: Library, folder: Path) -> pd.DataFrame:
    """Join a library and read the criteria with their ids."""
    layout = inspect(join(library, folder / "joined.parquet", memory_mb=LEAST_MB, threads=2))
    names = tuple(layout.table.readings)
    blocks = [block for piece in layout.pieces for block in read_blocks(layout, piece, names, 999, ids=True)]
    index = [label for block in blocks for label in block.ids.to_pylist()]
    return pd.DataFrame(np.concatenate([block.values for block in blocks]), index=index, columns=list(names))


def predictions(path: Path, labels: list[str], scores: np.ndarray, seed: int = 0) -> Path:
    """Write a prediction table in another order than the main table's."""
    order = np.random.default_rng(seed).permutation(len(labels))
    return write(path, pa.table({"mol": [labels[i] for i in order], "score": scores[order]}))


def test_a_join_is_what_pandas_gives(tmp_path: Path) -> None:
    """Two prediction tables, one with gaps and one with strangers, against pandas on the same rows."""
    main = [write(tmp_path / f"m{k}.parquet", table(numbers(500, k), ids(500, 500 * (1 - k)))) for k in range(2)]
    labels = ids(500, 500) + ids(500)
    first = pd.Series(np.arange(1000.0), index=ids(1000))
    second = pd.Series(np.arange(900.0) / 7, index=ids(900, 300))
    library = Library(
        LibraryTable(main, "id", {"own": "c1"}),
        (
            LibraryTable(
                predictions(tmp_path / "a.parquet", list(first.index), first.to_numpy()), "mol", {"a": "score"}
            ),
            LibraryTable(
                predictions(tmp_path / "b.parquet", list(second.index), second.to_numpy()),
                "mol",
                {"b": Reading("score", 2.0, 1.0), "c": "score"},
            ),
        ),
    )
    own = np.concatenate([numbers(500, 0)[:, 1], numbers(500, 1)[:, 1]])
    expected = pd.DataFrame({"own": own}, index=labels)
    expected["a"], expected["b"], expected["c"] = first, second * 2 + 1, second
    pd.testing.assert_frame_equal(values_of(library, tmp_path), expected, check_exact=True)


@settings(max_examples=15, deadline=None)
@given(
    main=st.lists(st.integers(-50, 50), unique=True, min_size=1, max_size=40),
    other=st.lists(st.integers(-50, 50), unique=True, max_size=40),
)
def test_every_molecule_of_the_main_table_comes_once_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, main: list[int], other: list[int]
) -> None:
    """Whatever the predictions hold, rows and order are the main table's; lacking ones are NaN."""
    folder = tmp_path_factory.mktemp("join")
    own = write(
        folder / "a.parquet", pa.table({"id": pa.array(main, pa.int64()), "x": pa.array(main, pa.float32())}), 7
    )
    theirs = pa.table({"id": pa.array(other, pa.int32()), "y": pa.array(other, pa.float32())})
    library = Library(
        LibraryTable(own, "id", {"x": "x"}), (LibraryTable(write(folder / "b.parquet", theirs), "id", {"y": "y"}),)
    )
    found = values_of(library, folder)
    assert found.index.tolist() == main
    assert found["x"].tolist() == main
    assert found["y"].isna().tolist() == [label not in other for label in main]
    assert found["y"].dropna().tolist() == [label for label in main if label in other]


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    """Columns called like SQL are read like any other."""
    name = 'x" FROM y; --'
    path = write(tmp_path / "a.parquet", pa.table({name: ["a", "b"], "it's": [1.0, 2.0]}))
    other = write(tmp_path / "b.parquet", pa.table({name: ["b"], "c0": [3.0]}))
    library = Library(LibraryTable(path, name, {"x": "it's"}), (LibraryTable(other, name, {"y": "c0"}),))
    assert values_of(library, tmp_path)["y"].tolist()[1] == 3.0


def test_a_column_that_duckdb_calls_its_own_is_refused_by_name(tmp_path: Path) -> None:
    """A column named file_row_number hides the row numbers; the message says which name it is."""
    path = write(tmp_path / "a.parquet", pa.table({"id": ["a"], "x": [1.0], "file_row_number": [5]}))
    library = Library(LibraryTable(path, "id", {"x": "x"}), (LibraryTable(path, "id", {"y": "file_row_number"}),))
    with pytest.raises(InputError, match="file_row_number"):
        values_of(library, tmp_path)


@pytest.mark.parametrize("where", ["main", "further"])
def test_repeated_ids_are_refused_in_every_table(tmp_path: Path, where: str) -> None:
    """A molecule with two predictions, or two rows, is a fault with its id."""
    labels = {"main": ids(5), "further": ids(5)}
    labels[where][3] = labels[where][1]
    main = write(tmp_path / "main.parquet", table(numbers(5), labels["main"]))
    further = write(tmp_path / "further.parquet", table(numbers(5), labels["further"]))
    library = Library(LibraryTable(main, "id", {"x": "c0"}), (LibraryTable(further, "id", {"y": "c1"}),))
    with pytest.raises(
        InputError, match=f"{where}.parquet, column 'id': an id occurs more than once; found 'M00000001'"
    ):
        values_of(library, tmp_path)
    assert not (tmp_path / "joined.parquet").exists()


def test_text_is_not_joined_to_numbers(tmp_path: Path) -> None:
    """'7' and 7 would meet by accident, '007' and 7 would not."""
    main = write(tmp_path / "main.parquet", table(numbers(5)))
    further = write(tmp_path / "f.parquet", pa.table({"id": [1, 2], "y": [1.0, 2.0]}))
    library = Library(LibraryTable(main, "id", {"x": "c0"}), (LibraryTable(further, "id", {"y": "y"}),))
    with pytest.raises(
        InputError, match=r"f.parquet, column 'id': ids are of another kind.*whole numbers; expected text"
    ):
        values_of(library, tmp_path)


def test_damaged_predictions_are_an_input_error(tmp_path: Path) -> None:
    """A prediction table whose data are overwritten stops the join with its name, no traceback."""
    main = write(tmp_path / "main.parquet", table(numbers(500)))
    further = write(tmp_path / "f.parquet", table(numbers(500)), 500)
    chunk = pq.read_metadata(further).row_group(0).column(2)
    raw = bytearray(further.read_bytes())
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    raw[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    further.write_bytes(raw)
    library = Library(LibraryTable(main, "id", {"x": "c0"}), (LibraryTable(further, "id", {"y": "c1"}),))
    with pytest.raises(InputError):
        values_of(library, tmp_path)


def test_a_joined_table_keeps_its_readings() -> None:
    """Conversions are applied when the joined file is read, exactly once."""
    reading = Reading("nM", -1, 9, log10=True)
    library = Library(LibraryTable("a", "mol", {"x": "x"}), (LibraryTable("b", "id", {"y": reading}),))
    joined = joined_table(library, Path("j.parquet"))
    assert joined.readings == {"x": Reading("c0"), "y": Reading("c1", -1, 9, log10=True)}
    assert joined.id == "id"
