"""Structures of a table's rows: standardised SMILES, InChIKeys and the keys molecules are joined by.

Standardising thousands of records takes a minute; the results may be kept below the study in
``.weighbridge/cache``, under a name made of the texts and the versions that produced them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pandas as pd

from weighbridge.canonical import canonical_json, content_key
from weighbridge.errors import InputError
from weighbridge.evidence import chemistry
from weighbridge.files import write_bytes, write_text
from weighbridge.study.cells import ColumnFaults, show, texts
from weighbridge.study.loading import Loading
from weighbridge.study.tables import CellColumn

__all__ = ["CACHE_FOLDER", "read_structures"]

CACHE_FOLDER: Final = Path(".weighbridge") / "cache"
_CACHE_FROM: Final = 200
"""Shorter lists are standardised faster than a file is written safely."""

_INCHIKEY: Final = re.compile(r"([A-Z]{14})(-[A-Z]{10}-[A-Z])?\Z")

Standard = list[str]
"""``[smiles, inchikey]``, or ``[reason]`` where RDKit could not read it."""


def read_structures(
    loading: Loading,
    rows: int,
    smiles: CellColumn | None,
    inchikey: CellColumn | None,
    ids: Sequence[str | None] | None,
    *,
    lenient: bool = False,
) -> pd.DataFrame:
    """Return the structures of a table's rows.

    The structure is taken from `smiles`; where that is empty (or RDKit is missing), from `inchikey`
    as the table states it; else the row is known by its id alone.

    Parameters
    ----------
    loading
        Where faults and notices go.
    rows
        Number of rows.
    smiles, inchikey
        The table's columns, None where it has none.
    ids
        The molecules' ids, for rows without a structure.
    lenient
        Whether a structure that cannot be read leaves its row without one, with a notice (public
        records are as they are), instead of being a fault (the study's own molecules).

    Returns
    -------
    pandas.DataFrame
        Columns ``smiles``, ``inchikey``, ``key``; None where unknown; the key of a row without a
        structure is ``id:<id>``.
    """
    found: list[list[str | None]] = [[None, None, None] for _ in range(rows)]
    if inchikey is not None:
        _from_inchikeys(loading, found, inchikey)
    if smiles is not None:
        _from_smiles(loading, found, smiles, lenient=lenient)
    for row, one in enumerate(found):
        if one[2] is None and ids is not None and ids[row] is not None:
            one[2] = f"id:{ids[row]}"
    return pd.DataFrame(found, columns=["smiles", "inchikey", "key"], dtype=object)


def _from_inchikeys(loading: Loading, found: list[list[str | None]], column: CellColumn) -> None:
    with ColumnFaults(loading.faults, column) as noted:
        for row, word in enumerate(texts(column)):
            match = _INCHIKEY.match(word) if word else None
            if match:
                found[row][1:] = [word if match[2] else None, match[1]]
            elif word:
                expected = "27 characters such as RZVAJINKPMORJF-UHFFFAOYSA-N, or the first 14"
                noted.add(row, "this is not an InChIKey", repr(word), expected)


def _from_smiles(loading: Loading, found: list[list[str | None]], column: CellColumn, *, lenient: bool) -> None:
    words = texts(column)
    if not chemistry.have_rdkit():
        for row, word in enumerate(words):
            found[row][0] = word
        mend = "pip install 'weighbridge[chem]'"
        text = f"RDKit is not installed; the structures of {column.file} were not checked ({mend})"
        loading.notice("unchecked-structures", text)
        return
    standard = _standard_forms(loading, [word for word in words if word is not None], column.file)
    unread: list[tuple[int, str, str]] = []
    for row, word in enumerate(words):
        form = standard.get(word) if word is not None else None
        if form is not None and len(form) == 1:
            unread.append((row, show(word), form[0]))
        elif form is not None:
            found[row][:] = [form[0], form[1], form[1][:14]]
    _tell_unread(loading, column, unread, lenient=lenient)


def _tell_unread(loading: Loading, column: CellColumn, unread: list[tuple[int, str, str]], *, lenient: bool) -> None:
    """Note structures that cannot be read: (row position, what was found, why)."""
    if lenient and unread:
        text = (
            f"{len(unread)} of {len(column.cells)} structures of {column.file} cannot be read; the rows count without"
        )
        rows = [f"{column.row_word} {column.rows[row]}: {found}" for row, found, _ in unread]
        loading.notice("unreadable-structure", text, tuple(rows))
        return
    with ColumnFaults(loading.faults, column) as noted:
        for row, found, reason in unread:
            noted.add(row, "the structure cannot be read", found, "a SMILES", reason)


def _standard_forms(loading: Loading, smiles: list[str], name: str) -> dict[str, Standard]:
    different = list(dict.fromkeys(smiles))
    path = _cache_path(loading, different) if loading.cache and len(different) >= _CACHE_FROM else None
    cached = None if path is None else _read_cache(path, len(different))
    forms = _standardise(loading, different, name) if cached is None else cached
    if path is not None and cached is None:
        _write_cache(path, forms)
    return dict(zip(different, forms, strict=True))


def _standardise(loading: Loading, smiles: list[str], name: str) -> list[Standard]:
    progress = loading.progress

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(f"structures of {name}", done, total)

    return [
        [one.reason] if isinstance(one, chemistry.Unreadable) else [one.smiles, one.inchikey]
        for one in chemistry.standardise_many(smiles, tell)
    ]


def _cache_path(loading: Loading, smiles: list[str]) -> Path | None:
    try:
        versions = {"rdkit": version("rdkit"), "weighbridge": version("weighbridge")}
    except PackageNotFoundError:  # without both versions the results have no name
        return None
    return loading.folder / CACHE_FOLDER / f"structures-{content_key({'smiles': smiles, **versions})}.json"


def _read_cache(path: Path, count: int) -> list[Standard] | None:
    """Return cached structures, None where there are none or the file is not as it was written."""
    try:
        stored: Any = json.loads(path.read_bytes())
        forms, key = stored["forms"], stored["key"]
        return forms if len(forms) == count and key == content_key(forms) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _write_cache(path: Path, forms: list[Standard]) -> None:
    """Keep structures for the next time; a folder that cannot be written does without."""
    try:
        write_text(path.parent.parent / ".gitignore", "*\n")
        write_bytes(path, canonical_json({"forms": forms, "key": content_key(forms)}))
    except (InputError, OSError):
        return
