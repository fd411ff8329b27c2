"""The one door for YAML and JSON: what it reads, what it refuses and in which words."""

from __future__ import annotations

import contextlib
import json
import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import limits
from weighbridge.documents import Document, parse_json, parse_yaml, read_document, read_text
from weighbridge.errors import InputError

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def refusal(parse: object, text: str) -> str:
    """Return the message a text is refused with."""
    assert callable(parse)
    with pytest.raises(InputError) as caught:
        parse(text, "f")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\nb: *x\n", "f, line 2: aliases are not accepted; found *x; expected the value itself"),
        ("a: !!int '1'\n", "f, line 1: tags are not accepted; found tag:yaml.org,2002:int; expected a plain value"),
        ("a: !secret x\n", "f, line 1: tags are not accepted; found !secret; expected a plain value"),
        ("a: 1\nb: 2\na: 3\n", "f, line 3: a key stands twice; found 'a'"),
        ("x:\n  - {k: 1, k: 2}\n", "f, line 2: a key stands twice; found 'k'"),
        ("[a, b]: 1\n", "f, line 1: a key must be a plain word"),
        ("a: .nan\n", "f, line 1: not a finite number; found .nan; expected a finite number"),
        ("a: 1\nb: -.INF\n", "f, line 2: not a finite number; found -.INF; expected a finite number"),
        ("a: 1e400\n", "f, line 1: not a finite number; found 1e400; expected a finite number"),
        ("a: [1, 2\nb: 3\n", "f, line 2, column 2: not YAML: expected ',' or ']', but got ':'"),
        ("a: b: c\n", "f, line 1, column 5: not YAML: mapping values are not allowed here"),
        ("\ta: 1\n", "f, line 1, column 1: not YAML: found character '\\t' that cannot start any token"),
        ("a: 1\n---\nb: 2\n", "f, line 2, column 1: not YAML: but found another document"),
        ("[" * 5000, "f: the document is nested too deeply"),
        ('a: "x\\ud800"\n', "f, line 1: half a character; found 'x\\ud800'; expected whole characters"),
        ('"\\udc00": 1\n', "f, line 1: half a character; found '\\udc00'; expected whole characters"),
        ("a: " + "[" * 40 + "]" * 40, "f, line 1: the document is nested too deeply"),
    ],
)
def test_yaml_that_is_refused(text: str, message: str) -> None:
    """Whatever YAML offers beyond plain values is refused with its line."""
    assert refusal(parse_yaml, text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": NaN}', "f: not a finite number; found NaN; expected a finite number"),
        ('{"a": -Infinity}', "f: not a finite number; found -Infinity; expected a finite number"),
        ('{"a": 1e400}', "f: not a finite number; found 1e400; expected a finite number"),
        ('{"a": 1, "a": 2}', "f, key 'a': a key stands twice"),
        ('{"a": 1,}', "f, line 1, column 8: not JSON: Illegal trailing comma before end of object"),
        ('{"a"\n 1}', "f, line 2, column 2: not JSON: Expecting ':' delimiter"),
        ("", "f, line 1, column 1: not JSON: Expecting value"),
        ('{"a": ["\\ud800"]}', "f: half a character; found '\\ud800'; expected whole characters"),
        ('{"\\ud800": 1}', "f: half a character; found '\\ud800'; expected whole characters"),
        ("[" * 40 + "]" * 40, "f: the document is nested too deeply; expected at most 32"),
        ("[" * 100_000 + "]" * 100_000, "f: the document is nested too deeply"),
    ],
)
def test_json_that_is_refused(text: str, message: str) -> None:
    """JSON goes through the same rules."""
    found = refusal(parse_json, text)
    assert found == message or (",}" in text and found.startswith("f, line 1, column"))  # Python words it by version


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("2026-03-01", "2026-03-01"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("010", 10),
        ("1e3", 1000.0),
        ("+.5", 0.5),
        ("-7", -7),
        ("5.", 5.0),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'1'", "1"),
        ('"true"', "true"),
        ("|\n  1\n", "1\n"),
        ("99999999999999999999999", 99999999999999999999999.0),
        ("NaN", "NaN"),
        ("<<", "<<"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
    ],
)
def test_scalars_are_read_as_yaml_1_2_reads_them(text: str, value: object) -> None:
    """Words stay words and numbers numbers; quotes make text."""
    found = parse_yaml(f"key: {text}\n").value["key"]
    assert found == value
    assert type(found) is type(value)


def test_a_merge_key_is_an_ordinary_key() -> None:
    """The merge key of YAML 1.1 merges nothing."""
    assert parse_yaml("<<: {a: 1}\nb: 2\n").value == {"<<": {"a": 1}, "b": 2}


