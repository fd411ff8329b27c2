"""Killed, interrupted or out of space: nothing half-written, and the next run ends with the same bytes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.scale.libraries import library, numbers, plan, table, write

from weighbridge.errors import InputError
from weighbridge.scale import layout
from weighbridge.scale.local import rank_library

ROOT = Path(__file__).resolve().parents[2]
ROWS = 3000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a library of a dozen pieces."""
    write(tmp_path / "library.parquet", table(numbers(ROWS)))
    return tmp_path


@pytest.fixture
def expected(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[bytes, bytes]]:
    """Return what an undisturbed run writes."""
    monkeypatch.setattr(layout, "PIECE_ROWS", 250)

    def written(method: str) -> tuple[bytes, bytes]:
        undisturbed = rank_library(
            library(folder / "library.parquet"), plan(method, "minmax"), folder / "undisturbed" / "o.parquet"
        )
        return undisturbed.output.read_bytes(), undisturbed.top_output.read_bytes()

    return written


def started(folder: Path, method: str, pause: float, *limit: str) -> subprocess.Popen[str]:
    """Start a run in a process of its own."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("interrupted.py")), str(folder), method, str(pause), *limit],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )


def strike(run: subprocess.Popen[str], moment: str, blow: signal.Signals) -> None:
    """Send a signal when a line of progress appears."""
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith(moment):
            run.send_signal(blow)
            break
    run.communicate(timeout=60)


def finished(folder: Path, method: str) -> str:
    """Run to the end and return what was printed."""
    run = started(folder, method, 0)
    printed, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    return printed


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("moment", ["lowest and highest values: 600", "scores: 1200"])
def test_an_interrupted_run_goes_on_to_the_same_bytes(
    folder: Path, expected: Callable[[str], tuple[bytes, bytes]], moment: str, blow: signal.Signals
) -> None:
    """After kill -9 or Ctrl-C no output exists; the next run uses what was finished and ends as if undisturbed."""
    run = started(folder, "topsis", 0.05)
    strike(run, moment, blow)
    assert run.returncode != 0
    assert [entry.name for entry in (folder / "out").iterdir()] in (["o.parquet.part"], [])
    kept = {file.name: file.stat().st_mtime_ns for file in (folder / "out").glob("o.parquet.part/scores-*.f8")}
    if moment.startswith("scores"):
        assert kept
        assert (folder / "out" / "o.parquet.part" / "stage-0.npz").is_file()
    assert ("went on where" in finished(folder, "topsis")) == bool(kept)
    found = (folder / "out" / "o.parquet").read_bytes(), (folder / "out" / "o.top.parquet").read_bytes()
    assert found == expected("topsis")
    assert sorted(entry.name for entry in (folder / "out").iterdir()) == ["o.parquet", "o.top.parquet"]


def test_finished_pieces_are_not_scored_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Going on reads only what is missing."""
    strike(started(folder, "topsis", 0.05), "scores: 1500", signal.SIGKILL)
    pieces = len(list((folder / "out" / "o.parquet.part").glob("scores-*.npz")))
    monkeypatch.setattr(layout, "PIECE_ROWS", 250)
    read: list[int] = []
    prepare = rank_library.__globals__["Scan"].prepared

    def counted(scan: object, piece: layout.Piece) -> object:
        read.append(piece.number)
        return prepare(scan, piece)

    monkeypatch.setattr("weighbridge.scale.passes.Scan.prepared", counted)
    rank_library(library(folder / "library.parquet"), plan("topsis", "minmax"), folder / "out" / "o.parquet")
    assert pieces >= 5
    assert len(read) == ROWS // 300 - pieces


def test_a_changed_library_is_ranked_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was finished for other rows is discarded, and the notes say so."""
    strike(started(folder, "topsis", 0.05), "scores: 1500", signal.SIGKILL)
    write(folder / "library.parquet", table(numbers(ROWS, seed=1)))
    assert "discarded: the library or the plan has changed" in finished(folder, "topsis")


def test_a_full_disk_keeps_the_old_output_and_what_was_finished(folder: Path) -> None:
    """The system refuses to write more: one sentence, the old output stays, and the next run goes on."""
    (folder / "out").mkdir()
    (folder / "out" / "o.parquet").write_text("old")
    run = started(folder, "topsis", 0, "20000")
    printed, _ = run.communicate(timeout=60)
    assert run.returncode == 2
    assert "InputError" in printed
    assert "cannot write here; found File too large" in printed
    assert (folder / "out" / "o.parquet").read_text() == "old"
    assert sorted(entry.name for entry in (folder / "out").iterdir()) == ["o.parquet", "o.parquet.part"]
    assert "went on where" in finished(folder, "topsis")
    assert (folder / "out" / "o.parquet").stat().st_size > 20_000


def test_a_disk_that_fills_while_a_worker_writes_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space left on device, in a thread, ends the run as it does in the main one."""
    sync, count = os.fsync, iter(range(1000))

    def full(descriptor: int) -> None:
        if next(count) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(layout, "PIECE_ROWS", 250)
    with pytest.raises(InputError, match="cannot write here; found No space left on device"):
        rank_library(library(folder / "library.parquet"), plan(), folder / "out" / "o.parquet")
    assert not (folder / "out" / "o.parquet").exists()
    assert not list((folder / "out").rglob(".*"))


def test_damaged_parts_are_done_again(
    folder: Path, expected: Callable[[str], tuple[bytes, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut or empty files in the work folder cost time only."""
    strike(started(folder, "topsis", 0.05), "scores: 1500", signal.SIGKILL)
    for number, file in enumerate(sorted((folder / "out" / "o.parquet.part").glob("scores-*"))):
        if number % 3 == 0:
            file.write_bytes(file.read_bytes()[:-9])
    (folder / "out" / "o.parquet.part" / "stage-0.npz").write_bytes(b"")
    finished(folder, "topsis")
    assert (folder / "out" / "o.parquet").read_bytes() == expected("topsis")[0]
    assert np.isfinite(numbers(ROWS)).all()
