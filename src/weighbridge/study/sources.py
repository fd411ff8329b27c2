"""Sources of a study: predictions, records, validation, bridging and card, read from their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.documents import Path_
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Context, Source
from weighbridge.study.cells import ColumnFaults, converted, measured, numbers, probabilities, show, texts
from weighbridge.study.loading import Loading
from weighbridge.study.molecules import AlignedTable, align
from weighbridge.study.records import read_records
from weighbridge.study.schema import CardEntry, CriterionFile, Molecules, Predictions, SourceFile, Validation
from weighbridge.study.tables import CellColumn, did_you_mean
from weighbridge.study.units import Conversion, same_unit

__all__ = ["read_source"]


def read_source(
    loading: Loading,
    name: str,
    spec: SourceFile,
    main: Molecules,
    match: Literal["id", "structure"],
    molecules: pd.DataFrame,
    criteria: Mapping[str, CriterionFile],
) -> Source:
    """Read a source of the study; what is faulty is noted and left out.

    Parameters
    ----------
    loading
        Where faults and notices go.
    name, spec
        The source's name and what study.yaml says of it.
    main, match, molecules
        The molecule table's form, how rows find their molecule, and the molecules.
    criteria
        The study's criteria, which say whether a molecule may lack a prediction.
    """
    path: Path_ = ("sources", name)
    unit = _score_unit(spec)
    value_unit = _value_unit(loading, spec, path)
    aligned = None
    table = loading.table(spec.predictions, (*path, "predictions"))
    if table is not None:
        aligned = align(loading, table, spec.predictions, main, match, molecules)
    predictions = None if aligned is None else _predictions(loading, aligned, spec.predictions, unit, molecules)
    if aligned is not None and predictions is not None:
        _check_complete(loading, name, aligned, spec, molecules, criteria)
    records = None if spec.records is None else read_records(loading, name, spec.records, main)
    if records is not None and spec.records is not None and spec.records.part is not None:
        _check_parts(loading, path, spec, records.part_names)
    return Source(
        name=name,
        title=spec.title,
        kind=spec.kind,
        unit=unit,
        value_unit=value_unit,
        context=Context(dict(spec.context)),
        part_contexts={part: Context(dict(card.context)) for part, card in spec.parts.items()},
        predictions=predictions,
        records=records,
        validation=None if spec.validation is None else _validation(loading, path, spec, spec.validation, unit),
        card={key: _reading(loading, (*path, "card", key), entry) for key, entry in spec.card.items()},
    )


def _score_unit(spec: SourceFile) -> str:
    score = spec.predictions.score
    return score.to or score.unit or ("probability" if spec.kind == "binary" else "")


def _value_unit(loading: Loading, spec: SourceFile, path: Path_) -> str:
    """Return the unit of the records' values, which study.yaml may state in two places."""
    value = None if spec.records is None else spec.records.value
    read = "" if value is None else value.to or value.unit
    if spec.value_unit and read and not same_unit(spec.value_unit, read):
        mend = "State the unit the records' values are converted to"
        loading.fault(
            (*path, "value_unit"),
            "unit mismatch",
            found=repr(spec.value_unit),
            expected=f"{read!r}, as in records.value",
            mend=mend,
        )
    return spec.value_unit or read


def _predictions(
    loading: Loading, aligned: AlignedTable, spec: Predictions, unit: str, molecules: pd.DataFrame
) -> pd.DataFrame | None:
    column = aligned.column(spec.score.column, "score", "column")
    how = aligned.table.conversion(spec.score.unit, spec.score.to, "score")
    if column is None:
        return None
    score = converted(column, measured(column, loading.faults), how, loading.faults)
    if unit == "probability":
        probabilities(column, score.value, loading.faults)
    frame = pd.DataFrame({"score": score.value}, index=molecules.index)
    if score.censored:
        frame["score_low"], frame["score_high"] = score.low, score.high
    for key in ("sd", "low", "high", "set_size"):
        other = aligned.column(getattr(spec, key), key)
        if other is not None:
            frame[key] = numbers(other, loading.faults)
            if key in ("sd", "set_size"):
                refuse_negative(loading, other, frame[key].to_numpy())
    _convert_uncertainty(loading, aligned, frame, how)
    _check_interval(loading, aligned, spec, frame)
    return frame


def refuse_negative(loading: Loading, column: CellColumn, values: Floats) -> None:
    """Note every negative number of a column that cannot hold one."""
    with ColumnFaults(loading.faults, column) as noted, np.errstate(invalid="ignore"):
        for position in np.flatnonzero(values < 0):
            noted.add(int(position), "the number is negative", show(column.cells[int(position)]), "0 or more")


def _convert_uncertainty(loading: Loading, aligned: AlignedTable, frame: pd.DataFrame, how: Conversion) -> None:
    if "sd" in frame and how.kind == "p":
        mend = "Give predictions on the log scale with their standard deviation"
        loading.fault((*aligned.table.path, "sd"), "a standard deviation of a concentration has no p-value", mend=mend)
    elif "sd" in frame:
        frame["sd"] = how.values(frame["sd"].to_numpy())
    if how.kind == "same":
        return
    none = np.full(len(frame), np.nan)
    ends = [frame[key].to_numpy() if key in frame else none for key in ("low", "high")]
    for key, values in zip(("low", "high"), how.bounds(ends[0], ends[1]), strict=True):
        if not np.isnan(values).all():
            frame[key] = values
        elif key in frame:
            del frame[key]


