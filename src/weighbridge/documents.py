"""The one door for YAML and JSON documents.

YAML is read as YAML 1.2's core schema reads it (``no`` is a word, ``1e3`` a number, ``12:30`` a
word), and strictly: no aliases, no tags, no duplicate keys, no NaN or infinities, bounded size and
depth. JSON goes through the same rules. Every value's line is kept, so that a fault in a document
can be shown where it stands.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weighbridge import limits
from weighbridge.errors import Fault, InputError

__all__ = ["Document", "parse_json", "parse_yaml", "read_document", "read_text"]

Path_ = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document: its value, the file's name and the line of every path in it."""

    value: Any
    file: str
    lines: dict[Path_, int] = field(default_factory=dict)

    def place(self, path: Path_) -> str:
        """Return ``line 7, $.sources.public`` for a path, with the nearest known line."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        where = "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
        line = self.lines.get(known)
        return f"line {line}, {where}" if line else where


def read_text(path: Path, *, name: str | None = None, limit: int = limits.DOCUMENT_BYTES) -> str:
    """Read a UTF-8 text file, or say what is wrong with it.

    Raises
    ------
    InputError
        If the file is missing, unreadable, larger than `limit` bytes, or not UTF-8.
    """
    name = name or str(path)
    try:
        size = path.stat().st_size
        if size > limit:
            raise InputError(Fault("the file is too large", name, "", f"{size:,} bytes", f"at most {limit:,}"))
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(Fault("there is no such file", name, mend="Check the name and the folder")) from error
    except OSError as error:
        raise InputError(Fault("the file cannot be read", name, found=error.strerror or str(error))) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            Fault(
                "the file is not UTF-8 text",
                name,
                f"line {line}",
                f"byte 0x{content[error.start]:02x}",
                "UTF-8",
                "Save it again with the encoding UTF-8",
            )
        ) from error


def read_document(path: Path, *, name: str | None = None) -> Document:
    """Read a YAML or JSON file, by its suffix."""
    name = name or path.name
    text = read_text(path, name=name)
    return parse_json(text, name) if path.suffix.lower() == ".json" else parse_yaml(text, name)


def parse_json(text: str, file: str = "document") -> Document:
    """Parse a JSON text strictly: no NaN, no infinities, no duplicate keys, bounded depth."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in items:
            if key in seen:
                raise InputError(Fault("a key stands twice", file, f"key {key!r}"))
            seen[key] = value
        return seen

    def constant(word: str) -> Any:
        raise InputError(Fault("not a finite number", file, "", word, "a finite number"))

    def number(word: str) -> float:
        value = float(word)
        if not math.isfinite(value):
            raise InputError(Fault("not a finite number", file, "", word, "a finite number"))
        return value

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number)
    except json.JSONDecodeError as error:
        raise InputError(Fault(f"not JSON: {error.msg}", file, f"line {error.lineno}, column {error.colno}")) from error
    except RecursionError as error:
        raise InputError(Fault("the document is nested too deeply", file)) from error
    _check_depth(value, file)
    _check_characters(value, file)
    return Document(value, file)


