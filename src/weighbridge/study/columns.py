"""Columns of the study's own tables as numbers, for criteria and gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from weighbridge.errors import Fault, Faults, InputError
from weighbridge.study.cells import Measured, converted, measured
from weighbridge.study.units import Conversion, UnitMismatchError, conversion

if TYPE_CHECKING:
    from weighbridge.study.study import Study

__all__ = ["Column", "criterion_cells", "gate_cells"]


@dataclass(frozen=True, eq=False)
class Column:
    """Numbers by molecule id: value and interval, and what a reader should know.

    Attributes
    ----------
    value
        Missing where there is none, or where only an interval is known.
    low, high
        Equal to the value where it is exact; infinite on the open side of a censored value.
    """

    value: pd.Series[float]
    low: pd.Series[float]
    high: pd.Series[float]
    note: str = ""


def criterion_cells(study: Study, name: str, unit: str) -> Column:
    """Return a criterion's column in its unit; censored values keep their bounds.

    Raises
    ------
    InputError
        With every cell that is not a number, or if the units do not convert.
    """
    spec = study.file.criteria[name]
    faults = Faults()
    try:
        how = conversion(spec.column_unit, unit) if spec.column_unit else Conversion()
    except UnitMismatchError as error:
        place = study.document.place(("criteria", name, "column_unit"))
        expected = f"{unit!r}, or a unit that converts to it"
        fault = Fault(f"unit mismatch: {error}", study.document.file, place, repr(spec.column_unit), expected)
        raise InputError(fault) from error
    cells = study.criterion_cells[name]
    found = converted(cells, measured(cells, faults), how, faults)
    faults.raise_if_any()
    return _column(study, found)


def gate_cells(study: Study, name: str) -> Column:
    """Return a column of the molecule table as numbers, as it is written.

    Raises
    ------
    InputError
        With every cell that is not a number, or if there is no such column.
    """
    faults = Faults()
    found = measured(study.cells(name), faults)
    faults.raise_if_any()
    return _column(study, found)


def _column(study: Study, found: Measured) -> Column:
    index = study.molecules.index
    low, high = pd.Series(found.low, index=index), pd.Series(found.high, index=index)
    return Column(pd.Series(found.value, index=index).where(low == high), low, high)
