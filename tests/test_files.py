"""Files are written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

import pytest

from weighbridge.errors import InputError
from weighbridge.files import write_bytes, write_text, write_with


def test_text_and_bytes_arrive_as_given(tmp_path: Path) -> None:
    """Nothing is translated: no line ends, no encoding but UTF-8."""
    assert write_text(tmp_path / "a.txt", "ä\r\nb\n").read_bytes() == "ä\r\nb\n".encode()
    assert write_bytes(tmp_path / "b.bin", b"\x00\xff").read_bytes() == b"\x00\xff"


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    """The folder of a new file need not exist."""
    assert write_text(tmp_path / "x" / "y" / "a.txt", "1").read_text() == "1"


def test_a_failure_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """Readers see the old content after a write that broke off."""
    path = write_text(tmp_path / "a.txt", "old")

    def broken(stream: IO[bytes]) -> None:
        stream.write(b"half of the new")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_with(path, broken)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_an_interrupt_leaves_nothing_behind(tmp_path: Path) -> None:
    """Ctrl-C counts as a failure too."""

    def interrupted(stream: IO[bytes]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_with(tmp_path / "a.txt", interrupted)
    assert not list(tmp_path.iterdir())


def test_the_new_file_is_complete_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the moment of the rename the temporary neighbour holds everything, on disk."""
    seen: list[bytes] = []
    synced: list[int] = []
    rename, sync = os.replace, os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), sync(descriptor)))

    def look(source: str, target: Path) -> None:
        seen.append(Path(source).read_bytes())
        assert synced
        assert Path(source).parent == target.parent
        rename(source, target)

    monkeypatch.setattr(os, "replace", look)
    write_text(tmp_path / "a.txt", "all of it")
    assert seen == [b"all of it"]


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """Writing onto a folder is the user's mistake."""
    with pytest.raises(InputError) as caught:
        write_text(tmp_path, "x")
    assert str(caught.value) == f"{tmp_path}: cannot write here; found a folder; expected a file name"


def test_a_file_on_the_way_is_told(tmp_path: Path) -> None:
    """A file in the place of a folder is the user's mistake."""
    blocker = write_text(tmp_path / "a", "x")
    with pytest.raises(InputError, match="cannot write here"):
        write_text(blocker / "b.txt", "x")


def test_the_file_has_the_rights_any_new_file_has(tmp_path: Path) -> None:
    """The temporary file's private rights do not stay."""
    old = os.umask(0o022)
    try:
        mode = stat.S_IMODE(write_text(tmp_path / "a.txt", "x").stat().st_mode)
    finally:
        os.umask(old)
    assert mode == 0o644
