"""The demo command: what it passes on and what it prints. The demo itself is tested in tests/demo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from tests.cli.conftest import Run

import weighbridge.demo.run as demo_run
from weighbridge.errors import InputError
from weighbridge.study.decision import Decision

RULES = (
    SimpleNamespace(rule="weighbridge", hits=31, spearman=0.6123),
    SimpleNamespace(rule="one model [alone]", hits=27.5, spearman=None),
    SimpleNamespace(rule="by chance", hits=19.25, spearman=-0.031),
)


SENTENCES = "31 of the 40 stay.\nThe scores matter most.\nMeasure the last two."


@pytest.fixture
def folders(decided: Decision, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Replace the demo by a result that is there already; return the folders it was asked for."""
    asked: list[Path] = []

    def fake(folder: Path, progress: Callable[[str, int, int], None]) -> Any:
        asked.append(folder)
        progress("fitting", 1, 1)
        outcome = SimpleNamespace(k=40, threshold=-1.0, rules=RULES)
        return SimpleNamespace(decision=decided, robustness=SENTENCES, report=folder / "report.html", outcome=outcome)

    monkeypatch.setattr(demo_run, "run_demo", fake)
    return asked


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what would have been opened in a browser."""
    found: list[str] = []
    monkeypatch.setattr(click, "launch", found.append)
    return found


def test_the_demo_runs_in_the_folder_given(run: Run, folders: list[Path], tmp_path: Path) -> None:
    """DIR is passed on as it is, and the command ends with 0."""
    assert run("demo", tmp_path / "bbb").code == 0
    assert folders == [tmp_path / "bbb"]


def test_the_demo_has_a_folder_of_its_own_by_default(run: Run, folders: list[Path]) -> None:
    """Without DIR it is weighbridge-demo, beside where one stands."""
    run("demo")
    assert folders == [Path("weighbridge-demo")]


def test_the_demo_prints_ranking_trust_and_hits(run: Run, folders: list[Path], decided: Decision) -> None:
    """The three tables come in this order, the ranking with its first ten."""
    out = run("demo").out
    assert out.index("Small study: TOPSIS") < out.index("Trust in the sources") < out.index("Of the 40 chosen")
    assert all(f" {label} " in out for label in decided.ranking.labels)


def test_the_demo_says_how_firmly_the_choice_stands(run: Run, folders: list[Path]) -> None:
    """The three sentences stand between the tables and the paths."""
    out = run("demo").out
    assert f"How firmly the choice stands:\n{SENTENCES}\n" in out
    assert out.index("Of the 40 chosen") < out.index("How firmly") < out.index("The report:")


def test_the_demo_counts_hits_beside_simpler_rules(run: Run, folders: list[Path]) -> None:
    """Each rule has its hits, its share of the forty, and its correlation or a dash."""
    lines = {line.split("  ")[1].strip(): line for line in run("demo").out.splitlines() if " %" in line or " %" in line}
    ours = next(line for name, line in lines.items() if name == "weighbridge").split()
    assert ours[1:] == ["31", "78 %", "0.61"] or ours[1:] == ["31", "78", "%", "0.61"]
    alone = next(line for name, line in lines.items() if name == "one model [alone]")
    assert alone.rstrip().endswith("–")
    assert "27.5" in alone
    assert "−0.031" in next(line for name, line in lines.items() if name == "by chance")


def test_the_demo_says_where_report_and_study_are(run: Run, folders: list[Path], decided: Decision) -> None:
    """The last two lines are the report's path and the study's, with what to try next."""
    lines = run("demo", "bbb").out.splitlines()
    assert lines[-2] == f"The report: {Path('bbb') / 'report.html'}"
    assert lines[-1] == f"The study:  {decided.study.folder}  (try `weighbridge explain --help`)"


def test_the_demo_opens_the_report_only_when_asked(run: Run, folders: list[Path], opened: list[str]) -> None:
    """--open launches the report that was written."""
    run("demo", "bbb")
    assert opened == []
    run("demo", "bbb", "--open")
    assert opened == [str(Path("bbb") / "report.html")]


def test_the_demo_shows_no_bars_in_a_pipe(run: Run, folders: list[Path]) -> None:
    """Standard error stays empty where nobody watches."""
    assert run("demo").err == ""


def test_the_demo_fits_a_terminal_of_80_columns(run: Run, folders: list[Path]) -> None:
    """No line of the tables is longer than the terminal is wide."""
    tables = run("demo", "bbb", columns=80).out.splitlines()[:-2]
    assert max(len(line) for line in tables) <= 80


def test_a_folder_with_something_else_in_it_is_refused(run: Run, ready: Path) -> None:
    """The real demo never writes over somebody's files."""
    before = {path.name: path.read_bytes() for path in ready.iterdir()}
    result = run("demo", ready)
    assert result.code == 2
    assert "the folder is not empty and holds no earlier demo" in result.err
    assert {path.name: path.read_bytes() for path in ready.iterdir()} == before


def test_a_missing_extra_is_a_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the demo refuses ends with 2, without a traceback."""

    def refuse(folder: Path, progress: Any) -> Any:
        raise InputError("the demo needs the extra 'demo'")

    monkeypatch.setattr(demo_run, "run_demo", refuse)
    result = run("demo")
    assert (result.code, result.out) == (2, "")
    assert result.err == "weighbridge: the demo needs the extra 'demo'\n"
