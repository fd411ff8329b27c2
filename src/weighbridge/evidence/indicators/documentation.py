"""How much stands behind a source and how well it is written down."""

from __future__ import annotations

from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.evidence.context import compare
from weighbridge.evidence.indicators.view import NotToldError, RecordQuality, View
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Condition

__all__ = [
    "METADATA_FIELDS",
    "curation_class",
    "document_count",
    "documents_by_record",
    "metadata_completeness",
    "n_molecules",
    "record_count",
]

METADATA_FIELDS: Final = (
    "species",
    "target_variant",
    "cell_line",
    "assay_format",
    "readout",
    "temperature",
    "ph",
    "buffer",
    "incubation",
    "concentration_range",
    "dmso",
)
"""Conditions a complete description of an experiment states, after MIABE."""

POOLED_FIELDS: Final = METADATA_FIELDS[:5]
MANY_DOCUMENTS: Final = 20


def metadata_completeness(view: View) -> RecordQuality:
    """Return the share of the eleven metadata fields that are recorded, for each record."""
    filled = np.mean([_filled(view.condition_rows(field)) for field in METADATA_FIELDS], axis=0)
    return RecordQuality.of(filled, 0.0, 1.0, "")


def _filled(rows: list[tuple[Condition, ...]]) -> Floats:
    return np.array([sum(value is not None for value in values) / len(values) for values in rows])


def curation_class(view: View) -> Reading:
    """Return 1 where five conditions are the same in all records, 0 where none is, else ½."""
    states = [_sameness(field, view) for field in POOLED_FIELDS]
    low = _class_of([state == "same" for state in states])
    high = _class_of([state != "differs" for state in states])
    unclear = [field for field, state in zip(POOLED_FIELDS, states, strict=True) if state == "unclear"]
    note = f"not recorded everywhere: {', '.join(unclear)}" if unclear else ""
    return Reading((low + high) / 2, low, high, len(view.experiments), note)


def _sameness(field: str, view: View) -> str:
    values = list(dict.fromkeys(value for several in view.condition_rows(field) for value in several))
    recorded = [value for value in values if value is not None]
    scores = [compare(field, value, recorded[0]) for value in recorded[1:]]
    if any(score.status == "differs" for score in scores):
        return "differs"
    return "same" if recorded and len(recorded) == len(values) else "unclear"


def _class_of(same: list[bool]) -> float:
    return 1.0 if all(same) else 0.5 if any(same) else 0.0


def record_count(view: View) -> Reading:
    """Return the number of records."""
    return Reading(float(len(view.rows)), n=len(view.rows))


def n_molecules(view: View) -> Reading:
    """Return the number of different keys; a record without one may or may not be one more."""
    keys = view.keys
    known, unknown = keys.nunique(), int(keys.isna().sum())
    if not unknown:
        return Reading(float(known), n=len(keys))
    least = max(known, 1)  # they are of some molecule
    return Reading.between(float(least), float(known + unknown), len(keys), f"{unknown:,} records have no key")


def _documents(view: View) -> list[frozenset[str]]:
    cells = view.column("document").astype("string").fillna("")
    return [frozenset(name.strip() for name in cell.split("|") if name.strip()) for cell in cells]


def document_count(view: View) -> Reading:
    """Return the number of different documents; a record without one may add one more.

    The interval's upper end stops at 20 or at the documents counted: beyond, nothing changes.
    """
    documents = _documents(view)
    known = len(frozenset[str]().union(*documents))
    silent = sum(not names for names in documents)
    if not known:
        raise NotToldError("no record states a document")
    if not silent:
        return Reading(float(known), n=len(documents))
    high = min(known + silent, max(known, MANY_DOCUMENTS))
    note = f"{silent:,} of {len(documents):,} records state no document"
    return Reading((known + high) / 2, float(known), float(high), len(documents), note)


def documents_by_record(view: View) -> RecordQuality:
    """Return for each record how many documents stand behind its molecule in this source."""
    documents = _documents(view)
    keys = [key if isinstance(key, str) else row for row, key in enumerate(view.keys)]
    behind: dict[object, set[str]] = {}
    for key, names in zip(keys, documents, strict=True):
        behind.setdefault(key, set()).update(names)
    counts = np.array([len(behind[key]) or np.nan for key in keys])
    return RecordQuality.of(counts, 1.0, float(MANY_DOCUMENTS), "state no document")
