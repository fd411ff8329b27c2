"""The one way to write a file: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from weighbridge.errors import Fault, InputError

__all__ = ["write_bytes", "write_text", "write_with"]


def write_with(path: Path, write: Callable[[IO[bytes]], object]) -> Path:
    """Write a file through a temporary neighbour, flush it to disk and rename it into place.

    Readers see the old file or the new one, never a part; a failure leaves nothing behind.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(Fault("cannot write here", file=str(path), found="a folder", expected="a file name"))
        if path.exists() and not path.is_file():  # renaming onto /dev/null would take it from everybody
            raise InputError(Fault("cannot write here", file=str(path), found="a device", expected="a file name"))
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InputError(Fault("cannot write here", file=str(path), found=error.strerror or str(error))) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)  # noqa: PTH101 - mkstemp made it private; a report is not
        os.replace(temporary, path)  # noqa: PTH105 - os.replace is the atomic rename
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):  # a full disk, a quota
            raise InputError(Fault("cannot write here", str(path), found=error.strerror or str(error))) from error
        raise
    _sync_folder(path.parent)
    return path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write bytes to a file, whole or not at all."""
    return write_with(path, lambda stream: stream.write(content))


def write_text(path: Path, content: str) -> Path:
    """Write UTF-8 text to a file, whole or not at all."""
    return write_bytes(path, content.encode("utf-8"))


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; platforms that cannot open folders do without."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
