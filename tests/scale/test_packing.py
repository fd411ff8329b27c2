"""Values travel as bytes without code, bit by bit."""

from __future__ import annotations

import io
import json
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weighbridge.core.criterion import Criterion, Preference
from weighbridge.errors import StateError
from weighbridge.scale.packing import pack, unpack

LEAVES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=5) | st.floats(allow_nan=False)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.tuples(st.text(max_size=2), st.integers()), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_plain_values_come_back(value: Any) -> None:
    """Lists stay lists, tuples tuples, whole numbers whole, floats their bits."""
    found = unpack(pack(value))
    assert found == value
    assert repr(found) == repr(value)


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(st.sampled_from(["f8", "i8", "u4", "?"]), hnp.array_shapes(max_dims=2, min_side=0)))
def test_arrays_come_back_bit_by_bit(array: np.ndarray[Any, Any]) -> None:
    """Values, shape and type, NaN and −0.0 included."""
    found = unpack(pack((array,)))[0]
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()


def test_floats_that_json_has_no_word_for_come_back() -> None:
    """NaN and the infinities are floats again."""
    found = unpack(pack([math.nan, math.inf, -0.0]))
    assert math.isnan(found[0])
    assert [type(x) for x in found] == [float] * 3
    assert math.copysign(1, found[2]) == -1


def test_values_of_this_package_come_back() -> None:
    """A dataclass within a dataclass is equal to what was packed."""
    criterion = Criterion(direction="gain", worst=0, best=1.5, preference=Preference("linear", q=0.1, p=0.2))
    assert unpack(pack({"c": criterion})) == {"c": criterion}


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([object()]), lambda: 1, b"x"])
def test_what_has_no_plain_form_is_refused(value: object) -> None:
    """Code and objects are not packed."""
    with pytest.raises(StateError, match="cannot be packed"):
        pack([value])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 100, pack([1])[:-30], pickle.dumps(print)])
def test_damaged_bytes_are_refused(content: bytes) -> None:
    """A cut or foreign file is said to be damaged, and never run."""
    with pytest.raises(StateError, match="damaged"):
        unpack(content)


@pytest.mark.parametrize(
    "kind", [["os", "DirEntry"], ["weighbridge.canonical", "file_key"], ["weighbridge.errors", "InputError"]]
)
def test_only_values_of_this_package_are_made(kind: list[str]) -> None:
    """A forged file cannot have other classes or functions called."""
    stream = io.BytesIO()
    np.savez(stream, tree=np.array(json.dumps({"class": kind, "fields": {}})))
    with pytest.raises(StateError, match="damaged"):
        unpack(stream.getvalue())
