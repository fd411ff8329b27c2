"""How good predictions are, measured where the truth was held back."""

from __future__ import annotations

from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats

__all__ = ["COVERAGE", "calibration_error", "classification_metrics", "regression_metrics"]

COVERAGE: Final = 0.9
"""Nominal coverage of the interval that `regression_metrics` checks: mean ± 1.645 sd."""
_QUANTILE: Final = 1.6448536269514722
_BINS: Final = 10


def classification_metrics(truth: Floats, probability: Floats) -> dict[str, float]:
    """Return how well probabilities tell labels apart and mean what they say.

    Returns
    -------
    dict
        ``auroc`` (gain, [0, 1], ½ is chance), ``average_precision`` (gain, [0, 1], chance is the
        base rate), ``brier`` (cost, mean (p − y)²), ``ece`` (cost, see `calibration_error`),
        ``base_rate`` and ``n``.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "auroc": float(roc_auc_score(truth, probability)),
        "average_precision": float(average_precision_score(truth, probability)),
        "brier": float(((probability - truth) ** 2).mean()),
        "ece": calibration_error(truth, probability),
        "base_rate": float(truth.mean()),
        "n": float(truth.size),
    }


def calibration_error(truth: Floats, probability: Floats) -> float:
    """Return the expected calibration error Σ_b n_b/n · |mean(y) − mean(p)| over ten equal bins.

    Bins are [0, 0.1), [0.1, 0.2) … [0.9, 1].

    References
    ----------
    Guo, C. et al. (2017). On calibration of modern neural networks. ICML, eq. 3.
    """
    bins = np.minimum((probability * _BINS).astype(np.int64), _BINS - 1)
    gap = np.bincount(bins, weights=truth - probability, minlength=_BINS)
    return float(np.abs(gap).sum() / truth.size)


def regression_metrics(truth: Floats, mean: Floats, sd: Floats) -> dict[str, float]:
    """Return how close predicted values are, how well they rank, and whether sd says the truth.

    Returns
    -------
    dict
        ``r2`` (gain, 1 − Σe²/Σ(y − ȳ)²), ``rmse`` (cost, unit of the values), ``spearman`` (gain;
        0 where all predictions are equal), ``coverage`` (share of truths inside mean ± 1.645 sd;
        0.9 is right), ``standardised_rms`` (root mean square of e/sd; 1 is right) and ``n``.
    """
    from scipy.stats import rankdata

    error = truth - mean
    ranks, predicted = rankdata(truth), rankdata(mean)
    varies = bool(np.ptp(ranks) > 0 and np.ptp(predicted) > 0)
    total = float(((truth - truth.mean()) ** 2).sum())
    return {
        "r2": 1.0 - float((error**2).sum()) / total,
        "rmse": float(np.sqrt((error**2).mean())),
        "spearman": float(np.corrcoef(ranks, predicted)[0, 1]) if varies else 0.0,
        "coverage": float((np.abs(error) <= _QUANTILE * sd).mean()),
        "standardised_rms": float(np.sqrt(((error / sd) ** 2).mean())),
        "n": float(truth.size),
    }
