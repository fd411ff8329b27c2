"""How good a source's own model is, and how sure it is of a molecule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.evidence.indicators.agreement import replicate_sd
from weighbridge.evidence.indicators.pooling import MoleculeReadings
from weighbridge.evidence.indicators.statistics import auroc, auroc_standard_error, calibration_error, rank_correlation
from weighbridge.evidence.indicators.view import NotToldError, View
from weighbridge.evidence.reading import Reading
from weighbridge.evidence.source import Source

__all__ = [
    "auroc_scaffold",
    "brier",
    "conformal_set",
    "ece",
    "ensemble_sd",
    "interval_width",
    "model_disagreement",
    "probability_sd",
    "r2_vs_ceiling",
    "rmse_vs_noise",
    "spearman_cv",
    "threshold_margin",
]

NOT_LOG: Final = ("probability", "class", "%")
BOTH_CLASSES: Final = 2.0


def _validation(view: View) -> tuple[Floats, Floats, str]:
    """Return truths, out-of-fold predictions and a note on incomplete rows."""
    table = view.source.validation
    if table is None or not len(table):
        raise NotToldError("needs out-of-fold predictions")
    if view.part is not None:
        if "part" not in table.columns:
            raise NotToldError("the out-of-fold predictions do not tell their part")
        table = table[table["part"] == view.part]
    complete = table[["truth", "prediction"]].dropna()
    if len(complete) < 2:
        raise NotToldError("needs two out-of-fold predictions with their truths")
    lost = len(table) - len(complete)
    note = f"{lost:,} of {len(table):,} out-of-fold rows are incomplete" if lost else ""
    return complete["truth"].to_numpy(dtype=np.float64), complete["prediction"].to_numpy(dtype=np.float64), note


def _join(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def auroc_scaffold(view: View) -> Reading:
    """Return the area under the ROC curve of the out-of-fold predictions."""
    truth, prediction, note = _validation(view)
    positive: Booleans = truth >= (view.threshold if view.source.kind == "continuous" else 1.0)
    n1 = int(positive.sum())
    area = auroc(positive, prediction)
    if np.isnan(area):
        raise NotToldError("the out-of-fold truths are all of one class")
    error = auroc_standard_error(area, n1, len(positive) - n1)
    return Reading(area, n=len(truth), note=_join(f"standard error {error:.3f}", note))


def _probabilities(view: View) -> tuple[Floats, Floats, str]:
    if view.source.kind != "binary":
        raise NotToldError("needs predicted probabilities of a binary source")
    truth, prediction, note = _validation(view)
    if prediction.min() < 0 or prediction.max() > 1:
        raise NotToldError("the out-of-fold predictions are not probabilities")
    return truth, prediction, note


def brier(view: View) -> Reading:
    """Return the mean squared difference of probability and outcome."""
    truth, probability, note = _probabilities(view)
    return Reading(float(((probability - truth) ** 2).mean()), n=len(truth), note=note)


def ece(view: View) -> Reading:
    """Return the expected calibration error in ten bins of equal width."""
    truth, probability, note = _probabilities(view)
    return Reading(calibration_error(truth, probability), n=len(truth), note=note)


def spearman_cv(view: View) -> Reading:
    """Return Spearman's correlation of truth and out-of-fold prediction."""
    truth, prediction, note = _validation(view)
    found = rank_correlation(truth, prediction)
    if np.isnan(found):
        raise NotToldError("the truths or the predictions are all equal")
    return Reading(found, n=len(truth), note=note)


def _noise(view: View) -> tuple[float, str]:
    """Return the scatter of repeats: measured in the records, else as the card states it."""
    if view.source.kind != "continuous":
        raise NotToldError("needs a continuous source")
    try:
        found = replicate_sd(view).value
        words = "noise measured on repeats"
    except NotToldError as error:
        card = view.source.card.get("replicate_sd")
        found = None if card is None else card.value
        words = "noise as the card states it"
        if found is None:
            raise NotToldError(f"the noise of the measurement is not known: {error}") from error
    if not found:
        raise NotToldError("repeats do not differ at all, so there is no noise to compare with")
    return found, f"{words}: {found:.3f}"


