"""Exports: whole, reproducible, without formulas, and the same numbers everywhere."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import InputError
from weighbridge.report import exports
from weighbridge.report.plain import contributions_frame, plain_value, trust_frame, weights_frame
from weighbridge.study.decision import Decision

FORMULAS = [
    "=1+1",
    "=O",
    '=HYPERLINK("http://evil","x")',
    "+1 and more",
    "-OH",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
]
SUFFIXES = [".json", ".csv", ".parquet", ".xlsx", ".sdf"]


def formulas(content: bytes) -> list[str]:
    """Return every formula element of a workbook."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                found += re.findall(r"<f[ >/]", book.read(name).decode("utf-8"))
    return found


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_suffix_is_written_whole_and_the_same_twice(decision: Decision, tmp_path: Path, suffix: str) -> None:
    """The same decision gives the same bytes, and nothing is left beside the file."""
    path = exports.export(decision, tmp_path / f"first{suffix}")
    first = path.read_bytes()
    second = exports.export(decision, tmp_path / f"second{suffix}").read_bytes()
    assert first == second
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"first{suffix}", f"second{suffix}"]


def test_an_unknown_suffix_is_refused_with_the_known_ones(decision: Decision, tmp_path: Path) -> None:
    """The message names what there is, and nothing is written."""
    with pytest.raises(InputError, match=r"unknown kind of file; found '.txt'; expected one of \['.json', '.csv'"):
        exports.export(decision, tmp_path / "ranking.txt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("suffix", "module", "extra"), [(".parquet", "pyarrow", "parquet"), (".sdf", "rdkit", "chem")])
def test_a_missing_extra_is_named(
    decision: Decision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, module: str, extra: str
) -> None:
    """Who lacks a library is told what to install."""
    real = exports.find_spec
    monkeypatch.setattr(exports, "find_spec", lambda name: None if name == module else real(name))
    with pytest.raises(InputError, match=rf"pip install 'weighbridge\[{extra}\]'"):
        exports.export(decision, tmp_path / f"ranking{suffix}")


def test_json_holds_the_decision_whole(decision: Decision, tmp_path: Path) -> None:
    """Scores, weights, provenance, trust and findings come back to the last digit."""
    value = json.loads(exports.export(decision, tmp_path / "decision.json").read_text(encoding="utf-8"))
    assert value == exports.decision_to_dict(decision)
    assert {row["id"]: row["score"] for row in value["molecules"]} == decision.ranking.scores.to_dict()
    assert {row["criterion"]: row["weight"] for row in value["weights"]} == dict(decision.weights)
    assert value["chosen"]["molecules"] == list(decision.chosen.chosen)
    assert value["trust"]["blends"]["0.5"] == decision.blends[0.5].ranks.to_dict()
    assert value["study"]["key"] == decision.study.key
    assert value["weights"][0]["provenance"]["parts"][0]["parts"][0]["facts"]["expert"] == "Ada"
    assert value["excluded"] == [
        {"molecule": "M7", "gate": "not too dear", "found": "20", "reason": "the budget is fixed"}
    ]


def test_json_of_a_decision_has_no_word_that_json_lacks(decision: Decision) -> None:
    """No NaN, no infinity: strict JSON takes the dictionary as it is."""
    json.dumps(exports.decision_to_dict(decision), allow_nan=False)


def test_csv_round_trips(decision: Decision) -> None:
    """The CSV read again is the ranking, best first."""
    frame = pd.read_csv(io.StringIO(exports.to_csv(decision)), index_col="id")
    expected = decision.to_frame()
    assert list(frame.columns) == list(expected.columns)
    np.testing.assert_array_equal(frame["score"], expected["score"])
    assert list(frame["name"]) == list(expected["name"])


def test_parquet_round_trips(decision: Decision, tmp_path: Path) -> None:
    """Parquet keeps names and numbers exactly."""
    frame = pd.read_parquet(exports.export(decision, tmp_path / "r.parquet")).set_index("id")
    expected = decision.to_frame()
    np.testing.assert_array_equal(frame["score"], expected["score"])
    assert list(frame["chosen"]) == list(expected["chosen"])


def test_the_workbook_has_five_sheets_with_the_api_s_numbers(decision: Decision, tmp_path: Path) -> None:
    """Ranking, weights, trust, matrix and contributions, to the sixteen digits a workbook keeps."""
    book = pd.read_excel(exports.export(decision, tmp_path / "r.xlsx"), sheet_name=None, index_col=0)
    assert list(book) == ["ranking", "weights", "trust", "matrix", "contributions"]
    np.testing.assert_allclose(book["ranking"]["score"], decision.to_frame()["score"], rtol=1e-15)
    np.testing.assert_allclose(book["weights"]["weight"], weights_frame(decision)["weight"], rtol=1e-15)
    np.testing.assert_allclose(book["trust"], trust_frame(decision), rtol=1e-15)
    np.testing.assert_allclose(book["matrix"], decision.matrix.to_frame(), rtol=1e-15)
    np.testing.assert_allclose(book["contributions"], contributions_frame(decision), rtol=1e-15)


def test_the_workbook_of_a_decision_has_no_formula(decision: Decision, tmp_path: Path) -> None:
    """Not one formula element in any sheet."""
    assert formulas(exports.export(decision, tmp_path / "r.xlsx").read_bytes()) == []


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_in_a_workbook(text: str, tmp_path: Path) -> None:
    """Cells, headings and labels that begin like a formula stay the text they are."""
    frame = pd.DataFrame({"name": [text], text: ["x"]}, index=pd.Index([text], name="id"))
    path = exports.export(frame, tmp_path / "r.xlsx")
    assert formulas(path.read_bytes()) == []
    import openpyxl

    sheet = openpyxl.load_workbook(path)["table"]
    expected = text.replace("\r", "\n")  # XML reads a carriage return as a line break
    assert sheet["A2"].value.replace("\r", "\n") == expected
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize("text", FORMULAS)
def test_text_in_csv_gets_an_apostrophe(text: str) -> None:
    """A spreadsheet that opens the CSV finds no formula; the apostrophe is all that is added."""
    frame = pd.DataFrame({"name": [text]}, index=pd.Index([text], name="id"))
    read = pd.read_csv(io.StringIO(exports.to_csv(frame)), dtype=str, keep_default_na=False)
    assert read["name"][0] == "'" + text.replace("\r", "\n")
    assert read["name"][0].startswith("'")
    assert read["id"][0].startswith("'")


@pytest.mark.parametrize("text", ["-1.5", "+3", "-1e3", "aspirin", "1-naphthol", ""])
def test_numbers_and_plain_names_stay_as_they_are_in_csv(text: str) -> None:
    """A negative number is no formula."""
    frame = pd.DataFrame({"name": [text]})
    assert pd.read_csv(io.StringIO(exports.to_csv(frame)), dtype=str, keep_default_na=False)["name"][0] == text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_csv_keeps_every_digit(numbers: list[float]) -> None:
    """Numbers written as CSV read back as the same numbers."""
    lines = exports.to_csv(pd.DataFrame({"x": numbers})).splitlines()
    assert [float(line) for line in lines[1:]] == numbers


def test_sdf_keeps_names_scores_and_structures(decision: Decision, tmp_path: Path) -> None:
    """Each record carries the id as its title and the scores as properties."""
    from rdkit import Chem

    path = exports.export(decision, tmp_path / "r.sdf")
    molecules = list(Chem.SDMolSupplier(str(path)))
    expected = decision.to_frame()
    assert [molecule.GetProp("_Name") for molecule in molecules] == list(expected.index)
    assert [float(molecule.GetProp("score")) for molecule in molecules] == list(expected["score"])
    assert [molecule.GetProp("name") for molecule in molecules] == list(expected["name"])
    assert [Chem.MolToSmiles(molecule) for molecule in molecules] == [
        Chem.MolToSmiles(Chem.MolFromSmiles(smiles)) for smiles in expected["smiles"]
    ]


def test_sdf_of_a_table_is_refused(tmp_path: Path) -> None:
    """A plain table has no structures."""
    with pytest.raises(InputError, match="a table cannot be written as SDF"):
        exports.export(pd.DataFrame({"x": [1]}), tmp_path / "r.sdf")


@pytest.mark.parametrize("name", ["M4", "public_score"])
@pytest.mark.parametrize("suffix", [".json", ".csv", ".parquet", ".xlsx"])
def test_explanations_can_be_exported(decision: Decision, tmp_path: Path, name: str, suffix: str) -> None:
    """A molecule's table and a criterion's provenance go into every kind of table."""
    assert exports.export(decision.explain(name), tmp_path / f"why{suffix}").stat().st_size > 0


def test_an_explanation_s_csv_holds_its_numbers(decision: Decision) -> None:
    """The contributions of a molecule come back from the CSV; a criterion's lines with their depth."""
    molecule = pd.read_csv(io.StringIO(exports.to_csv(decision.explain("M4"))), index_col="criterion")
    assert molecule["contribution"].sum() == pytest.approx(decision.ranking.scores["M4"])
    lines = pd.read_csv(io.StringIO(exports.to_csv(decision.explain("public_score"))))
    assert lines["value"][0] == pytest.approx(decision.weights["public_score"])
    excluded = exports.to_csv(decision.explain("M7"))
    assert "the budget is fixed" in excluded


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (float("inf"), "inf"),
        (pd.NA, None),
        (np.array([1.0, np.nan]), [1.0, None]),
        ({"a": (1, {2})}, {"a": [1, [2]]}),
        (Path("x"), "x"),
    ],
)
def test_plain_values_are_what_json_can_say(value: Any, plain: Any) -> None:
    """Numpy, pandas and our own types become JSON's; what is missing becomes null."""
    assert plain_value(value) == plain


def test_a_workbook_survives_control_characters(tmp_path: Path) -> None:
    """Characters that XML forbids are replaced, not fatal."""
    path = exports.export(pd.DataFrame({"name": ["a\x00b\x1fc"]}), tmp_path / "r.xlsx")
    assert pd.read_excel(path)["name"][0] == "a\ufffdb\ufffdc"
