"""The study's criteria: what each one is, and its column of numbers for every molecule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from weighbridge.core.criterion import Criterion, Preference
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.indicators.registry import read_molecules
from weighbridge.evidence.library import LibraryCriterion
from weighbridge.study.columns import Column, criterion_cells

if TYPE_CHECKING:
    from weighbridge.study.schema import CriterionFile
    from weighbridge.study.study import Study

__all__ = ["PlannedCriterion", "plan_criteria", "read_column"]

MODEL_SCORE: Final = "model-score"
"""The group of library criteria that stand for a source's predicted score itself."""

RESULT_COLUMNS: Final = ("id", "rank", "score", "tied", "chosen", "name", "series", "smiles", "base")
"""Columns that stand beside the criteria in every table of results."""

Kind = Literal["score", "indicator", "column"]

_OVERRIDES: Final = (
    "unit",
    "direction",
    "worst",
    "best",
    "scale",
    "outside",
    "missing",
    "title",
    "definition",
    "question",
)


@dataclass(frozen=True, eq=False)
class PlannedCriterion:
    """A criterion of the study and where its numbers come from.

    Attributes
    ----------
    name
        As the study calls it.
    criterion
        Direction, unit, range, preference and rules.
    kind
        ``score`` (a source's prediction), ``indicator`` (computed for each molecule from a source)
        or ``column`` (of a table of the study).
    library_id
        The criterion of the library it uses; empty for one defined in place.
    source
        The source it is computed from; empty for a column.
    how
        One sentence for people.
    departures
        What the study changed in the library's definition, and why.
    """

    name: str
    criterion: Criterion
    kind: Kind
    library_id: str
    source: str
    how: str
    departures: Mapping[str, tuple[Any, Any]]
    reason: str = ""


def plan_criteria(
    study: Study, library: Mapping[str, LibraryCriterion], faults: Faults | None = None
) -> dict[str, PlannedCriterion]:
    """Resolve every criterion of the study against the library and its sources.

    Parameters
    ----------
    study, library
        What the criteria are looked up in.
    faults
        Where faults are noted, and their criteria left out; without it they are raised.

    Raises
    ------
    InputError
        With every fault: unknown library ids and sources, missing ranges and directions, criteria
        for the other layer, units that do not fit.
    """
    noted = Faults() if faults is None else faults
    plans: dict[str, PlannedCriterion] = {}
    for name, spec in study.file.criteria.items():
        try:
            _check_name(name)
            plans[name] = _plan(study, library, name, spec)
        except InputError as error:
            noted.extend(_placed(error, study, name))
    if faults is None:
        noted.raise_if_any()
    return plans


def _check_name(name: str) -> None:
    """Refuse a name that a column of the results has: one of the two would be lost in every export."""
    if name in RESULT_COLUMNS:
        mend = f"Call it otherwise, such as '{name}_criterion', and give it `title: {name}`"
        raise InputError(
            Fault(f"a criterion cannot be called {name!r}: the results have a column of that name", mend=mend)
        )


def _placed(error: InputError, study: Study, name: str) -> InputError:
    """Say in which file and line the criterion stands, where the fault does not."""
    from dataclasses import replace

    place = study.document.place(("criteria", name))
    return InputError([f if f.file else replace(f, file=study.document.file, place=place) for f in error.faults])


def _plan(study: Study, library: Mapping[str, LibraryCriterion], name: str, spec: CriterionFile) -> PlannedCriterion:
    if spec.use is None:
        return _plan_in_place(name, spec)
    definition = library.get(spec.use)
    faults = Faults()
    if definition is None:
        from difflib import get_close_matches

        close = get_close_matches(spec.use, library, 3)
        mend = f"Did you mean {', '.join(close)}?" if close else "See `weighbridge criteria`"
        faults.add(f"criterion {name!r} uses an unknown library id", found=repr(spec.use), mend=mend)
        faults.raise_if_any()
    assert definition is not None
    if "rank" not in definition.layers:
        mend = "Use it in trust.tree, where it weighs the source"
        faults.add(f"criterion {name!r}: {spec.use!r} is the same for every molecule and ranks nothing", mend=mend)
    if spec.source is None:
        faults.add(
            f"criterion {name!r} does not say from which source it is computed", expected="source: one of the sources"
        )
    elif spec.source not in study.sources:
        faults.add(
            f"criterion {name!r}: unknown source", found=repr(spec.source), expected=f"one of {list(study.sources)}"
        )
    faults.raise_if_any()
    assert spec.source is not None
    criterion = _with_overrides(definition, spec)
    kind: Kind = "score" if definition.group == MODEL_SCORE else "indicator"
    title = study.sources[spec.source].title or spec.source
    how = f"the score predicted by {title}" if kind == "score" else f"{definition.title}, computed from {title}"
    if kind == "score":
        _check_unit(study, name, spec.source, criterion)
    departures = {
        key: (getattr(definition, key, None), getattr(spec, key))
        for key in (*_OVERRIDES, "preference")
        if getattr(spec, key) is not None and getattr(spec, key) != getattr(definition, key, None)
    }
    return PlannedCriterion(name, criterion, kind, spec.use, spec.source, how, departures, spec.reason)


