"""Data quality told record by record: censoring, outcomes, cut-offs, errors, curation, purity."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats
from weighbridge.evidence.context import context_value, recorded_value
from weighbridge.evidence.indicators.view import LABEL_CUTOFFS, NotToldError, RecordQuality, View
from weighbridge.evidence.reading import Reading

__all__ = [
    "chembl_confidence",
    "class_balance",
    "curation_level",
    "cytotox_artifact",
    "documented_cutoffs",
    "inconclusive_share",
    "measurement_se",
    "qualifier_share",
    "sample_purity",
    "threshold_documented",
    "validity_flag_share",
]

CURATION_LEVELS: Final = {"expert": 1.0, "intermediate": 0.6, "autocuration": 0.3}
LARGEST_ERROR: Final = 0.5
LARGEST_COUNTER_GAP: Final = 2.0
HIGHEST_CONFIDENCE: Final = 9.0


def qualifier_share(view: View) -> RecordQuality:
    """1 for a censored or approximate value, 0 for an exact one, unknown without a relation."""
    has_value = ~np.isnan(view.numbers("value"))
    relation = view.frame["relation"]
    exact = (relation == "=").fillna(False).to_numpy(dtype=bool)
    values = np.where(view.censored, 1.0, np.where(exact, 0.0, np.nan))
    return RecordQuality.of(values, 0.0, 1.0, "do not state the relation of their value", has_value)


def inconclusive_share(view: View) -> RecordQuality:
    """1 where the source calls the outcome inconclusive, 0 for another one."""
    outcome = view.column("outcome")
    found = outcome.astype("string").str.strip().str.casefold().str.startswith("inconclusive")
    values = np.asarray(found.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    return RecordQuality.of(values, 0.0, 1.0, "state no outcome")


def documented_cutoffs(view: View) -> Floats:
    """Return the cut-off behind each record's label, NaN where nobody states one, shape (r,).

    The record's own, else its part's or the source's condition ``activity_threshold``; a record of
    several parts that state different ones has none.
    """
    own = view.numbers("threshold") if view.has("threshold") else np.full(len(view.rows), np.nan)
    names = {name for several in view.memberships for name in several}
    by_part = {name: _stated_cutoff(view, name) for name in names}
    whole = _stated_cutoff(view, None)
    inherited = {several: _common([by_part[name] for name in several] or [whole]) for several in set(view.memberships)}
    found = np.array([inherited[several] for several in view.memberships], dtype=np.float64)
    return np.where(np.isnan(own), found, own)


def _stated_cutoff(view: View, part: str | None) -> float:
    context = view.source.context if part is None else view.source.context_of(part)
    for name in LABEL_CUTOFFS:
        value = recorded_value(context_value(name, context))
        if isinstance(value, float):
            return value
    return float("nan")


def _common(values: list[float]) -> float:
    return values[0] if all(value == values[0] for value in values) else float("nan")


def threshold_documented(view: View) -> RecordQuality:
    """1 where a numeric cut-off is stated; in continuous sources also where there is a value."""
    documented = ~np.isnan(documented_cutoffs(view))
    if view.source.kind == "continuous" and view.has("value"):
        documented |= ~np.isnan(view.numbers("value"))
    return RecordQuality.of(documented.astype(np.float64), 0.0, 1.0, "")


def measurement_se(view: View) -> RecordQuality:
    """Return the standard error of each value."""
    return RecordQuality.of(view.numbers("se"), 0.0, LARGEST_ERROR, "state no standard error")


def chembl_confidence(view: View) -> RecordQuality:
    """Return ChEMBL's confidence in the target of each record."""
    return RecordQuality.of(view.numbers("confidence"), 0.0, HIGHEST_CONFIDENCE, "state no target confidence")


def curation_level(view: View) -> RecordQuality:
    """Return a number for each record's level of curation: Expert 1, Intermediate 0.6, Autocuration 0.3."""
    words = view.column("curated_by").astype("string").str.strip().str.casefold()
    values = np.array([CURATION_LEVELS.get(word, np.nan) for word in words.fillna("")], dtype=np.float64)
    return RecordQuality.of(values, min(CURATION_LEVELS.values()), 1.0, "state no known level of curation")


def validity_flag_share(view: View) -> RecordQuality:
    """1 where the source marks the record as doubtful; where it has marks, no mark means not doubtful."""
    flags = view.column("flag")
    values = np.array([0.0 if pd.isna(flag) else float(bool(flag)) for flag in flags])
    return RecordQuality.of(values, 0.0, 1.0, "")


def cytotox_artifact(view: View) -> RecordQuality:
    """Return value − counter-screen value; unknown where either is missing or the value is censored."""
    gaps = view.exact_values() - view.numbers("counter")
    return RecordQuality.of(gaps, 0.0, LARGEST_COUNTER_GAP, "have no exact value beside a counter-screen value")


def sample_purity(view: View) -> RecordQuality:
    """Return the purity of each record's sample."""
    return RecordQuality.of(view.numbers("purity"), 0.0, 1.0, "state no purity")


def class_balance(view: View) -> Reading:
    """Return 4 p (1 − p), p the share of actives among the labelled records."""
    labels = view.labels[~np.isnan(view.labels)]
    if not len(labels):
        raise NotToldError("no record has a label")
    share = float(labels.mean())
    return Reading(4 * share * (1 - share), n=len(labels), note=f"{share:.1%} active")
