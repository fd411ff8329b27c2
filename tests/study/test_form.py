"""study.yaml: short forms, trees, the published schema, the scaffold, and what a loaded study says."""

# ruff: noqa: E501 - messages stay whole, so that they can be searched for

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.builders import FILES, JUDGEMENTS, STUDY

import weighbridge as wb
from weighbridge import files
from weighbridge.core.tree import EQUAL, GIVEN, TRUST
from weighbridge.documents import parse_yaml, read_document
from weighbridge.errors import InputError
from weighbridge.evidence import chemistry
from weighbridge.resources import templates_folder
from weighbridge.study import scaffold as scaffold_module
from weighbridge.study.form import parse_study
from weighbridge.study.scaffold import SCHEMA_FILE, scaffold
from weighbridge.study.schema import json_schema
from weighbridge.study.study import Study

Load = Callable[..., Study]
FaultsOf = Callable[..., list[str]]

SCHEMA = jsonschema.Draft202012Validator(json_schema())
EVIDENCE = {"weights": "trust", "children": ["public_score", "internal_score"]}


def test_the_schema_is_a_schema() -> None:
    """Editors can use it: it is valid, and every key is described by its place or words."""
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["title"] == "weighbridge study"


@pytest.mark.parametrize("folder", ["study", "demo"])
def test_the_schema_accepts_the_studies_that_ship(folder: str) -> None:
    """What loads, an editor does not mark."""
    document = read_document(templates_folder() / folder / "study.yaml")
    assert [error.message for error in SCHEMA.iter_errors(document.value)] == []


SHORT_FORMS: dict[str, Any] = {
    "tree as a list": {"tree": [{"evidence": EVIDENCE}, {"practical": {"children": ["solubility", "cost"]}}]},
    "groups as lists": {"tree": {"evidence": EVIDENCE, "practical": ["solubility", {"more": ["cost"]}]}},
    "children as a mapping": {
        "tree": {"evidence": EVIDENCE, "practical": {"children": {"solubility": None, "cost": None}}}
    },
    "leaves beside groups": {"tree": [{"evidence": EVIDENCE}, "solubility", "cost"]},
    "a plain k": {"choose": 3},
    "a plain column": {"sources": {**STUDY["sources"], "public": {**STUDY["sources"]["public"]}}},
}
SHORT_FORMS["a plain column"]["sources"]["public"]["predictions"] = {"file": "public.csv", "score": "probability"}


@pytest.mark.parametrize("form", SHORT_FORMS)
def test_short_forms_are_read_and_are_in_the_schema(form: str, load: Load) -> None:
    """The form and its schema agree on what may be left out."""
    document = {**STUDY, **SHORT_FORMS[form]}
    assert [error.message for error in SCHEMA.iter_errors(document)] == []
    study = load(SHORT_FORMS[form], {"judgements.csv": JUDGEMENTS})
    assert set(study.tree.leaves) == {"public_score", "internal_score", "solubility", "cost"}


@pytest.mark.parametrize(
    "changes",
    [
        {"choose": "three"},
        {"choose": True},
        {"choose": 0},
        {"tree": []},
        {"tree": [["a"]]},
        {"tree": [{"a": ["x"], "b": ["y"]}]},
        {"tree": "goal"},
        {"year": 2026.5},
        {"schema": 3},
        {"questions": "?"},
        {"sources": {}},
        {"context": {"ph": [7]}},
        {"panel": [{"name": ""}]},
        {"trust": {"lambda": 1.5}},
    ],
)
def test_what_the_form_refuses_the_schema_marks(changes: dict[str, Any], faults_of: FaultsOf) -> None:
    """An editor shows the fault before the program does (an empty tree apart, which only it counts)."""
    assert faults_of(changes)
    assert changes == {"tree": []} or list(SCHEMA.iter_errors({**STUDY, **changes}))


def test_faults_stand_at_their_line_in_short_forms_too() -> None:
    """The place is the one in the file, not in the long form it stands for."""
    text = "schema: 1\ntree:\n  - a\n  - b:\n      childen: [x]\n      children: [x]\n"
    with pytest.raises(InputError) as caught:
        parse_study(parse_yaml(text, "study.yaml"))
    told = [str(fault) for fault in caught.value.faults]
    assert (
        "study.yaml, line 5, $.tree[1].b.childen: unknown key; found 'childen'; "
        "expected one of title, weights, reason, children. Did you mean 'children'?"
    ) in told


