"""Structures: standardised forms, keys, scaffolds and fingerprints.

Every structure gets its key here, so that two records of one compound get one key wherever
they come from. RDKit is an extra (``pip install 'weighbridge[chem]'``) and is imported when it is
first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weighbridge.errors import Fault, InputError

__all__ = [
    "FINGERPRINT_BITS",
    "Structure",
    "Unreadable",
    "fingerprints",
    "have_rdkit",
    "scaffold",
    "similarity",
    "standardise",
    "standardise_many",
]

FINGERPRINT_BITS: Final = 2048
FINGERPRINT_RADIUS: Final = 2
KEY_LENGTH: Final = 14
_BLOCK_ROWS: Final = 2048


@dataclass(frozen=True, slots=True)
class Structure:
    """A standardised structure.

    Attributes
    ----------
    smiles
        Canonical SMILES of the largest fragment, neutral where it can be.
    inchikey
        InChIKey of that form.
    key
        First block of the InChIKey: the connectivity, without stereo and isotopes.
    """

    smiles: str
    inchikey: str
    key: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A structure that could not be read, and why."""

    smiles: str
    reason: str


def have_rdkit() -> bool:
    """Return whether RDKit is installed."""
    return find_spec("rdkit") is not None


def standardise(smiles: str) -> Structure:
    """Return the standardised form of a SMILES: cleaned up, largest fragment, neutralised.

    The steps are RDKit's ``rdMolStandardize`` Cleanup (metals off, groups normalised,
    reionised), FragmentParent (largest organic fragment) and Uncharger. Tautomers stay as written.

    Raises
    ------
    ValueError
        If the SMILES is empty or RDKit cannot read it; the message gives the reason.
    InputError
        If RDKit is not installed.
    """
    chem = _rdkit()
    with chem.quiet():
        return _standardise(chem, smiles)


