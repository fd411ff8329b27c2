"""Training records and bridging pairs, read from their tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.documents import Path_
from weighbridge.evidence.source import RECORD_FIELDS, Records, Source
from weighbridge.study.cells import (
    ColumnFaults,
    condition_of,
    converted,
    flags,
    labels,
    measured,
    numbers,
    show,
    texts,
    within,
)
from weighbridge.study.loading import Loading, OpenTable
from weighbridge.study.schema import Bridging, Molecules, RecordsTable, Table
from weighbridge.study.structures import read_structures
from weighbridge.study.tables import CellColumn, did_you_mean
from weighbridge.study.units import Conversion

__all__ = ["read_bridging", "read_records"]

_DOCUMENT_SEPARATOR: Final = "|"
_PLAIN_NUMBERS: Final = ("se", "confidence", "year", "purity")
_TEXTS: Final = ("outcome", "curated_by", "run")


def read_records(loading: Loading, source: str, spec: RecordsTable, main: Molecules) -> Records | None:
    """Read a source's training records; None where the table cannot be read.

    Every column of `RECORD_FIELDS` is there, missing where the table has none; what the table
    really has stands in ``recorded``. The threshold and the counter-screen are converted with the
    value, whose unit they share.
    """
    path: Path_ = ("sources", source, "records")
    table = loading.table(spec, path)
    if table is None:
        return None
    frame = structures_of(loading, table, spec, main)
    recorded = {name for name in ("smiles", "inchikey", "key") if frame[name].notna().any()}
    _read_labels(loading, source, table, spec, frame)
    _read_values(loading, table, spec, frame)
    _read_plain(loading, table, spec, frame)
    recorded |= set(frame.columns) & set(RECORD_FIELDS) - {"smiles", "inchikey", "key"}
    for name in RECORD_FIELDS:
        if name not in frame:
            frame[name] = pd.Series([None] * len(frame), dtype=object) if name in _OBJECTS else np.nan
    conditions = _conditions(table, spec)
    return Records(frame[list(RECORD_FIELDS)], _parts(table, spec), conditions, frozenset(recorded))


_OBJECTS: Final = frozenset({"relation", "outcome", "document", "curated_by", "flag", "run"})


def structures_of(loading: Loading, table: OpenTable, spec: Table, main: Molecules) -> pd.DataFrame:
    """Return the structures of a table's rows, and keys from its ids where it has no structures.

    Ids that are no molecule's are keys all the same: records need not be about the study's molecules.
    """
    id_column = table.column(spec.id, "id")
    if spec.id is None and spec.smiles is None and spec.inchikey is None and main.id in table.table.columns:
        id_column = table.column(main.id)
    smiles, inchikey = table.column(spec.smiles, "smiles"), table.column(spec.inchikey, "inchikey")
    ids = None if id_column is None else texts(id_column)
    return read_structures(loading, len(table), smiles, inchikey, ids, lenient=True)


def _read_labels(loading: Loading, source: str, table: OpenTable, spec: RecordsTable, frame: pd.DataFrame) -> None:
    column = table.column(spec.label, "label")
    outcome = table.column(spec.outcome, "outcome")
    if outcome is not None:
        frame["outcome"] = pd.Series(texts(outcome), dtype=object)
    if column is None:
        return
    frame["label"], inconclusive = labels(column, loading.faults, spec.positive, spec.negative)
    if inconclusive:
        if outcome is None:
            words = texts(column)  # a label column with such words is a column of outcomes too
            for position in inconclusive:
                words[position] = "inconclusive"
            frame["outcome"] = pd.Series(words, dtype=object)
        text = f"{len(inconclusive)} of {len(frame)} records of {source!r} are inconclusive and carry no label"
        loading.notice("inconclusive", text)


def _read_values(loading: Loading, table: OpenTable, spec: RecordsTable, frame: pd.DataFrame) -> None:
    """Read values with their bounds, thresholds and counter-screen values, all in one unit."""
    how = Conversion()
    if spec.value is not None:
        how = table.conversion(spec.value.unit, spec.value.to, "value")
        column = table.column(spec.value.column, "value", "column")
        relation = table.column(spec.relation, "relation")
        if column is not None:
            found = converted(column, measured(column, loading.faults, relation), how, loading.faults)
            frame["value"], frame["low"], frame["high"] = found.value, found.low, found.high
            if relation is not None or found.related:
                frame["relation"] = pd.Series(found.relation, dtype=object)
    elif spec.relation is not None:
        loading.fault((*table.path, "relation"), "relations without values", expected="value: the column of the values")
    for key in ("threshold", "counter"):
        column = table.column(getattr(spec, key), key)
        if column is not None:
            frame[key] = converted(column, measured(column, loading.faults), how, loading.faults).value
    if spec.se is not None and how.kind == "p":
        mend = "Give the values on the log scale with their standard errors"
        loading.fault((*table.path, "se"), "a standard error of a concentration has no p-value", mend=mend)


def _read_plain(loading: Loading, table: OpenTable, spec: RecordsTable, frame: pd.DataFrame) -> None:
    for key in _PLAIN_NUMBERS:
        column = table.column(getattr(spec, key), key)
        if column is not None:
            frame[key] = numbers(column, loading.faults)
            _check_range(loading, column, frame, key)
    for key in _TEXTS[1:]:
        column = table.column(getattr(spec, key), key)
        if column is not None:
            frame[key] = pd.Series(texts(column), dtype=object)
    flag = table.column(spec.flag, "flag")
    if flag is not None:
        frame["flag"] = pd.Series(flags(flag), dtype=object)
    document = table.column(spec.document, "document")
    if document is not None:
        joined = [_DOCUMENT_SEPARATOR.join(_split(word, spec.separator)) or None for word in texts(document)]
        frame["document"] = pd.Series(joined, dtype=object)


def _check_range(loading: Loading, column: CellColumn, frame: pd.DataFrame, key: str) -> None:
    ranges = {
        "se": (0.0, np.inf, "a standard error is negative", ""),
        "confidence": (0.0, 9.0, "a target confidence is outside its scale", ""),
        "purity": (0.0, 1.0, "a purity is outside [0, 1]", "Write a fraction: 0.98, not 98"),
        "year": (1800.0, 2200.0, "this is not a year", ""),
    }
    low, high, what, mend = ranges[key]
    within(column, frame[key].to_numpy(), loading.faults, low, high, what, mend)


def _split(word: str | None, separator: str | None) -> tuple[str, ...]:
    """Return the different parts of a cell, in its order: ``R2|R2|R25|`` is (R2, R25)."""
    if word is None:
        return ()
    pieces = re.split(re.escape(separator), word) if separator else [word]
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def _parts(table: OpenTable, spec: RecordsTable) -> tuple[tuple[str, ...], ...]:
    column = table.column(spec.part, "part")
    words: list[str | None] = [None] * len(table) if column is None else texts(column)
    return tuple(_split(word, spec.separator) for word in words)


def _conditions(table: OpenTable, spec: RecordsTable) -> pd.DataFrame:
    found: dict[str, Any] = {}
    for name, column_name in spec.conditions.items():
        column = table.column(column_name, "conditions", name)
        if column is not None:
            found[name] = pd.Series([condition_of(cell) for cell in column.cells], dtype=object)
    return pd.DataFrame(found, index=range(len(table)), dtype=object) if found else pd.DataFrame()


def read_bridging(
    loading: Loading, spec: Bridging, main: Molecules, sources: Mapping[str, Source]
) -> dict[str, pd.DataFrame]:
    """Read the bridging pairs and hand each to its source.

    A pair belongs to the source its column names, to the source that has the part its column
    names, or to the one source of the whole table (`of`).

    Returns
    -------
    dict
        Source → frame with ``key``, ``y`` and, where given, ``label`` or ``x``, ``part``,
        ``document`` and ``document_y``.
    """
    path: Path_ = ("bridging",)
    table = loading.table(spec, path)
    if table is None:
        return {}
    frame = structures_of(loading, table, spec, main)[["key"]]
    _read_pairs(loading, table, spec, frame)
    owners = _owners(loading, table, spec, sources)
    frame["part"] = pd.Series([part for _, part in owners], dtype=object)
    if frame["part"].isna().all():
        frame = frame.drop(columns="part")
    by_source: dict[str, list[int]] = {}
    for row, (owner, _) in enumerate(owners):
        if owner is not None:
            by_source.setdefault(owner, []).append(row)
    return {owner: frame.iloc[rows].reset_index(drop=True) for owner, rows in by_source.items()}


def _read_pairs(loading: Loading, table: OpenTable, spec: Bridging, frame: pd.DataFrame) -> None:
    if spec.label is None and spec.x is None:
        loading.fault(table.path, "bridging pairs without the source's side", expected="label or x")
    for key in ("x", "y"):
        column = table.column(getattr(spec, key), key)
        if column is not None:
            frame[key] = numbers(column, loading.faults)
    label = table.column(spec.label, "label")
    if label is not None:
        frame["label"], _ = labels(label, loading.faults)
    for key in ("document", "document_y"):
        column = table.column(getattr(spec, key), key)
        if column is not None:
            frame[key] = pd.Series(texts(column), dtype=object)


def _owners(
    loading: Loading, table: OpenTable, spec: Bridging, sources: Mapping[str, Source]
) -> list[tuple[str | None, str | None]]:
    """Return (source, part) of every pair."""
    column = table.column(spec.source, "source")
    if column is None:
        return [(_owner_of_all(loading, spec, sources), None)] * len(table)
    part_owners: dict[str, list[str]] = {}
    for name, source in sources.items():
        for part in source.records.part_names if source.records else ():
            part_owners.setdefault(part, []).append(name)
    owners: list[tuple[str | None, str | None]] = []
    with ColumnFaults(loading.faults, column) as noted:
        for position, word in enumerate(texts(column)):
            found = part_owners.get(word or "", [])
            if word in sources:
                owners.append((word, None))
            elif word is not None and len(found) == 1:
                owners.append((found[0], word))
            else:
                owners.append((None, None))
                _fault_owner(noted, position, word, sources, part_owners)
    return owners


def _fault_owner(
    noted: ColumnFaults,
    position: int,
    word: str | None,
    sources: Mapping[str, Source],
    part_owners: Mapping[str, list[str]],
) -> None:
    """Note a pair that belongs to no source, or could belong to several."""
    several = part_owners.get(word or "")
    if several:
        expected = "one of " + ", ".join(repr(name) for name in several)
        noted.add(position, "the part belongs to several sources", show(word), expected)
        return
    known = [*sources, *part_owners]
    expected = "a source or a part: " + ", ".join(repr(name) for name in known[:10])
    shown = "an empty cell" if word is None else show(word)
    noted.add(position, "unknown source", shown, expected, did_you_mean(word or "", known))


def _owner_of_all(loading: Loading, spec: Bridging, sources: Mapping[str, Source]) -> str | None:
    if spec.of in sources:
        return spec.of
    expected = "one of " + ", ".join(repr(name) for name in sources)
    if spec.of is None and spec.source is None:
        loading.fault(("bridging",), "bridging pairs without a source", expected=f"source: a column, or of: {expected}")
    elif spec.of is not None:
        mend = did_you_mean(spec.of, sources)
        loading.fault(("bridging", "of"), "unknown source", found=repr(spec.of), expected=expected, mend=mend)
    return None