def _check_depth(value: Any, file: str) -> None:
    level = [value]
    for _ in range(limits.DOCUMENT_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise InputError(Fault("the document is nested too deeply", file, expected=f"at most {limits.DOCUMENT_DEPTH}"))


def _check_characters(value: Any, file: str) -> None:
    """Refuse halves of characters, which JSON's escapes can write and no file can hold."""
    if isinstance(value, str):
        _whole_characters(value, file)
    elif isinstance(value, dict):
        for key, child in value.items():
            _whole_characters(key, file)
            _check_characters(child, file)
    elif isinstance(value, list):
        for child in value:
            _check_characters(child, file)


def _children(item: Any) -> list[Any]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []


def _whole_characters(text: str, file: str, place: str = "") -> str:
    r"""Join a character written as two escapes (``\ud83d\ude00``); half of one is refused."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError as error:
        raise InputError(Fault("half a character", file, place, ascii(text[:40]), "whole characters")) from error


def parse_yaml(text: str, file: str = "document") -> Document:
    """Parse a YAML 1.2 text strictly; see the module's docstring for what is refused."""
    import yaml

    _check_flow_depth(text, file)
    try:
        events = _refuse_aliases(yaml, yaml.parse(text, Loader=yaml.SafeLoader), file)
        root = _composer(yaml, events).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(Fault(f"not YAML: {error.problem or error.context}", file, place)) from error
    except yaml.YAMLError as error:
        raise InputError(Fault(f"not YAML: {error}", file)) from error
    except RecursionError as error:
        raise InputError(Fault("the document is nested too deeply", file)) from error
    lines: dict[Path_, int] = {}
    value = None if root is None else _Builder(file, lines).build(root, ())
    return Document(value, file, lines)


def _check_flow_depth(text: str, file: str) -> None:
    """Refuse thousands of opening brackets before the parser spends seconds on them."""
    depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            if depth > 4 * limits.DOCUMENT_DEPTH:
                raise InputError(Fault("the document is nested too deeply", file))
        elif character in "]}":
            depth = max(0, depth - 1)


def _composer(yaml: Any, events: list[Any]) -> Any:
    """Return what composes nodes from events that were read before, so that no text is parsed twice."""

    class Replay(yaml.composer.Composer, yaml.resolver.Resolver):  # type: ignore[misc]
        def __init__(self) -> None:
            yaml.composer.Composer.__init__(self)
            yaml.resolver.Resolver.__init__(self)
            self.number = 0

        def peek_event(self) -> Any:
            return events[self.number] if self.number < len(events) else None

        def check_event(self, *choices: type) -> bool:
            return self.number < len(events) and (not choices or isinstance(events[self.number], choices))

        def get_event(self) -> Any:
            self.number += 1
            return events[self.number - 1]

    return Replay()


def _refuse_aliases(yaml: Any, events: Iterable[Any], file: str) -> list[Any]:
    """Refuse aliases, tags and deep nesting while the document is a stream of small events; return these."""
    seen: list[Any] = []
    depth = 0
    for number, event in enumerate(events):
        seen.append(event)
        place = f"line {event.start_mark.line + 1}"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > limits.DOCUMENT_DEPTH + 1:
            raise InputError(Fault("the document is nested too deeply", file, place))
        if number > limits.DOCUMENT_NODES:
            raise InputError(Fault("the document holds too many values", file, place))
        if isinstance(event, yaml.AliasEvent):
            raise InputError(Fault("aliases are not accepted", file, place, f"*{event.anchor}", "the value itself"))
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise InputError(Fault("tags are not accepted", file, place, tag, "a plain value"))
    return seen


class _Builder:
    """Turns composed YAML nodes into values by the core schema of YAML 1.2, keeping lines."""

    def __init__(self, file: str, lines: dict[Path_, int]) -> None:
        self.file = file
        self.lines = lines

    def build(self, node: Any, path: Path_) -> Any:
        if len(path) > limits.DOCUMENT_DEPTH:
            raise InputError(Fault("the document is nested too deeply", self.file, self._place(node)))
        self.lines[path] = node.start_mark.line + 1
        if node.id == "scalar":
            text = _whole_characters(node.value, self.file, self._place(node))
            return text if node.style else self._scalar(node)
        if node.id == "sequence":
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Any, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.id != "scalar":
                raise InputError(Fault("a key must be a plain word", self.file, self._place(key_node)))
            key = _whole_characters(key_node.value, self.file, self._place(key_node))
            if key in found:
                raise InputError(Fault("a key stands twice", self.file, self._place(key_node), repr(key)))
            found[key] = self.build(value_node, (*path, key))
        return found

    def _scalar(self, node: Any) -> Any:
        text = node.value
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text) and len(text) < 20:
            return int(text)
        if _NOT_FINITE.match(text):
            raise InputError(Fault("not a finite number", self.file, self._place(node), text, "a finite number"))
        if _FLOAT.match(text):
            value = float(text)
            if not math.isfinite(value):
                found = text if len(text) <= 80 else text[:79] + "…"
                raise InputError(Fault("not a finite number", self.file, self._place(node), found, "a finite number"))
            return value
        return text

    @staticmethod
    def _place(node: Any) -> str:
        return f"line {node.start_mark.line + 1}"
