"""study.yaml read into its typed form, with every fault of form in plain words and its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError

from weighbridge.documents import Document, Path_, read_document
from weighbridge.errors import Fault, Faults, InputError
from weighbridge.study.schema import SCHEMA_VERSION, StudyFile
from weighbridge.study.tables import closest, did_you_mean

__all__ = ["parse_study", "read_faulty_study_file", "read_study_file"]

_WRONG_KIND: Final = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "tuple_type": "a list",
    "list_type": "a list",
    "none_required": "nothing",
}


def read_study_file(path: Path, name: str) -> tuple[StudyFile, Document]:
    """Read study.yaml.

    Raises
    ------
    InputError
        With every fault of form: unknown and missing keys, wrong kinds of values, unknown words.
    """
    document = read_document(path, name=name)
    return parse_study(document), document


def read_faulty_study_file(path: Path, name: str, faults: Faults) -> tuple[StudyFile, Document]:
    """Read study.yaml; keys it should not have are noted, and the rest is read as if they were not there.

    A misspelt key is read as the one that was meant, so that one slip hides no other fault.

    Raises
    ------
    InputError
        With every fault of form, where other faults than unknown keys leave no study to go on with.
    """
    document = read_document(path, name=name)
    try:
        return parse_study(document), document
    except InputError as error:
        mended = _without_unknown_keys(document)
        if mended is None:
            raise
        faults.extend(error)
        return mended, document


def _without_unknown_keys(document: Document) -> StudyFile | None:
    """Return the study as it would be with its unknown keys mended; None where more is wrong."""
    value = deepcopy(document.value)
    try:
        StudyFile.model_validate(value)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if one["type"] != "extra_forbidden":
                return None
            _mend_key(value, _document_path(value, one["loc"], one["type"]), _known_keys(one["loc"][:-1]))
    try:
        return StudyFile.model_validate(value)
    except ValidationError:
        return None


def _mend_key(value: Any, path: Path_, known: list[str]) -> None:
    """Rename an unknown key to the one that was meant, or take it away."""
    for step in path[:-1]:
        value = value[step]
    found = value.pop(path[-1])
    meant = closest(str(path[-1]), known)
    if meant and meant not in value:
        value[meant] = found


def parse_study(document: Document) -> StudyFile:
    """Return the typed form of a parsed study.yaml; see `read_study_file`."""
    if not isinstance(document.value, dict):
        found = "nothing" if document.value is None else _show(document.value)
        raise InputError(Fault("a study is a mapping", document.file, "", found, "keys such as title: and molecules:"))
    version = document.value.get("schema")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        mend = "Install a newer weighbridge to read it"
        place = document.place(("schema",))
        what = "this form of study.yaml is newer than the program"
        raise InputError(Fault(what, document.file, place, str(version), f"schema: {SCHEMA_VERSION}", mend))
    try:
        return StudyFile.model_validate(document.value)
    except ValidationError as error:
        raise InputError(_translate(document, error)) from None


def _translate(document: Document, error: ValidationError) -> list[Fault]:
    """Return one fault a place; the branches of a union speak of one place together."""
    places: dict[Path_, list[Any]] = {}
    for one in error.errors(include_url=False):
        places.setdefault(_document_path(document.value, one["loc"], one["type"]), []).append(one)
    faults = Faults()
    for path, errors in places.items():
        _add(faults, document, path, errors)
    return list(faults)


def _add(faults: Faults, document: Document, path: Path_, errors: list[Any]) -> None:
    first = errors[0]
    place = document.place(path)
    found = _show(first["input"])
    kind = first["type"]
    mend = ""
    if kind == "missing":
        what, found, expected = "a required key is missing", "", repr(str(path[-1]))
    elif kind == "extra_forbidden":
        known = _known_keys(first["loc"][:-1])
        key = str(path[-1])
        what, found, mend = "unknown key", repr(key), did_you_mean(key, known)
        expected = "one of " + ", ".join(known)
    else:
        what, expected = _what(errors)
        found = "" if kind == "value_error" else found
        if "number" in expected and isinstance(first["input"], str):
            mend = "Write the number without quotes, with a point before the decimals"
        elif expected == "text":
            mend = "Put the value in quotes"
    faults.add(what, file=document.file, place=place, found=found, expected=expected, mend=mend)


def _what(errors: list[Any]) -> tuple[str, str]:
    """Return what is wrong with one value and what would be accepted, in plain words."""
    for error in errors:
        if error["type"] == "value_error":
            return str(error["ctx"]["error"]), ""
    expected = " or ".join(dict.fromkeys(_expected(error) for error in errors))
    words = {
        "literal_error": "unknown word",
        "string_too_short": "the text is empty",
        "too_short": "nothing stands here",
    }
    bounds = {"greater_than_equal", "less_than_equal", "string_too_long"}
    kind = errors[0]["type"]
    return words.get(kind, "out of range" if kind in bounds else "wrong kind of value"), expected


def _expected(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    by_kind = {
        "literal_error": f"one of {context.get('expected')}",
        "string_too_short": "at least one character",
        "too_short": "at least one entry",
        "greater_than_equal": f"at least {context.get('ge', 0):g}",
        "less_than_equal": f"at most {context.get('le', 0):g}",
        "string_too_long": f"at most {context.get('max_length')} characters",
    }
    return str(_WRONG_KIND.get(kind) or by_kind.get(kind) or error["msg"])


def _document_path(value: Any, location: tuple[int | str, ...], kind: str) -> Path_:
    """Return where a fault stands in the document as written, short forms and all."""
    path: list[str | int] = []
    for position, part in enumerate(location):
        steps = _steps(value, part)
        if not steps and kind == "missing" and position == len(location) - 1:
            steps = (part,)
            value = {part: None}
        path.extend(steps)
        for step in steps:
            value = value[step]
    return tuple(path)


def _steps(value: Any, part: int | str) -> Path_:
    """Return the steps that one part of a location means in the document; none for a union's branch."""
    if isinstance(value, dict):
        return (part,) if part in value else ()
    if isinstance(value, list):
        if isinstance(part, int):
            return (part,) if part < len(value) else ()
        return _child_step(value, part)
    return ()


