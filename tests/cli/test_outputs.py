"""Where results go: never over the study, never in the place of a device, and what they show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import write_small_study

from weighbridge import files
from weighbridge.errors import InputError

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("command", "option", "name"),
    [("rank", "--xlsx", "panel.xlsx"), ("report", "-o", "study.yaml"), ("explain", "--xlsx", "panel.xlsx")],
)
def test_a_file_of_the_study_is_never_written_over(
    run: Run, tmp_path: Path, command: str, option: str, name: str
) -> None:
    """A report in the place of study.yaml, or a ranking in the place of judgements, would lose them."""
    import pandas as pd
    from tests.builders import JUDGEMENTS

    folder = write_small_study(tmp_path / "study", {"judgements": ["panel.xlsx"]})
    rows = [line.split(",") for line in JUDGEMENTS.splitlines()]
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(folder / "panel.xlsx", index=False)
    before = (folder / name).read_bytes()
    where = ("M1", "--study", folder) if command == "explain" else (folder,)
    result = run(command, *where, option, folder / name)
    assert result.code == 2
    assert f"{folder / name}: this is a file of the study, which is never written over" in result.err
    assert (folder / name).read_bytes() == before


def test_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """Writing to a pipe or a device by renaming would take it from everybody."""
    import os

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="cannot write here; found a device; expected a file name"):
        files.write_text(pipe, "text")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """What the system refuses while a file is written is a message, and no part of the file stays."""

    def refuse(stream: Any) -> None:
        del stream
        raise OSError(28, "No space left on device")

    target = tmp_path / "out.html"
    with pytest.raises(InputError) as caught:
        files.write_with(target, refuse)
    assert str(caught.value) == f"{target}: cannot write here; found No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_rank_shows_who_was_excluded_and_why(run: Run, tmp_path: Path) -> None:
    """A molecule that failed a gate does not vanish without a word."""
    gates = [{"name": "cheap", "column": "cost", "at_most": 15, "reason": "the budget of the round"}]
    out = run("rank", write_small_study(tmp_path / "study", {"gates": gates})).out
    assert "Excluded by gates" in out
    (line,) = [line for line in out.splitlines() if line.split()[:1] == ["M7"]]
    assert line.split() == ["M7", "cheap", "20", "the", "budget", "of", "the", "round"]


def test_rank_says_nothing_of_gates_where_all_pass(run: Run, study: Path) -> None:
    """An empty table helps nobody."""
    assert "Excluded" not in run("rank", study).out


def test_ids_are_never_broken_over_lines(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id of the library can be copied from a terminal of eighty columns."""
    from weighbridge.evidence.library import load_library

    set_environment = monkeypatch.setenv
    monkeypatch.setattr(monkeypatch, "setenv", lambda name, value: set_environment(name, "80"))
    words = set(run("criteria").out.split())
    assert set(load_library()) <= words


@pytest.mark.parametrize("command", ["check", "rank", "report"])
def test_help_says_which_study_is_meant_by_default(run: Run, command: str) -> None:
    """STUDY is explained where it may be left out."""
    assert "default: this folder" in " ".join(run(command, "--help").out.split())


def test_a_lost_folder_is_told_by_its_whole_path(run: Run, tmp_path: Path) -> None:
    """The message shows what was asked for, and how to make a study."""
    result = run("rank", tmp_path / "nowhere")
    assert result.code == 2
    assert f"{tmp_path / 'nowhere'}: there is no such folder; expected a folder with a study.yaml" in result.err
