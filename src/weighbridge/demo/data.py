"""The demo's data: B3DB, split into a public source, an internal one, and candidates.

B3DB (Meng et al. 2021, Sci. Data 8, 289; CC0) pools blood–brain barrier data of 50 published
resources: for 1,058 compounds a measured logBB, for the others a label only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pandas as pd

from weighbridge.canonical import content_key
from weighbridge.errors import Fault, InputError
from weighbridge.evidence.chemistry import Structure, standardise_many
from weighbridge.evidence.models import Progress
from weighbridge.files import write_text

__all__ = ["CANDIDATES", "INTERNAL", "DemoData", "load_b3db", "split", "structures"]

INTERNAL: Final = 120
"""How many compounds stand for the team's own measurements."""
CANDIDATES: Final = 500
"""How many others are the candidates."""
_TABLE: Final = "B3DB_classification.tsv"


@dataclass(frozen=True, eq=False)
class DemoData:
    """The three parts of the data, none of which shares a compound with another.

    Attributes
    ----------
    public
        Records with a label and no logBB, one row a record: ``id``, ``name``, ``smiles``, ``key``,
        ``label`` (1 or 0), ``threshold``, ``reference``.
    internal, candidates
        Compounds with a logBB, one row a compound: ``id``, ``name``, ``smiles``, ``key``, ``logBB``,
        ``reference``.
    left_out
        How many records without logBB were left out because their compound has one elsewhere.
    """

    public: pd.DataFrame
    internal: pd.DataFrame
    candidates: pd.DataFrame
    left_out: int


def load_b3db() -> pd.DataFrame:
    """Read B3DB's table of labels from the installed package.

    Only this table: importing the package would also read its descriptor tables, which takes
    longer than training the models.

    Raises
    ------
    InputError
        If the package is not installed.
    """
    spec = find_spec("B3DB")
    path = Path(str(spec.origin)).parent / _TABLE if spec is not None else None
    if path is None or not path.is_file():
        fault = Fault("the data of the demo are not installed", mend="pip install 'weighbridge[demo]'")
        raise InputError(fault)
    return pd.read_csv(path, sep="\t")


def structures(raw: pd.DataFrame, cache: Path, progress: Progress) -> pd.DataFrame:
    """Return the readable records with tidy columns and standardised structures.

    Parameters
    ----------
    raw
        As `load_b3db` returns it.
    cache
        Folder in which the standardised structures are kept for the next run, by content.
    progress
        Called with the step ``standardising structures``.

    Returns
    -------
    pandas.DataFrame
        ``id``, ``name``, ``smiles``, ``key``, ``label``, ``logBB``, ``threshold``, ``reference``
        (resources separated by |, each once). Two records of B3DB have a structure no valence
        model allows; they are left out.
    """
    read = _standardised(raw["SMILES"].tolist(), cache, progress)
    tidy = pd.DataFrame(
        {
            "id": raw["NO."].map("B3DB-{:04d}".format),
            "name": raw["compound_name"].fillna("").str.strip(),
            "smiles": read["smiles"],
            "key": read["key"],
            "label": (raw["BBB+/BBB-"] == "BBB+").astype(int),
            "logBB": raw["logBB"],
            "threshold": raw["threshold"],
            "reference": raw["reference"].map(_each_once),
        }
    )
    tidy["name"] = tidy["name"].where(~tidy["name"].isin(["", "-"]), tidy["id"])
    return tidy[tidy["smiles"] != ""].reset_index(drop=True)


def _standardised(smiles: list[str], cache: Path, progress: Progress) -> pd.DataFrame:
    from importlib.metadata import version

    key = content_key({"smiles": smiles, "rdkit": version("rdkit")})
    path = cache / f"structures-{key}.csv"
    if path.is_file():
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    found = standardise_many(smiles, lambda done, total: progress("standardising structures", done, total))
    rows = [(one.smiles, one.key) if isinstance(one, Structure) else ("", "") for one in found]
    frame = pd.DataFrame(rows, columns=["smiles", "key"])
    write_text(path, frame.to_csv(index=False))
    return frame


def _each_once(references: str) -> str:
    return "|".join(dict.fromkeys(part for part in references.split("|") if part))


def split(records: pd.DataFrame, seed: int) -> DemoData:
    """Split the records into public source, internal source and candidates.

    A compound is what has one first InChIKey block. Of a compound's rows with a logBB the first one
    stands for it. Which compounds are internal is drawn by hash from the seed, so that neither the
    order of the rows nor a version of a random generator matters.
    """
    measured = records[records["logBB"].notna()]
    labelled = records[records["logBB"].isna()]
    leaks = labelled["key"].isin(measured["key"])
    compounds = measured.drop_duplicates("key")
    draws = compounds["key"].map(lambda key: hashlib.sha256(f"{seed}:{key}".encode()).hexdigest())
    drawn = compounds.loc[draws.sort_values().index].drop(columns=["threshold", "label"])
    public = labelled[~leaks].drop(columns="logBB")
    return DemoData(
        public=public.reset_index(drop=True),
        internal=drawn.iloc[:INTERNAL].sort_values("id").reset_index(drop=True),
        candidates=drawn.iloc[INTERNAL : INTERNAL + CANDIDATES].sort_values("id").reset_index(drop=True),
        left_out=int(leaks.sum()),
    )
