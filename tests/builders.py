"""Builders of small studies, for every test that needs a folder to read.

`write_small_study` writes a study of eight molecules, two sources with records, three experts and
their judgements that loads and decides; a test changes what it is about::

    folder = write_small_study(tmp_path, {"sources.public.kind": "continuous"}, {"public.csv": None})
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

LEFT_OUT = object()
"""Given as a change, takes a key of study.yaml away."""

MOLECULES = """\
id,smiles,name,series,solubility,cost
M1,CC(=O)Oc1ccccc1C(=O)O,aspirin,acids,120,10
M2,CC(=O)Nc1ccc(O)cc1,paracetamol,phenols,95,8
M3,CC(C)Cc1ccc(C(C)C(=O)O)cc1,ibuprofen,acids,40,12
M4,Cn1c(=O)c2c(ncn2C)n(C)c1=O,caffeine,xanthines,150,5
M5,COc1ccc2cc(C(C)C(=O)O)ccc2c1,naproxen,acids,30,14
M6,Cn1c(=O)c2[nH]cnc2n(C)c1=O,theophylline,xanthines,140,9
M7,CN1CCCC1c1cccnc1,nicotine,amines,180,20
M8,O=C(O)c1ccccc1O,salicylic acid,acids,110,6
"""

PUBLIC = """\
id,probability
M1,0.82
M2,0.35
M3,0.64
M4,0.91
M5,0.55
M6,0.77
M7,0.20
M8,0.48
"""

INTERNAL = """\
id,pIC50,sd
M1,6.1,0.3
M2,5.2,0.4
M3,7.0,0.3
M4,6.6,0.5
M5,6.9,0.2
M6,5.9,0.4
M7,5.4,0.6
M8,5.8,0.3
"""

PUBLIC_RECORDS = """\
smiles,outcome,assay,paper,cell_line,ph,threshold
CCO,active,A1,P1|P2,HEK293,7.4,5
CCN,inactive,A1,P1,HEK293,not recorded,5
CCC,active,A1|A2,P3,CHO,7.4,
CCCl,inactive,A2,P3,CHO,,
CCCC,inconclusive,A2,P4,Not Recorded,7.2,
c1ccccc1,active,A2,P4,HEK293,7.4,5
c1ccncc1,inactive,A1,P2,HEK293,7.4,5
CC(=O)O,active,A1,P2,HEK293,,5
CCO,inactive,A2,P5,CHO,7.0,
Cn1c(=O)c2c(ncn2C)n(C)c1=O,active,A1,P5,HEK293,7.4,5
"""

INTERNAL_RECORDS = """\
smiles,pIC50,se,run,year
CC(=O)Oc1ccccc1C(=O)O,6.0,0.1,R1,2024
CC(C)Cc1ccc(C(C)C(=O)O)cc1,7.1,0.1,R1,2024
CN1CCCC1c1cccnc1,<5,0.2,R1,2024
CCO,5.5,0.2,R2,2025
CCN,5.1,0.2,R2,2025
CCC,>8,0.3,R2,2025
c1ccccc1,6.4,0.1,R2,2025
CC(=O)Oc1ccccc1C(=O)O,6.2,0.1,R2,2025
"""

PUBLIC_VALIDATION = """\
smiles,truth,prediction,fold
CCO,1,0.8,1
CCN,0,0.3,1
CCC,1,0.6,1
CCCl,0,0.4,2
c1ccccc1,1,0.7,2
c1ccncc1,0,0.2,2
CC(=O)O,1,0.4,3
CCCCl,0,0.5,3
"""

JUDGEMENTS = """\
expert,node,a,b,value,reason
Ada,goal,evidence,practical,5,the biology decides
Ben,goal,evidence,practical,3,solubility kills projects
Cem,goal,evidence,practical,4,
Ada,practical,solubility,cost,3,cost is small
Ben,practical,solubility,cost,5,
Cem,practical,solubility,cost,1/2,the budget is fixed
Ada,trust,context_match,n_molecules,3,the wrong assay says nothing
Ben,trust,context_match,n_molecules,1,
Cem,trust,context_match,n_molecules,2,
"""

STUDY: dict[str, Any] = {
    "schema": 1,
    "title": "Small study",
    "question": "Which three molecules do we make next?",
    "choose": {"k": 3, "series": "column", "tie_rule": "order"},
    "threshold": {"value": 6.0, "unit": "pIC50"},
    "year": 2026,
    "context": {"species": "human", "cell_line": "HEK293", "ph": 7.4, "temperature": 37},
    "molecules": {"file": "molecules.csv", "id": "id", "smiles": "smiles", "name": "name", "series": "series"},
    "sources": {
        "public": {
            "title": "Public labels",
            "kind": "binary",
            "predictions": {"file": "public.csv", "score": {"column": "probability", "unit": "probability"}},
            "records": {
                "file": "public_records.csv",
                "smiles": "smiles",
                "label": "outcome",
                "part": "assay",
                "document": "paper",
                "separator": "|",
                "threshold": "threshold",
                "conditions": {"cell_line": "cell_line", "ph": "ph"},
            },
            "validation": {
                "file": "public_validation.csv",
                "smiles": "smiles",
                "truth": "truth",
                "prediction": "prediction",
                "fold": "fold",
            },
            "context": {"species": "human", "cell_line": "HEK293", "ph": "not recorded"},
        },
        "internal": {
            "title": "Own measurements",
            "kind": "continuous",
            "value_unit": "pIC50",
            "predictions": {"file": "internal.csv", "score": {"column": "pIC50", "unit": "pIC50"}, "sd": "sd"},
            "records": {
                "file": "internal_records.csv",
                "smiles": "smiles",
                "value": {"column": "pIC50", "unit": "pIC50"},
                "se": "se",
                "run": "run",
                "year": "year",
            },
            "context": {"species": "human", "cell_line": "HEK293", "ph": 7.4, "temperature": 37},
        },
    },
    "criteria": {
        "public_score": {"use": "model_probability", "source": "public"},
        "internal_score": {"use": "model_pic50", "source": "internal", "worst": 4.0, "best": 9.0},
        "solubility": {
            "column": "solubility",
            "unit": "ug/mL",
            "direction": "gain",
            "worst": 0.0,
            "best": 200.0,
            "scale": "ratio",
            "preference": {"function": "linear", "q": 5.0, "p": 50.0},
        },
        "cost": {
            "column": "cost",
            "unit": "EUR",
            "direction": "cost",
            "worst": 30.0,
            "best": 0.0,
            "scale": "ratio",
            "preference": {"function": "v-shape", "p": 10.0},
        },
    },
    "tree": {
        "evidence": {"title": "Evidence", "weights": "trust", "children": ["public_score", "internal_score"]},
        "practical": {"title": "Practical", "children": ["solubility", "cost"]},
    },
    "trust": {"use": "rated", "tree": ["context_match", "n_molecules"]},
    "panel": [
        {"name": "Ada", "role": "chemist"},
        {"name": "Ben", "role": "biologist"},
        {"name": "Cem", "role": "lead"},
    ],
    "judgements": ["judgements.csv"],
}
"""The study.yaml of the small study."""

FILES: dict[str, str] = {
    "molecules.csv": MOLECULES,
    "public.csv": PUBLIC,
    "internal.csv": INTERNAL,
    "public_records.csv": PUBLIC_RECORDS,
    "internal_records.csv": INTERNAL_RECORDS,
    "public_validation.csv": PUBLIC_VALIDATION,
    "judgements.csv": JUDGEMENTS,
}
"""Its tables."""


def write_small_study(
    folder: Path,
    changes: Mapping[str, Any] | None = None,
    files: Mapping[str, str | bytes | None] | None = None,
) -> Path:
    """Write the small study into a folder and return the folder.

    Parameters
    ----------
    folder
        Made where it does not exist.
    changes
        Dotted path in study.yaml → new value (`LEFT_OUT` takes the key away). Missing mappings on
        the way are made; numbers step into lists.
    files
        File name → its whole content instead of the usual one; None leaves the file away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    study = copy.deepcopy(STUDY)
    for path, value in (changes or {}).items():
        _change(study, path.split("."), value)
    (folder / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False, allow_unicode=True), encoding="utf-8")
    for name, content in {**FILES, **(files or {})}.items():
        if isinstance(content, bytes):
            (folder / name).write_bytes(content)
        elif content is not None:
            (folder / name).write_text(content, encoding="utf-8")
    return folder


