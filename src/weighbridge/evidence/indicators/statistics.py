"""The few statistics the indicators need, as pure functions on arrays."""

from __future__ import annotations

from typing import Final

import numpy as np

from weighbridge.core.arrays import Booleans, Floats, Integers

__all__ = [
    "auroc",
    "auroc_standard_error",
    "calibration_error",
    "cohen_kappa",
    "concordance",
    "label_cutoff",
    "pooled_scatter",
    "rank_correlation",
    "robust_scatter",
]

MAD_TO_SD: Final = 1.4826
_CHI_SQUARE_95: Final = 3.841458820694124
_NEWTON_STEPS: Final = 200
_LARGEST_STEP: Final = 5.0


def pooled_scatter(values: Floats, codes: Integers) -> tuple[float, int]:
    """Return the pooled within-group standard deviation and its degrees of freedom.

    s = √(Σ_g Σ_i (x_gi − mean_g)² / Σ_g (n_g − 1)); NaN with no group of two.

    Parameters
    ----------
    values, codes
        Finite values and the number of their group, shapes (n,).
    """
    if not len(values):
        return float("nan"), 0
    counts = np.bincount(codes)
    means = np.bincount(codes, weights=values) / np.maximum(counts, 1)
    freedom = int(np.maximum(counts - 1, 0).sum())
    squares = float(((values - means[codes]) ** 2).sum())
    return (float(np.sqrt(squares / freedom)) if freedom else float("nan")), freedom


def robust_scatter(values: Floats, codes: Integers) -> float:
    """Return 1.4826 · median of |x − median_g| √(n_g / (n_g − 1)) over the groups of two or more."""
    import pandas as pd

    grouped = pd.Series(values).groupby(codes)
    counts = grouped.transform("size").to_numpy(dtype=np.float64)
    deviations = np.abs(values - grouped.transform("median").to_numpy(dtype=np.float64))
    repeated = counts > 1
    scaled = deviations[repeated] * np.sqrt(counts[repeated] / (counts[repeated] - 1))
    return float(MAD_TO_SD * np.median(scaled)) if len(scaled) else float("nan")


def auroc(positive: Booleans, scores: Floats) -> float:
    """Return P(score of a positive > score of a negative) + ½ P(equal); NaN with one class only."""
    from scipy.stats import rankdata

    n1 = int(positive.sum())
    n0 = len(positive) - n1
    if not n1 or not n0:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def auroc_standard_error(area: float, n1: int, n0: int) -> float:
    """Return the standard error of an area under the ROC curve.

    SE² = [A(1 − A) + (n1 − 1)(Q1 − A²) + (n0 − 1)(Q2 − A²)] / (n1 n0), Q1 = A/(2 − A),
    Q2 = 2A²/(1 + A): Hanley and McNeil (1982), Radiology 143, 29–36, equation 2.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (n1 - 1) * (q1 - area**2) + (n0 - 1) * (q2 - area**2)
    return float(np.sqrt(max(variance, 0.0) / (n1 * n0)))


def cohen_kappa(first: Floats, second: Floats) -> float:
    """Return Cohen's κ of two sets of 0/1 labels; NaN where chance alone agrees completely."""
    observed = float((first == second).mean())
    p, q = float(first.mean()), float(second.mean())
    chance = p * q + (1 - p) * (1 - q)
    return (observed - chance) / (1 - chance) if chance < 1 else float("nan")


def concordance(x: Floats, y: Floats) -> float:
    """Return Lin's concordance correlation 2 s_xy / (s_x² + s_y² + (x̄ − ȳ)²), variances with 1/n."""
    covariance = float(((x - x.mean()) * (y - y.mean())).mean())
    below = float(x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    return 2 * covariance / below if below > 0 else float("nan")


def rank_correlation(x: Floats, y: Floats) -> float:
    """Return Spearman's rank correlation; NaN where either is constant."""
    from scipy.stats import rankdata

    first, second = rankdata(x), rankdata(y)
    first, second = first - first.mean(), second - second.mean()
    below = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / below) if below > 0 else float("nan")


def calibration_error(truth: Floats, probability: Floats, bins: int = 10) -> float:
    """Return Σ_b n_b/n · |mean(y)_b − mean(p)_b| over bins of equal width; the last one is closed."""
    codes = np.minimum((probability * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(codes, weights=truth - probability, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def label_cutoff(labels: Floats, values: Floats) -> tuple[float, float, float] | None:
    """Return the value at which half the labels are 1, with its 95 % interval.

    Logistic regression logit P(label = 1) = b0 + b1·value with Firth's penalty (Firth 1993,
    Biometrika 80, 27–38), which stays finite when the labels separate; τ = −b0/b1, its standard
    error by the delta method.

    Returns
    -------
    tuple or None
        τ, lower and upper bound; None where the labels do not clearly rise with the value (b1 ≤ 0,
        or twice the gain in penalised log-likelihood over b1 = 0 below 3.84), so that there is no
        cut-off to speak of. Wald's test would fail on separated labels, where it matters most.
    """
    centre = float(values.mean())
    design = np.column_stack([np.ones(len(values)), values - centre])
    b, inverse = _firth(design, labels)
    share = (labels.sum() + 1) / (len(labels) + 2)
    constant = np.array([np.log(share / (1 - share)), 0.0])
    gain = _penalised(design, labels, b) - _penalised(design, labels, constant)
    if b[1] <= 0 or 2 * gain < _CHI_SQUARE_95:
        return None
    gradient = np.array([-1 / b[1], b[0] / b[1] ** 2])
    tau = centre - b[0] / b[1]
    error = 1.96 * float(np.sqrt(gradient @ inverse @ gradient))
    return float(tau), float(tau - error), float(tau + error)


def _penalised(design: Floats, labels: Floats, b: Floats) -> float:
    """Return the log-likelihood plus half the log-determinant of the information.

    At b1 = 0 its maximum is at p = (Σ labels + 1) / (n + 2), in closed form.
    """
    line = design @ b
    p = 1 / (1 + np.exp(-np.clip(line, -500, 500)))
    information = design.T @ ((p * (1 - p))[:, None] * design)
    return float((labels * line - np.logaddexp(0, line)).sum() + np.linalg.slogdet(information)[1] / 2)


def _firth(design: Floats, labels: Floats) -> tuple[Floats, Floats]:
    b = np.zeros(design.shape[1])
    for _ in range(_NEWTON_STEPS):
        inverse, p, hat = _information(design, b)
        step = inverse @ (design.T @ (labels - p + hat * (0.5 - p)))
        b = b + step * min(1.0, _LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-10:
            break
    return b, _information(design, b)[0]


def _information(design: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    p = 1 / (1 + np.exp(-np.clip(design @ b, -500, 500)))
    weights = p * (1 - p)
    inverse = np.linalg.pinv(design.T @ (weights[:, None] * design))
    hat = weights * np.einsum("ij,jk,ik->i", design, inverse, design)
    return np.asarray(inverse, dtype=np.float64), p, hat
