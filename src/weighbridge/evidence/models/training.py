"""What both kinds of model share: checked training data, and forests grown fold by fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.evidence.models.features import Features, featurise
from weighbridge.evidence.models.folds import scaffold_folds
from weighbridge.evidence.models.forest import Forest, grow
from weighbridge.evidence.models.progress import Progress

__all__ = ["Training", "cross_validate", "prepare_training"]

FEWEST_A_FOLD = 2


@dataclass(frozen=True, eq=False)
class Training:
    """Training data in an order of their own, so that the order of a file's rows changes nothing.

    Attributes
    ----------
    smiles, target, features, fold
        One row a molecule, sorted by SMILES, then target.
    place
        Shape (n,): the row each given molecule has here.
    """

    smiles: tuple[str, ...]
    target: Floats
    features: Features
    fold: Integers
    place: Integers


def prepare_training(
    smiles: Sequence[str], target: Sequence[float], *, what: str, folds: int, seed: int, progress: Progress
) -> Training:
    """Check training data, sort them, and compute features and folds.

    Raises
    ------
    InputError
        If lengths differ, numbers are not finite, structures cannot be read, or there are too few
        molecules or scaffolds for the folds.
    """
    values = np.asarray(target, dtype=np.float64)
    _check(smiles, values, what, folds)
    order = np.array(sorted(range(len(smiles)), key=lambda row: (smiles[row], values[row])), dtype=np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    ordered = tuple(smiles[row] for row in order)
    features = featurise(ordered, progress)
    return Training(ordered, values[order], features, scaffold_folds(ordered, folds, seed), place)


def _check(smiles: Sequence[str], values: Floats, what: str, folds: int) -> None:
    faults = Faults()
    if folds < 2:
        faults.add("too few folds", found=str(folds), expected="at least 2")
    if len(smiles) != values.size:
        found = f"{len(smiles)} structures, {values.size} {what}s"
        faults.add(f"structures and {what}s differ in number", found=found, expected=f"one {what} a structure")
    elif values.size < FEWEST_A_FOLD * max(folds, 2):
        fewest = FEWEST_A_FOLD * max(folds, 2)
        faults.add("too few molecules to train a model", found=str(values.size), expected=f"at least {fewest}")
    for row in np.flatnonzero(~np.isfinite(values)):
        faults.add(f"a {what} is not a finite number", place=f"row {row + 1}", found=f"{values[row]}")
    faults.raise_if_any()


def cross_validate(
    training: Training,
    *,
    kind: Literal["classifier", "regressor"],
    trees: int,
    seed: int,
    threads: int | None,
    progress: Progress,
) -> tuple[Forest, Floats, Floats]:
    """Grow one forest a fold and one on everything.

    Returns
    -------
    tuple
        The forest of everything; then mean and standard deviation between trees of every training
        molecule, each from the forest that has not seen its scaffold; shapes (n,).
    """
    mean, spread = np.empty(training.target.size), np.empty(training.target.size)
    folds = int(training.fold.max()) + 1
    for fold in range(folds):
        held, seen = training.fold == fold, training.fold != fold
        _check_variety(training.target[seen], kind)
        forest = grow(
            training.features[seen], training.target[seen], kind=kind, trees=trees, seed=seed + fold, threads=threads
        )
        mean[held], spread[held] = forest.mean_and_spread(training.features[held])
        progress("validation folds", fold + 1, folds)
    whole = grow(training.features, training.target, kind=kind, trees=trees, seed=seed + folds, threads=threads)
    progress("model", 1, 1)
    return whole, mean, spread


def _check_variety(target: Floats, kind: str) -> None:
    if np.ptp(target) > 0:
        return
    what = "labels" if kind == "classifier" else "values"
    raise InputError(
        Fault(
            f"all {what} outside one fold are equal, so nothing can be learned",
            found=f"{target[0]:g} throughout",
            expected=f"differing {what} in several chemical series",
        )
    )
