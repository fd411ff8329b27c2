"""Names of files in a study, which may not lead outside its folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from weighbridge.errors import Fault, InputError

__all__ = ["inside"]

_RULE = "paths must stay inside the study's folder"


def inside(folder: Path, name: str, *, file: str = "", place: str = "") -> Path:
    """Return the path of a file of the study.

    Parameters
    ----------
    folder
        The study's folder.
    name
        The file's name as the study writes it, relative to the folder, with ``/``.
    file, place
        Where the name stands, for the fault.

    Raises
    ------
    InputError
        If the name is absolute, climbs with ``..``, or leads outside through a symbolic link.
    """
    if not _is_plain(name) or not _stays(folder, name):
        expected = "a file beside or below study.yaml, such as 'data/public.csv'"
        raise InputError(Fault(_RULE, file, place, repr(name), expected))
    return folder / name


def _is_plain(name: str) -> bool:
    windows = PureWindowsPath(name)
    return not (
        "\0" in name
        or "\\" in name
        or PurePosixPath(name).is_absolute()
        or windows.is_absolute()
        or windows.drive
        or ".." in PurePosixPath(name).parts
    )


def _stays(folder: Path, name: str) -> bool:
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a loop of links leads nowhere
        return False
