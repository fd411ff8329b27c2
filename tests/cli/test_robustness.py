"""`weighbridge robustness`: what it prints, what it writes, and what it refuses before computing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from weighbridge.cli import robustness as module
from weighbridge.cli.robustness import robustness
from weighbridge.errors import InputError
from weighbridge.study.decision import Decision
from weighbridge.study.robust.value import PARTS

QUICK = "acceptability,intervals,unknowns,experts"


def call(*arguments: object) -> Result:
    """Run the command and let its errors through."""
    result = CliRunner().invoke(robustness, [str(one) for one in arguments], env={"COLUMNS": "160"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def _quick(decided: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the decision that is made already."""

    class Loaded:
        def decide(self, **options: Any) -> Decision:
            return decided

    monkeypatch.setattr(module, "load_study", lambda path, progress: Loaded())


def test_the_three_sentences_come_first(ready: Path, decided: Decision) -> None:
    """The terminal shows what `Robustness` says, line by line, then the tables behind it."""
    result = call(ready, "--samples", 200, "--parts", QUICK)
    found = decided.robustness(200, parts=QUICK.split(","))
    text = " ".join(result.output.split())
    assert result.exit_code == 0
    for sentence in found.sentences:
        assert " ".join(f"• {sentence}".split()) in text
    assert text.index("• ") < text.index("At the cut") < text.index("How far each weight can move alone")
    assert "What is not known of the sources" in text
    assert "The smallest change" not in text


def test_json_is_the_values_own(ready: Path, decided: Decision) -> None:
    """Standard output holds the dictionary and nothing else, for the seed that was given."""
    result = call(ready, "--samples", 120, "--seed", 9, "--parts", "acceptability", "--json")
    expected = decided.robustness(120, 9, parts=["acceptability"]).to_dict()
    assert json.loads(result.stdout) == json.loads(json.dumps(expected))


def test_another_number_of_first_places_can_be_asked_for(ready: Path) -> None:
    """--top moves the cut."""
    value = json.loads(call(ready, "--samples", 60, "--top", 5, "--parts", "acceptability,intervals", "--json").stdout)
    assert value["top"] == 5
    assert len(value["first"]) == 5
    assert value["first_are_chosen"] is False
    assert sum(row["share of draws"] for row in value["molecules"]) == pytest.approx(5)


def test_the_workbook_has_a_sheet_a_table(ready: Path, tmp_path: Path) -> None:
    """Every table is a sheet, text is text, and nothing is printed on standard output."""
    path = tmp_path / "out.xlsx"
    result = call(ready, "--samples", 60, "--parts", QUICK, "--xlsx", path)
    book = openpyxl.load_workbook(path)
    assert result.stdout == ""
    assert f"wrote {path}" in result.stderr
    assert book.sheetnames[:2] == ["sentences", "molecules"]
    assert "without each expert" in book.sheetnames
    assert book["sentences"]["A1"].value == "sentence"
    assert book["weights"].max_row == 5


def test_the_figures_are_svg_files(ready: Path, tmp_path: Path) -> None:
    """A folder that is made where it is not there holds one SVG a figure."""
    folder = tmp_path / "deep" / "figures"
    result = call(ready, "--samples", 60, "--parts", "acceptability,intervals", "--figures", folder)
    files = sorted(path.name for path in folder.iterdir())
    assert result.exit_code == 0
    assert files == ["robustness-1.svg", "robustness-2.svg"]
    assert all((folder / name).read_text(encoding="utf-8").startswith("<svg") for name in files)


