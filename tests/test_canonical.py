"""Canonical JSON and content keys: one content, one byte string, one name."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.canonical import canonical_json, content_key, file_key
from weighbridge.errors import InputError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)


def shuffled(value: object, seed: int) -> object:
    """Return the value with the keys of every mapping in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(child, seed)) for key, child in value.items()]
        random.Random(seed).shuffle(items)
        return dict(items)
    return [shuffled(child, seed) for child in value] if isinstance(value, list) else value


def test_the_bytes_are_sorted_and_without_space() -> None:
    """Keys are sorted, nothing is spaced, text is UTF-8 and not escaped."""
    assert canonical_json({"b": [1, 2.5, None], "a": "µ"}) == '{"a":"µ","b":[1,2.5,null]}'.encode()


@given(VALUES)
def test_canonical_json_is_json(value: object) -> None:
    """The bytes read back as the value they stand for."""
    assert json.loads(canonical_json(value)) == value


@given(VALUES, st.integers(0, 99))
def test_the_order_of_keys_does_not_matter(value: object, seed: int) -> None:
    """A mapping has one name however it was built."""
    assert content_key(shuffled(value, seed)) == content_key(value)


@given(st.lists(st.integers(), min_size=2, unique=True))
def test_the_order_of_a_list_matters(value: list[int]) -> None:
    """A list is not a set."""
    assert content_key(value) != content_key(value[::-1])


def test_the_key_is_the_sha_256_of_the_bytes() -> None:
    """Anybody can compute the name with other tools."""
    assert content_key({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": {1, 2}}, object(), b"x", {(1, 2): 3}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    """NaN, infinities and foreign objects have no name."""
    with pytest.raises(InputError, match="not a JSON value"):
        canonical_json(value)


def test_a_file_s_key_is_the_sha_256_of_its_bytes(tmp_path: Path) -> None:
    """One changed byte gives another key."""
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert file_key(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    path.write_bytes(b"abd")
    assert file_key(path) != hashlib.sha256(b"abc").hexdigest()
