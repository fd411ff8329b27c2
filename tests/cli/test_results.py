"""rank, explain and report: what they print, what they write, and how they end."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import click
import openpyxl
import pandas as pd
import pytest
from tests.builders import write_small_study
from tests.cli.conftest import Run

import weighbridge as wb
from weighbridge.cli import results
from weighbridge.report import page
from weighbridge.study.decision import Decision

pytestmark = pytest.mark.usefixtures("decided")

LONG = "x" * 300


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a report be an empty page: what stands on it is tested in tests/report."""
    monkeypatch.setattr(page, "render", lambda decision, *, robustness, progress: "<!doctype html>")
    monkeypatch.setattr(Decision, "robustness", lambda self, *arguments, **options: None)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a command would have opened in a browser."""
    found: list[str] = []
    monkeypatch.setattr(click, "launch", found.append)
    return found


def written(result: Any, name: str) -> list[str]:
    """Return the lines of a table in which a name stands."""
    return [line for line in result.out.splitlines() if name in line]


def test_rank_prints_three_tables(run: Run, ready: Path, decided: Decision) -> None:
    """The ranking, the weights and the trust shares, with the study's title, and nothing on standard error."""
    result = run("rank", ready)
    assert (result.code, result.err) == (0, "")
    assert "Small study: TOPSIS" in result.out
    assert "Weights" in result.out
    assert "Trust in the sources (rated)" in result.out
    assert all(title in result.out for title in ("Public labels", "Own measurements"))


def test_rank_marks_the_chosen_and_only_them(run: Run, quick: Decision) -> None:
    """Each molecule has one line, best first, and the chosen say so."""
    lines = [line.split() for line in run("rank").out.splitlines() if line.strip()[:1].isdigit()]
    order = list(quick.to_frame().index)
    assert [line[0] for line in lines] == [str(place) for place in range(1, 9)]
    assert [line[2] if line[1] == "chosen" else line[1] for line in lines] == order
    assert [line[2] for line in lines if line[1] == "chosen"] == list(quick.chosen.chosen)


