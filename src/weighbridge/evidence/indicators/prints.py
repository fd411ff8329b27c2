"""Fingerprints of records and candidates, and their neighbours: computed once for each source.

Results are kept as long as the source and the setting they belong to are.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from weighbridge.core.arrays import Booleans, Floats, Integers
from weighbridge.errors import Fault, InputError
from weighbridge.evidence.chemistry import fingerprints
from weighbridge.evidence.indicators.view import NotToldError
from weighbridge.evidence.neighbours import K_NEAREST, Neighbours, nearest, nearest_similarities
from weighbridge.evidence.source import Records, Setting, Source

__all__ = [
    "candidate_similarities",
    "fingerprints_of",
    "median_nearest",
    "nearest_records",
    "nearest_where",
    "training_prints",
]

Prints = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Prints:
    """Fingerprints of a table's rows that have a structure.

    Attributes
    ----------
    rows
        Row numbers with a structure, shape (s,).
    packed
        Their fingerprints, shape (s, b).
    molecules
        Fingerprints of the different molecules, shape (m, b).
    """

    rows: Integers
    packed: Prints
    molecules: Prints


_OF_RECORDS: WeakKeyDictionary[Records, _Prints] = WeakKeyDictionary()
_OF_MOLECULES: WeakKeyDictionary[Setting, _Prints] = WeakKeyDictionary()
_NEAREST: WeakKeyDictionary[Source, WeakKeyDictionary[Setting, Neighbours]] = WeakKeyDictionary()
_SIMILAR: WeakKeyDictionary[Source, WeakKeyDictionary[Setting, Floats]] = WeakKeyDictionary()


def fingerprints_of(frame: pd.DataFrame) -> _Prints:
    """Return the fingerprints of a table with the columns ``smiles`` and ``key``.

    Different molecules are told apart by key, by SMILES where there is none.
    """
    known = frame["smiles"].notna().to_numpy(dtype=bool)
    rows = np.flatnonzero(known).astype(np.int64)
    smiles = frame["smiles"][known].astype(str).reset_index(drop=True)
    different, inverse = np.unique(smiles.to_numpy(dtype=object).astype(str), return_inverse=True)
    packed = _read(different.tolist())
    keys = frame["key"][known].reset_index(drop=True).fillna(smiles)
    first = pd.DataFrame({"key": keys, "print": inverse}).groupby("key", sort=True)["print"].min()
    return _Prints(rows, packed[inverse], packed[first.to_numpy(dtype=np.int64)])


def _read(smiles: list[str]) -> Prints:
    try:
        return fingerprints(smiles)
    except ValueError as error:
        raise InputError(Fault(str(error), mend="Standardise the structures before they are compared")) from error


def _of_records(source: Source) -> _Prints:
    records = source.records
    if records is None or not len(records):
        raise NotToldError("needs training records")
    if records not in _OF_RECORDS:
        _OF_RECORDS[records] = fingerprints_of(records.frame)
    if not len(_OF_RECORDS[records].rows):
        raise NotToldError("the training records have no structures")
    return _OF_RECORDS[records]


def _of_molecules(setting: Setting) -> _Prints:
    if setting not in _OF_MOLECULES:
        _OF_MOLECULES[setting] = fingerprints_of(setting.molecules)
    if not len(_OF_MOLECULES[setting].rows):
        raise NotToldError("the molecules have no structures")
    return _OF_MOLECULES[setting]


def training_prints(source: Source) -> Prints:
    """Return the fingerprints of a source's different training molecules, shape (m, b)."""
    return _of_records(source).molecules


def nearest_records(source: Source, setting: Setting) -> Neighbours:
    """Return the nearest training records of the setting's molecules, as row numbers of the records.

    Raises
    ------
    NotToldError
        If there are no records or no structures.
    """
    kept = _NEAREST.setdefault(source, WeakKeyDictionary())
    if setting not in kept:
        everything = np.ones(len(_of_records(source).rows), dtype=bool)
        kept[setting] = _nearest(source, setting, everything)
    return kept[setting]


def nearest_where(source: Source, setting: Setting, use: Booleans) -> Neighbours:
    """Return the nearest among the training records marked in `use`, shape (r,)."""
    return _nearest(source, setting, use[_of_records(source).rows])


def _nearest(source: Source, setting: Setting, use: Booleans) -> Neighbours:
    records, molecules = _of_records(source), _of_molecules(setting)
    found = nearest(molecules.packed, records.packed[use])
    rows = records.rows[use]
    width = found.indices.shape[1]
    indices = np.full((len(setting.molecules), width), -1, dtype=np.intp)
    similarities = np.zeros((len(setting.molecules), width))
    if width:
        indices[molecules.rows] = np.where(found.indices < 0, -1, rows[found.indices])
        similarities[molecules.rows] = found.similarities
    return Neighbours(indices, similarities)


def candidate_similarities(source: Source, setting: Setting) -> Floats:
    """Return the largest similarities of each molecule to different training molecules.

    Returns
    -------
    numpy.ndarray
        Shape (n, min(5, m)), largest first; NaN for a molecule without a structure.
    """
    kept = _SIMILAR.setdefault(source, WeakKeyDictionary())
    if setting not in kept:
        molecules = _of_molecules(setting)
        found = nearest_similarities(molecules.packed, training_prints(source), K_NEAREST)
        values = np.full((len(setting.molecules), found.shape[1]), np.nan)
        values[molecules.rows] = found
        kept[setting] = values
    return kept[setting]


def median_nearest(setting: Setting, packed: Prints) -> float:
    """Return the median over the candidates of the largest similarity to some fingerprints."""
    return float(np.median(nearest_similarities(_of_molecules(setting).packed, packed, 1)))
