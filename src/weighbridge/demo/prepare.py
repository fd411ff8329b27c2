"""From B3DB to a study folder: tables, one model per data set, judgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from weighbridge.demo.data import DemoData, load_b3db, split, structures
from weighbridge.errors import Fault, InputError
from weighbridge.evidence.models import (
    Classifier,
    Progress,
    Regressor,
    fit_classifier,
    fit_regressor,
    model_key,
    prefixed,
    remember,
    silent,
)
from weighbridge.files import write_text
from weighbridge.resources import templates_folder

__all__ = ["HELD_OUT", "SEED", "Prepared", "one_per_compound", "prepare"]

SEED: Final = 0
"""Of the sample, the folds and the forests; chosen before any outcome was seen."""
HELD_OUT: Final = "held_out/outcome.csv"
"""The candidates' measured logBB. No file of the study names it; `outcome` alone reads it."""
_SHIPPED: Final = ("study.yaml", "judgements.csv")
_FOLDS: Final = 5


@dataclass(frozen=True, eq=False)
class Prepared:
    """A prepared demo folder.

    Attributes
    ----------
    folder
        The study's folder.
    metrics
        source → the model's scaffold-split validation.
    reused
        Whether both models were there from an earlier run.
    edited
        Shipped files (study.yaml, judgements.csv) that differ from the shipped ones and were kept.
    data
        What the tables were written from.
    """

    folder: Path
    metrics: Mapping[str, Mapping[str, float]]
    reused: bool
    edited: tuple[str, ...]
    data: DemoData


def prepare(folder: Path, *, seed: int = SEED, progress: Progress = silent) -> Prepared:
    """Write the demo study into a folder.

    One model is trained for each data set, never one on both. What stands there from an earlier
    run is used again: structures and models by their content, and an edited ``study.yaml`` or
    ``judgements.csv`` is kept.

    Parameters
    ----------
    folder
        A new or empty folder, or one of an earlier demo.
    seed
        Of the sample, the folds and the forests.
    progress
        Called with the steps.

    Raises
    ------
    InputError
        If the extra is not installed, or the folder holds something else.
    """
    refuse_foreign(folder)
    cache = folder / "models"
    data = split(structures(load_b3db(), cache, progress), seed)
    public, public_reused = _public_model(data, cache, seed, progress)
    internal, internal_reused = _internal_model(data, cache, seed, progress)
    tables = _tables(data, public, internal, progress)
    for name, table in tables.items():
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    return Prepared(
        folder,
        {"public": public.metrics, "internal": internal.metrics},
        public_reused and internal_reused,
        _copy_shipped(folder),
        data,
    )


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder with files of somebody else.

    Raises
    ------
    InputError
        If the folder is a file, or holds anything and no earlier demo.
    """
    mend = "Name a new folder: weighbridge demo DIR"
    if folder.is_file():
        raise InputError(Fault("the demo needs a folder", file=str(folder), found="a file", mend=mend))
    if not folder.is_dir() or (folder / "models").is_dir():
        return
    if any(folder.iterdir()):
        fault = Fault("the folder is not empty and holds no earlier demo", file=str(folder), mend=mend)
        raise InputError(fault)


def one_per_compound(records: pd.DataFrame) -> pd.DataFrame:
    """Return one row a compound: its first structure and the label most of its records carry.

    Stereoisomers look alike to the fingerprint and half the records are such; counted one by one
    they would weigh a compound by how often it was drawn. A compound with as many labels of either
    kind is left out: nobody knows what it is.

    Returns
    -------
    pandas.DataFrame
        ``smiles`` and ``label``, sorted by key.
    """
    grouped = records.groupby("key", sort=True).agg(smiles=("smiles", "min"), share=("label", "mean"))
    decided = grouped[grouped["share"] != 0.5]
    return pd.DataFrame({"smiles": decided["smiles"], "label": (decided["share"] > 0.5).astype(int)}).reset_index(
        drop=True
    )


def _public_model(data: DemoData, cache: Path, seed: int, progress: Progress) -> tuple[Classifier, bool]:
    training = one_per_compound(data.public)
    smiles, labels = training["smiles"].tolist(), training["label"].tolist()
    key = model_key("classifier", smiles, labels, seed=seed, folds=_FOLDS)
    say = prefixed("public model", progress)
    return remember(cache, key, Classifier, lambda: fit_classifier(smiles, labels, seed=seed, progress=say))


def _internal_model(data: DemoData, cache: Path, seed: int, progress: Progress) -> tuple[Regressor, bool]:
    smiles, values = data.internal["smiles"].tolist(), data.internal["logBB"].tolist()
    key = model_key("regressor", smiles, values, seed=seed, folds=_FOLDS)
    say = prefixed("internal model", progress)
    return remember(cache, key, Regressor, lambda: fit_regressor(smiles, values, seed=seed, progress=say))


def _tables(data: DemoData, public: Classifier, internal: Regressor, progress: Progress) -> dict[str, pd.DataFrame]:
    candidates = data.candidates
    smiles = candidates["smiles"].tolist()
    probability = public.predict(smiles, prefixed("public predictions", progress))
    estimates = internal.predict(smiles, prefixed("internal predictions", progress))
    ids = candidates["id"]
    return {
        "molecules.csv": candidates[["id", "name", "smiles"]].assign(molecular_weight=_weights(smiles)),
        "public_records.csv": data.public.drop(columns="key"),
        "public_predictions.csv": pd.DataFrame({"id": ids, "probability": probability}),
        "public_validation.csv": public.validation,
        "internal_records.csv": data.internal.drop(columns="key"),
        "internal_predictions.csv": pd.DataFrame({"id": ids, "logBB": estimates.mean, "sd": estimates.sd}),
        "internal_validation.csv": internal.validation,
        HELD_OUT: candidates[["id", "logBB"]],
    }


def _weights(smiles: list[str]) -> list[float]:
    from weighbridge.evidence.models.features import DESCRIPTORS, descriptors

    return [round(float(weight), 2) for weight in descriptors(smiles)[:, DESCRIPTORS.index("MolWt")]]


def _copy_shipped(folder: Path) -> tuple[str, ...]:
    edited = []
    for name in _SHIPPED:
        shipped = (templates_folder() / "demo" / name).read_text(encoding="utf-8")
        path = folder / name
        if not path.is_file():
            write_text(path, shipped)
        elif path.read_text(encoding="utf-8") != shipped:
            edited.append(name)
    return tuple(edited)