def test_rank_takes_the_current_folder_by_default(run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a study no path is needed, and its study.yaml is as good as the folder."""
    there = run("rank", ready).out
    monkeypatch.chdir(ready)
    assert run("rank").out == there
    assert run("rank", ready / "study.yaml").out == there


@pytest.mark.parametrize("top", [1, 3, 7])
def test_top_shows_so_many_and_counts_the_rest(run: Run, quick: Decision, top: int) -> None:
    """--top limits the table, and the caption says how many are left off."""
    out = run("rank", "--top", top).out
    order = list(quick.to_frame().index)
    table = out[: out.index("Weights")]
    assert [label for label in order if f" {label} " in table] == order[:top]
    assert f"{8 - top} more; --top shows them" in table


def test_top_beyond_the_last_shows_all(run: Run, quick: Decision) -> None:
    """More than there are is no fault, and nothing is said to be left off."""
    out = run("rank", "--top", 99).out
    assert "more; --top" not in out
    assert all(f" {label} " in out for label in quick.ranking.labels)


@pytest.mark.parametrize("top", ["0", "-3", "some", "1.5"])
def test_top_is_a_positive_whole_number(run: Run, quick: Decision, top: str) -> None:
    """Anything else is refused with the usage."""
    result = run("rank", "--top", top)
    assert result.code == 2
    assert "Invalid value for '--top'" in result.err
    assert result.out == ""


def test_rank_fits_a_terminal_of_80_columns(run: Run, quick: Decision) -> None:
    """No line is longer than the terminal is wide, and no number is broken."""
    out = run("rank", columns=80).out
    assert max(len(line) for line in out.splitlines()) <= 80
    best = quick.ranking.scores[quick.chosen.chosen[0]]
    assert f"{best:.4g}" in out


def test_rank_csv_holds_the_scores_to_the_last_digit(run: Run, quick: Decision) -> None:
    """CSV lists all molecules, best first, with the API's own numbers."""
    frame = quick.to_frame()
    result = run("rank", "--csv")
    table = pd.read_csv(io.StringIO(result.out), index_col="id")
    assert list(table.index) == list(frame.index)
    assert list(table["score"]) == list(frame["score"])
    assert list(table["chosen"]) == list(frame["chosen"])
    assert result.out.endswith("\n")
    assert not result.out.endswith("\n\n")


def test_rank_json_holds_the_whole_decision(run: Run, quick: Decision) -> None:
    """JSON is the document that `decision_to_dict` gives, and nothing else is printed."""
    from weighbridge.report.plain import decision_to_dict

    result = run("rank", "--json")
    assert json.loads(result.out) == json.loads(json.dumps(decision_to_dict(quick)))
    assert result.err == ""


@pytest.mark.parametrize("command", [("rank",), ("explain", "M4")])
def test_json_and_csv_exclude_each_other(run: Run, quick: Decision, command: tuple[str, ...]) -> None:
    """Two forms at once are refused; neither is silently dropped."""
    result = run(*command, "--json", "--csv")
    assert result.code == 2
    assert "--json and --csv cannot be printed at once" in result.err
    assert result.out == ""


def test_rank_writes_files_and_says_so_on_standard_error(run: Run, quick: Decision, tmp_path: Path) -> None:
    """Each file is complete, its path is told, and no table is printed beside it."""
    paths = {kind: tmp_path / "deep" / f"out.{kind}" for kind in ("parquet", "xlsx", "sdf")}
    result = run("rank", *(word for kind, path in paths.items() for word in (f"--{kind}", path)))
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [f"wrote {path}" for path in paths.values()]
    assert list(pd.read_parquet(paths["parquet"])["id"]) == list(quick.to_frame().index)
    assert openpyxl.load_workbook(paths["xlsx"]).sheetnames[0] == "ranking"
    assert paths["sdf"].read_text(encoding="utf-8").count("$$$$") == 8


def test_files_and_printed_data_go_together(run: Run, quick: Decision, tmp_path: Path) -> None:
    """--json with --xlsx gives both, and standard output stays parseable."""
    result = run("rank", "--json", "--xlsx", tmp_path / "out.xlsx")
    assert json.loads(result.out)["chosen"]["molecules"] == list(quick.chosen.chosen)
    assert (tmp_path / "out.xlsx").is_file()


@pytest.mark.parametrize(
    ("option", "name"),
    [("--xlsx", "out.csv"), ("--parquet", "out.xlsx"), ("--sdf", "out.txt"), ("--xlsx", "out"), ("--xlsx", "-")],
)
def test_a_suffix_of_another_form_is_refused(
    run: Run, quick: Decision, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str
) -> None:
    """`--xlsx out.csv` writes neither a workbook called CSV nor a CSV, it asks."""
    monkeypatch.chdir(tmp_path)
    result = run("rank", option, name)
    assert result.code == 2
    assert f"'{name}' does not end in .{option[2:]}" in result.err
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_may_be_in_capitals(run: Run, quick: Decision, tmp_path: Path) -> None:
    """OUT.XLSX is a workbook too."""
    assert run("rank", "--xlsx", tmp_path / "OUT.XLSX").code == 0
    assert "ranking" in openpyxl.load_workbook(tmp_path / "OUT.XLSX").sheetnames


def test_a_wrong_suffix_is_told_before_anything_is_computed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a ranking that cannot be written."""
    monkeypatch.setattr(results, "_decide", lambda study: pytest.fail("the study was decided"))
    assert run("rank", "--xlsx", tmp_path / "out.csv").code == 2


def test_a_folder_in_the_way_is_refused(run: Run, quick: Decision, tmp_path: Path) -> None:
    """A folder called out.xlsx is not replaced."""
    (tmp_path / "out.xlsx").mkdir()
    result = run("rank", "--xlsx", tmp_path / "out.xlsx")
    assert result.code == 2
    assert "is a directory" in result.err
    assert (tmp_path / "out.xlsx").is_dir()


def test_a_file_where_a_folder_should_be_is_told(run: Run, quick: Decision, tmp_path: Path) -> None:
    """What cannot be written is one message, and the file in the way is left alone."""
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    result = run("rank", "--xlsx", tmp_path / "notes" / "out.xlsx")
    assert result.code == 2
    assert result.err.startswith("weighbridge: ")
    assert "cannot write here" in result.err
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "arguments",
    [("rank", "--xlsx", f"{LONG}.xlsx"), ("report", "-o", f"{LONG}.html"), ("explain", "M4", "--xlsx", f"{LONG}.xlsx")],
)
def test_a_name_too_long_for_the_disk_is_told(
    run: Run, quick: Decision, blank: None, arguments: tuple[str, ...]
) -> None:
    """The system's refusal is a message, never a traceback."""
    result = run(*arguments)
    assert result.code == 2
    assert "cannot write here; found File name too long" in result.err


@pytest.mark.parametrize("command", ["rank", "report"])
def test_a_study_that_is_not_there_is_told(run: Run, tmp_path: Path, command: str) -> None:
    """A folder that does not exist is one message with its path, and nothing is made."""
    result = run(command, tmp_path / "nowhere")
    assert result.code == 2
    assert str(tmp_path / "nowhere") in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_path_too_long_for_a_study_is_told(run: Run) -> None:
    """Even a path the system cannot look up ends in a message."""
    result = run("rank", LONG)
    assert result.code == 2
    assert result.err.startswith("weighbridge: ")
    assert "File name too long" in result.err


@pytest.mark.parametrize("name", ["M4", "caffeine"])
def test_explain_finds_a_molecule_by_id_and_name(run: Run, ready: Path, decided: Decision, name: str) -> None:
    """Both give the same: rank, contributions, and the criteria's names."""
    result = run("explain", name, "--study", ready)
    assert (result.code, result.err) == (0, "")
    assert "M4 is " in result.out
    assert all(criterion in result.out for criterion in decided.matrix.names)
    assert result.out == run("explain", "M4", "--study", ready).out


def test_explain_takes_the_current_folder_by_default(run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a study --study is not needed."""
    monkeypatch.chdir(ready)
    assert "M1 is " in run("explain", "M1").out


def test_explain_a_criterion_reaches_every_expert(run: Run, quick: Decision) -> None:
    """The tree of provenance names each expert with a reason, and the weight."""
    out = run("explain", "cost").out
    assert all(words in out for words in ("Ada", "Ben", "Cem", "the budget is fixed", "solubility kills projects"))
    assert f"{quick.weights['cost']:.3g}" in out


def test_explain_json_is_the_apis(run: Run, quick: Decision) -> None:
    """JSON holds what `Explanation.to_dict` gives, for molecules and criteria."""
    for name in ("M4", "cost"):
        assert json.loads(run("explain", name, "--json").out) == json.loads(json.dumps(quick.explain(name).to_dict()))


def test_explain_csv_lists_contributions_or_the_tree(run: Run, quick: Decision) -> None:
    """A molecule's CSV has a row a criterion, a criterion's the lines of its provenance."""
    molecule = pd.read_csv(io.StringIO(run("explain", "M4", "--csv").out))
    assert list(molecule["criterion"]) == list(quick.matrix.names)
    assert "\n" in run("explain", "cost", "--csv").out


def test_explain_writes_files(run: Run, quick: Decision, tmp_path: Path) -> None:
    """A workbook and a Parquet file hold the explanation's table; nothing is printed beside it."""
    result = run("explain", "M4", "--xlsx", tmp_path / "m4.xlsx", "--parquet", tmp_path / "m4.parquet")
    assert (result.code, result.out) == (0, "")
    assert len(pd.read_parquet(tmp_path / "m4.parquet")) == 4
    assert openpyxl.load_workbook(tmp_path / "m4.xlsx").sheetnames == ["table"]


def test_explain_writes_a_molecule_as_sdf(run: Run, quick: Decision, tmp_path: Path) -> None:
    """The structure carries its name, rank, score and what each criterion adds."""
    path = tmp_path / "m4.sdf"
    assert run("explain", "M4", "--sdf", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert text.count("$$$$") == 1
    for name in ("rank", "score", "cost", "contribution of cost"):
        assert f">  <{name}>" in text


def test_explain_writes_a_criterion_as_sdf(run: Run, quick: Decision, tmp_path: Path) -> None:
    """All ranked molecules, best first, with the criterion's value."""
    path = tmp_path / "cost.sdf"
    assert run("explain", "cost", "--sdf", path).code == 0
    entries = path.read_text(encoding="utf-8").split("$$$$\n")[:-1]
    assert [entry.splitlines()[0] for entry in entries] == list(quick.to_frame().index)
    assert all(">  <cost>" in entry for entry in entries)


@pytest.mark.parametrize("name", ["cafeine", "", "M44"])
def test_explain_refuses_what_it_does_not_know(run: Run, quick: Decision, name: str) -> None:
    """An unknown name ends with 2 and one message."""
    result = run("explain", name)
    assert result.code == 2
    assert "neither a molecule nor a criterion" in result.err
    assert "Traceback" not in result.err


def test_explain_needs_a_name(run: Run) -> None:
    """Without a name the usage is shown."""
    result = run("explain")
    assert result.code == 2
    assert "Missing argument 'NAME'" in result.err


def test_explain_fits_a_terminal_of_80_columns(run: Run, quick: Decision) -> None:
    """Neither a molecule's table nor a criterion's tree runs over the edge."""
    for name in ("M4", "public_score"):
        assert max(len(line) for line in run("explain", name, columns=80).out.splitlines()) <= 80


def test_report_is_written_beside_the_study(run: Run, study: Path) -> None:
    """The default place is told, and a second run replaces the file by the same bytes."""
    result = run("report", study, "--samples", 50)
    assert (result.code, result.out) == (0, f"wrote {study / 'report.html'}\n")
    first = (study / "report.html").read_bytes()
    assert first.lower().startswith(b"<!doctype html>")
    assert b'<section id="robustness"' in first
    assert b"50 draws" in first
    assert run("report", study, "--samples", 50, "--output", study / "again" / "mine.html").code == 0
    assert (study / "again" / "mine.html").read_bytes() == first


def test_report_leaves_robustness_out_when_asked(run: Run, quick: Decision, tmp_path: Path) -> None:
    """What takes longest can be left away, and the page has no empty section then."""
    assert run("report", "--without-robustness", "-o", tmp_path / "page.html").code == 0
    page_text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert 'id="robustness"' not in page_text
    assert 'id="answer"' in page_text


def test_report_opens_only_when_asked(
    run: Run, quick: Decision, blank: None, tmp_path: Path, opened: list[str]
) -> None:
    """--open launches the file that was written; without it nothing is opened."""
    run("report", "-o", tmp_path / "page.html")
    assert opened == []
    run("report", "-o", tmp_path / "page.html", "--open")
    assert opened == [str(tmp_path / "page.html")]


def test_report_refuses_a_folder(run: Run, quick: Decision, tmp_path: Path) -> None:
    """-o names a file; a folder is left as it is."""
    result = run("report", "-o", tmp_path)
    assert result.code == 2
    assert "is a directory" in result.err


def test_a_faulty_study_prints_nothing_on_standard_output(run: Run, tmp_path: Path) -> None:
    """What is piped on is empty, not half a table."""
    folder = write_small_study(tmp_path / "study", {"choose.k": 0})
    for command in (("rank", folder, "--json"), ("explain", "M1", "--study", folder), ("report", folder)):
        result = run(*command)
        assert (result.code, result.out) == (2, "")
        assert "choose.k" in result.err


def test_names_complete_from_the_study(ready: Path) -> None:
    """TAB offers criteria and molecules with the beginning that was typed, and nothing elsewhere."""
    context = click.Context(results.explain)
    parameter = results.explain.params[0]
    context.params["study"] = ready
    complete = results._complete_name
    assert complete(context, parameter, "M") == [f"M{number}" for number in range(1, 9)]
    assert complete(context, parameter, "so") == ["solubility"]
    assert complete(context, parameter, "nothing") == []
    context.params["study"] = ready / "molecules.csv"
    assert complete(context, parameter, "M") == []


def test_scores_in_the_table_are_those_of_the_api(run: Run, quick: Decision) -> None:
    """Four digits of each molecule's own score stand in its line."""
    result = run("rank")
    for label in quick.ranking.labels:
        line = written(result, f" {label} ")[0]
        assert float(line.split()[-1]) == pytest.approx(wb.rank(quick.matrix, quick.weights).scores[label], rel=5e-4)
