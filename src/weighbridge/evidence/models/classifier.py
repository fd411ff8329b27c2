"""A classifier of labels whose probabilities are calibrated on chemistry it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.models.calibration import Sigmoid, fit_sigmoid, log_odds
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.forest import Forest
from weighbridge.evidence.models.metrics import classification_metrics
from weighbridge.evidence.models.progress import Progress, silent
from weighbridge.evidence.models.training import cross_validate, prepare_training

__all__ = ["TREES", "Classifier", "fit_classifier"]

TREES: Final = 200


@dataclass(frozen=True, eq=False)
class Classifier:
    """A fitted classifier with its own validation.

    Attributes
    ----------
    forest, sigmoid
        Log-odds of the forest's votes, and what makes them probabilities.
    validation
        One row a training molecule, in the order given: ``smiles``, ``truth``, ``prediction``
        (calibrated, from the fold's forest and a sigmoid fitted on the other folds), ``fold``.
    metrics
        `weighbridge.evidence.models.metrics.classification_metrics` of the validation.
    """

    forest: Forest
    sigmoid: Sigmoid
    validation: pd.DataFrame
    metrics: Mapping[str, float]

    def predict(self, smiles: Sequence[str], progress: Progress = silent) -> Floats:
        """Return the probability of label 1 for standardised SMILES, shape (n,)."""
        share, _ = self.forest.mean_and_spread(featurise(smiles, progress))
        return self.sigmoid(log_odds(share, len(self.forest)))


def fit_classifier(
    smiles: Sequence[str],
    labels: Sequence[int] | Sequence[float],
    *,
    seed: int,
    folds: int = 5,
    trees: int = TREES,
    threads: int | None = None,
    progress: Progress = silent,
) -> Classifier:
    """Fit a random forest to labels and calibrate its probabilities.

    Five forests see four fifths of the scaffolds each; a sigmoid is fitted to their log-odds on the
    fifth they have not seen, and serves the forest grown on everything. The validation's own
    probabilities take, for every fold, a sigmoid fitted without that fold.

    Parameters
    ----------
    smiles
        Standardised SMILES, one a molecule; a repeated structure counts as often as it stands.
    labels
        0 or 1 for each.
    seed
        Of folds and forests; the same seed gives the same bits, whatever `threads` and the order
        of the rows.
    folds
        Folds of the scaffold split.
    trees
        Trees a forest.
    threads
        All cores unless told.
    progress
        Called with the steps ``features``, ``validation folds`` and ``model``.

    Raises
    ------
    InputError
        If scikit-learn or RDKit is missing, a structure cannot be read, a label is not 0 or 1, one
        of them does not occur, or there are too few molecules or scaffolds.
    """
    _check_labels(labels)
    training = prepare_training(smiles, labels, what="label", folds=folds, seed=seed, progress=progress)
    forest, share, _ = cross_validate(
        training, kind="classifier", trees=trees, seed=seed, threads=threads, progress=progress
    )
    scores = log_odds(share, trees)
    held_out = _calibrated_without_own_fold(scores, training.target, training.fold)
    table = pd.DataFrame(
        {"smiles": training.smiles, "truth": training.target, "prediction": held_out, "fold": training.fold}
    )
    validation = table.iloc[training.place].reset_index(drop=True)
    metrics = classification_metrics(training.target, held_out)
    return Classifier(forest, fit_sigmoid(scores, training.target), validation, metrics)


def _calibrated_without_own_fold(scores: Floats, labels: Floats, fold: Integers) -> Floats:
    probability = np.empty_like(scores)
    for number in range(int(fold.max()) + 1):
        held = fold == number
        probability[held] = fit_sigmoid(scores[~held], labels[~held])(scores[held])
    return probability


def _check_labels(labels: Sequence[int] | Sequence[float]) -> None:
    faults = Faults()
    for row, label in enumerate(labels, start=1):
        if label not in (0, 1):
            faults.add("a label is neither 0 nor 1", place=f"row {row}", found=repr(label), expected="0 or 1")
    faults.raise_if_any()
    for label in (0, 1):
        if label not in labels:
            raise InputError(
                Fault("one label does not occur", found=f"no {label}", expected="molecules of both labels")
            )
