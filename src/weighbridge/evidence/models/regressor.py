"""A regressor of values that says how sure it is, checked on chemistry it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.evidence.models.calibration import Spread, fit_spread
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.forest import Forest
from weighbridge.evidence.models.metrics import regression_metrics
from weighbridge.evidence.models.progress import Progress, silent
from weighbridge.evidence.models.training import cross_validate, prepare_training

__all__ = ["TREES", "Estimates", "Regressor", "fit_regressor"]

TREES: Final = 300


class Estimates(NamedTuple):
    """Predicted values: ``mean`` and predictive ``sd``, both of shape (n,), in the values' unit."""

    mean: Floats
    sd: Floats


@dataclass(frozen=True, eq=False)
class Regressor:
    """A fitted regressor with its own validation.

    Attributes
    ----------
    forest, spread
        The forest, and what makes the disagreement of its trees a standard deviation.
    validation
        One row a training molecule, in the order given: ``smiles``, ``truth``, ``prediction``,
        ``sd`` (calibrated on the other folds), ``fold``.
    metrics
        `weighbridge.evidence.models.metrics.regression_metrics` of the validation.
    """

    forest: Forest
    spread: Spread
    validation: pd.DataFrame
    metrics: Mapping[str, float]

    def predict(self, smiles: Sequence[str], progress: Progress = silent) -> Estimates:
        """Return mean and predictive standard deviation for standardised SMILES."""
        mean, between = self.forest.mean_and_spread(featurise(smiles, progress))
        return Estimates(mean, self.spread(between))


def fit_regressor(
    smiles: Sequence[str],
    values: Sequence[float],
    *,
    seed: int,
    folds: int = 5,
    trees: int = TREES,
    threads: int | None = None,
    progress: Progress = silent,
) -> Regressor:
    """Fit a random forest to values and calibrate its predictive standard deviation.

    sd² = scale² · (share · s²/m + 1 − share), s the standard deviation between trees, m its mean
    square out of fold; share and scale are fitted to the out-of-fold residuals so that their
    standardised mean square is 1 (`weighbridge.evidence.models.calibration.fit_spread`). The
    validation's own sd takes, for every fold, a fit without that fold.

    Parameters
    ----------
    smiles
        Standardised SMILES, one a molecule; a repeated structure counts as often as it stands.
    values
        Measured values on a scale where differences mean the same everywhere (pIC50, logBB).
    seed, folds, trees, threads, progress
        As in `weighbridge.evidence.models.fit_classifier`.

    Raises
    ------
    InputError
        If scikit-learn or RDKit is missing, a structure cannot be read, a value is not finite, all
        are equal, or there are too few molecules or scaffolds.
    """
    training = prepare_training(smiles, values, what="value", folds=folds, seed=seed, progress=progress)
    forest, mean, between = cross_validate(
        training, kind="regressor", trees=trees, seed=seed, threads=threads, progress=progress
    )
    residuals = training.target - mean
    sd = _calibrated_without_own_fold(between, residuals, training.fold)
    table = pd.DataFrame(
        {"smiles": training.smiles, "truth": training.target, "prediction": mean, "sd": sd, "fold": training.fold}
    )
    validation = table.iloc[training.place].reset_index(drop=True)
    metrics = regression_metrics(training.target, mean, sd)
    return Regressor(forest, fit_spread(between, residuals), validation, metrics)


def _calibrated_without_own_fold(between: Floats, residuals: Floats, fold: Integers) -> Floats:
    sd = np.empty_like(between)
    for number in range(int(fold.max()) + 1):
        held = fold == number
        sd[held] = fit_spread(between[~held], residuals[~held])(between[held])
    return sd
