"""A loaded study: what it holds, which file it was read from, and what it says of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest
from tests.builders import FILES, JUDGEMENTS, MOLECULES

import weighbridge as wb
from weighbridge.canonical import content_key
from weighbridge.errors import InputError
from weighbridge.study.schema import SCHEMA_VERSION
from weighbridge.study.study import STUDY_FILE, Notice, Study

Load = Callable[..., Study]
FaultsOf = Callable[..., list[str]]
SmallStudy = Callable[..., Path]


def retitled(study: Study, **changes: Any) -> Study:
    """Return a study whose study.yaml says something else."""
    return replace(study, file=study.file.model_copy(update=changes))


def test_the_public_name_is_this_class() -> None:
    """`wb.Study.load` is how everybody begins."""
    assert wb.Study is Study


def test_a_study_is_found_by_its_folder_or_its_file(small: Study) -> None:
    """As text or as a path, with the same content."""
    for path in (small.folder, str(small.folder), small.folder / STUDY_FILE, str(small.folder / STUDY_FILE)):
        again = Study.load(path)
        assert (again.key, again.folder) == (small.key, small.folder)


def test_a_study_may_have_another_name(small_study: SmallStudy) -> None:
    """Two variants beside each other share their tables, and each has its own key."""
    folder = small_study()
    text = (folder / STUDY_FILE).read_text(encoding="utf-8")
    (folder / "variant.yaml").write_text(text.replace("Small study", "Variant"), encoding="utf-8")
    variant = Study.load(folder / "variant.yaml")
    assert variant.title == "Variant"
    assert "variant.yaml" in variant.inputs
    assert STUDY_FILE not in variant.inputs
    assert variant.key != Study.load(folder).key


def test_every_file_read_is_listed_with_its_hash(small: Study) -> None:
    """SHA-256 of the bytes, sorted by name, and nothing that was not read."""
    assert list(small.inputs) == sorted([STUDY_FILE, *FILES])
    for name, key in small.inputs.items():
        assert key == hashlib.sha256((small.folder / name).read_bytes()).hexdigest()


def test_the_key_is_that_of_the_inputs_and_the_form(small: Study) -> None:
    """Anybody can compute it again from the record."""
    assert small.key == content_key({"inputs": dict(small.inputs), "schema": SCHEMA_VERSION})


def test_a_file_beside_the_study_does_not_count(small_study: SmallStudy) -> None:
    """Notes and results may come and go."""
    folder = small_study()
    key = Study.load(folder).key
    (folder / "notes.txt").write_text("x")
    assert Study.load(folder).key == key


def test_a_file_that_is_named_twice_counts_once(load: Load) -> None:
    """The molecule table may serve as the table of a criterion too."""
    study = load({"criteria.cost.file": {"file": "molecules.csv"}})
    assert list(study.inputs).count("molecules.csv") == 1
    assert study.criterion_cells["cost"].cells == study.cells("cost").cells


def test_the_parts_of_a_study_are_in_the_file_s_order(small: Study) -> None:
    """Sources, experts and answers as written."""
    assert list(small.sources) == ["public", "internal"]
    assert [expert.name for expert in small.panel] == ["Ada", "Ben", "Cem"]
    assert [one.expert for one in small.judgements] == ["Ada", "Ben", "Cem"] * 3
    assert [one.place for one in small.judgements] == [f"judgements.csv, row {row}" for row in range(2, 11)]


def test_the_title_is_the_file_s(small: Study) -> None:
    """As it stands there."""
    assert small.title == small.file.title == "Small study"


def test_cells_are_those_of_the_molecule_table(small: Study) -> None:
    """With the file's own rows, in the molecules' order."""
    column = small.cells("solubility")
    assert (list(column.cells)[:2], column.place(0)) == (["120", "95"], "row 2, column 'solubility'")
    with pytest.raises(InputError, match="there is no such column; found 'solubilty'"):
        small.cells("solubilty")


def test_cells_are_there_for_column_criteria_only(small: Study) -> None:
    """A library criterion is computed from its source."""
    assert set(small.criterion_cells) == {"solubility", "cost"}


def test_a_study_is_frozen(small: Study) -> None:
    """What was read is what is decided on."""
    with pytest.raises(FrozenInstanceError):
        small.tree = None  # type: ignore[assignment, misc]


def test_a_study_in_one_line(small: Study) -> None:
    """Its title and what it holds."""
    assert repr(small) == "Study('Small study': 8 molecules, 2 sources, 4 criteria, 3 experts, 9 judgements)"


def test_a_notebook_shows_words_and_no_code(small: Study) -> None:
    """Question, sources, experts and notices come from files, and are text whatever they hold."""
    hostile = "<img src=x onerror=alert(1)>"
    source = replace(small.sources["public"], title=hostile)
    study = replace(
        retitled(small, question=hostile, title=hostile),
        sources={hostile: source, "second": replace(source, title="")},
        notices=(Notice("unmatched", hostile),),
    )
    page = study._repr_html_()
    assert hostile not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 4
    assert "second" in page


def test_a_notebook_says_that_there_are_no_notices(small: Study) -> None:
    """In a word, so that nobody takes an empty cell for an unread one."""
    page = replace(small, notices=())._repr_html_()
    assert "<tr><th>Notices</th><td>none</td></tr>" in page
    assert "<tr><th>Molecules</th><td>8</td></tr>" in page


def test_an_empty_folder_is_no_study(tmp_path: Path) -> None:
    """It says what is expected and how to make one."""
    with pytest.raises(InputError) as caught:
        Study.load(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: the folder holds no study; expected study.yaml. "
        "Name the study's folder, or make one with `weighbridge init`"
    )


def test_a_folder_called_study_yaml_is_no_study(tmp_path: Path) -> None:
    """Only a file can be read."""
    (tmp_path / STUDY_FILE).mkdir()
    with pytest.raises(InputError, match="the folder holds no study"):
        Study.load(tmp_path)


def test_a_study_without_a_panel_loads(load: Load) -> None:
    """Who has not been asked yet can look at the data already."""
    study = load({"panel": [], "judgements": []})
    assert (len(study.panel), study.judgements) == (0, ())


def test_an_expert_s_weight_is_kept_with_its_reason(load: Load) -> None:
    """One and a half times, because the file says why."""
    study = load({"panel.0.weight": 1.5, "panel.0.reason": "knows the assay"})
    assert [expert.weight for expert in study.panel] == [1.5, 1, 1]


def test_judgements_come_from_several_files_in_their_order(load: Load) -> None:
    """Each answer knows its own file and row."""
    head, *rows = JUDGEMENTS.splitlines()
    files = {"one.csv": "\n".join([head, *rows[5:]]) + "\n", "two.csv": "\n".join([head, *rows[:5]]) + "\n"}
    study = load({"judgements": ["one.csv", "two.csv"]}, {**files, "judgements.csv": None})
    assert [one.place for one in study.judgements][:5] == [
        "one.csv, row 2",
        "one.csv, row 3",
        "one.csv, row 4",
        "one.csv, row 5",
        "two.csv, row 2",
    ]
    assert dict(study.decide().weights) == pytest.approx(dict(load().decide().weights))


def test_the_setting_holds_the_molecules_themselves(small: Study) -> None:
    """Indicators see what the ranking sees."""
    assert small.setting.molecules is small.molecules
    assert (small.setting.threshold, small.setting.threshold_unit) == (6.0, "pIC50")


def test_a_study_without_a_threshold_has_none(load: Load) -> None:
    """Neither zero nor a guess stands in its place."""
    setting = load({"threshold": None, "year": None, "context": {}}).setting
    assert (setting.threshold, setting.threshold_unit, setting.year) == (None, "", None)
    assert setting.context.conditions == {}


def test_similarities_know_their_condition(load: Load) -> None:
    """The same two words may be alike as species and not as strains."""
    entry = {"between": ["a", "b"], "score": 0.6, "reason": "close"}
    twice = {"species": [entry], "strain": [{**entry, "between": ["a", "b"], "score": 0.1}]}
    assert load({"trust.similarities": twice}).setting.similarities == {
        "species": {("a", "b"): 0.6},
        "strain": {("a", "b"): 0.1},
    }


def test_a_value_is_not_compared_with_itself(faults_of: FaultsOf) -> None:
    """Equal values match wholly, whatever is stated; the statement was dropped in silence."""
    entry = {"between": ["CHO", "CHO"], "score": 0.6, "reason": "x"}
    (told,) = faults_of({"trust.similarities": {"cell_line": [entry]}})
    assert told.endswith(
        "$.trust.similarities.cell_line[0]: a value is wholly like itself, and its score would not be used; "
        "found 'CHO'; expected two different values"
    )


def test_a_molecule_table_that_cannot_be_read_does_not_hide_the_other_faults(faults_of: FaultsOf) -> None:
    """The user hears of the judgements too, and of nothing that only follows."""
    told = faults_of({"judgements": ["lost.csv"]}, {"molecules.csv": "id,id\nA,B\n"})
    assert sorted(told) == [
        "lost.csv: there is no such file. Check the name and the folder",
        "molecules.csv, row 1: a column name occurs twice; found 'id'; expected unique names",
    ]


def test_a_criterion_s_own_table_is_told_at_the_criterion(faults_of: FaultsOf) -> None:
    """A column that is not there at its column, a missing file by its name."""
    changes = {"criteria.cost.file": {"file": "cost.csv"}, "criteria.cost.column": "euros"}
    (missing,) = faults_of(changes, {"cost.csv": "id,euro\nM1,5\n"})
    assert "$.criteria.cost.column: 'cost.csv' has no such column; found 'euros'" in missing
    told = faults_of({**changes, "criteria.cost.file": {"file": "lost.csv"}})[0]
    assert told == "lost.csv: there is no such file. Check the name and the folder"


def test_loading_writes_nothing(small_study: SmallStudy) -> None:
    """A study can be read from a folder that must not change."""
    folder = small_study()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    Study.load(folder)
    Study.load(folder, cache=False)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_two_loads_are_the_same_study(small: Study) -> None:
    """Every frame, tree and answer."""
    again = Study.load(small.folder)
    assert again.molecules.equals(small.molecules)
    assert again.tree == small.tree
    assert again.judgements == small.judgements
    assert again.notices == small.notices
    for name, source in small.sources.items():
        assert source.predictions is not None
        assert source.predictions.equals(again.sources[name].predictions)


def test_one_changed_byte_changes_the_key(small: Study, small_study: SmallStudy) -> None:
    """Even where no number changes by it."""
    changed = Study.load(small_study(files={"molecules.csv": MOLECULES.replace("aspirin", "Aspirin")}))
    assert changed.key != small.key
    assert {name for name in small.inputs if small.inputs[name] != changed.inputs[name]} == {"molecules.csv"}
