"""Summaries and models as bytes without code: JSON and arrays in one npz.

Pickles run whatever they hold, so nothing that lies in a folder between two runs is one. Packed are
numbers, text, None, arrays, tuples, lists, mappings, and dataclasses of this package.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np

from weighbridge.errors import StateError

__all__ = ["pack", "unpack"]

_PACKAGE: Final = "weighbridge."
_TREE: Final = "tree"


def pack(value: Any) -> bytes:
    """Return a value as bytes.

    Raises
    ------
    StateError
        If it holds something that cannot be packed: an error of ours.
    """
    arrays: dict[str, Any] = {}
    tree = json.dumps(_taken_apart(value, arrays))
    stream = io.BytesIO()
    np.savez(stream, **{_TREE: np.array(tree), **arrays})
    return stream.getvalue()


def unpack(content: bytes) -> Any:
    """Return the value that was packed.

    Raises
    ------
    StateError
        If the bytes are damaged, or hold what `pack` never writes.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return _put_together(json.loads(str(stored[_TREE])), stored)
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        EOFError,
        AttributeError,
        ImportError,
        MemoryError,
        RuntimeError,
        zlib.error,
        zipfile.BadZipFile,
    ) as error:
        raise StateError(f"a packed value is damaged: {error}") from error


def _taken_apart(value: Any, arrays: dict[str, Any]) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (np.ndarray, np.generic, float)):  # floats too: as arrays they keep every bit and NaN
        array = np.asarray(value)
        if array.dtype.hasobject:
            raise StateError("an array of objects cannot be packed")
        name = f"a{len(arrays)}"
        arrays[name] = array
        return {"array": name, "plain": isinstance(value, float) and not isinstance(value, np.generic)}
    if isinstance(value, (tuple, list)):
        return {type(value).__name__: [_taken_apart(item, arrays) for item in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[_taken_apart(key, arrays), _taken_apart(item, arrays)] for key, item in value.items()]}
    if is_dataclass(value) and type(value).__module__.startswith(_PACKAGE):
        parts = {item.name: _taken_apart(getattr(value, item.name), arrays) for item in fields(value)}
        return {"class": [type(value).__module__, type(value).__qualname__], "fields": parts}
    raise StateError(f"a {type(value).__name__} cannot be packed")


def _put_together(tree: Any, arrays: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        array = arrays[tree["array"]]
        return float(array) if tree["plain"] else array
    if "class" in tree:
        return _made(tree, arrays)
    if "mapping" in tree:
        return {_put_together(key, arrays): _put_together(item, arrays) for key, item in tree["mapping"]}
    ((kind, items),) = tree.items()
    return {"tuple": tuple, "list": list}[kind](_put_together(item, arrays) for item in items)


def _made(tree: Any, arrays: Any) -> Any:
    """Return a dataclass of this package with its fields as they were, without checking them anew."""
    module, name = tree["class"]
    if not module.startswith(_PACKAGE):
        raise ValueError(f"{module} is not ours")
    kind = getattr(import_module(module), name)
    if not (isinstance(kind, type) and is_dataclass(kind)):
        raise ValueError(f"{name} is no value")
    if set(tree["fields"]) != {item.name for item in fields(kind)}:
        raise ValueError(f"{name} has other fields")
    made = object.__new__(kind)
    for key, item in tree["fields"].items():
        object.__setattr__(made, key, _put_together(item, arrays))
    return made
