"""What does not matter changes nothing: formats, order of rows, ids, ways of matching, units, hash seeds."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import FILES, INTERNAL, JUDGEMENTS, MOLECULES, PUBLIC, write_small_study

from weighbridge.study.decision import Decision
from weighbridge.study.study import Study

Load = Callable[..., Study]

FORMATS = ("tsv", "parquet", "xlsx", "sdf")
TYPED = {"solubility": float, "cost": float, "probability": float, "pIC50": float, "sd": float}
STRUCTURES = dict(line.split(",")[:2] for line in MOLECULES.splitlines()[1:])


def outcome(decision: Decision) -> pd.DataFrame:
    """Return what a study decides, by molecule: score, rank, chosen and every contribution."""
    frame = decision.ranking.to_frame()[["score", "rank", "tied"]].astype(float)
    chosen = pd.Series([float(label in decision.chosen) for label in frame.index], index=frame.index, name="chosen")
    return pd.concat([frame, chosen, decision.ranking.contributions], axis=1).sort_index()


def assert_same(first: Decision, second: Decision) -> None:
    """Two decisions are the same to the last digits, with the same weights and trust."""
    pd.testing.assert_frame_equal(outcome(first), outcome(second), rtol=1e-12, atol=1e-13, check_names=False)
    assert dict(first.weights) == pytest.approx(dict(second.weights), rel=1e-12)
    assert dict(first.trust.used) == pytest.approx(dict(second.trust.used), rel=1e-12)


@cache
def small() -> Decision:
    """Return the decision of the small study as it is."""
    with TemporaryDirectory() as folder:
        return Study.load(write_small_study(Path(folder))).decide()


@pytest.fixture
def usual() -> Decision:
    """Return the decision of the small study as it is."""
    return small()


def decide(changes: dict[str, Any] | None, files: dict[str, Any]) -> Decision:
    """Return the decision of the small study, changed as asked, in a folder of its own."""
    with TemporaryDirectory() as folder:
        return Study.load(write_small_study(Path(folder), changes, files)).decide()


def frame_of(text: str) -> pd.DataFrame:
    """Return a table with its numbers as numbers, as Parquet and workbooks hold them."""
    frame = pd.read_csv(StringIO(text), dtype=str)
    return frame.astype({name: kind for name, kind in TYPED.items() if name in frame})


def write_as(form: str, frame: pd.DataFrame, path: Path) -> None:
    """Write a table in one of the forms a study may have."""
    if form == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    elif form == "parquet":
        frame.to_parquet(path, index=False)
    elif form == "xlsx":
        frame.to_excel(path, index=False)
    else:
        write_sdf(frame, path)


def write_sdf(frame: pd.DataFrame, path: Path) -> None:
    """Write every row as an entry; the structure is the molecule, the rest its properties."""
    from rdkit import Chem

    writer = Chem.SDWriter(str(path))
    for row in frame.to_dict("records"):
        molecule = Chem.MolFromSmiles(STRUCTURES[str(row["id"])])
        for name, value in row.items():
            if name != "smiles":
                molecule.SetProp(str(name), str(value))
        writer.write(molecule)
    writer.close()


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_decision(form: str, tmp_path: Path, usual: Decision) -> None:
    """Molecules and predictions may be CSV, TSV, Parquet, xlsx or SDF; nothing depends on it."""
    changes = {
        "molecules.file": f"molecules.{form}",
        "sources.public.predictions.file": f"public.{form}",
        "sources.internal.predictions.file": f"internal.{form}",
    }
    gone = {"molecules.csv": None, "public.csv": None, "internal.csv": None}
    folder = write_small_study(tmp_path, changes, gone)
    for name, text in (("molecules", MOLECULES), ("public", PUBLIC), ("internal", INTERNAL)):
        write_as(form, frame_of(text), folder / f"{name}.{form}")
    assert_same(Study.load(folder).decide(), usual)


@pytest.mark.parametrize("form", ["tsv", "parquet", "xlsx"])
def test_judgements_and_records_may_have_any_format(form: str, tmp_path: Path, usual: Decision) -> None:
    """So may every other table; text such as 1/2 and `not recorded` stays what it is."""
    changes = {"judgements": [f"judgements.{form}"], "sources.public.records.file": f"public_records.{form}"}
    folder = write_small_study(tmp_path, changes, {"judgements.csv": None, "public_records.csv": None})
    for name in ("judgements", "public_records"):
        frame = pd.read_csv(StringIO(FILES[f"{name}.csv"]), dtype=str)
        write_as(form, frame, folder / f"{name}.{form}")
    assert_same(Study.load(folder).decide(), usual)


def rows_of(text: str) -> tuple[str, list[str]]:
    """Return a table's header and its rows, line by line."""
    header, *rows = text.splitlines()
    return header, rows


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    """Whatever the order of the rows of every table, each molecule has the same score, rank and contributions."""
    random = np.random.default_rng(seed)
    files = {}
    for name, text in FILES.items():
        header, rows = rows_of(text)
        files[name] = "\n".join([header, *random.permutation(rows)]) + "\n"
    assert_same(decide(None, files), small())


