"""The command line as a whole: help, versions, errors, exit codes."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from tests.builders import write_small_study
from tests.cli.conftest import Run

import weighbridge
from weighbridge.cli.main import cli

COMMANDS = sorted(cli.commands)


def test_help_lists_every_command(run: Run) -> None:
    """Each command stands in the help with a line of its own."""
    result = run("--help")
    assert result.code == 0
    assert all(f"\n  {name} " in result.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(run: Run, name: str) -> None:
    """The help of a command says what it does and shows how it is called."""
    result = run(name, "--help")
    assert result.code == 0
    assert f"weighbridge {name}" in result.out.replace("Usage: weighbridge " + name, "", 1)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    """No option of any command is without a word of help."""
    options = [item for item in cli.commands[name].params if isinstance(item, click.Option)]
    assert all(option.help for option in options)


def test_the_version_is_the_packages(run: Run) -> None:
    """`--version` prints the version of the installed package."""
    assert run("--version").out == f"weighbridge, version {weighbridge.__version__}\n"


def test_an_unknown_command_is_refused(run: Run) -> None:
    """A misspelt command ends with 2 and says so."""
    result = run("rnak")
    assert result.code == 2
    assert "No such command 'rnak'" in result.err


def test_a_users_mistake_is_a_message_and_no_traceback(run: Run, tmp_path: Path) -> None:
    """A folder without a study ends with 2 and one message."""
    result = run("rank", tmp_path)
    assert result.code == 2
    assert result.err.startswith("weighbridge: ")
    assert "the folder holds no study" in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_all_faults_are_printed_at_once(run: Run, tmp_path: Path) -> None:
    """Two faults in two files make one list."""
    files = {"public.csv": "id,probability\nM1,1.5\n", "internal.csv": None}
    folder = write_small_study(tmp_path / "study", None, files)
    result = run("check", folder)
    assert result.code == 2
    assert "public.csv, row 2, column 'probability'" in result.err
    assert "internal.csv: there is no such file" in result.err


@pytest.mark.parametrize(
    "arguments", [("rank", "--xlsx", "out.xlsx"), ("rank", "--sdf", "out.sdf"), ("report", "-o", "out.html")]
)
def test_nothing_is_written_when_a_command_fails(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """A faulty study leaves no file behind, not even an empty one."""
    folder = write_small_study(tmp_path / "study", None, {"internal.csv": None})
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    command, *options = arguments
    assert run(command, folder, *options).code == 2
    assert list(work.iterdir()) == []
    assert not (folder / "report.html").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(run: Run, shell: str) -> None:
    """Each shell gets its script."""
    result = run("completion", shell)
    assert result.code == 0
    assert "_WEIGHBRIDGE_COMPLETE" in result.out


def test_names_of_molecules_and_criteria_complete(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TAB after `explain` offers what the study knows, and nothing where there is no study."""
    from weighbridge.cli.results import _complete_name, explain

    context = click.Context(explain)
    context.params["study"] = study
    assert _complete_name(context, explain.params[0], "M") == [f"M{number}" for number in range(1, 9)]
    assert _complete_name(context, explain.params[0], "inter") == ["internal_score"]
    context.params["study"] = study / "nowhere"
    assert _complete_name(context, explain.params[0], "") == []