def _with_overrides(definition: LibraryCriterion, spec: CriterionFile) -> Criterion:
    changes: dict[str, Any] = {key: getattr(spec, key) for key in _OVERRIDES if getattr(spec, key) is not None}
    if spec.preference is not None:
        changes["preference"] = Preference(**spec.preference.model_dump())
    return definition.criterion(**changes)


def _plan_in_place(name: str, spec: CriterionFile) -> PlannedCriterion:
    faults = Faults()
    if spec.column is None:
        faults.add(f"criterion {name!r} has neither `use` nor `column`", expected="one of the two")
    if spec.direction is None:
        faults.add(f"criterion {name!r} has no direction", expected="direction: gain or cost")
    faults.raise_if_any()
    assert spec.direction is not None
    preference = None if spec.preference is None else Preference(**spec.preference.model_dump())
    criterion = Criterion(
        direction=spec.direction,
        unit=spec.unit or "",
        worst=spec.worst,
        best=spec.best,
        preference=preference,
        scale=spec.scale,
        outside=spec.outside or "refuse",
        missing=spec.missing or "refuse",
        title=spec.title or name,
        definition=spec.definition or "",
        question=spec.question or "",
    )
    where = spec.file.file if spec.file else "the molecule table"
    return PlannedCriterion(name, criterion, "column", "", "", f"column {spec.column!r} of {where}", {}, spec.reason)


def _check_unit(study: Study, name: str, source: str, criterion: Criterion) -> None:
    found, expected = study.sources[source].unit, criterion.unit
    if found and expected and found != expected:
        faults = Faults()
        faults.add(
            f"criterion {name!r} and the predictions of {source!r} have different units",
            found=repr(found),
            expected=repr(expected),
            mend="Convert with `to:` in the source's predictions, or set the criterion's unit",
        )
        faults.raise_if_any()


def read_column(study: Study, plan: PlannedCriterion) -> Column:
    """Return a criterion's numbers for every molecule of the study.

    Raises
    ------
    InputError
        With every cell that cannot be read, each in its place.
    """
    try:
        return _read_column(study, plan)
    except InputError as error:
        raise _placed(error, study, plan.name) from error


def _read_column(study: Study, plan: PlannedCriterion) -> Column:
    index = study.molecules.index
    if plan.kind == "score":
        return _score(study, plan, index)
    if plan.kind == "indicator":
        others = tuple(study.sources.values())
        readings = read_molecules(plan.library_id, study.sources[plan.source], study.setting, others=others)
        low, high = pd.Series(readings.low, index=index), pd.Series(readings.high, index=index)
        return Column(pd.Series(readings.value, index=index), low, high, readings.note)
    return close_intervals(criterion_cells(study, plan.name, plan.criterion.unit), plan)


def _score(study: Study, plan: PlannedCriterion, index: pd.Index[Any]) -> Column:
    """Return the predicted score; a censored one is closed by the criterion's declared range."""
    predictions = study.sources[plan.source].predictions
    assert predictions is not None
    value = predictions["score"].reindex(index).astype(float)
    low, high = value.copy(), value.copy()
    if "score_low" in predictions:
        low = predictions["score_low"].reindex(index).astype(float)
        high = predictions["score_high"].reindex(index).astype(float)
        value = value.where(low == high)
    return close_intervals(Column(value, low, high), plan)


def close_intervals(column: Column, plan: PlannedCriterion) -> Column:
    """Close the open end of censored values by the criterion's declared range.

    Raises
    ------
    InputError
        If a value is censored and the criterion declares no range, or it lies wholly outside it.
    """
    low, high = column.low.to_numpy(dtype=np.float64), column.high.to_numpy(dtype=np.float64)
    open_rows = np.isinf(low) | np.isinf(high)
    if not open_rows.any():
        return column
    worst, best = plan.criterion.worst, plan.criterion.best
    faults = Faults()
    if worst is None or best is None:
        faults.add(
            f"criterion {plan.name!r} has censored values and declares no range",
            found=f"{int(open_rows.sum())} values with < or >",
            expected="worst and best, which close the interval",
        )
        faults.raise_if_any()
        return column
    floor, ceiling = min(worst, best), max(worst, best)
    closed_low = np.where(np.isneginf(low), np.minimum(floor, high), low)
    closed_high = np.where(np.isposinf(high), np.maximum(ceiling, low), high)
    index = column.value.index
    return Column(column.value, pd.Series(closed_low, index=index), pd.Series(closed_high, index=index), column.note)
