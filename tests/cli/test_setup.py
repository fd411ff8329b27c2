"""init, check and schema: a study begins, is looked over, and has a form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.builders import write_small_study
from tests.cli.conftest import Run

from weighbridge.evidence.library import load_library
from weighbridge.study.decision import Decision
from weighbridge.study.scaffold import SCHEMA_FILE

CONSTANT = "id,solubility,cost\n" + "".join(f"M{number},{number},7\n" for number in range(1, 9))
NO_SMILES = {"molecules": {"file": "molecules.csv", "id": "id"}, "choose": {"k": 3, "tie_rule": "order"}}


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sound study with a warning: one of its criteria is constant."""
    return write_small_study(tmp_path_factory.mktemp("doubtful") / "study", NO_SMILES, {"molecules.csv": CONSTANT})


def test_init_scaffolds_a_study_that_runs(run: Run, tmp_path: Path) -> None:
    """The scaffold passes check without a warning and can be ranked at once."""
    folder = tmp_path / "mine"
    assert run("init", folder).code == 0
    assert run("check", folder, "--strict").code == 0
    assert "chosen" in run("rank", folder).out


def test_init_lists_what_it_wrote_and_what_comes_next(run: Run, tmp_path: Path) -> None:
    """Every file is named, study.yaml first, and the next two steps are told."""
    folder = tmp_path / "deep" / "mine"
    lines = run("init", folder).out.splitlines()
    named = [Path(line.strip()) for line in lines[:-1]]
    assert named[0] == folder / "study.yaml"
    assert sorted(named) == sorted(folder.iterdir())
    assert lines[-1] == f"Ready. Next: edit {folder / 'study.yaml'}, then `weighbridge check {folder}`."


def test_init_writes_the_schema_beside_the_study(run: Run, tmp_path: Path) -> None:
    """Editors find the same schema that the command prints."""
    run("init", tmp_path / "mine")
    assert json.loads((tmp_path / "mine" / SCHEMA_FILE).read_text(encoding="utf-8")) == json.loads(run("schema").out)


def test_init_refuses_a_folder_with_something_in_it(run: Run, study: Path) -> None:
    """Nobody's files are overwritten."""
    before = {path: path.read_bytes() for path in study.iterdir()}
    result = run("init", study)
    assert result.code == 2
    assert "the folder is not empty" in result.err
    assert "study.yaml" in result.err
    assert {path: path.read_bytes() for path in study.iterdir()} == before


def test_init_fills_an_empty_folder_under_git(run: Run, tmp_path: Path) -> None:
    """A fresh repository counts as empty and is kept."""
    (tmp_path / ".git").mkdir()
    assert run("init", tmp_path).code == 0
    assert (tmp_path / ".git").is_dir()
    assert (tmp_path / "study.yaml").is_file()


def test_init_refuses_a_file_in_the_way(run: Run, tmp_path: Path) -> None:
    """A file of that name is left alone."""
    (tmp_path / "mine").write_text("notes", encoding="utf-8")
    result = run("init", tmp_path / "mine")
    assert result.code == 2
    assert "there is a file where the study's folder should be" in result.err
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "notes"


def test_init_below_a_file_is_a_message(run: Run, tmp_path: Path) -> None:
    """A folder that cannot be made ends with 2 and no traceback."""
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    result = run("init", tmp_path / "notes" / "study")
    assert result.code == 2
    assert result.err.startswith("weighbridge: ")
    assert "Traceback" not in result.err
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"


def test_init_needs_a_folder(run: Run) -> None:
    """Without DIR the usage is shown and nothing is written."""
    result = run("init")
    assert result.code == 2
    assert "Missing argument 'DIR'" in result.err


def test_check_passes_a_study_with_notes(run: Run, ready: Path, decided: Decision) -> None:
    """A sound study ends with 0, even under --strict, and its notes are listed."""
    result = run("check", ready, "--strict")
    assert (result.code, result.err) == (0, "")
    assert not any(one.severity == "warning" for one in decided.findings)
    assert "Findings" in result.out
    assert all(one.subject in result.out for one in decided.findings)


