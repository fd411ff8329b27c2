"""What all commands share: where a study is, who sees progress, and what is printed how."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from rich.text import Text

from weighbridge.cli import console
from weighbridge.cli.console import load_study, print_data, print_json, show, study_argument, working
from weighbridge.errors import InputError


class Terminal(io.StringIO):
    """A stream that people watch."""

    def isatty(self) -> bool:
        """Return that somebody watches."""
        return True


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command line in a process of its own, in a given environment."""
    merged = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-m", "weighbridge", *arguments], capture_output=True, check=False, env=merged
    )


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe or a log no bar is drawn, on neither stream."""
    with working() as progress:
        progress("reading", 1, 2)
        progress("ranking", 0, 0)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_progress_is_drawn_on_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a terminal the step and its count are shown, and standard output stays clean."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with working() as progress:
        progress("reading molecules", 1, 4)
        progress("reading molecules", 4, 4)
        progress("ranking", 0, 0)
    assert "reading molecules" in terminal.getvalue()
    assert "ranking" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_progress_leaves_nothing_behind_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error passes through the bars, and the terminal's cursor is shown again."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    def fail() -> None:
        with working() as progress:
            progress("reading", 0, 3)
            raise InputError("wrong")

    with pytest.raises(InputError, match="wrong"):
        fail()
    assert terminal.getvalue().rfind("\x1b[?25h") > terminal.getvalue().rfind("\x1b[?25l")


def test_a_study_is_loaded_with_progress(ready: Path) -> None:
    """Each step is named with how much of it is done, never more than there is."""
    steps: list[tuple[str, int, int]] = []
    study = load_study(ready, lambda *step: steps.append(step))
    assert study.file.title == "Small study"
    assert steps
    assert all(words and done >= 0 and (total == 0 or done <= total) for words, done, total in steps)


def test_the_study_argument_is_this_folder_by_default() -> None:
    """A command without a path works where it is called."""
    seen: list[Path] = []

    @click.command()
    @study_argument
    def command(study: Path) -> None:
        seen.append(study)

    command.main([], standalone_mode=False)
    command.main(["elsewhere"], standalone_mode=False)
    assert seen == [Path(), Path("elsewhere")]


@pytest.mark.parametrize(
    "value",
    [{"a": 1, "b": [None, True, 0.1]}, [], "µM − ≥ 𝛼", {"nested": {"text": 'a "quote"\nline'}}, 1e-300],
)
def test_json_reads_back(value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed is the value, to the last digit, with one newline at the end."""
    print_json(value)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert out.endswith("\n")


def test_json_keeps_letters_readable(capsys: pytest.CaptureFixture[str]) -> None:
    """A name in any script stays as it is written."""
    print_json({"name": "Müller µM"})
    assert capsys.readouterr().out == '{\n  "name": "Müller µM"\n}\n'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_json_never_says_nan(value: Any) -> None:
    """A number that is none is a fault of ours, not a word no parser reads."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json(value)


def test_data_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """No newline, no markup and no colour is added."""
    print_data("[bold]a[/bold],1\n")
    assert capsys.readouterr().out == "[bold]a[/bold],1\n"


def test_tables_have_no_colour_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """Styled text is plain where nobody watches, and each item has its own line."""
    show(Text("one", style="bold red"), Text("two"))
    assert capsys.readouterr().out == "one\ntwo\n"


def test_the_silent_progress_takes_what_the_loud_one_takes() -> None:
    """Both are called alike."""
    assert console._silent("words", 0, 0) is None


@pytest.mark.parametrize(("encoding", "command"), [("ascii", "rank"), ("cp1252", "criteria")])
def test_a_terminal_that_lacks_a_sign_still_gets_the_table(
    ready: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, command: str
) -> None:
    """A minus or a no-break space that cannot be written is replaced, not a traceback."""
    monkeypatch.chdir(ready)
    result = python(command, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (result.returncode, result.stderr) == (0, b"")
    assert (b"caffeine" if command == "rank" else b"threshold_documented") in result.stdout


def test_data_for_machines_is_utf8_in_every_terminal() -> None:
    """JSON redirected to a file is the same bytes whatever the terminal can show."""
    result = python("methods", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert not result.stdout.isascii()
    assert json.loads(result.stdout.decode("utf-8"))["topsis"]["title"] == "TOPSIS"


def test_a_reader_that_leaves_early_is_no_fault(ready: Path) -> None:
    """`weighbridge criteria | head -1` ends quietly."""
    command = f'"{sys.executable}" -m weighbridge criteria --json | head -c 10'
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert run.stdout == "[\n  {\n    "
    assert "Traceback" not in run.stderr
