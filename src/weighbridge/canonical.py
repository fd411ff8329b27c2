"""Canonical JSON and content keys: the same content has the same bytes and the same name.

Objects are written with sorted keys, no insignificant white space, UTF-8, numbers as Python's
shortest round-trip form. NaN and infinities are refused, because JSON has no word for them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from weighbridge.errors import InputError

__all__ = ["canonical_json", "content_key", "file_key"]


def canonical_json(value: Any) -> bytes:
    """Return the one byte string that stands for a JSON value.

    Raises
    ------
    InputError
        If the value holds NaN, an infinity, or something JSON cannot say.
    """
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"not a JSON value: {error}") from error
    return text.encode("utf-8")


def content_key(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def file_key(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
