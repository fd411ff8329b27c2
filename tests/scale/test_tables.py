"""DuckDB reads exactly the files it is given, stays under its cap, and its errors are the user's."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from tests.scale.libraries import ids, numbers, table, write

from weighbridge.errors import InputError
from weighbridge.scale.layout import inspect
from weighbridge.scale.library import LibraryTable
from weighbridge.scale.tables import LEAST_MB, connected, identifier, repeated_ids, scan, text

HOSTILE = ['x"; DROP TABLE t; --', "it's", "a b", "ä", "select", '"']


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_quoted(tmp_path: Path, name: str) -> None:
    """A column or a text may be called anything at all."""
    path = write(tmp_path / "a.parquet", pa.table({name: [7]}))
    with connected(tmp_path, LEAST_MB, 1) as connection:
        query = f"SELECT {identifier(name)} AS x, {text(name)} FROM {scan([path])}"
        assert connection.execute(query).fetchall() == [(7, name)]


@pytest.mark.parametrize("name", ["a*.parquet", "a?.parquet", "a[0-9].parquet", "it's.parquet", "x=1.parquet"])
def test_file_names_are_no_patterns(tmp_path: Path, name: str) -> None:
    """A star in a name is a star: no neighbour is read with it."""
    wanted = write(tmp_path / name, pa.table({"v": [1]}))
    write(tmp_path / "a1.parquet", pa.table({"v": [2]}))
    with connected(tmp_path, LEAST_MB, 1) as connection:
        assert connection.execute(f"SELECT v FROM {scan([wanted])}").fetchall() == [(1,)]


def test_no_extension_is_loaded_from_the_network(tmp_path: Path) -> None:
    """A name that looks like an address is not fetched."""
    with connected(tmp_path, LEAST_MB, 1) as connection:
        settings = connection.execute(
            "SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        ).fetchone()
    assert settings == (False, False)


def test_threads_are_as_many_as_the_memory_carries(tmp_path: Path) -> None:
    """Each thread of an external sort needs its share."""
    with connected(tmp_path, 2 * LEAST_MB + 1, 8) as connection:
        assert connection.execute("SELECT current_setting('threads')").fetchone() == (2,)


def test_too_small_a_cap_says_what_is_enough(tmp_path: Path) -> None:
    """DuckDB is not started where it would fail."""
    message = rf"found 100 MB left for it; expected at least {LEAST_MB} MB. Raise the cap by 28 MB"
    with pytest.raises(InputError, match=message), connected(tmp_path, 100, 1):
        pass


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (duckdb.OutOfMemoryException("could not allocate\nmore"), "cap is too small .*found could not allocate. Raise"),
        (duckdb.IOException("No space left on device"), "cannot read or write a table; found No space left"),
        (duckdb.ConversionException("what is this"), "cannot be worked on; found what is this"),
    ],
)
def test_errors_of_the_database_are_input_errors(tmp_path: Path, raised: Exception, message: str) -> None:
    """Full disk, short memory and the rest arrive as one sentence."""
    with pytest.raises(InputError, match=message), connected(tmp_path, LEAST_MB, 1):
        raise raised


def test_repeated_ids_are_named(tmp_path: Path) -> None:
    """The first in sorted order with their number, over all files of a table; the rest is counted."""
    files = [write(tmp_path / f"{k}.parquet", table(numbers(25), ids(25))) for k in range(2)]
    layout = inspect(LibraryTable(files, "id", {"x": "c0"}, title="public model"))
    with connected(tmp_path, LEAST_MB, 1) as connection:
        faults = list(repeated_ids(connection, layout))
    assert str(faults[0]).startswith("public model, column 'id': an id occurs more than once")
    assert [fault.found for fault in faults][:2] == ["'M00000000', 2 times", "'M00000001', 2 times"]
    assert "and 5 more ids" in str(faults[-1])


def test_unique_ids_pass(tmp_path: Path) -> None:
    """Nothing is said where nothing is wrong, and nothing is left in the folder."""
    layout = inspect(LibraryTable(write(tmp_path / "a.parquet", table(numbers(300))), "id", {"x": "c0"}))
    with connected(tmp_path, LEAST_MB, 1) as connection:
        assert len(repeated_ids(connection, layout)) == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("kind", [RuntimeError, duckdb.InterruptException])
def test_ctrl_c_inside_a_query_is_ctrl_c(tmp_path: Path, kind: type[Exception]) -> None:
    """DuckDB's own word for an interruption ends the command as Ctrl-C does, and not as a fault of ours."""
    with pytest.raises(KeyboardInterrupt), connected(tmp_path, 200, 1):
        raise kind("Query interrupted")


def test_another_error_inside_is_not_taken_for_ctrl_c(tmp_path: Path) -> None:
    """What is not DuckDB's passes through as it is."""
    with pytest.raises(RuntimeError, match="something else"), connected(tmp_path, 200, 1):
        raise RuntimeError("something else")