def test_the_tree_has_the_question_as_its_goal(load: Load) -> None:
    """The root is called goal; judgement files refer to it."""
    tree = load().tree
    assert (tree.root.name, tree.root.title) == ("goal", "Which three molecules do we make next?")
    assert tree.find("evidence").weighting == TRUST
    assert tree.leaves == ("public_score", "internal_score", "solubility", "cost")


def test_stated_and_equal_weights_are_kept(load: Load) -> None:
    """Numbers carry their reason."""
    given = {"weights": {"solubility": 3, "cost": 1}, "reason": "the budget", "children": ["solubility", "cost"]}
    tree = load({"tree": {"evidence": {**EVIDENCE, "weights": "equal"}, "practical": given}}).tree
    assert tree.find("evidence").weighting == EQUAL
    node = tree.find("practical")
    assert (node.weighting, dict(node.given), node.reason) == (GIVEN, {"solubility": 3, "cost": 1}, "the budget")


def test_the_trust_tree_has_the_library_s_titles(load: Load) -> None:
    """Its leaves are indicators; a study without one has none."""
    study = load()
    assert study.trust_tree is not None
    assert study.trust_tree.root.name == "trust"
    assert study.trust_tree.find("n_molecules").title
    assert load({"trust": {}}).trust_tree is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tree.practical.weights": {"solubility": 1, "cost": 1}}, "the weights of 'practical' are stated without a reason; expected reason: why they are stated and not judged"),
        ({"tree.practical.weights": {"solubility": 1}, "tree.practical.reason": "x"}, "the weights of 'practical' do not name its children; found 'solubility'; expected 'solubility', 'cost'"),
        ({"tree.practical.weights": {"solubility": 0, "cost": 0}, "tree.practical.reason": "x"}, "the weights of 'practical' are not positive; found solubility: 0, cost: 0; expected numbers from 0, not all 0"),
        ({"tree.practical.weights": {"solubility": -1, "cost": 2}, "tree.practical.reason": "x"}, "the weights of 'practical' are not positive; found solubility: -1; expected numbers from 0, not all 0"),
        ({"tree.practical.weights": "trust"}, "'practical' is weighed by trust, and a child of it has no source; found 'solubility'; expected criteria with a source"),
        ({"criteria.internal_score.source": "public"}, "'evidence' is weighed by trust, and two of its children share a source; found 'public_score' and 'internal_score' of 'public'; expected one of each source"),
        ({"tree.goal": ["cost"], "tree.practical": ["solubility"]}, "a name occurs twice in the value tree; found 'goal'; expected unique names"),
        ({"trust.tree": ["context_macth"]}, "no such indicator in the criteria library; found 'context_macth'. Did you mean 'context_match'?"),
        ({"trust.tree": [{"g": {"weights": "trust", "children": ["ph"]}}]}, "trust shares cannot weigh the indicators they are made of; found 'g'; expected judged, equal or numbers"),
    ],
)  # fmt: skip
def test_trees_that_cannot_be_weighed(changes: dict[str, Any], message: str, faults_of: FaultsOf) -> None:
    """Each is told in these words, at the line of its group."""
    told = faults_of(changes)
    assert told[0].startswith("study.yaml, line ")
    assert told[0].split(": ", 1)[1] == message


def test_a_group_without_criteria_is_refused(faults_of: FaultsOf) -> None:
    """It would be taken for a criterion."""
    told = faults_of({"tree.practical.children": ["solubility", "cost", {"empty": []}]})
    assert told[0].endswith("a group without criteria; found 'empty'; expected children")


def test_criteria_in_columns_find_their_cells(load: Load) -> None:
    """From the molecule table or a file of their own, in the molecules' order with their rows."""
    changes = {"criteria.cost.file": {"file": "cost.csv", "id": "code"}, "criteria.cost.column": "euro"}
    rows = "code,euro\n" + "".join(f"M{number},{number}\n" for number in range(7, 0, -1))
    study = load(changes, {"cost.csv": rows})
    cells = study.criterion_cells["cost"]
    assert cells.cells == ["1", "2", "3", "4", "5", "6", "7", None]
    assert cells.place(0) == "row 8, column 'euro'"
    assert study.criterion_cells["solubility"].cells[:2] == ["120", "95"]
    assert study.cells("cost").cells[0] == "10"
    assert "cost.csv" in study.inputs


