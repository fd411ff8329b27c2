"""Build the tables of the PXR studies from the shared data, which are never committed.

Two studies of the same question stand in ``pxr/``: ``study.yaml`` keeps the four public assays as
four sources, each with a model of its own; ``pooled.yaml`` has them as the parts of one source with
one model. Both need the tables that `build` writes.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pandas as pd

from weighbridge.evidence.models import fit_classifier, fit_regressor

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "pxr"
STUDY = Path(__file__).resolve().parent / "pxr"

ASSAYS = {
    "tox21": "Tox21_AID1347033",
    "atg_cis": "ToxCast_ATG_PXRE_CIS_up",
    "atg_trans": "ToxCast_ATG_PXR_TRANS_up",
    "nvs": "ToxCast_NVS_NR_hPXR",
}
"""Source in the study → assay in the data."""
CANDIDATES, TRAINED = 300, 400
TREES, FOLDS, SEED = 40, 3, 0
MOST = 1200
"""Training molecules of one model, so that all six are fitted within a test's patience."""


def build(folder: Path, *, half: bool = True) -> Path:
    """Write both studies with their tables into a folder and return it.

    By default half of the public compounds, drawn by hash with all their records, so that repeats,
    conflicts and what the assays share stay as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    public, internal = _public(), _internal()
    if half:
        public = public[public["key"].map(lambda key: _draw(key) < "8")]
    bridged = set(pd.read_csv(SHARED / "bridging.csv")["ik14"])
    fresh = internal[~internal["key"].isin(set(public["key"]) | bridged)].drop_duplicates("key")
    drawn = _drawn(fresh)
    candidates, trained = drawn[:CANDIDATES], drawn[CANDIDATES : CANDIDATES + TRAINED]
    _write(folder, "molecules.csv", candidates[["id", "smiles"]])
    _write(folder, "held_out.csv", candidates[["id", "pEC50"]])
    _write(folder, "public_records.csv", public.drop(columns="key"))
    smiles = candidates["smiles"].tolist()
    for source, assay in ASSAYS.items():
        own = public[public["assay"] == assay]
        _write(folder, f"{source}_records.csv", own.drop(columns="key"))
        _classify(folder, source, own, candidates["id"], smiles)
    _classify(folder, "public", public, candidates["id"], smiles)
    _write(folder, "internal_records.csv", trained[["id", "smiles", "pEC50", "se", "counter", "run"]])
    _regress(folder, trained, candidates["id"], smiles)
    _bridge(folder, public, internal)
    for path in sorted(STUDY.iterdir()):
        shutil.copy(path, folder / path.name)
    return folder


def _public() -> pd.DataFrame:
    raw = pd.read_csv(SHARED / "public_binary_records.csv")
    return pd.DataFrame(
        {
            "smiles": raw["std_smiles"],
            "key": raw["inchikey"].str[:14],
            "assay": raw["source"],
            "outcome": raw["outcome"],
            "cell_line": raw["cell_line"],
            "assay_format": raw["assay_format"],
        }
    )


def _internal() -> pd.DataFrame:
    raw = pd.read_csv(SHARED / "internal_continuous.csv")
    return pd.DataFrame(
        {
            "id": raw["Molecule Name"],
            "smiles": raw["std_smiles"],
            "key": raw["inchikey"].str[:14],
            "pEC50": raw["pEC50"],
            "se": raw["pEC50_se"],
            "counter": raw["counter_pEC50"],
            "run": raw["OCNT Batch"],
        }
    )


def _drawn(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[frame["key"].map(_draw).sort_values().index].reset_index(drop=True)


def _draw(key: str) -> str:
    return hashlib.sha256(f"{SEED}:{key}".encode()).hexdigest()


def _classify(folder: Path, source: str, records: pd.DataFrame, ids: pd.Series, smiles: list[str]) -> None:
    decided = records[records["outcome"] != "inconclusive"]
    votes = decided.assign(active=decided["outcome"] == "active").groupby("key", as_index=False)
    compounds = votes.agg(smiles=("smiles", "min"), active=("active", "mean"))
    compounds = _drawn(compounds[compounds["active"] != 0.5])[:MOST]
    labels = (compounds["active"] > 0.5).astype(int).tolist()
    model = fit_classifier(compounds["smiles"].tolist(), labels, seed=SEED, folds=FOLDS, trees=TREES)
    _write(folder, f"{source}_predictions.csv", pd.DataFrame({"id": ids, "probability": model.predict(smiles)}))
    _write(folder, f"{source}_validation.csv", model.validation)


def _regress(folder: Path, trained: pd.DataFrame, ids: pd.Series, smiles: list[str]) -> None:
    model = fit_regressor(trained["smiles"].tolist(), trained["pEC50"].tolist(), seed=SEED, folds=FOLDS, trees=TREES)
    found = model.predict(smiles)
    _write(folder, "internal_predictions.csv", pd.DataFrame({"id": ids, "pEC50": found.mean, "sd": found.sd}))
    _write(folder, "internal_validation.csv", model.validation)


def _bridge(folder: Path, public: pd.DataFrame, internal: pd.DataFrame) -> None:
    pairs = pd.read_csv(SHARED / "bridging.csv")
    names = {assay: source for source, assay in ASSAYS.items()}
    structures = pd.concat([internal, public]).drop_duplicates("key").set_index("key")["smiles"]
    table = pd.DataFrame(
        {
            "smiles": pairs["ik14"].map(structures),
            "source": pairs["source"].map(names),
            "label": pairs["label"],
            "pEC50": pairs["y"],
        }
    )
    _write(folder, "bridging.csv", table)


def _write(folder: Path, name: str, table: pd.DataFrame) -> None:
    table.to_csv(folder / name, index=False, lineterminator="\n")