def _check_interval(loading: Loading, aligned: AlignedTable, spec: Predictions, frame: pd.DataFrame) -> None:
    name = spec.low or spec.high
    column = aligned.column(name) if name and {"low", "high"} <= set(frame.columns) else None
    if column is None:
        return
    with ColumnFaults(loading.faults, column) as noted:
        for position in np.flatnonzero((frame["low"] > frame["high"]).to_numpy()):
            found = f"{frame['low'].iloc[position]:g} above {frame['high'].iloc[position]:g}"
            noted.add(int(position), "the interval's lower end is above its upper end", found)


def _check_complete(
    loading: Loading,
    name: str,
    aligned: AlignedTable,
    spec: SourceFile,
    molecules: pd.DataFrame,
    criteria: Mapping[str, CriterionFile],
) -> None:
    """Refuse molecules without a prediction, unless every criterion of the score has another rule."""
    column = aligned.column(spec.predictions.score.column)
    assert column is not None
    lacking = [
        str(molecule) for molecule, cell in zip(molecules.index, column.cells, strict=True) if cell is None and molecule
    ]
    if not lacking:
        return
    refusing = [criterion for criterion, one in criteria.items() if _refuses(one, name)]
    shown = ", ".join(lacking[:10]) + (f" and {len(lacking) - 10} more" if len(lacking) > 10 else "")
    what = f"{len(lacking)} of {len(molecules)} molecules have no prediction from {name!r}"
    if refusing:
        mend = f"Predict them, or give the criterion {refusing[0]!r} a rule: missing: worst, neutral or interval"
        expected = "a prediction for every molecule"
        loading.faults.add(
            what, file=aligned.table.name, place=f"column {column.name!r}", found=shown, expected=expected, mend=mend
        )
    else:
        loading.notice("no-prediction", what, tuple(lacking))


def _refuses(criterion: CriterionFile, source: str) -> bool:
    """Return whether a criterion is the score of a source and refuses a missing one."""
    from weighbridge.evidence.library import load_library

    definition = load_library().get(criterion.use or "")
    if definition is None or criterion.source != source or definition.group != "model-score":
        return False
    return (criterion.missing or definition.missing) == "refuse"


def _check_parts(loading: Loading, path: Path_, spec: SourceFile, known: tuple[str, ...]) -> None:
    for part in spec.parts:
        if part not in known:
            expected = "one of " + ", ".join(repr(name) for name in known[:10])
            what = "no record belongs to this part"
            mend = did_you_mean(part, known)
            loading.fault((*path, "parts", part), what, found=repr(part), expected=expected, mend=mend)


def _reading(loading: Loading, path: Path_, entry: CardEntry) -> Reading:
    low, high = entry.low, entry.high
    if entry.value is None and (low is None or high is None):
        loading.fault(path, "the card states no number", expected="a value, or low and high")
        return Reading.missing(entry.from_)
    if (low is None) != (high is None):
        loading.fault(path, "only one end of the interval is given", expected="low and high")
        return Reading.missing(entry.from_)
    if entry.value is None and low is not None and high is not None:
        value = (low + high) / 2
    else:
        value = float(entry.value or 0.0)
    if low is not None and high is not None and not low <= value <= high:
        loading.fault(path, "the value lies outside its interval", found=f"{value:g} in [{low:g}, {high:g}]")
    return Reading(value, low, high, note=entry.from_)


def _validation(loading: Loading, path: Path_, source: SourceFile, spec: Validation, unit: str) -> pd.DataFrame | None:
    """Return the out-of-fold predictions; a row without its truth or its prediction is a fault."""
    table = loading.table(spec, (*path, "validation"))
    if table is None:
        return None
    for key in ("id", "smiles", "inchikey"):
        table.column(getattr(spec, key), key)  # a misspelt name is a fault, needed or not
    found: dict[str, Any] = {}
    for key in ("truth", "prediction", "sd"):
        column = table.column(getattr(spec, key), key)
        if column is not None:
            found[key] = numbers(column, loading.faults)
            _check_validation(loading, column, found[key], key, source.kind, unit)
    for key in ("fold", "part"):
        column = table.column(getattr(spec, key), key)
        if column is not None:
            found[key] = np.array(texts(column), dtype=object)
    return pd.DataFrame(found) if {"truth", "prediction"} <= set(found) else None


def _check_validation(loading: Loading, column: CellColumn, values: Floats, key: str, kind: str, unit: str) -> None:
    if key == "sd":
        refuse_negative(loading, column, values)
        return
    with ColumnFaults(loading.faults, column) as noted:
        for position, cell in enumerate(column.cells):
            if cell is None:
                noted.add(position, "the cell is empty", expected="a number")
            elif (
                key == "truth" and kind == "binary" and np.isfinite(values[position]) and values[position] not in (0, 1)
            ):
                noted.add(position, "the truth of a binary source is a label", show(cell), "1 or 0")
    if key == "prediction" and unit == "probability":
        probabilities(column, values, loading.faults)
