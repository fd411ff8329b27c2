"""Robustness as JSON-ready values and as named tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from weighbridge.study.robust.ends import CellEffect, UnknownEffect

if TYPE_CHECKING:
    from weighbridge.robustness.variations import Variation, Variations
    from weighbridge.study.robust.value import Robustness

__all__ = ["SCHEMA", "TABLES", "to_dict", "to_frames"]

SCHEMA: Final = 1
"""Version of the form of `to_dict`."""

TABLES: Final = {
    "experts": "without each expert",
    "sources": "without each source",
    "criteria": "without each criterion",
    "molecules": "without each molecule",
    "scales": "judgement scales",
    "methods": "methods",
}
"""Kind of variant → the name of its table."""

_SHARES: Final = {"all": "share of draws", "weights": "weights alone", "scores": "scores alone"}


_CHANGES: Final = (
    "molecule",
    "distance",
    "weight moved",
    "exact",
    "behind",
    "criterion",
    "weight",
    "changed weight",
)

_SCORES: Final = ("molecule", "criterion", "score", "needed", "change", "unit", "monotone")


def to_dict(found: Robustness) -> dict[str, Any]:
    """Return everything as JSON-ready values: no NaN, no arrays, keys in a fixed order.

    Molecules that are not among the first k today nor in any draw are left out of ``molecules``.
    """
    decision = found.decision
    result: dict[str, Any] = _jsonable(
        {
            "schema": SCHEMA,
            "study": decision.study.title,
            "method": decision.ranking.method,
            "parameters": dict(decision.study.file.ranking.parameters),
            "top": found.standing.top,
            "first": list(found.standing.first),
            "first_are_chosen": found.standing.are_chosen,
            "samples": found.samples,
            "seed": found.seed,
            "sentences": list(found.sentences),
            "molecules": _records(_molecules(found)),
            "drawn": {cause: _drawn(one) for cause, one in found.acceptability.items()},
            "weights": _records(_weights(found)),
            "changes": _records(_changes(found)),
            "score_changes": _records(_score_changes(found)),
            "unknowns": _records(_unknowns(found)),
            "cells": _records(_cells(found)),
            "cells_untried": found.cells_untried,
            "varied": {part: _varied(one) for part, one in found.varied.items()},
            "reversal": None if found.reversal is None else _reversal(found),
            "sensitivity": None if found.sensitivity is None else _records(found.sensitivity.to_frame()),
            "sensitivity_notes": [] if found.sensitivity is None else list(found.sensitivity.notes),
            "influences": [{"criterion": one.criterion, "spread": one.spread} for one in found.influences],
            "draws": None if found.draws is None else _draws(found),
            "uncertainty": {"basis": dict(found.uncertainty.basis), "exact": list(found.uncertainty.exact)},
            "refused": dict(found.refused),
        }
    )
    return result


def to_frames(found: Robustness) -> dict[str, pd.DataFrame]:
    """Return the tables that have rows, by name: ``molecules``, ``weights``, ``unknowns``, those of `TABLES`.

    Cells hold numbers, truth values and text: several molecules in a cell are joined by commas.
    """
    tables = {
        "sentences": pd.DataFrame({"sentence": list(found.sentences)}),
        "molecules": _molecules(found),
        "weights": _weights(found),
        "changes": _changes(found),
        "score changes": _score_changes(found),
        "unknowns": _unknowns(found),
        "cells": _cells(found),
        **{TABLES[part]: _variants(one) for part, one in found.varied.items()},
        "reversal": pd.DataFrame() if found.reversal is None else found.reversal.to_frame(),
        "sensitivity": pd.DataFrame() if found.sensitivity is None else found.sensitivity.to_frame(),
        "not computed": pd.DataFrame(list(found.refused.items()), columns=["part", "reason"]),
    }
    return {name: _flat(table) for name, table in tables.items() if len(table)}


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose cells hold one thing each."""
    return table.map(lambda cell: ", ".join(str(one) for one in cell) if isinstance(cell, (tuple, list)) else cell)


def _molecules(found: Robustness) -> pd.DataFrame:
    """Return rank, standing and shares of draws, best first, of the molecules that are first now or in a draw."""
    ranking = found.decision.ranking
    table = pd.DataFrame({"molecule": list(ranking.labels), "rank": ranking.ranks.to_numpy()})
    first = set(found.standing.first)
    table["first"] = [label in first for label in ranking.labels]
    chosen = set(found.decision.chosen.chosen)
    table["chosen"] = [label in chosen for label in ranking.labels]
    for cause, one in found.acceptability.items():
        table[_SHARES[cause]] = one.top_probability.to_numpy()
    shares = table[[_SHARES[cause] for cause in found.acceptability]]
    kept = table["first"] | (shares > 0).any(axis=1) if len(shares.columns) else table["first"]
    return table.iloc[ranking.order][kept.iloc[ranking.order].to_numpy()].reset_index(drop=True)


