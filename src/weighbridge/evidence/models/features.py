"""What the models see of a molecule: fingerprint counts and ten descriptors.

Structures are expected in standardised form (`weighbridge.evidence.chemistry`); they are read, not
changed, here.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    molecules = _read(smiles)
    chem = _chemistry()
    generator = chem["generator"]
    features = np.zeros((len(smiles), FINGERPRINT_BITS + len(DESCRIPTORS)), dtype=np.float32)
    step = max(1, len(smiles) // 50)
    for row, molecule in enumerate(molecules):
        features[row, :FINGERPRINT_BITS] = generator.GetCountFingerprintAsNumPy(molecule)
        features[row, FINGERPRINT_BITS:] = [describe(molecule) for describe in chem["descriptors"]]
        if (row + 1) % step == 0 or row + 1 == len(smiles):
            progress("features", row + 1, len(smiles))
    return features


def descriptors(smiles: Sequence[str]) -> Features:
    """Return the descriptors alone, shape (n, 10), columns as in `DESCRIPTORS`."""
    describers = _chemistry()["descriptors"]
    rows = [[describe(molecule) for describe in describers] for molecule in _read(smiles)]
    return np.array(rows, dtype=np.float32).reshape(len(smiles), len(DESCRIPTORS))


@cache
def _chemistry() -> dict[str, Any]:
    fingerprints([])  # says what to install where RDKit is missing
    from rdkit import Chem, rdBase
    from rdkit.Chem import Descriptors, rdFingerprintGenerator

    return {
        "read": Chem.MolFromSmiles,
        "quiet": rdBase.BlockLogs,
        "generator": rdFingerprintGenerator.GetMorganGenerator(radius=FINGERPRINT_RADIUS, fpSize=FINGERPRINT_BITS),
        "descriptors": [getattr(Descriptors, name) for name in DESCRIPTORS],
    }


def _read(smiles: Sequence[str]) -> list[Any]:
    chem = _chemistry()
    faults = Faults()
    molecules = []
    with chem["quiet"]():
        for row, text in enumerate(smiles, start=1):
            molecule = chem["read"](text) if isinstance(text, str) else None
            if molecule is None or molecule.GetNumAtoms() == 0:
                faults.add(_why(text), place=f"row {row}", expected="a readable SMILES")
            molecules.append(molecule)
    faults.raise_if_any()
    return molecules


def _why(smiles: str) -> str:
    try:
        fingerprints([smiles])
    except ValueError as error:
        return str(error)
    raise AssertionError(f"{smiles!r} is readable after all")