def test_similarities_of_conditions_are_read_and_not_twice(load: Load, faults_of: FaultsOf) -> None:
    """Two scores for one pair contradict each other, whichever way round it is written."""
    entry = {"between": ["HEK293", "CHO"], "score": 0.6, "reason": "same receptor"}
    study = load({"trust.similarities": {"cell_line": [entry]}})
    assert study.setting.similarities == {"cell_line": {("HEK293", "CHO"): 0.6}}
    twice = [entry, {**entry, "between": ["CHO", "HEK293"]}]
    told = faults_of({"trust.similarities": {"cell_line": twice}})
    assert told[0].endswith("two scores for one pair of values; found 'CHO' and 'HEK293'")


def test_the_setting_is_the_decision_s(load: Load) -> None:
    """Context, threshold and year come from study.yaml."""
    setting = load().setting
    assert (setting.threshold, setting.threshold_unit, setting.year) == (6.0, "pIC50", 2026)
    assert setting.context.get("temperature") == 37.0
    assert setting.context.get("buffer") is None


def test_every_file_counts_for_the_key(load: Load, small_study: Callable[..., Path]) -> None:
    """The key follows the bytes of every input and nothing else."""
    study = load()
    assert set(study.inputs) == {"study.yaml", *FILES}
    again = load()
    assert again.key == study.key
    for name in study.inputs:
        folder = small_study()
        with (folder / name).open("a", encoding="utf-8") as stream:
            stream.write("\n")
        assert Study.load(folder).key != study.key


def test_a_study_moves_with_its_folder(load: Load, tmp_path: Path) -> None:
    """Neither the key nor the input names know where the folder stands."""
    study = load()
    shutil.copytree(study.folder, tmp_path / "elsewhere")
    moved = wb.Study.load(tmp_path / "elsewhere" / "study.yaml")
    assert (moved.key, moved.inputs) == (study.key, study.inputs)


def test_a_study_shows_itself(load: Load) -> None:
    """In a notebook as a table, escaped; elsewhere in one line."""
    study = load({"title": "<b>Small</b>"})
    assert repr(study) == ("Study('<b>Small</b>': 8 molecules, 2 sources, 4 criteria, 3 experts, 9 judgements)")
    page = study._repr_html_()
    assert "<caption>&lt;b&gt;Small&lt;/b&gt;</caption>" in page
    assert "Ada, Ben, Cem" in page


def test_a_fresh_scaffold_loads_without_a_fault(tmp_path: Path) -> None:
    """With its schema beside it, named in the first line."""
    written = scaffold(tmp_path / "new")
    assert written[0].name == "study.yaml"
    study = Study.load(tmp_path / "new")
    assert len(study.molecules) == 12
    assert [notice.kind for notice in study.notices] == ["inconclusive"]
    first = written[0].read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    assert json.loads((tmp_path / "new" / SCHEMA_FILE).read_text(encoding="utf-8")) == json_schema()


def test_a_scaffold_needs_no_rdkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the structures are only not checked."""
    monkeypatch.setattr(chemistry, "have_rdkit", lambda: False)
    scaffold(tmp_path)
    assert "unchecked-structures" in {notice.kind for notice in Study.load(tmp_path).notices}


def test_a_scaffold_does_not_write_over_anything(tmp_path: Path) -> None:
    """What is in the way is listed; a repository without files is not."""
    (tmp_path / ".git").mkdir()
    assert scaffold(tmp_path)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError) as caught:
        scaffold(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: the folder is not empty; found README.md, internal_predictions.csv, internal_records.csv, "
        "judgements.csv, molecules.csv, notes.txt, public_predictions.csv, public_records.csv, study.schema.json, "
        "study.yaml; expected a new or empty folder. Name a new folder, or move these away"
    )
    assert scaffold(tmp_path, force=True)
    with pytest.raises(InputError, match="there is a file where the study's folder should be"):
        scaffold(tmp_path / "notes.txt")


@pytest.mark.parametrize("existed", [False, True])
def test_a_scaffold_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existed: bool
) -> None:
    """Neither half a study nor a changed file stays behind."""
    folder = tmp_path / "new"
    if existed:
        folder.mkdir()
        (folder / "study.yaml").write_text("mine")
    count = 0

    def fail_late(path: Path, content: bytes) -> Path:
        nonlocal count
        count += 1
        if count == 4:
            raise OSError("disk full")
        return files.write_bytes(path, content)

    monkeypatch.setattr(scaffold_module, "write_bytes", fail_late)
    with pytest.raises(OSError, match="disk full"):
        scaffold(folder, force=True)
    left = {path.name: path.read_text() for path in folder.iterdir()} if existed else folder.exists()
    assert left == ({"study.yaml": "mine"} if existed else False)
