"""A new study: a commented example that runs as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from weighbridge.errors import Fault, InputError
from weighbridge.files import write_bytes
from weighbridge.resources import templates_folder
from weighbridge.study.schema import json_schema

__all__ = ["SCHEMA_FILE", "scaffold"]

SCHEMA_FILE: Final = "study.schema.json"
"""Where editors find the form of study.yaml; its first line points here."""

_WELCOME: Final = frozenset({".git", ".gitignore", ".gitattributes"})
"""What a folder may hold and still count as empty."""

_SHOWN: Final = 10


def scaffold(folder: Path, *, force: bool = False) -> list[Path]:
    """Write a new study into a folder.

    Parameters
    ----------
    folder
        A new or an empty folder (a git repository without files counts as empty).
    force
        Write into a folder that holds files, over those of the same names.

    Returns
    -------
    list of Path
        The files written, study.yaml first.

    Raises
    ------
    InputError
        If the folder is a file, holds files, or cannot be written. Nothing is left half-written:
        on any failure the folder is as it was.
    """
    folder = Path(folder)
    _check_free(folder, force=force)
    before: dict[Path, bytes | None] = {}
    made = [above for above in (folder, *folder.parents) if not above.exists()]
    try:
        for name, content in _contents().items():
            path = folder / name
            before[path] = path.read_bytes() if path.is_file() else None
            write_bytes(path, content)
    except BaseException:
        _restore(before, made)
        raise
    return list(before)


def _contents() -> dict[str, bytes]:
    """Return file name → content, study.yaml first."""
    template = templates_folder() / "study"
    paths = sorted((path for path in template.iterdir() if path.is_file()), key=lambda path: path.name)
    paths.sort(key=lambda path: path.name != "study.yaml")
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    return {**{path.name: path.read_bytes() for path in paths}, SCHEMA_FILE: schema.encode("utf-8")}


def _check_free(folder: Path, *, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(Fault("there is a file where the study's folder should be", str(folder), expected="a folder"))
    if force or not folder.exists():
        return
    there = sorted(path.name for path in folder.iterdir() if path.name not in _WELCOME)
    if there:
        found = ", ".join(there[:_SHOWN]) + (f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else "")
        mend = "Name a new folder, or move these away"
        raise InputError(Fault("the folder is not empty", str(folder), "", found, "a new or empty folder", mend))


def _restore(before: dict[Path, bytes | None], made: list[Path]) -> None:
    """Put back what was there before a failure, and take away the folders made, the lowest first."""
    for path, content in before.items():
        if content is not None:
            path.write_bytes(content)
        elif path.is_file():  # what is none was not written here
            path.unlink()
    for folder in made:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
