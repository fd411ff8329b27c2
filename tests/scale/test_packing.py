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
from weighbridge.scale.checks import Findings, Group
from weighbridge.scale.packing import pack, unpack
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.stages import start
from weighbridge.scale.topk import best_rows, merge_top

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


def forged(tree: Any, **arrays: Any) -> bytes:
    """Return a file whose tree somebody else has written."""
    stream = io.BytesIO()
    np.savez(stream, tree=np.array(json.dumps(tree)), **arrays)
    return stream.getvalue()


FINDINGS = ["weighbridge.scale.checks", "Findings"]


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"set": []},
        {"tuple": 3},
        {"list": None},
        {"mapping": 5},
        {"mapping": [[1]]},
        {"mapping": [[{"list": []}, 1]]},
        {"array": "nothing", "plain": False},
        {"array": "tree"},
        {"class": None, "fields": {}},
        {"class": [1, 2], "fields": {}},
        {"class": ["weighbridge."], "fields": {}},
        {"class": ["weighbridge.", "x"], "fields": {}},
        {"class": ["weighbridge.nothing", "Nothing"], "fields": {}},
        {"class": ["weighbridge.scale.checks", "Nothing"], "fields": {}},
        {"class": FINDINGS, "fields": {}},
        {"class": FINDINGS, "fields": {"rows": 1, "faults": {"mapping": []}}},
        {"class": FINDINGS, "fields": {"rows": 1, "faults": 2, "treated": 3, "more": 4}},
        {"class": FINDINGS, "fields": [1, 2, 3]},
        {"class": FINDINGS},
    ],
    ids=json.dumps,
)
def test_forged_trees_are_refused(tree: Any) -> None:
    """Whatever a tree says that `pack` never writes, fields of another version among it, the file is damaged."""
    with pytest.raises(StateError, match="a packed value is damaged"):
        unpack(forged(tree))


def test_trees_too_deep_to_read_are_refused() -> None:
    """A tree nested beyond what can be read is damaged, not a crash."""
    stream = io.BytesIO()
    np.savez(stream, tree=np.array("[" * 50_000 + "]" * 50_000))
    with pytest.raises(StateError, match="damaged"):
        unpack(stream.getvalue())


def test_arrays_of_objects_in_a_file_are_not_read() -> None:
    """An array of pickles is refused unread."""
    with pytest.raises(StateError, match="damaged"):
        unpack(forged({"array": "a0", "plain": False}, a0=np.array([{"x": 1}], dtype=object)))


def test_a_file_without_a_tree_is_refused() -> None:
    """An npz of somebody else's has no tree."""
    stream = io.BytesIO()
    np.savez(stream, values=np.arange(3))
    with pytest.raises(StateError, match="damaged"):
        unpack(stream.getvalue())


def test_flipped_bytes_are_refused_or_harmless() -> None:
    """Any byte of a file may be wrong: it is refused, or reads as some value, and nothing else is raised."""
    content = pack({"c": Criterion(direction="gain", worst=0, best=1.5), "a": np.arange(3.0), "t": (1, "x", None)})
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(400):
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), 2):
            damaged[place] = rng.integers(0, 256)
        try:
            unpack(bytes(damaged))
        except StateError:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.999])
def test_cut_files_are_refused(share: float) -> None:
    """A file that was cut off anywhere is damaged."""
    content = pack([np.arange(100.0), {"a": 1}])
    with pytest.raises(StateError, match="damaged"):
        unpack(content[: int(share * len(content))])


def test_equal_values_are_equal_bytes() -> None:
    """Packing the same value again gives the same bytes: keys of results are made of them."""
    value = {"a": np.arange(5.0), "b": (1, 2.5, None), "c": Criterion(direction="cost")}
    assert pack(value) == pack({**value, "a": np.arange(5.0)})
    assert pack(value) != pack({**value, "b": (1, 2.5, 0)})


@pytest.mark.parametrize("method", ["topsis", "weighted-sum", "promethee-ii"])
def test_stages_summaries_and_models_come_back(method: str) -> None:
    """Everything that a resumed run takes from its folder works on as it did, to the same bytes."""
    criteria = {name: Criterion(direction="gain", scale="ratio") for name in "ab"}
    step: Any = start(ScoringPlan(criteria, np.array([0.5, 0.5]), method, "vector", bins=64))
    values = np.asfortranarray(np.random.default_rng(1).uniform(1, 2, (150, 2)))
    values[:75, 1] = 1.0
    while hasattr(step, "summarise"):
        summary = step.summarise(values)
        following = step.finish(summary)
        step = unpack(pack(step)).finish(unpack(pack(summary)))
    again = unpack(pack(step))
    assert again.score(values).tobytes() == step.score(values).tobytes() == following.score(values).tobytes()
    assert again.bound == step.bound


def test_tops_and_findings_come_back() -> None:
    """The outcome of a piece, infinite ends included, is merged as if it had never been away."""
    rng = np.random.default_rng(2)
    parts = [best_rows(3, 0.1, rng.normal(size=9), np.arange(9) + 9 * i, rng.normal(size=(9, 2))) for i in range(2)]
    empty = best_rows(3, 0.1, np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros((0, 2)))
    wanted = merge_top(merge_top(*parts), empty)
    found = merge_top(merge_top(unpack(pack(parts[0])), unpack(pack(parts[1]))), unpack(pack(empty)))
    assert found.rows.tolist() == wanted.rows.tolist()
    assert found.values.tobytes() == wanted.values.tobytes()
    assert (found.low, found.high, found.lost) == (wanted.low, wanted.high, wanted.lost)
    findings = Findings(4, {("missing", "a"): Group(2, ((1, math.nan), (3, math.nan)))}, {("outside", "b"): 7})
    back = unpack(pack(findings))
    assert repr(back) == repr(findings)
    assert (back + Findings(1)).rows == 5
