"""Run the command line in this process, as a shell would."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.builders import write_small_study

from weighbridge.cli import results
from weighbridge.cli.main import main
from weighbridge.study.decision import Decision
from weighbridge.study.study import Study


@dataclass(frozen=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs ``weighbridge`` with arguments."""

    def call(*arguments: object, columns: int = 160) -> Result:
        monkeypatch.setattr(sys, "argv", ["weighbridge", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Result(int(ended.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return the folder of the small study."""
    return write_small_study(tmp_path / "study")


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small study that no test changes."""
    return write_small_study(tmp_path_factory.mktemp("ready") / "study")


@pytest.fixture(scope="session")
def decided(ready: Path) -> Decision:
    """Return its decision."""
    return Study.load(ready).decide()


@pytest.fixture
def quick(decided: Decision, monkeypatch: pytest.MonkeyPatch) -> Decision:
    """Let the commands use the decision that is made already, whatever study they are given."""
    monkeypatch.setattr(results, "_decide", lambda study: decided)
    return decided