def _child_step(children: list[Any], name: str) -> Path_:
    """Return the path of a child in a list of names and one-key mappings; empty if there is none."""
    for index, child in enumerate(children):
        if child == name:
            return (index,)
        if isinstance(child, dict) and name in child:
            return (index, name)
    return ()


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys the part of the form at a location knows."""
    parts: list[Any] = [StudyFile]
    for step in location:
        following = [found for part in parts for found in _step(part, step)]
        parts = following or parts  # a step that names a branch of a union leads nowhere
    return [
        field.alias or name
        for part in parts
        if isinstance(part, type) and issubclass(part, BaseModel)
        for name, field in part.model_fields.items()
    ]


def _step(part: Any, step: int | str) -> Iterator[Any]:
    """Yield the types one step below a type."""
    if isinstance(part, type) and issubclass(part, BaseModel):
        for name, field in part.model_fields.items():
            if step in (name, field.alias):
                yield from _alternatives(field.annotation)
    elif get_origin(part) in (dict, Mapping):
        yield from _alternatives(get_args(part)[1])
    elif get_origin(part) in (tuple, list) and isinstance(step, int):
        yield from _alternatives(get_args(part)[0])


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the plain types an annotation allows."""
    if get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif isinstance(annotation, type) or get_origin(annotation) in (dict, tuple, list, Mapping):
        yield annotation
    else:
        for alternative in get_args(annotation):
            if alternative is not NoneType:
                yield from _alternatives(alternative)


def _show(value: Any) -> str:
    """Return a value as a message shows it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = (
        {True: "true", False: "false"}[value]
        if isinstance(value, bool)
        else "nothing"
        if value is None
        else repr(value)
    )
    return text if len(text) <= 80 else text[:77] + "…'"