@settings(max_examples=5, deadline=None)
@given(
    names=st.lists(
        st.text("abcXYZ 0159-_/:.", min_size=1, max_size=12).map(str.strip).filter(lambda word: word not in ("", "NA")),
        min_size=8,
        max_size=8,
        unique=True,
    )
)
def test_ids_are_names_and_nothing_else(names: list[str]) -> None:
    """Molecules called otherwise, numbers and punctuation included, keep their scores and ranks."""
    new = dict(zip(STRUCTURES, names, strict=True))
    files = {}
    for name in ("molecules.csv", "public.csv", "internal.csv"):
        rows = list(csv.reader(StringIO(FILES[name])))
        files[name] = "".join(",".join([new.get(row[0], row[0]), *row[1:]]) + "\n" for row in rows)
    renamed, expected = outcome(decide(None, files)), outcome(small())
    expected.index = pd.Index([new[str(label)] for label in expected.index], dtype=object)
    pd.testing.assert_frame_equal(renamed, expected.sort_index(), rtol=1e-12, atol=1e-13, check_names=False)


def by_structure(text: str, salt: str = "") -> str:
    """Return a table of predictions with structures, as salts, in the place of ids."""
    rows = [line.split(",") for line in text.splitlines()]
    named = [[STRUCTURES[row[0]] + salt if row[0] in STRUCTURES else "smiles", *row[1:]] for row in rows]
    return "".join(",".join(row) + "\n" for row in named)


@pytest.mark.parametrize("salt", ["", ".Cl", ".[Na+].[Cl-]"])
def test_matching_by_structure_is_matching_by_id(salt: str, tmp_path: Path, usual: Decision) -> None:
    """Rows find the same molecules by their structures, salts stripped, as by their ids."""
    files = {"public.csv": by_structure(PUBLIC, salt), "internal.csv": by_structure(INTERNAL, salt)}
    study = Study.load(write_small_study(tmp_path, {"match": "structure"}, files))
    assert not [notice for notice in study.notices if notice.kind == "unmatched"]
    assert_same(study.decide(), usual)


@pytest.mark.parametrize(("unit", "exponent"), [("M", 0), ("mM", 3), ("uM", 6), ("µM", 6), ("nM", 9), ("pM", 12)])
def test_concentrations_decide_as_their_p_values_do(unit: str, exponent: int, tmp_path: Path, load: Load) -> None:
    """A prediction in any unit of concentration is the same prediction as its pIC50."""
    plain = INTERNAL.replace(",sd", "").splitlines()
    rows = [line.split(",")[:2] for line in plain[1:]]
    written = "id,pIC50\n" + "".join(f"{name},{10.0 ** (exponent - float(value))!r}\n" for name, value in rows)
    logged = "id,pIC50\n" + "".join(f"{name},{value}\n" for name, value in rows)
    predictions = {"file": "internal.csv", "score": {"column": "pIC50", "unit": unit, "to": "pIC50"}}
    changes: dict[str, Any] = {"sources.internal.predictions": predictions}
    converted = Study.load(write_small_study(tmp_path / "converted", changes, {"internal.csv": written})).decide()
    predictions = {"file": "internal.csv", "score": {"column": "pIC50", "unit": "pIC50"}}
    assert_same(converted, load({"sources.internal.predictions": predictions}, {"internal.csv": logged}).decide())


@settings(max_examples=5, deadline=None)
@given(limit=st.floats(4.2, 8.8).map(lambda value: round(value, 3)), above=st.booleans())
def test_a_censored_score_is_worth_what_its_interval_allows(limit: float, above: bool) -> None:
    """`<x` and `>x` lie between the limit and the declared end, and count by the middle, never by the limit."""
    text = INTERNAL.replace("M3,7.0", f"M3,{'>' if above else '<'}{limit}")
    decision = decide(None, {"internal.csv": text})
    row, column = list(decision.matrix.labels).index("M3"), list(decision.matrix.names).index("internal_score")
    low, high = decision.matrix.low[row, column], decision.matrix.high[row, column]
    assert (low, high) == pytest.approx((limit, 9.0) if above else (4.0, limit))
    assert decision.matrix.filled()[row, column] == pytest.approx((low + high) / 2)


def test_reciprocal_answers_are_the_same_answer(tmp_path: Path, usual: Decision) -> None:
    """`a` over `b` by 3 is `b` over `a` by 1/3, row by row."""
    turned = ["expert,node,a,b,value,reason"]
    for line in JUDGEMENTS.splitlines()[1:]:
        expert, node, a, b, value, reason = line.split(",")
        other = value[2:] if value.startswith("1/") else f"1/{value}"
        turned.append(",".join([expert, node, b, a, other, reason]))
    assert_same(Study.load(write_small_study(tmp_path, None, {"judgements.csv": "\n".join(turned)})).decide(), usual)


SCRIPT = """
import hashlib, sys
from pathlib import Path
import weighbridge as wb
from weighbridge.cli.console import print_json
from weighbridge.report.exports import decision_to_dict
decision = wb.Study.load(sys.argv[1]).decide()
print_json(decision_to_dict(decision))
page = wb.write_report(decision, Path(sys.argv[2]))
print(hashlib.sha256(Path(page).read_bytes()).hexdigest())
"""


def test_the_same_study_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    """Decision and report are the same to the byte in new processes with other orders of sets and words."""
    folder = write_small_study(tmp_path / "study", {"gates": []})
    printed = set()
    for seed in ("0", "1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", SCRIPT, str(folder), str(tmp_path / f"report-{seed}.html")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
        printed.add(done.stdout)
    assert len(printed) == 1
    assert len({(tmp_path / f"report-{seed}.html").read_bytes() for seed in "0123"}) == 1
