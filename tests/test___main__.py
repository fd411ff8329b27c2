"""`python -m weighbridge` is the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import weighbridge


def module(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``python -m weighbridge`` in a fresh process, with nothing on standard input."""
    environment = {**os.environ, "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, "-m", "weighbridge", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
    )


def test_the_module_prints_the_version() -> None:
    """It is called weighbridge, not __main__.py."""
    run = module("--version")
    assert (run.returncode, run.stdout, run.stderr) == (0, f"weighbridge, version {weighbridge.__version__}\n", "")


def test_the_module_is_the_command_line() -> None:
    """Its help is that of the command, with every command in it and no line over 80 columns."""
    from weighbridge.cli.main import cli

    run = module("--help")
    assert run.returncode == 0
    assert all(f"\n  {name} " in run.stdout for name in cli.commands)
    assert max(len(line) for line in run.stdout.splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rank",), "the folder holds no study"),
        (("nonsense",), "No such command 'nonsense'"),
        (("rank", "--no"), "No such option"),
    ],
)
def test_the_module_ends_as_the_command_does(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    """A mistake ends the process with 2 and a message, with nothing on standard output."""
    run = module(*arguments, folder=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_importing_the_module_runs_nothing() -> None:
    """Only running it runs it."""
    code = "import weighbridge.__main__ as module; print(module.main.__module__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "weighbridge.cli.main\n")