def _weights(found: Robustness) -> pd.DataFrame:
    """Return one row a criterion: its weight, where it may lie, who overtakes, and the scatter of the draws."""
    weights = found.decision.weights
    names = list(found.decision.matrix.names)
    table = pd.DataFrame({"criterion": names, "weight": weights.array(tuple(names))})
    if found.intervals is not None:
        own = found.intervals.to_frame().loc[names].drop(columns="weight")
        table = pd.concat([table, own.astype(object).where(own.notna(), None).reset_index(drop=True)], axis=1)
    if found.draws is not None:
        spread = found.draws.spread().loc[names].reset_index(drop=True)
        table = pd.concat([table, spread.add_prefix("drawn ")], axis=1)
    return table


def _changes(found: Robustness) -> pd.DataFrame:
    """Return one row a molecule and criterion: the weight now, and that of the smallest change.

    ``distance`` is Σ |w' − w|, ``weight moved`` half of it; both None, with the molecules it stays
    behind where they are known, in the one row of a molecule that no weights bring in (``exact``) or
    for which none were found.
    """
    rows: list[tuple[Any, ...]] = []
    now = found.decision.weights
    for label, change in found.changes.items():
        if change.weights is None:
            rows.append((label, None, None, change.exact, change.obstacles, None, None, None))
            continue
        head = (label, change.distance, change.distance / 2, change.exact, ())
        rows += [(*head, name, now[name], change.weights[name]) for name in found.decision.matrix.names]
    return pd.DataFrame(rows, columns=list(_CHANGES), dtype=object)


def _score_changes(found: Robustness) -> pd.DataFrame:
    """Return one row a molecule and criterion: the score now, and the least better one that brings it in.

    Where not ``monotone`` a nearer one may have been stepped over.
    """
    rows = [
        (label, name, one.current, one.needed, one.change, changes.units[name], changes.monotone)
        for label, changes in found.score_changes.items()
        for name, one in changes.items()
    ]
    return pd.DataFrame(rows, columns=list(_SCORES), dtype=object)


def _unknowns(found: Robustness) -> pd.DataFrame:
    return pd.DataFrame([_unknown(one) for one in found.unknowns])


def _unknown(effect: UnknownEffect) -> dict[str, Any]:
    unknown = effect.unknown
    return {
        "source": unknown.source,
        "unknown": unknown.name,
        "title": unknown.title,
        "why": unknown.why,
        "could_change": effect.could_change,
        "share_low": effect.shares[0],
        "share_high": effect.shares[1],
        **_end(effect.low, "low"),
        **_end(effect.high, "high"),
        "between": effect.between,
        "guarantee": effect.guarantee,
        "refused": effect.refused,
    }


def _end(end: Variation | None, name: str) -> dict[str, Any]:
    return {
        f"entering_{name}": () if end is None else end.entering,
        f"leaving_{name}": () if end is None else end.leaving,
    }


def _cells(found: Robustness) -> pd.DataFrame:
    return pd.DataFrame([_cell(one) for one in found.cells])


def _cell(effect: CellEffect) -> dict[str, Any]:
    return {
        "molecule": effect.molecule,
        "criterion": effect.criterion,
        "low": effect.ends[0],
        "high": effect.ends[1],
        "could_change": effect.could_change,
        **_end(effect.low, "low"),
        **_end(effect.high, "high"),
    }


def _variants(varied: Variations) -> pd.DataFrame:
    """Return one row a variant, those that were refused last."""
    table = varied.to_frame().astype(object)
    table.insert(0, varied.what, pd.Series(list(table.index), index=table.index, dtype=object))
    table["refused"] = ""
    missed = [{varied.what: name, "refused": reason} for name, reason in varied.refused.items()]
    rows = [*_records(table), *({**dict.fromkeys(table.columns), **row} for row in missed)]
    return pd.DataFrame(rows, columns=list(table.columns), dtype=object)


def _varied(varied: Variations) -> dict[str, Any]:
    return {
        "what": varied.what,
        "variants": [
            {"name": name, **row}
            for name, row in zip(varied.to_frame().index, _records(varied.to_frame()), strict=True)
        ],
        "refused": {str(name): reason for name, reason in varied.refused.items()},
        "notes": list(varied.notes),
    }


def _reversal(found: Robustness) -> dict[str, Any]:
    test = found.reversal
    assert test is not None
    return {
        "tests": len(test.tests),
        "changed": sum(one.changed for one in test.tests),
        "first_changed": sum(one.first_changed for one in test.tests),
        "cycles": list(test.cycles),
        "contradictions": list(test.contradictions),
        "proof": test.proof,
        "notes": list(test.notes),
    }


def _drawn(one: Any) -> dict[str, Any]:
    return {"samples": one.samples, "notes": list(one.notes)}


def _draws(found: Robustness) -> dict[str, Any]:
    draws = found.draws
    assert draws is not None
    return {"basis": dict(draws.basis), "fixed": list(draws.fixed), "unknowns": list(draws.unknowns)}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [str(name) for name in table.columns]
    return [dict(zip(columns, row, strict=True)) for row in table.itertuples(index=False, name=None)]


def _jsonable(value: Any) -> Any:
    """Return a value with nothing but what JSON knows; what is not known (NaN) is None."""
    if isinstance(value, Mapping):
        return {str(key): _jsonable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
