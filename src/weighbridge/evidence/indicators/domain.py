"""How far a molecule lies from what the source's model has seen."""

from __future__ import annotations

import numpy as np

from weighbridge.evidence.indicators.pooling import MoleculeReadings
from weighbridge.evidence.indicators.prints import candidate_similarities, nearest_where
from weighbridge.evidence.indicators.view import NotToldError, View
from weighbridge.evidence.neighbours import weighted
from weighbridge.evidence.reading import Reading

__all__ = ["ad_knn", "chem_overlap", "label_purity", "nearest_similarity"]


def ad_knn(view: View) -> MoleculeReadings:
    """Return the mean similarity to the five most similar training molecules."""
    return _structured(candidate_similarities(view.source, view.setting).mean(axis=1))


def nearest_similarity(view: View) -> MoleculeReadings:
    """Return the similarity to the most similar training molecule."""
    return _structured(candidate_similarities(view.source, view.setting)[:, 0])


def _structured(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> MoleculeReadings:
    missing = int(np.isnan(values).sum())
    note = f"{missing:,} of {len(values):,} molecules have no structure" if missing else ""
    return MoleculeReadings.exact(values, note)


def chem_overlap(view: View) -> Reading:
    """Return the median over the candidates of the similarity to the nearest training molecule."""
    if view.part is not None:
        raise NotToldError("is read for a source as a whole")
    values = nearest_similarity(view).value
    known = values[~np.isnan(values)]
    return Reading(float(np.median(known)), n=len(known))


def label_purity(view: View) -> MoleculeReadings:
    """Return max(p, 1 − p), p the similarity-weighted active share of the nearest labelled records."""
    labels = view.labels
    labelled = ~np.isnan(labels)
    if not labelled.any():
        raise NotToldError("no record has a label")
    share, _, _ = weighted(nearest_where(view.source, view.setting, labelled), labels, 0.0, 1.0)
    alone = int(np.isnan(share).sum())
    note = f"{alone:,} of {len(share):,} molecules have no labelled training record near enough" if alone else ""
    return MoleculeReadings.exact(np.maximum(share, 1 - share), note)
