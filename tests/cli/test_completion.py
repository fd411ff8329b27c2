"""The completion scripts call back into weighbridge, and what they get is what the commands know."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from tests.cli.conftest import Run

from weighbridge.cli.completion import _HOW
from weighbridge.cli.main import cli

SHELLS = list(_HOW)


def complete(*words: str, incomplete: str = "") -> list[str]:
    """Return what TAB offers after some words."""
    shell = BashComplete(cli, {}, "weighbridge", "_WEIGHBRIDGE_COMPLETE")
    return [item.value for item in shell.get_completions(list(words), incomplete)]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(run: Run, shell: str) -> None:
    """The script names the program, asks in that shell's way, and nothing else is printed."""
    result = run("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert f"_WEIGHBRIDGE_COMPLETE={shell}_complete" in result.out
    assert "weighbridge" in result.out


def test_the_scripts_differ(run: Run) -> None:
    """No shell gets another shell's script."""
    assert len({run("completion", shell).out for shell in SHELLS}) == len(SHELLS)


def test_the_bash_script_is_bash(run: Run) -> None:
    """Bash reads the script without a fault."""
    bash = shutil.which("bash")
    assert bash is not None
    script = run("completion", "bash").out
    checked = subprocess.run([bash, "-n"], input=script, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["tcsh", "powershell", ""])
def test_an_unknown_shell_is_refused(run: Run, shell: str) -> None:
    """The three shells there are stand in the message."""
    result = run("completion", shell)
    assert result.code == 2
    assert "'bash', 'zsh', 'fish'" in result.err


def test_the_help_says_how_to_switch_it_on(run: Run) -> None:
    """For each shell there is a line to copy, not wrapped."""
    out = run("completion", "--help").out
    assert all(line in out for line in _HOW.values())


def test_commands_complete() -> None:
    """All commands are offered, and fewer with each letter."""
    assert sorted(complete()) == sorted(cli.commands)
    assert sorted(complete(incomplete="c")) == ["check", "completion", "criteria"]
    assert complete(incomplete="nothing") == []


def test_options_complete() -> None:
    """The options of a command are offered after a dash."""
    outputs = {"--json", "--csv", "--parquet", "--xlsx", "--sdf", "--help"}
    assert {"--top", *outputs} <= set(complete("rank", incomplete="--"))
    assert {"--study", *outputs} <= set(complete("explain", incomplete="--"))


def test_molecules_and_criteria_complete(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After explain the study's own names are offered, that of --study or of this folder."""
    assert complete("explain", "--study", str(ready), incomplete="pub") == ["public_score"]
    monkeypatch.chdir(ready)
    assert complete("explain", incomplete="M") == [f"M{number}" for number in range(1, 9)]


def test_nothing_completes_where_there_is_no_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TAB in any folder is silent, never an error."""
    monkeypatch.chdir(tmp_path)
    assert complete("explain", incomplete="M") == []


def test_shells_complete_after_completion() -> None:
    """The command completes its own argument."""
    assert complete("completion", incomplete="") == SHELLS
