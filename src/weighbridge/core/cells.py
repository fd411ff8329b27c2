"""Reading a decision matrix out of a frame: column by column, every fault by row and column."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge import limits
from weighbridge.core.arrays import Booleans, Floats, places_where
from weighbridge.errors import Faults

__all__ = ["check_finite", "missing_cells", "read_bounds", "read_numbers"]

_BLOCK: Final = 32_768
"""Cells that are looked at at once."""


def read_numbers(frame: pd.DataFrame, faults: Faults, what: str = "") -> Floats:
    """Convert to float64 column by column; all but real numbers are faults, missing is NaN.

    Returns
    -------
    values
        Shape (n, m), column-major, new.
    """
    values = np.empty(frame.shape, dtype=np.float64, order="F")
    for j, name in enumerate(frame.columns):
        column = frame.iloc[:, j]
        place = f"{what}column {name!r}"
        if pd.api.types.is_bool_dtype(column):
            faults.add("a column holds true and false", place=place, expected="numbers", mend="Write 1 and 0")
        elif getattr(column.dtype, "kind", "O") in "cmM":
            faults.add("a column holds no real numbers", place=place, found=str(column.dtype), expected="numbers")
        elif isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiu":
            values[:, j] = column.to_numpy()
            continue
        else:
            values[:, j] = _column_numbers(column, name, faults, what)
            continue
        values[:, j] = np.nan
    return values


def _column_numbers(column: pd.Series[Any], name: object, faults: Faults, what: str) -> Floats:
    numbers = pd.to_numeric(column, errors="coerce")
    # to_numeric reads a lone True among objects as 1
    wrong = (numbers.isna() & column.notna()).to_numpy() | column.map(_is_bool).to_numpy(dtype=bool)
    rows = np.flatnonzero(wrong)
    for i in rows[: limits.FAULTS_SHOWN]:
        place = f"{what}row {column.index[i]!r}, column {name!r}"
        faults.add("not a number", place=place, found=repr(column.iloc[i]), expected="a number")
    if rows.size > limits.FAULTS_SHOWN:
        more = rows.size - limits.FAULTS_SHOWN
        faults.add(f"and {more} more values that are not numbers", place=f"{what}column {name!r}")
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _is_bool(cell: object) -> bool:
    return isinstance(cell, (bool, np.bool_))


def read_bounds(frame: pd.DataFrame, values: Floats, bounds: pd.DataFrame | None, what: str, faults: Faults) -> Floats:
    """Return the given bounds where there are any, elsewhere the values themselves.

    Without any bounds the result is `values`, the very array.
    """
    if bounds is None:
        return values
    found = values.copy(order="F")
    if not bounds.index.equals(frame.index):
        faults.add(f"the rows of {what!r} are not the molecules of the matrix", expected="the same index")
        return found
    for name in bounds.columns[~bounds.columns.isin(frame.columns)]:
        faults.add(f"a column of {what!r} is no column of the matrix", found=repr(name))
    shared = [name for name in frame.columns if name in bounds.columns]
    numbers = read_numbers(bounds[shared], faults, f"{what}, ")
    for name, given in zip(shared, numbers.T, strict=True):
        j = frame.columns.get_loc(name)
        found[:, j] = np.where(np.isnan(given), found[:, j], given)
        if np.isinf(given).any():
            expected = "a declared range that closes it"
            faults.add("an interval has no end", place=f"{what}, column {name!r}", expected=expected)
    return found


def check_finite(frame: pd.DataFrame, values: Floats, extent: tuple[Floats, Floats], faults: Faults) -> None:
    """Report infinities by row and column, in the order in which a reader meets them.

    `extent` is the `column_extent` of the values: columns whose ends are finite are not looked at.
    """
    columns = np.flatnonzero(np.isinf(extent[0]) | np.isinf(extent[1]))
    places, total = places_where(columns, lambda j: np.isinf(values[:, j]), limits.FAULTS_SHOWN)
    for i, j in places:
        faults.add(
            "not a finite number",
            place=f"row {frame.index[i]!r}, column {frame.columns[j]!r}",
            found=str(values[i, j]),
            expected="a finite number",
        )
    if total > limits.FAULTS_SHOWN:
        faults.add(f"and {total - limits.FAULTS_SHOWN} more values that are not finite")


def missing_cells(values: Floats) -> Booleans:
    """Return where values are NaN, shape (n, m); read-only, and of no size where nothing is."""
    gaps = [_has_gap(values[:, j]) for j in range(values.shape[1])]
    missing = np.isnan(values) if any(gaps) else np.broadcast_to(np.False_, values.shape)
    missing.flags.writeable = False
    return missing


def _has_gap(column: Floats) -> bool:
    return any(bool(np.isnan(column[start : start + _BLOCK]).any()) for start in range(0, column.size, _BLOCK))