def r2_vs_ceiling(view: View) -> Reading:
    """Return R² of the out-of-fold predictions over 1 − s_error² / s_total²."""
    noise, words = _noise(view)
    truth, prediction, note = _validation(view)
    total = float(truth.var(ddof=1))
    if noise**2 >= total:
        raise NotToldError("the noise is as large as the spread of the truths: nothing is left to explain")
    explained = 1 - float(((truth - prediction) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
    ceiling = 1 - noise**2 / total
    return Reading(explained / ceiling, n=len(truth), note=_join(words, f"R² {explained:.3f} of {ceiling:.3f}", note))


def rmse_vs_noise(view: View) -> Reading:
    """Return the root mean squared error of the out-of-fold predictions over the noise."""
    noise, words = _noise(view)
    truth, prediction, note = _validation(view)
    error = float(np.sqrt(((truth - prediction) ** 2).mean()))
    return Reading(error / noise, n=len(truth), note=_join(words, f"RMSE {error:.3f}", note))


def _predicted(view: View, field: str, source: Source | None = None) -> Floats:
    """Return a column of the predictions in the order of the molecules, NaN where missing."""
    source = source or view.source
    if source.predictions is None or field not in source.predictions.columns:
        raise NotToldError(f"the predictions have no {field}")
    found = source.predictions[field].reindex(view.setting.molecules.index)
    return pd.to_numeric(found).to_numpy(dtype=np.float64, na_value=np.nan)


def _values_only(view: View) -> None:
    if view.source.unit.casefold() in NOT_LOG:
        raise NotToldError(f"the predictions are in {view.source.unit}, not on a log scale")


def _told(values: Floats, what: str) -> MoleculeReadings:
    missing = int(np.isnan(values).sum())
    return MoleculeReadings.exact(values, f"{missing:,} of {len(values):,} molecules have no {what}" if missing else "")


def conformal_set(view: View) -> MoleculeReadings:
    """Return the size of the conformal set; an empty one counts as both classes."""
    sizes = _predicted(view, "set_size")
    return _told(np.where(sizes == 0, BOTH_CLASSES, sizes), "conformal set")


def ensemble_sd(view: View) -> MoleculeReadings:
    """Return the standard deviation of each predicted value."""
    _values_only(view)
    return _told(_predicted(view, "sd"), "standard deviation")


def probability_sd(view: View) -> MoleculeReadings:
    """Return the standard deviation of each predicted probability."""
    if view.source.unit.casefold() != "probability":
        raise NotToldError("the predictions are no probabilities")
    return _told(_predicted(view, "sd"), "standard deviation")


def interval_width(view: View) -> MoleculeReadings:
    """Return high − low of each prediction."""
    _values_only(view)
    return _told(_predicted(view, "high") - _predicted(view, "low"), "prediction interval")


def threshold_margin(view: View) -> MoleculeReadings:
    """Return |ŷ − τ| / σ of each prediction; a σ of 0 is not a standard deviation."""
    _values_only(view)
    threshold, unit = view.setting.threshold, view.setting.threshold_unit
    if threshold is None:
        raise NotToldError("the study states no threshold")
    if unit and view.source.unit and unit.casefold() != view.source.unit.casefold():
        raise NotToldError(f"the decision's threshold is in {unit}, the predictions are in {view.source.unit}")
    spread = _predicted(view, "sd")
    spread = np.where(spread > 0, spread, np.nan)
    return _told(np.abs(_predicted(view, "score") - threshold) / spread, "prediction with a standard deviation above 0")


def model_disagreement(view: View, others: Sequence[Source]) -> MoleculeReadings:
    """Return the mean over the other sources of |rank − rank_other| / n, among molecules both score."""
    rivals = [source for source in others if source is not view.source and source.predictions is not None]
    if not rivals:
        raise NotToldError("needs the predictions of another source")
    own = _predicted(view, "score")
    gaps = np.array([_rank_gap(own, _predicted(view, "score", rival)) for rival in rivals])
    told = ~np.isnan(gaps)
    counts = told.sum(axis=0)
    means = np.where(told, gaps, 0.0).sum(axis=0) / np.maximum(counts, 1)
    return _told(np.where(counts > 0, means, np.nan), "prediction of two sources")


def _rank_gap(first: Floats, second: Floats) -> Floats:
    from scipy.stats import rankdata

    both = ~np.isnan(first) & ~np.isnan(second)
    gaps = np.full(len(first), np.nan)
    if both.any():
        gaps[both] = np.abs(rankdata(first[both]) - rankdata(second[both])) / both.sum()
    return gaps
