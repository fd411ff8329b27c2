"""What the models see of a molecule: fingerprint counts and ten descriptors.

Structures are expected in standardised form (`weighbridge.evidence.chemistry`); they are read, not
changed, here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weighbridge.errors import Faults
from weighbridge.evidence.chemistry import FINGERPRINT_BITS, FINGERPRINT_RADIUS, fingerprints
from weighbridge.evidence.models.progress import Progress, silent

__all__ = ["DESCRIPTORS", "Features", "descriptors", "featurise"]

Features = NDArray[np.float32]

DESCRIPTORS: Final = (
    "MolWt",
    "MolLogP",
    "TPSA",
    "NumHDonors",
    "NumHAcceptors",
    "NumRotatableBonds",
    "NumAromaticRings",
    "RingCount",
    "FractionCSP3",
    "HeavyAtomCount",
)
"""Names in ``rdkit.Chem.Descriptors``: size, lipophilicity, polarity, flexibility, shape."""


def featurise(smiles: Sequence[str], progress: Progress = silent) -> Features:
    """Return the features of molecules: ECFP4 counts, then the descriptors.

    Counts tell a chain of twelve carbons from one of four, which bits cannot. A column can be read
    back: column j < 2,048 is the count of fingerprint bit j, the rest follow `DESCRIPTORS`.

    Parameters
    ----------
    smiles
        Standardised SMILES, one a molecule.
    progress
        Called with the step ``features``.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2058), float32.

    Raises
    ------
    InputError
        Naming every structure that cannot be read, by row (counted from 1).
    """
    _refuse_unreadable(smiles)
    width = FINGERPRINT_BITS + len(DESCRIPTORS)
    features = np.zeros((len(smiles), width), dtype=np.float32)
    chem = _chemistry()
    generator = chem["generator"]
    step = max(1, len(smiles) // 50)
    for row, text in enumerate(smiles):
        molecule = chem["read"](text)
        features[row, :FINGERPRINT_BITS] = generator.GetCountFingerprintAsNumPy(molecule)
        features[row, FINGERPRINT_BITS:] = [describe(molecule) for describe in chem["descriptors"]]
        if (row + 1) % step == 0 or row + 1 == len(smiles):
            progress("features", row + 1, len(smiles))
    return features


def descriptors(smiles: Sequence[str]) -> Features:
    """Return the descriptors alone, shape (n, 10), columns as in `DESCRIPTORS`."""
    _refuse_unreadable(smiles)
    chem = _chemistry()
    rows = [[describe(chem["read"](text)) for describe in chem["descriptors"]] for text in smiles]
    return np.array(rows, dtype=np.float32).reshape(len(smiles), len(DESCRIPTORS))


@cache
def _chemistry() -> dict[str, Any]:
    fingerprints([])  # says what to install where RDKit is missing
    from rdkit import Chem
    from rdkit.Chem import Descriptors, rdFingerprintGenerator

    functions: list[Callable[[Any], float]] = [getattr(Descriptors, name) for name in DESCRIPTORS]
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=FINGERPRINT_RADIUS, fpSize=FINGERPRINT_BITS)
    return {"read": Chem.MolFromSmiles, "generator": generator, "descriptors": functions}


def _refuse_unreadable(smiles: Sequence[str]) -> None:
    faults = Faults()
    for row, text in enumerate(smiles, start=1):
        try:
            fingerprints([text])
        except ValueError as error:
            faults.add(str(error), place=f"row {row}", expected="a readable SMILES")
    faults.raise_if_any()
