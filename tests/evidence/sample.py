"""Small sources and settings for the tests of the evidence layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import RECORD_FIELDS, Context, Records, Setting, Source

NO_MOLECULES = pd.DataFrame({"smiles": [], "inchikey": [], "key": []})


def records(
    parts: Sequence[tuple[str, ...]] = (),
    conditions: Mapping[str, Sequence[Any]] | None = None,
    **fields: Sequence[Any],
) -> Records:
    """Return records with the given fields; the other columns are missing."""
    n = len(next(iter(fields.values())))
    frame = pd.DataFrame({name: list(fields.get(name, [None] * n)) for name in RECORD_FIELDS})
    for name in ("label", "value", "low", "high", "threshold", "se", "confidence", "year", "counter", "purity"):
        frame[name] = frame[name].astype(float)
    return Records(frame, tuple(parts), pd.DataFrame(dict(conditions or {})), frozenset(fields))


def source(kind: Any = "binary", **fields: Any) -> Source:
    """Return a source; continuous ones are in pIC50 unless said otherwise."""
    continuous = kind == "continuous"
    given = {"unit": "pIC50" if continuous else "probability", "value_unit": "pIC50" if continuous else ""} | fields
    for name in ("context",):
        if isinstance(given.get(name), dict):
            given[name] = Context(given[name])
    if isinstance(given.get("part_contexts"), dict):
        given["part_contexts"] = {part: Context(values) for part, values in given["part_contexts"].items()}
    given["card"] = {name: Reading(value) for name, value in given.get("card", {}).items()}
    return Source("public", "Public", kind, **given)


def setting(
    smiles: Sequence[str | None] = (),
    context: Mapping[str, Any] | None = None,
    threshold: float | None = None,
    threshold_unit: str = "",
    year: int | None = None,
    similarities: Mapping[str, Mapping[tuple[str, str], float]] | None = None,
) -> Setting:
    """Return a setting with molecules M1, M2 … of the given structures."""
    ids = [f"M{row}" for row in range(1, len(smiles) + 1)]
    molecules = pd.DataFrame({"smiles": list(smiles), "inchikey": None, "key": ids}, index=ids)
    return Setting(
        Context(dict(context or {})),
        molecules if len(smiles) else NO_MOLECULES,
        threshold,
        threshold_unit,
        year,
        dict(similarities or {}),
    )