def standardise_many(
    smiles: Sequence[str], progress: Callable[[int, int], None] | None = None
) -> list[Structure | Unreadable]:
    """Standardise many SMILES; each different text is worked on once.

    Parameters
    ----------
    smiles
        SMILES texts; repeats are welcome.
    progress
        Called with (done, total) of the different texts, about a hundred times.

    Returns
    -------
    list
        In the order given: a `Structure`, or an `Unreadable` with the reason.
    """
    different = list(dict.fromkeys(smiles))
    step = max(1, len(different) // 100)
    found: dict[str, Structure | Unreadable] = {}
    chem = _rdkit()
    with chem.quiet():
        for done, text in enumerate(different, start=1):
            found[text] = _standardise_or_say_why(chem, text)
            if progress is not None and (done % step == 0 or done == len(different)):
                progress(done, len(different))
    return [found[text] for text in smiles]


def scaffold(smiles: str) -> str:
    """Return the Bemis–Murcko scaffold as SMILES, without stereo; empty for an acyclic molecule.

    Source: Bemis and Murcko (1996), J. Med. Chem. 39, 2887–2893.

    Raises
    ------
    ValueError
        If RDKit cannot read the SMILES.
    """
    chem = _rdkit()
    with chem.quiet():
        frame = chem.murcko.GetScaffoldForMol(_read(chem, smiles))
        return str(chem.chem.MolToSmiles(frame, isomericSmiles=False))


def fingerprints(smiles: Sequence[str]) -> NDArray[np.uint8]:
    """Return ECFP4 fingerprints (Morgan, radius 2, 2,048 bits), packed.

    Source: Rogers and Hahn (2010), J. Chem. Inf. Model. 50, 742–754.

    Returns
    -------
    numpy.ndarray
        Shape (n, 256), eight bits a byte.

    Raises
    ------
    ValueError
        If RDKit cannot read one of the SMILES.
    """
    chem = _rdkit()
    bits = np.zeros((len(smiles), FINGERPRINT_BITS), dtype=bool)
    generator = chem.fingerprints.GetMorganGenerator(radius=FINGERPRINT_RADIUS, fpSize=FINGERPRINT_BITS)
    with chem.quiet():
        for row, text in enumerate(smiles):
            bits[row] = generator.GetFingerprintAsNumPy(_read(chem, text))
    return np.packbits(bits, axis=1)


def similarity(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the Tanimoto similarity |A ∩ B| / |A ∪ B| of every pair; 0 for two empty fingerprints.

    Counts are exact in float32 (at most 2,048), so the result does not depend on the number of
    threads or blocks.

    Parameters
    ----------
    first, second
        Packed fingerprints, shapes (n, b) and (m, b).

    Returns
    -------
    numpy.ndarray
        Shape (n, m), in [0, 1].
    """
    left = np.unpackbits(first, axis=1).astype(np.float32)
    result = np.empty((len(first), len(second)))
    for start in range(0, len(second), _BLOCK_ROWS):
        right = np.unpackbits(second[start : start + _BLOCK_ROWS], axis=1).astype(np.float32)
        shared = (left @ right.T).astype(np.float64)
        union = left.sum(axis=1, dtype=np.float64)[:, None] + right.sum(axis=1, dtype=np.float64) - shared
        result[:, start : start + _BLOCK_ROWS] = shared / np.maximum(union, 1.0)
    return result


@dataclass(frozen=True, slots=True)
class _Rdkit:
    """The parts of RDKit used here."""

    chem: Any
    standardize: Any
    fingerprints: Any
    murcko: Any
    quiet: Any
    uncharger: Any


@cache
def _rdkit() -> _Rdkit:
    if not have_rdkit():
        fault = Fault("RDKit is not installed, and structures need it", mend="pip install 'weighbridge[chem]'")
        raise InputError(fault)
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdFingerprintGenerator
    from rdkit.Chem.MolStandardize import rdMolStandardize
    from rdkit.Chem.Scaffolds import MurckoScaffold

    uncharger = rdMolStandardize.Uncharger()
    return _Rdkit(Chem, rdMolStandardize, rdFingerprintGenerator, MurckoScaffold, rdBase.BlockLogs, uncharger)


def _read(chem: _Rdkit, smiles: str) -> Any:
    if not isinstance(smiles, str) or not smiles.strip():
        raise ValueError("the SMILES is empty")
    molecule = chem.chem.MolFromSmiles(smiles.strip())
    if molecule is None:
        raise ValueError(f"RDKit cannot read the SMILES {smiles!r}: {_why_unreadable(chem, smiles.strip())}")
    if molecule.GetNumAtoms() == 0:
        raise ValueError(f"the SMILES {smiles!r} has no atoms")
    return molecule


def _why_unreadable(chem: _Rdkit, smiles: str) -> str:
    raw = chem.chem.MolFromSmiles(smiles, sanitize=False)
    if raw is None:
        return "its syntax is wrong"
    problems = chem.chem.DetectChemistryProblems(raw)
    return "; ".join(problem.Message() for problem in problems) or "it cannot be sanitised"


def _standardise(chem: _Rdkit, smiles: str) -> Structure:
    molecule = _read(chem, smiles)
    clean = chem.standardize.Cleanup(molecule)
    parent = chem.uncharger.uncharge(chem.standardize.FragmentParent(clean, skipStandardize=True))
    canonical = chem.chem.MolToSmiles(parent)
    inchikey = chem.chem.MolToInchiKey(parent)
    if not inchikey:
        raise ValueError(f"no InChIKey can be computed for the SMILES {smiles!r}")
    if chem.chem.MolFromSmiles(canonical) is None:  # ferrocene: its bare rings are no molecules
        raise ValueError(f"the SMILES {smiles!r} has no valid standardised form (found {canonical!r})")
    return Structure(canonical, inchikey, inchikey[:KEY_LENGTH])


def _standardise_or_say_why(chem: _Rdkit, smiles: str) -> Structure | Unreadable:
    try:
        return _standardise(chem, smiles)
    except (ValueError, RuntimeError) as error:
        return Unreadable(smiles, str(error))
