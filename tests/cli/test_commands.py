"""Each command does what its help says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from tests.builders import write_small_study
from tests.cli.conftest import Run

import weighbridge as wb


def test_init_scaffolds_a_study_that_runs(run: Run, tmp_path: Path) -> None:
    """The scaffold passes check and can be ranked at once."""
    folder = tmp_path / "mine"
    assert run("init", folder).code == 0
    assert run("check", folder).code == 0
    assert "chosen" in run("rank", folder).out


def test_init_refuses_a_folder_with_something_in_it(run: Run, study: Path) -> None:
    """Nobody's files are overwritten."""
    before = {path: path.read_bytes() for path in study.iterdir()}
    result = run("init", study)
    assert result.code == 2
    assert "study.yaml" in result.err
    assert {path: path.read_bytes() for path in study.iterdir()} == before


def test_check_prints_findings_and_passes(run: Run, study: Path) -> None:
    """A sound study with findings ends with 0."""
    result = run("check", study)
    assert result.code == 0
    assert "finding" in result.out.lower() or "note" in result.out.lower()


def test_check_strict_fails_on_warnings(run: Run, tmp_path: Path) -> None:
    """--strict makes a warning count."""
    constant = "id,solubility,cost\n" + "".join(f"M{number},{number},7\n" for number in range(1, 9))
    changes = {"molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 3, "tie_rule": "order"}}
    folder = write_small_study(tmp_path / "study", changes, {"molecules.csv": constant})
    assert run("check", folder).code == 0
    assert run("check", folder, "--strict").code == 1


def test_check_prints_json(run: Run, study: Path) -> None:
    """--json lists the findings for machines."""
    findings = json.loads(run("check", study, "--json").out)
    assert {"severity", "rule", "subject", "text", "mend"} == set(findings[0])


def test_rank_prints_the_ranking(run: Run, study: Path) -> None:
    """The chosen and their scores stand in the table."""
    decision = wb.Study.load(study).decide()
    result = run("rank", study)
    assert result.code == 0
    assert all(label in result.out for label in decision.chosen.chosen)


def test_rank_shows_as_many_as_asked(run: Run, study: Path) -> None:
    """--top limits the table to the first."""
    last = wb.Study.load(study).decide().to_frame().index[-1]
    assert last not in run("rank", study, "--top", 2).out


def test_rank_prints_csv_and_json_with_the_same_numbers(run: Run, study: Path) -> None:
    """Both carry the API's scores to the last digit."""
    frame = wb.Study.load(study).decide().to_frame()
    table = pd.read_csv(io.StringIO(run("rank", study, "--csv").out), index_col="id")
    assert list(table.index) == list(frame.index)
    assert table["score"].to_numpy() == pytest.approx(frame["score"].to_numpy(), abs=0)
    document = json.loads(run("rank", study, "--json").out)
    assert "ranking" in document


def test_rank_writes_the_files_asked_for(run: Run, study: Path, tmp_path: Path) -> None:
    """Parquet, xlsx and SDF in one run, each complete."""
    paths = {kind: tmp_path / f"out.{kind}" for kind in ("parquet", "xlsx", "sdf")}
    arguments = [word for kind, path in paths.items() for word in (f"--{kind}", path)]
    result = run("rank", study, *arguments)
    assert result.code == 0
    assert len(pd.read_parquet(paths["parquet"])) == 8
    assert "ranking" in openpyxl.load_workbook(paths["xlsx"]).sheetnames
    assert paths["sdf"].read_text().count("$$$$") == 8
    assert all(str(path) in result.err for path in paths.values())


def test_explain_a_molecule(run: Run, study: Path) -> None:
    """By id or name, with rank and contributions."""
    result = run("explain", "caffeine", "--study", study)
    assert result.code == 0
    assert "M4 is " in result.out
    assert "internal_score" in result.out


def test_explain_a_criterion_down_to_judgements(run: Run, study: Path) -> None:
    """The tree of provenance reaches an expert's words."""
    result = run("explain", "cost", "--study", study)
    assert "the budget is fixed" in result.out


def test_explain_prints_json_and_csv(run: Run, study: Path) -> None:
    """The same for machines."""
    assert json.loads(run("explain", "M4", "--study", study, "--json").out)["kind"] == "molecule"
    assert run("explain", "M4", "--study", study, "--csv").out.startswith("criterion,")


def test_explain_refuses_an_unknown_name(run: Run, study: Path) -> None:
    """With the closest names there are."""
    result = run("explain", "cafeine", "--study", study)
    assert result.code == 2
    assert "neither a molecule nor a criterion" in result.err


def test_report_writes_one_file(run: Run, study: Path, tmp_path: Path) -> None:
    """Beside the study unless told otherwise."""
    assert run("report", study).code == 0
    assert (study / "report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert run("report", study, "-o", tmp_path / "mine.html").code == 0
    assert (tmp_path / "mine.html").read_bytes() == (study / "report.html").read_bytes()


def test_criteria_lists_the_library(run: Run) -> None:
    """All criteria in the table, one whole by name, a group by --group."""
    assert "threshold_documented" in run("criteria").out
    assert "Label cut-off documented" in run("criteria", "threshold_documented").out
    rows = json.loads(run("criteria", "--json").out)
    assert len(rows) >= 35
    assert {row["group"] for row in json.loads(run("criteria", "--group", "domain", "--json").out)} == {"domain"}


def test_criteria_refuses_an_unknown_name(run: Run) -> None:
    """With the closest names there are."""
    result = run("criteria", "treshold_documented")
    assert result.code == 2
    assert "threshold_documented" in result.err


def test_methods_lists_every_method(run: Run) -> None:
    """Table and JSON name the same methods as the API."""
    printed = run("methods").out
    assert all(name in printed for name in wb.methods())
    assert set(json.loads(run("methods", "--json").out)) == set(wb.methods())


def test_schema_is_a_json_schema_that_the_scaffold_meets(run: Run, tmp_path: Path) -> None:
    """Editors can complete and check study.yaml with it."""
    import yaml

    schema = json.loads(run("schema").out)
    Draft202012Validator.check_schema(schema)
    run("init", tmp_path / "mine")
    document = yaml.safe_load((tmp_path / "mine" / "study.yaml").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(document)) == []
    Draft202012Validator.check_schema(json.loads(run("schema", "criterion").out))