def _change(value: Any, path: list[str], new: Any) -> None:
    *way, last = path
    for step in way:
        value = value[int(step)] if isinstance(value, list) else value.setdefault(step, {})
    key: Any = int(last) if isinstance(value, list) else last
    if new is LEFT_OUT:
        del value[key]
    else:
        value[key] = new


LIBRARY: dict[str, Any] = {
    "molecules": {"file": "molecules.parquet", "id": "id", "smiles": "smiles", "name": LEFT_OUT, "series": LEFT_OUT},
    "sources.public.predictions.file": "public.parquet",
    "sources.internal.predictions.file": "internal.parquet",
    "choose": {"k": 20},
}
"""What makes the small study one over a library."""


def write_library_study(
    folder: Path, rows: int, changes: Mapping[str, Any] | None = None, *, seed: int = 0, group: int = 500
) -> Path:
    """Write the small study over a library of so many made-up molecules, and return the folder.

    The tables are Parquet with row groups of `group` rows; the public model's predictions stand in
    another order than the molecules.
    """
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(seed)
    ids = [f"L{number:06d}" for number in range(rows)]
    smiles = ["C" * (1 + number % 20) + "O" for number in range(rows)]
    plain = {key: value for key, value in LIBRARY.items() if key != "molecules"}
    molecules = {key: value for key, value in LIBRARY["molecules"].items() if value is not LEFT_OUT}
    write_small_study(folder, {**plain, "molecules": molecules, **(changes or {})})
    tables = {
        "molecules": {
            "id": ids,
            "smiles": smiles,
            "solubility": draw.uniform(0, 200, rows),
            "cost": draw.uniform(0, 30, rows).round(1),
        },
        "public": {"id": ids, "probability": draw.beta(2, 3, rows)},
        "internal": {"id": ids, "pIC50": draw.uniform(4, 9, rows), "sd": draw.uniform(0.1, 0.9, rows)},
    }
    for name, table in tables.items():
        frame = pd.DataFrame(table)
        if name == "public":
            frame = frame.iloc[draw.permutation(rows)]
        frame.to_parquet(folder / f"{name}.parquet", row_group_size=group, index=False)
    return folder
