"""Making a forest's answers mean what they say: probabilities, and standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from weighbridge.core.arrays import Floats

__all__ = ["Sigmoid", "Spread", "fit_sigmoid", "fit_spread", "log_odds"]

_STEPS: Final = 100
_ENOUGH: Final = 1e-10
_SHARES: Final = 20
_MOST: Final = 0.95


def log_odds(share: Floats, trees: int) -> Floats:
    """Return log-odds of a share of trees, kept finite by half a tree on either side.

    log((s·T + ½) / (T − s·T + ½)), s the mean of the trees' answers.
    """
    votes = share * trees
    return np.asarray(np.log((votes + 0.5) / (trees - votes + 0.5)))


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """P(label = 1) = 1 / (1 + exp(−(slope · x + intercept))), slope ≥ 0."""

    slope: float
    intercept: float

    def __call__(self, x: Floats) -> Floats:
        """Return probabilities; strictly increasing in x where the slope is positive."""
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * (self.slope * x + self.intercept))))


def fit_sigmoid(x: Floats, labels: Floats) -> Sigmoid:
    """Fit a sigmoid of scores to labels by maximum likelihood.

    A sigmoid and not isotonic regression, because it keeps the order of the molecules: isotonic
    steps would tie molecules that the model tells apart. Targets are Platt's (n₁ + 1)/(n₁ + 2) and
    1/(n₀ + 2), so that labels that the score separates perfectly still give finite slopes. Where
    labels fall as scores rise the slope is 0: the model knows nothing, and says the base rate.

    Parameters
    ----------
    x
        Shape (n,): scores, such as log-odds.
    labels
        Shape (n,): 0 and 1, both occurring.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines. In Advances in Large Margin
    Classifiers, 61–74. Newton's method after Lin, Lin and Weng (2007), Machine Learning 68, 267–276.
    """
    ones = float(labels.sum())
    zeros = labels.size - ones
    target = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    slope, intercept = 0.0, float(np.log((ones + 1) / (zeros + 1)))
    loss = _loss(x, target, slope, intercept)
    for _ in range(_STEPS):
        step = _newton_step(x, target, slope, intercept)
        size = 1.0
        while size > _ENOUGH and _loss(x, target, slope + size * step[0], intercept + size * step[1]) > loss:
            size /= 2
        slope, intercept = slope + size * step[0], intercept + size * step[1]
        before, loss = loss, _loss(x, target, slope, intercept)
        if before - loss <= _ENOUGH * max(1.0, abs(before)):
            break
    if slope <= 0:
        mean = float(target.mean())
        return Sigmoid(0.0, float(np.log(mean / (1 - mean))))
    return Sigmoid(slope, intercept)


def _loss(x: Floats, target: Floats, slope: float, intercept: float) -> float:
    z = slope * x + intercept
    return float((np.logaddexp(0.0, z) - target * z).sum())


def _newton_step(x: Floats, target: Floats, slope: float, intercept: float) -> tuple[float, float]:
    # Plain sums: they add in one fixed order, which a threaded dot product does not promise.
    p = Sigmoid(slope, intercept)(x)
    error = target - p
    weight = p * (1 - p)
    a, b, c = float((weight * x * x).sum()) + 1e-12, float((weight * x).sum()), float(weight.sum()) + 1e-12
    g0, g1 = float((error * x).sum()), float(error.sum())
    determinant = a * c - b * b
    if determinant <= 1e-12 * a * c:  # all scores equal: only the intercept can move
        return 0.0, g1 / c
    return (c * g0 - b * g1) / determinant, (a * g1 - b * g0) / determinant


@dataclass(frozen=True, slots=True)
class Spread:
    """Predictive standard deviation of a forest: sd² = scale² · (share · s²/m + 1 − share).

    Attributes
    ----------
    share
        How much of the variance follows the trees' disagreement, in [0, 0.95].
    scale
        Standard deviation where the disagreement is average, in the unit of the values.
    mean_square
        m, the mean of s² out of fold; s is the standard deviation between trees.
    """

    share: float
    scale: float
    mean_square: float

    def __call__(self, spread: Floats) -> Floats:
        """Return predictive standard deviations for standard deviations between trees."""
        return np.asarray(self.scale * np.sqrt(_shape(spread, self.share, self.mean_square)))


def fit_spread(spread: Floats, residuals: Floats) -> Spread:
    """Fit the predictive standard deviation to out-of-fold residuals.

    Two parts: what the trees disagree on, and what all of them miss alike (noise of the assay,
    chemistry none has seen). Their proportion is its posterior mean over 0, 0.05 … 0.95 under a
    flat prior and a Gaussian likelihood: with a hundred residuals the likeliest value alone is often
    0, which says more than a hundred residuals can tell. Never 1: trees that agree are not therefore
    right. The scale is then scale² = mean(e² / shape), which makes the mean square of the
    standardised residuals exactly 1. With no disagreement at all it is the residuals' root mean
    square. At least a machine epsilon, so that a perfect fit divides nothing by zero.

    Parameters
    ----------
    spread
        Shape (n,): standard deviation between trees, out of fold.
    residuals
        Shape (n,): truth − prediction, out of fold.

    References
    ----------
    The variance scaling of Laves et al. (2020), Well-calibrated regression uncertainty in medical
    imaging with deep learning, MIDL, eq. 9, on a two-part variance.
    """
    mean_square = float((spread**2).mean())
    shares = np.linspace(0.0, _MOST, _SHARES) if mean_square > 0 else np.zeros(1)
    losses = np.array([_log_loss(spread, residuals, float(share), mean_square) for share in shares])
    belief = np.exp(-residuals.size * (losses - losses.min()))
    share = float((belief * shares).sum() / belief.sum())
    return Spread(share, _scale(residuals, _shape(spread, share, mean_square)), mean_square)


def _scale(residuals: Floats, shape: Floats) -> float:
    return max(float(np.sqrt((residuals**2 / shape).mean())), float(np.finfo(np.float64).eps))


def _log_loss(spread: Floats, residuals: Floats, share: float, mean_square: float) -> float:
    """Return the mean negative log-likelihood at the best scale, up to a constant."""
    shape = _shape(spread, share, mean_square)
    return float(np.log(_scale(residuals, shape)) + 0.5 * np.log(shape).mean())


def _shape(spread: Floats, share: float, mean_square: float) -> Floats:
    relative = spread**2 / mean_square if mean_square > 0 else np.zeros_like(spread)
    return np.asarray(share * relative + (1.0 - share))
