"""The names tab completion offers: criteria and ids, read without checking the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from tests.builders import MOLECULES, STUDY

from weighbridge.errors import InputError
from weighbridge.study import names as names_module
from weighbridge.study.names import names_of

SmallStudy = Callable[..., Path]


def refusal(path: Path) -> str:
    """Return the message a path is refused with."""
    with pytest.raises(InputError) as caught:
        names_of(path)
    return str(caught.value)


def test_criteria_come_first_and_then_the_ids(small_study: SmallStudy) -> None:
    """Both in the study's order, so that completion lists what the user wrote."""
    assert names_of(small_study()) == [*STUDY["criteria"], *(f"M{number}" for number in range(1, 9))]


def test_the_folder_and_its_file_give_the_same_names(small_study: SmallStudy) -> None:
    """A user may name either."""
    folder = small_study()
    assert names_of(folder / "study.yaml") == names_of(folder)


def test_a_study_under_another_name_is_read(small_study: SmallStudy) -> None:
    """The file that is named is read, whatever it is called."""
    folder = small_study()
    other = (folder / "study.yaml").rename(folder / "second.yaml")
    assert names_of(other)[-1] == "M8"


def test_other_files_need_not_be_there(small_study: SmallStudy) -> None:
    """Completion works in a study that is half written: predictions and judgements are not looked at."""
    folder = small_study(files={"public.csv": None, "internal.csv": None, "judgements.csv": None})
    assert "M1" in names_of(folder)


def test_a_wrong_tree_does_not_stop_completion(small_study: SmallStudy) -> None:
    """What only the whole study can tell is not checked here."""
    assert "cost" in names_of(small_study({"tree.practical.children": ["solubility", "csot"]}))


def test_structures_are_not_read(small_study: SmallStudy) -> None:
    """Nobody waits for chemistry at a key press: an unreadable SMILES is no matter."""
    folder = small_study(files={"molecules.csv": MOLECULES.replace("CC(=O)Nc1ccc(O)cc1", "not a smiles")})
    assert len(names_of(folder)) == 12


def test_molecules_without_an_id_are_left_out(small_study: SmallStudy) -> None:
    """An empty cell is nothing to complete."""
    folder = small_study(files={"molecules.csv": MOLECULES.replace("M3,", ",")})
    assert names_of(folder)[-7:] == ["M1", "M2", "M4", "M5", "M6", "M7", "M8"]


def test_ids_that_are_numbers_are_texts(small_study: SmallStudy) -> None:
    """A workbook's 12.0 is the id 12, read from the sheet the study names."""
    folder = small_study({"molecules": {"file": "m.xlsx", "id": "code", "sheet": "second"}})
    book = openpyxl.Workbook()
    sheet = book.create_sheet("second")
    for row in (["code"], [12.0], ["A"], [7]):
        sheet.append(row)
    book.save(folder / "m.xlsx")
    assert names_of(folder)[-3:] == ["12", "A", "7"]


def test_an_id_that_stands_twice_is_offered_as_it_stands(small_study: SmallStudy) -> None:
    """Completion is not the place to complain."""
    folder = small_study(files={"molecules.csv": MOLECULES.replace("M3,", "M1,")})
    assert names_of(folder).count("M1") == 2


def test_a_folder_without_a_study_is_refused(tmp_path: Path) -> None:
    """The caller decides whether to be silent about it."""
    assert refusal(tmp_path) == "study.yaml: there is no such file. Check the name and the folder"
    assert refusal(tmp_path / "nowhere") == "nowhere: there is no such file. Check the name and the folder"


def test_an_unknown_id_column_is_refused(small_study: SmallStudy) -> None:
    """The message is the table's own."""
    assert refusal(small_study({"molecules.id": "ID"})) == (
        "molecules.csv: there is no such column; found 'ID'; expected one of 'id', 'smiles', 'name', 'series', "
        "'solubility', 'cost'. Did you mean 'id'?"
    )


def test_a_path_out_of_the_study_is_refused_here_too(small_study: SmallStudy) -> None:
    """A key press must not read a file elsewhere."""
    assert refusal(small_study({"molecules.file": "../molecules.csv"})).startswith(
        "paths must stay inside the study's folder; found '../molecules.csv'"
    )


def test_a_study_of_a_wrong_form_is_refused(small_study: SmallStudy) -> None:
    """Without the form there are no names."""
    assert "$.criteria: nothing stands here" in refusal(small_study({"criteria": {}}))


def test_the_module_loads_no_study(small_study: SmallStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only study.yaml and one table are opened, each once."""
    opened: list[str] = []
    real = names_module.read_table

    def count(path: Path, **options: str | None) -> object:
        opened.append(path.name)
        return real(path, **options)

    monkeypatch.setattr(names_module, "read_table", count)
    names_of(small_study())
    assert opened == ["molecules.csv"]