def test_two_runs_write_the_same_bytes(ready: Path, tmp_path: Path) -> None:
    """The same seed gives the same workbook and the same figures."""
    for name in ("a", "b"):
        call(
            ready, "--samples", 60, "--parts", QUICK, "--xlsx", tmp_path / f"{name}.xlsx", "--figures", tmp_path / name
        )
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize("arguments", [("--samples", 0), ("--seed", -1), ("--top", 0), ("--xlsx", "out.csv")])
def test_wrong_options_are_refused(ready: Path, arguments: tuple[object, ...]) -> None:
    """A number out of range and a workbook by another name end with the usage, before anything is read."""
    result = call(ready, *arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_an_unknown_part_is_refused_before_anything_is_computed(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt part is told with the known ones, and no study is read."""
    monkeypatch.setattr(module, "load_study", lambda path, progress: pytest.fail("the study was read"))
    with pytest.raises(InputError, match="no such part of robustness") as caught:
        call(ready, "--parts", "acceptability,unknown")
    assert "Did you mean 'unknowns'?" in str(caught.value)
    assert all(repr(part) in str(caught.value) for part in PARTS)


def test_every_fault_of_the_parts_is_told_at_once() -> None:
    """Two misspelt parts are two faults, and one like nothing gets no suggestion."""
    with pytest.raises(InputError) as caught:
        module._asked(("Aceptability,zzz",), figures=False)
    assert [fault.mend for fault in caught.value.faults] == ["Did you mean 'acceptability'?", ""]


@pytest.mark.parametrize("given", ["", " ", ",", "unknowns,", ",unknowns"])
def test_an_empty_part_is_refused(ready: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """An empty option is no request for nothing, nor for everything."""
    monkeypatch.setattr(module, "load_study", lambda path, progress: pytest.fail("the study was read"))
    with pytest.raises(InputError, match="a part of robustness is empty"):
        call(ready, "--parts", given)


def test_parts_given_several_times_are_all_computed(ready: Path) -> None:
    """No option takes the place of the one before it, and a part asked for twice is computed once."""
    repeated = ("--parts", "experts", "--parts", "intervals, experts")
    value = json.loads(call(ready, "--samples", 60, *repeated, "--json").stdout)
    assert sorted(set(PARTS) - set(value["refused"])) == ["experts", "intervals"]
    assert module._asked((), figures=True) is None
    assert module._asked(("experts", "intervals, experts"), figures=True) == ["experts", "intervals"]


def test_figures_of_parts_that_have_none_are_refused(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is computed where no figure could come of it, and the mend names the parts that have one."""
    monkeypatch.setattr(module, "load_study", lambda path, progress: pytest.fail("the study was read"))
    with pytest.raises(InputError, match="no figure belongs to these parts") as caught:
        call(ready, "--parts", "unknowns", "--figures", tmp_path / "figures")
    assert "--parts acceptability or --parts intervals" in str(caught.value)
    assert not (tmp_path / "figures").exists()


def test_figures_that_could_not_be_drawn_are_missed_aloud(decided: Decision, tmp_path: Path, capsys: Any) -> None:
    """Where the parts with a figure fail, the reasons are told instead of silence."""
    found = replace(decided.robustness(20, parts=[]), refused={"acceptability": "no form is known"})
    assert module._drawings(found, tmp_path) == {}
    assert capsys.readouterr().err == "no figure was drawn; Acceptability: no form is known\n"


def test_one_part_alone_is_shown_without_words_about_the_others(ready: Path) -> None:
    """Sensitivity alone shows its table, and no sentence about what nobody asked for."""
    output = call(ready, "--samples", 60, "--parts", "sensitivity").output
    assert "was not computed" not in output
    assert "not asked for" not in output
    assert "What explains the ranks at the cut" in output


def test_parts_without_anything_to_tell_say_so(ready: Path, decided: Decision, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing found is one line and not an empty screen."""
    nothing = decided.robustness(20, parts=[])
    monkeypatch.setattr(module, "_compute", lambda *arguments: nothing)
    assert call(ready, "--parts", "unknowns").output.strip() == "There is nothing to say of these parts."


def test_files_of_the_study_are_never_written_over(ready: Path, decided: Decision, tmp_path: Path) -> None:
    """A workbook cannot take the place of a table of the study."""
    table = next(name for name in decided.study.inputs if name.endswith(".csv"))
    before = (decided.study.folder / table).read_bytes()
    with pytest.raises(InputError, match="never written over"):
        module._beside(decided, decided.study.folder / table)
    assert (decided.study.folder / table).read_bytes() == before


def test_help_explains_with_examples() -> None:
    """The help says what is done, which study is meant, and how it is called."""
    text = " ".join(CliRunner().invoke(robustness, ["--help"]).output.split())
    assert "Say what would change the choice of STUDY" in text
    assert "default: this folder" in text
    assert f"Parts: {', '.join(PARTS)}." in text
    assert "weighbridge robustness my-study --json > robustness.json" in text