def test_check_lists_what_the_data_held(run: Run, ready: Path, decided: Decision) -> None:
    """Notices come before the findings."""
    out = run("check", ready).out
    assert decided.study.notices
    assert out.index("Notices") < out.index("Findings")


def test_check_strict_fails_on_warnings(run: Run, doubtful: Path) -> None:
    """A warning alone does not fail; under --strict it ends with 1, and says the same."""
    loose, strict = run("check", doubtful), run("check", doubtful, "--strict")
    assert (loose.code, strict.code) == (0, 1)
    assert loose.out == strict.out
    assert "constant" in " ".join(strict.out.split()) or "same value" in " ".join(strict.out.split())


def test_check_json_lists_the_findings_of_the_api(run: Run, ready: Path, decided: Decision) -> None:
    """--json prints the findings and nothing else, warnings first."""
    found = json.loads(run("check", ready, "--json").out)
    assert [one["text"] for one in found] == [one.text for one in decided.findings]
    assert {"severity", "rule", "subject", "text", "mend"} == set(found[0])


def test_check_strict_and_json_go_together(run: Run, doubtful: Path) -> None:
    """A pipeline gets the list and the exit code."""
    result = run("check", doubtful, "--json", "--strict")
    assert result.code == 1
    assert json.loads(result.out)[0]["severity"] == "warning"


def test_check_fits_a_terminal_of_80_columns(run: Run, ready: Path) -> None:
    """No line is longer than the terminal is wide."""
    assert max(len(line) for line in run("check", ready, columns=80).out.splitlines()) <= 80


def test_check_tells_a_folder_without_a_study(run: Run, tmp_path: Path) -> None:
    """An empty folder and one that does not exist each end with 2 and a message."""
    empty, nowhere = run("check", tmp_path), run("check", tmp_path / "nowhere")
    assert (empty.code, nowhere.code) == (2, 2)
    assert "the folder holds no study" in empty.err
    assert str(tmp_path / "nowhere") in nowhere.err


def test_check_tells_every_fault_with_its_place(run: Run, tmp_path: Path) -> None:
    """Faults of two tables and of study.yaml come together, and a fault ends with 2 even without --strict."""
    changes = {"criteria.cost.direction": "up"}
    files = {"public.csv": "id,probability\nM1,1.5\n", "internal.csv": None}
    result = run("check", write_small_study(tmp_path / "a", None, files))
    assert result.code == 2
    assert "public.csv, row 2, column 'probability'" in result.err
    assert "internal.csv: there is no such file" in result.err
    assert "criteria.cost.direction" in run("check", write_small_study(tmp_path / "b", changes)).err


def test_schema_is_a_json_schema_that_a_study_meets(run: Run, ready: Path) -> None:
    """Editors can complete and check study.yaml with it, and it refuses what is no study."""
    schema = json.loads(run("schema").out)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    document = yaml.safe_load((ready / "study.yaml").read_text(encoding="utf-8"))
    assert list(validator.iter_errors(document)) == []
    assert list(validator.iter_errors({**document, "unknown": 1}))
    assert run("schema", "study").out == run("schema").out


def test_schema_of_a_criterion_fits_the_library(run: Run, root: Path) -> None:
    """Every file of the library meets the schema that is printed for criteria."""
    schema = json.loads(run("schema", "criterion").out)
    Draft202012Validator.check_schema(schema)
    files = sorted((root / "criteria").rglob("*.yaml"))
    assert len(files) == len(load_library())
    for path in files:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert list(Draft202012Validator(schema).iter_errors(document)) == [], path.name


def test_schema_of_anything_else_is_refused(run: Run) -> None:
    """The two forms there are stand in the message."""
    result = run("schema", "panel")
    assert result.code == 2
    assert "'study', 'criterion'" in result.err
