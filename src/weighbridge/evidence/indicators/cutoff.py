"""The cut-off behind a source's labels, against the decision's."""

from __future__ import annotations

from typing import Final

import numpy as np

from weighbridge.evidence.indicators.bridging import independent_pairs
from weighbridge.evidence.indicators.pooling import record_mean
from weighbridge.evidence.indicators.quality import documented_cutoffs
from weighbridge.evidence.indicators.statistics import label_cutoff
from weighbridge.evidence.indicators.view import NotToldError, RecordQuality, View
from weighbridge.evidence.reading import Reading

__all__ = ["threshold_gap"]

LARGEST_GAP: Final = 2.0
LEAST_OF_EACH: Final = 5


def threshold_gap(view: View) -> Reading:
    """Return |τ_label − τ_decision|.

    Documented where every record's cut-off is; otherwise inferred on bridging compounds;
    otherwise the mean over the documented ones, the others anywhere up to 2 log units.
    """
    if view.setting.threshold is None:
        raise NotToldError("the study states no threshold")
    if view.source.kind == "continuous":
        return Reading(0.0, note="continuous values are cut at the decision's own threshold")
    try:
        stated = _stated(view)
    except NotToldError as error:
        return _inferred(view) or _not_told(str(error))
    if stated.exact:
        return stated
    return _inferred(view) or stated


def _not_told(reason: str) -> Reading:
    raise NotToldError(f"{reason}, and no bridging compounds tell the labels' cut-off")


def _stated(view: View) -> Reading:
    gaps = np.abs(documented_cutoffs(view) - view.threshold)
    return record_mean(RecordQuality.of(gaps, 0.0, LARGEST_GAP, "state no cut-off"))


def _inferred(view: View) -> Reading | None:
    try:
        pairs = independent_pairs(view, "label")
    except NotToldError:
        return None
    actives = int((pairs["label"] == 1).sum())
    if min(actives, len(pairs) - actives) < LEAST_OF_EACH:
        return None
    found = label_cutoff(pairs["label"].to_numpy(dtype=np.float64), pairs["y"].to_numpy(dtype=np.float64))
    if found is None or view.setting.threshold is None:
        return None
    gap, low, high = (abs(end - view.setting.threshold) for end in found)
    note = f"inferred on {len(pairs)} bridging compounds: cut-off {found[0]:.2f} ({found[1]:.2f} to {found[2]:.2f})"
    inside = found[1] <= view.setting.threshold <= found[2]
    return Reading(gap, 0.0 if inside else min(low, high), max(low, high), len(pairs), note)
