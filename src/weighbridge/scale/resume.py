"""The work folder: finished steps of a long run, kept so that an interrupted one goes on where it was.

It stands beside the output as ``<output>.part``, belongs to exactly one input and plan (by content
key), holds arrays and JSON only, and is removed when the output is complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from weighbridge.canonical import canonical_json, content_key
from weighbridge.errors import Fault, InputError, StateError
from weighbridge.files import write_bytes
from weighbridge.scale.packing import pack, unpack

__all__ = ["FORMAT", "WorkFolder", "work_folder"]

FORMAT: Final = 1
"""Raised whenever the files in the folder change their meaning."""

KEY_FILE: Final = "key.json"
LOCK_FILE: Final = "lock"


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """A work folder that is ours.

    Attributes
    ----------
    path
        The folder.
    notes
        Whether work was found in it, or had to be begun anew.
    """

    path: Path
    notes: tuple[str, ...] = ()

    def keep(self, name: str, value: Any) -> None:
        """Keep a value under a name, whole or not at all."""
        write_bytes(self.file(f"{name}.npz"), pack(value))

    def kept(self, name: str) -> Any:
        """Return the value kept under a name; None where there is none, or not a whole one."""
        try:
            return unpack(self.file(f"{name}.npz").read_bytes())
        except (OSError, StateError):
            return None

    def discard(self) -> None:
        """Throw away every finished step."""
        _empty(self.path)

    def file(self, name: str) -> Path:
        """Return the path of a file in the folder."""
        return self.path / name


@contextmanager
def work_folder(output: Path, content: Mapping[str, Any], *, resume: bool = True) -> Iterator[WorkFolder]:
    """Open the work folder of an output, and remove it when the work is done.

    Parameters
    ----------
    output
        The file that is being made.
    content
        What the result depends on, as a JSON value.
    resume
        Whether finished steps of an earlier run with the same content are used.

    Raises
    ------
    InputError
        If another run is at work on the same output, or something that is not ours is in the way.
    """
    path = output.with_name(output.name + ".part")
    key = content_key({"format": FORMAT, **content})
    _make(path)
    with _locked(path):
        notes = _prepared(path, key, resume=resume)
        write_bytes(path / KEY_FILE, canonical_json({"key": key, "format": FORMAT}))
        try:
            yield WorkFolder(path, notes)
        except BaseException:
            if {entry.name for entry in path.iterdir()} <= {LOCK_FILE, KEY_FILE}:  # nothing to go on from
                shutil.rmtree(path, ignore_errors=True)
            raise
        shutil.rmtree(path, ignore_errors=True)


def _make(path: Path) -> None:
    try:
        if path.is_dir() and not (path / KEY_FILE).is_file() and _foreign(path):
            raise InputError(
                Fault("a folder is in the way of the work folder", file=str(path), mend="Move it, or write elsewhere")
            )
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(Fault("cannot write here", file=str(path), found=error.strerror or str(error))) from error


def _foreign(path: Path) -> bool:
    """Return whether a folder without a key holds more than a run that died at once left in it."""
    return any(entry.name != LOCK_FILE and not entry.name.startswith(f".{KEY_FILE}.") for entry in path.iterdir())


def _prepared(path: Path, key: str, *, resume: bool) -> tuple[str, ...]:
    """Empty the folder unless it holds steps of the same work; say what was found."""
    useful = any(entry.name not in (LOCK_FILE, KEY_FILE) for entry in path.iterdir())
    same = _stored_key(path) == key
    if same and resume:
        for file in path.glob(".*"):  # the remains of a process that was killed while it wrote
            if file.is_file():
                file.unlink()
        return ("went on where an interrupted run had stopped",) if useful else ()
    _empty(path)
    reason = "as asked" if same else "the library or the plan has changed"
    return (f"the remains of an interrupted run were discarded: {reason}",) if useful else ()


def _empty(path: Path) -> None:
    for entry in path.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name not in (LOCK_FILE, KEY_FILE):
            entry.unlink()


def _stored_key(path: Path) -> str | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((path / KEY_FILE).read_text(encoding="utf-8"))["key"])
    return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the folder against other processes; the system lets go when the process dies."""
    try:
        import fcntl
    except ImportError:  # Windows: two runs at once are the user's to avoid
        yield
        return
    with (path / LOCK_FILE).open("wb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            what = "another run is at work on this output"
            raise InputError(Fault(what, file=str(path), mend="Wait for it, or write elsewhere")) from error
        yield