def test_every_value_knows_its_line() -> None:
    """A place is told by line and path, and by the nearest known line where there is none."""
    document = parse_yaml("a:\n  b:\n    - 1\n    - c: 2\n")
    assert document.place(("a", "b", 1, "c")) == "line 4, $.a.b[1].c"
    assert document.place(("a", "b", 1, "d", 0)) == "line 4, $.a.b[1].d[0]"
    assert document.place(()) == "line 1, $"
    assert Document({}, "f.json").place(("x",)) == "$.x"


def test_an_empty_document_is_nothing() -> None:
    """No text, no value."""
    assert parse_yaml("# only a comment\n").value is None


@given(VALUES)
def test_json_comes_back_as_it_went_in(value: object) -> None:
    """What JSON can say is read back unchanged through the JSON door."""
    assert parse_json(json.dumps(value)).value == value


@given(VALUES)
def test_json_is_yaml(value: object) -> None:
    """The YAML door reads JSON text as the JSON door does, whole numbers beyond 19 digits apart."""
    assert parse_yaml(json.dumps(value)).value == parse_json(json.dumps(value)).value


@given(st.text(max_size=60))
def test_no_text_breaks_the_yaml_door(text: str) -> None:
    """Any text is read or refused with a message; nothing else is raised."""
    with contextlib.suppress(InputError):
        assert not _holds_nan(parse_yaml(text, "f").value)


@given(st.text(alphabet='{}[]",:0123456789.eE-nulltrue', max_size=40))
def test_no_text_breaks_the_json_door(text: str) -> None:
    """Any text is read or refused with a message; nothing else is raised."""
    with contextlib.suppress(InputError):
        assert not _holds_nan(parse_json(text, "f").value)


def _holds_nan(value: object) -> bool:
    if isinstance(value, dict):
        return any(_holds_nan(child) for child in value.values())
    if isinstance(value, list):
        return any(_holds_nan(child) for child in value)
    return isinstance(value, float) and not math.isfinite(value)


def seconds(text: str) -> float:
    """Return how long a text takes to be read or refused."""
    start = time.perf_counter()
    with contextlib.suppress(InputError):
        parse_yaml(text)
    return time.perf_counter() - start


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n" for n in range(1000)),
        "[" * 5000,
        "{a: " * 5000,
        "- " * 3000 + "x",
        "".join("  " * depth + "k:\n" for depth in range(1000)),
        "!" * 10_000,
        "x: " + "9" * 100_000,
    ],
    ids=["aliases", "brackets", "braces", "dashes", "indents", "tags", "digits"],
)
def test_hostile_text_costs_little(text: str) -> None:
    """A document made to cost time is refused, or read, within a second."""
    assert seconds(text) < 1.0


def test_twenty_thousand_keys_are_read_fast() -> None:
    """A large honest document is read; time grows with its length, not with its square."""
    small, large = (seconds("".join(f"key{n}: {n}\n" for n in range(count))) for count in (2_000, 20_000))
    assert large < 40 * max(small, 0.01)
    assert len(parse_yaml("".join(f"key{n}: {n}\n" for n in range(2_000))).value) == 2_000


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of values of one document is bounded."""
    monkeypatch.setattr(limits, "DOCUMENT_NODES", 50)
    assert refusal(parse_yaml, "- 1\n" * 60) == "f, line 49: the document holds too many values"


def test_too_large_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at before the file is read."""
    path = tmp_path / "big.yaml"
    path.write_text("x" * 100)
    with pytest.raises(InputError) as caught:
        read_text(path, name="big.yaml", limit=10)
    assert str(caught.value) == "big.yaml: the file is too large; found 100 bytes; expected at most 10"


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """Windows editors write one; it is no part of the text."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_document(path).value == {"a": 1}


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    """The line of the first wrong byte is told."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert str(caught.value) == (
        "a.yaml, line 2: the file is not UTF-8 text; found byte 0xff; expected UTF-8. "
        "Save it again with the encoding UTF-8"
    )


def test_a_missing_file_is_told_by_the_name_the_user_gave(tmp_path: Path) -> None:
    """The message does not show the machine's folders where a name is known."""
    with pytest.raises(InputError) as caught:
        read_document(tmp_path / "a.yaml")
    assert str(caught.value) == "a.yaml: there is no such file. Check the name and the folder"


def test_the_suffix_decides_between_the_doors(tmp_path: Path) -> None:
    """A .json file is read as JSON, whatever YAML would make of it."""
    path = tmp_path / "a.JSON"
    path.write_text("a: 1")
    with pytest.raises(InputError, match="not JSON"):
        read_document(path)
