"""Folds that keep a chemical series together, so that validation asks for new chemistry."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from weighbridge.core.arrays import Integers
from weighbridge.errors import Fault, InputError
from weighbridge.evidence.chemistry import fingerprints, scaffold

__all__ = ["group_folds", "scaffold_folds"]


def scaffold_folds(smiles: Sequence[str], folds: int, seed: int) -> Integers:
    """Return a fold for every molecule, all of one Bemis–Murcko scaffold in the same fold.

    Stereo is left out of the scaffold, or the isomers of one compound would stand on both sides of
    the split. An acyclic molecule has no scaffold and stands for itself and what has its
    fingerprint: a thousand chains are no series.

    Parameters
    ----------
    smiles
        Standardised SMILES.
    folds
        How many folds.
    seed
        Which of the equally balanced splits.

    Returns
    -------
    numpy.ndarray
        Shape (n,), numbers 0 … folds − 1. The same whatever the order of the molecules.

    Raises
    ------
    InputError
        If there are fewer scaffolds than folds.
    """
    return group_folds([_series(text) for text in smiles], folds, seed)


def group_folds(groups: Sequence[str], folds: int, seed: int) -> Integers:
    """Return a fold for every row: the largest group first, each into the emptiest fold.

    Groups of one size are taken in an order drawn by hash from the seed, which no version of a
    random generator and no order of rows can change.
    """
    sizes = Counter(groups)
    if len(sizes) < folds:
        raise InputError(
            Fault(
                "too few chemical series for cross-validation",
                found=f"{len(sizes)} different scaffolds",
                expected=f"at least {folds}, one a fold",
                mend="Ask for fewer folds or add molecules",
            )
        )
    load = [0] * folds
    home: dict[str, int] = {}
    for group in sorted(sizes, key=lambda name: (-sizes[name], _draw(seed, name))):
        home[group] = load.index(min(load))
        load[home[group]] += sizes[group]
    return np.array([home[group] for group in groups], dtype=np.int64)


def _series(smiles: str) -> str:
    return scaffold(smiles) or fingerprints([smiles]).tobytes().hex()


def _draw(seed: int, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
