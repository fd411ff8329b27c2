"""DuckDB under a memory cap: SQL over Parquet files that need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from weighbridge import limits
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.scale.layout import Layout, require_package

__all__ = ["LEAST_MB", "connected", "identifier", "repeated_ids", "scan", "text"]

LEAST_MB: Final = 128
"""DuckDB needs this much for each of its threads to sort and join out of core."""


def identifier(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a string as SQL."""
    return "'" + value.replace("'", "''") + "'"


def scan(files: Sequence[Path], extra: str = "") -> str:
    """Return a table function that reads Parquet files by their exact names."""
    names = ", ".join(text(_literal(file)) for file in files)
    return f"read_parquet([{names}], hive_partitioning = false{extra})"


def _literal(file: Path) -> str:
    """Return a path whose characters stand for themselves: DuckDB takes *, ? and [ for patterns."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(file.resolve()))


@contextmanager
def connected(folder: Path, memory_mb: int, threads: int) -> Iterator[Any]:
    """Open an in-memory database that spills into a folder; its errors become the user's.

    Parameters
    ----------
    folder
        Where temporary files go; beside the output, so that one disk is used.
    memory_mb
        What DuckDB may hold.
    threads
        The most threads; fewer are taken where the memory is too small for all.

    Raises
    ------
    InputError
        If the memory is too small, the disk is full, or a file is damaged.
    """
    require_package("duckdb", "scale")
    import duckdb

    if memory_mb < LEAST_MB:
        raise InputError(
            Fault(
                "the memory cap is too small to join or sort tables", found=f"{memory_mb} MB left for it",
                expected=f"at least {LEAST_MB} MB", mend=f"Raise the cap by {LEAST_MB - memory_mb} MB",
            )
        )  # fmt: skip
    config = {
        "memory_limit": f"{memory_mb}MB",
        "temp_directory": str(folder / "spill"),
        "threads": max(1, min(threads, memory_mb // LEAST_MB)),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        yield connection
    except duckdb.OutOfMemoryException as error:
        mend = f"Raise the memory cap: {2 * memory_mb} MB more should do"
        raise InputError(
            Fault("the memory cap is too small to join or sort these tables", found=_line(error), mend=mend)
        ) from error
    except duckdb.IOException as error:
        raise InputError(Fault("cannot read or write a table", file=str(folder), found=_line(error))) from error
    except (duckdb.Error, RuntimeError) as error:
        if "interrupted" in str(error).lower():  # Ctrl-C, which DuckDB takes for an error of its own
            raise KeyboardInterrupt from error
        if not isinstance(error, duckdb.Error):
            raise
        raise InputError(Fault("the tables cannot be worked on", found=_line(error))) from error
    finally:
        connection.close()


def _line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def repeated_ids(connection: Any, layout: Layout) -> Faults:
    """Return a fault for each id that occurs more than once: the first in sorted order, the rest counted."""
    table = layout.table
    name = identifier(table.id)
    query = f"SELECT {name} AS id, count(*) AS times FROM {scan(table.files)} GROUP BY {name} HAVING count(*) > 1"  # noqa: S608 - quoted
    limit = limits.FAULTS_SHOWN
    found = connection.execute(
        f"SELECT id, times, count(*) OVER () FROM ({query}) ORDER BY id LIMIT {limit}"  # noqa: S608 - built above
    ).fetchall()
    faults = Faults()
    place = f"column {table.id!r}"
    for value, times, _ in found:
        faults.add("an id occurs more than once", file=table.title, place=place,
                   found=f"{value!r}, {times} times", expected="unique ids")  # fmt: skip
    if found and found[0][2] > limit:
        faults.add(f"and {found[0][2] - limit} more ids that occur more than once", file=table.title, place=place)
    return faults
