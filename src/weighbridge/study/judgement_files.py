"""Judgements in files: one pairwise answer a row, as a table or as a YAML list of mappings."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import pandas as pd

from weighbridge.core.judgement import Judgement
from weighbridge.documents import read_document
from weighbridge.errors import Faults
from weighbridge.study.cells import CellError, parse_number, show, text_of
from weighbridge.study.tables import Cell, RawTable, clean_cell, read_table

__all__ = ["JUDGEMENT_COLUMNS", "read_judgements"]

REQUIRED: Final = ("expert", "node", "a", "b", "value")
JUDGEMENT_COLUMNS: Final = (*REQUIRED, "reason", "low", "high", "round", "skipped", "time", "weight")
"""Columns with a meaning; others are the writer's own and left alone."""

_SKIPPED: Final = frozenset({"skip", "skipped"})
_FRACTION: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[/:]\s*([0-9]+(?:\.[0-9]+)?)\Z")
_EXPECTED: Final = "a number from 1/9 to 9, such as 3 or 1/3; empty or 'skip' where skipped"


def read_judgements(
    path: Path, *, name: str | None = None, sheet: str | None = None, faults: Faults | None = None
) -> tuple[Judgement, ...]:
    """Read a file of judgements: CSV, TSV, xlsx, Parquet, YAML or JSON.

    Each row says that at `node`, for `expert`, `a` matters `value` times as much as `b`. Whether the
    names and the scale fit the tree and the panel is checked where the weights are made.

    With `faults`, what is wrong with a row is noted there and the row left out.

    Raises
    ------
    InputError
        With every fault found: missing columns, cells that are no numbers, empty names.
    """
    name = name or path.name
    table = _documented(path, name) if path.suffix.lower() in {".yaml", ".yml", ".json"} else None
    if table is None:
        table = read_table(path, name=name, sheet=sheet)
    wrong = Faults()
    _check_columns(wrong, table)
    wrong.raise_if_any()
    noted = wrong if faults is None else faults
    judgements = []
    for row, cells in zip(table.rows, table.frame.itertuples(index=False, name=None), strict=True):
        before = len(noted)
        one = _judgement(noted, table.name, f"{table.row_word} {row}", dict(zip(table.columns, cells, strict=True)))
        if len(noted) == before:
            judgements.append(one)
    wrong.raise_if_any()
    return tuple(judgements)


def _documented(path: Path, name: str) -> RawTable:
    """Read a YAML or JSON list of mappings; its rows are numbered by line, or from 1 in JSON."""
    document = read_document(path, name=name)
    faults = Faults()
    rows: list[dict[str, Cell]] = []
    lines: list[int] = []
    entries = document.value if isinstance(document.value, list) else None
    if not entries:
        faults.add(
            "a file of judgements is a list of mappings",
            file=name,
            expected="- {expert: …, node: …, a: …, b: …, value: …}",
        )
    for index, entry in enumerate(entries or []):
        place = document.place((index,))
        if isinstance(entry, dict) and not any(isinstance(value, dict | list) for value in entry.values()):
            rows.append({key: clean_cell(value) for key, value in entry.items()})
            lines.append(document.lines.get((index,), index + 1))
        else:
            faults.add("a judgement is a mapping of plain values", file=name, place=place)
    faults.raise_if_any()
    frame = pd.DataFrame(rows, index=lines, dtype=object)
    return RawTable(name, frame.where(frame.notna(), None), "line" if document.lines else "entry")


def _check_columns(faults: Faults, table: RawTable) -> None:
    missing = [column for column in REQUIRED if column not in table.columns]
    for column in missing:
        found = ", ".join(repr(known) for known in table.columns)
        faults.add(f"the column {column!r} is missing", file=table.name, found=found, expected=", ".join(REQUIRED))
    for column in table.columns:
        close = get_close_matches(column.lower(), JUDGEMENT_COLUMNS, 1, 0.75)
        if column not in JUDGEMENT_COLUMNS and close and close[0] not in table.columns:
            faults.add("unknown column", file=table.name, found=repr(column), mend=f"Did you mean {close[0]!r}?")


def _judgement(faults: Faults, file: str, where: str, row: dict[str, Cell]) -> Judgement:
    def number(column: str) -> float | None:
        try:
            return parse_answer(row.get(column))
        except CellError as error:
            place = f"{where}, column {column!r}"
            faults.add(error.what, file=file, place=place, found=show(row[column]), expected=_EXPECTED, mend=error.mend)
            return None

    def word(column: str) -> str:
        text = text_of(row.get(column))
        if text is None:
            faults.add("the cell is empty", file=file, place=f"{where}, column {column!r}", expected="a name")
        return text or ""

    _refuse_weight(faults, file, where, row.get("weight"))
    skipped = (text_of(row.get("skipped")) or "").lower() in {"1", "true", "yes", "skip", "skipped"}
    value = number("value")
    if skipped and value is not None:
        faults.add("the answer is marked as skipped and has a value", file=file, place=where, found=show(row["value"]))
    return Judgement(
        expert=word("expert"),
        node=word("node"),
        a=word("a"),
        b=word("b"),
        value=value,
        reason=text_of(row.get("reason")) or "",
        low=number("low"),
        high=number("high"),
        round=_round(faults, file, where, row.get("round")),
        place=f"{file}, {where}",
    )


def parse_answer(cell: Cell) -> float | None:
    """Return an answer: ``3``, ``0.3333``, ``1/3`` or ``1:3``; None where empty or skipped.

    Raises
    ------
    CellError
        If it is neither.
    """
    if cell is None or (isinstance(cell, str) and cell.lower() in _SKIPPED):
        return None
    fraction = _FRACTION.match(cell) if isinstance(cell, str) else None
    if fraction and float(fraction[2]) > 0:
        return float(fraction[1]) / float(fraction[2])
    if isinstance(cell, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        mend = "The spreadsheet turned a fraction such as 1/3 into a date; format the column as text and write it again"
        raise CellError("a date stands where an answer should be", mend)
    return parse_number(cell)


def _round(faults: Faults, file: str, where: str, cell: Cell) -> int:
    if cell is None:
        return 1
    try:
        value = parse_number(cell)
    except CellError:
        value = 0.0
    if value < 1 or not value.is_integer():
        place = f"{where}, column 'round'"
        faults.add("not a round", file=file, place=place, found=show(cell), expected="1, 2, 3 …")
        return 1
    return int(value)


def _refuse_weight(faults: Faults, file: str, where: str, cell: Cell) -> None:
    if cell is not None and text_of(cell) not in ("1", "1.0"):
        mend = "Put the expert's weight, with its reason, under panel in study.yaml"
        place = f"{where}, column 'weight'"
        faults.add("a judgement has no weight of its own", file=file, place=place, found=show(cell), mend=mend)
