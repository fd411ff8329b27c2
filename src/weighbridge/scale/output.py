"""Scores to a Parquet file of ids and scores, whole or not at all, the same bytes for the same scores."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, InputError
from weighbridge.files import write_with

__all__ = ["OUTPUT_ROWS", "IdOrder", "pick_ids", "publish", "write_scores", "write_tables"]

OUTPUT_ROWS: Final = 1 << 17
"""Rows of a row group of the output; ids are read in blocks of this size, whatever the memory."""


_PACKING: Final = {"id": "snappy", "score": "none"}


class IdOrder:
    """Sees ids go by and knows whether they were strictly sorted, which proves that none occurs twice."""

    def __init__(self) -> None:
        self._last: Any = None
        self._up = self._down = True

    def see(self, ids: Any) -> None:
        """Take note of some more ids, an Arrow array without nulls."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not (self._up or self._down) or not len(ids):
            return
        whole = ids if self._last is None else pa.concat_arrays([self._last, ids])
        left, right = whole.slice(0, len(whole) - 1), whole.slice(1)
        self._up = self._up and pc.all(pc.less(left, right), min_count=0).as_py()
        self._down = self._down and pc.all(pc.greater(left, right), min_count=0).as_py()
        self._last = ids.slice(len(ids) - 1)

    @property
    def sorted(self) -> bool:
        """Whether all ids so far are in strictly increasing, or strictly decreasing, order."""
        return self._up or self._down


def write_scores(file: Path, parts: Iterable[tuple[Any, Floats]]) -> IdOrder:
    """Write ids and scores in the order given.

    Parameters
    ----------
    file
        The Parquet file; its columns are ``id`` and ``score``.
    parts
        Arrow arrays of ids with as many scores, at most `OUTPUT_ROWS` a part; each becomes a row group.

    Returns
    -------
    order
        Whether the ids were sorted.

    Raises
    ------
    InputError
        If the file cannot be written: the disk is full, for instance. Nothing is left of it then.
    """
    order = IdOrder()

    def tables() -> Iterator[Any]:
        import pyarrow as pa

        for ids, scores in parts:
            order.see(ids)
            yield pa.table({"id": ids, "score": pa.array(np.ascontiguousarray(scores))})

    write_tables(file, tables())
    return order


def write_tables(file: Path, tables: Iterable[Any]) -> Path:
    """Write Arrow tables of one schema to a Parquet file, one row group each.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    import pyarrow.parquet as pq

    def write(stream: IO[bytes]) -> None:
        writer = None
        try:
            for table in tables:
                if writer is None:  # scores hardly repeat: packing them costs time and saves nothing
                    writer = pq.ParquetWriter(stream, table.schema, use_dictionary=False, compression=_PACKING)
                writer.write_table(table, row_group_size=max(1, len(table)))
        finally:
            if writer is not None:
                writer.close()

    return write_with(file, write)


def pick_ids(file: Path, rows: Integers) -> list[Any]:
    """Return the ids of some rows of a score file, in the order of `rows`."""
    import pyarrow.parquet as pq

    found: dict[int, Any] = {}
    wanted = np.sort(rows)
    with pq.ParquetFile(file) as stored:
        first = 0
        for group in range(stored.num_row_groups):
            last = first + stored.metadata.row_group(group).num_rows
            here = wanted[np.searchsorted(wanted, first) : np.searchsorted(wanted, last)]
            if here.size:
                column = stored.read_row_group(group, columns=["id"])["id"]
                found |= zip(here.tolist(), column.take(here - first).to_pylist(), strict=True)
            first = last
    return [found[row] for row in rows.tolist()]


def publish(finished: Path, target: Path) -> Path:
    """Rename a finished file into its place on the same disk, durably.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    try:
        os.replace(finished, target)  # noqa: PTH105 - os.replace is the atomic rename
        if os.name == "posix":
            descriptor = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise InputError(Fault("cannot write here", str(target), found=error.strerror or str(error))) from error
    return target
