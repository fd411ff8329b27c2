"""Weights: non-negative, summing to one, and able to say where they come from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.weights import LARGEST, Provenance, Weights
from weighbridge.errors import InputError

numbers = st.dictionaries(
    st.text(min_size=1, max_size=4), st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=8
).filter(lambda values: max(values.values()) > 0)


def refused(values: Any) -> str:
    """Return the message with which weights are refused."""
    with pytest.raises(InputError) as caught:
        Weights(values)
    return str(caught.value)


# --- normalising ----------------------------------------------------------------------------------


@given(numbers)
def test_weights_sum_to_one_and_keep_their_proportions(values: dict[str, float]) -> None:
    """Whatever the sum given, the weights sum to 1 and every value is divided by the same total."""
    weights = Weights(values)
    total = math.fsum(values.values())
    assert math.fsum(weights.values()) == pytest.approx(1.0, abs=1e-12)
    assert dict(weights) == pytest.approx({name: value / total for name, value in values.items()})


@given(numbers, st.floats(1e-3, 1e3))
def test_the_unit_of_the_weights_does_not_matter(values: dict[str, float], factor: float) -> None:
    """Points out of 100, stars or shares: only the proportions count."""
    scaled = Weights({name: value * factor for name, value in values.items()})
    assert dict(scaled) == pytest.approx(dict(Weights(values)), abs=1e-12)


@given(numbers)
def test_normalising_twice_changes_nothing_more(values: dict[str, float]) -> None:
    """Weights of weights are the same, and nothing is reported the second time."""
    once = Weights(values)
    twice = Weights(once)
    assert dict(twice) == pytest.approx(dict(once), rel=1e-12)
    assert twice.note == ""


def test_a_sum_other_than_one_is_reported() -> None:
    """The note tells the sum that was given, and stays silent where it was 1."""
    assert Weights({"a": 3, "b": 1}).note == "weights summed to 4 and were normalised"
    assert Weights({"a": 0.7, "b": 0.2, "c": 0.1}).note == ""
    assert Weights({"a": 0.7, "b": 0.25}).note == "weights summed to 0.95 and were normalised"


@pytest.mark.parametrize("value", [LARGEST, 1e-300, 5e-324])
def test_extreme_weights_neither_overflow_nor_vanish(value: float) -> None:
    """Two equal weights are a half each, at both ends of what a float can hold."""
    assert dict(Weights({"a": value, "b": value})) == {"a": 0.5, "b": 0.5}


def test_series_and_integer_names_are_taken() -> None:
    """A Series is a mapping of its index; names become text; numpy numbers are numbers."""
    assert dict(Weights(pd.Series([1, 3], index=[10, 20]))) == {"10": 0.25, "20": 0.75}
    assert dict(Weights({"a": np.float32(1), "b": np.int64(1)})) == {"a": 0.5, "b": 0.5}


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"a": 1, "b": -0.5},
            (
                "weight of 'b': a weight is negative; found -0.5; expected a number ≥ 0. "
                "To prefer low values declare the criterion a cost"
            ),
        ),
        ({"a": math.nan}, "weight of 'a': a weight is not a finite number; found nan; expected a number ≥ 0"),
        ({"a": math.inf}, "weight of 'a': a weight is not a finite number; found inf; expected a number ≥ 0"),
        ({"a": -math.inf}, "weight of 'a': a weight is not a finite number; found -inf; expected a number ≥ 0"),
        ({"a": "high"}, "weight of 'a': a weight is not a number; found 'high'; expected a number ≥ 0"),
        ({"a": "0.5"}, "weight of 'a': a weight is not a number; found '0.5'; expected a number ≥ 0"),
        ({"a": True}, "weight of 'a': a weight is not a number; found True; expected a number ≥ 0"),
        ({"a": None}, "weight of 'a': a weight is not a number; found None; expected a number ≥ 0"),
        ({"a": [1]}, "weight of 'a': a weight is not a number; found [1]; expected a number ≥ 0"),
        ({"a": 2e300}, "weight of 'a': a weight is too large; found 2e+300; expected at most 1e+300"),
        ({"a": 0, "b": 0.0}, "all weights are zero; found ['a', 'b']; expected at least one positive weight"),
        ({}, "there are no weights"),
        (pd.Series([1, 2], index=["a", "a"]), "a name has two weights; found 'a'; expected unique names"),
        ({1: 1.0, "1": 2.0}, "a name has two weights; found '1'; expected unique names"),
    ],
)
def test_wrong_weights_are_refused_in_words(values: Any, words: str) -> None:
    """Every fault of weights has its exact message; none is repaired in silence."""
    assert refused(values) == words


def test_every_wrong_weight_is_told_at_once() -> None:
    """Three wrong weights make one message with three lines, each with its name."""
    words = refused({"a": -1, "b": math.nan, "c": "x", "d": 1})
    assert words.splitlines()[0] == "3 faults:"
    assert [line.split(":")[0] for line in words.splitlines()[1:]] == [
        "  - weight of 'a'",
        "  - weight of 'b'",
        "  - weight of 'c'",
    ]


# --- looking up -----------------------------------------------------------------------------------


def test_an_array_follows_the_names_it_is_asked_for() -> None:
    """The order is the caller's, not that of the weights."""
    weights = Weights({"a": 1, "b": 3})
    np.testing.assert_array_equal(weights.array(["b", "a"]), [0.75, 0.25])


def test_an_array_needs_exactly_the_names_there_are() -> None:
    """A criterion without weight and a weight without criterion are both told."""
    with pytest.raises(InputError) as caught:
        Weights({"a": 1, "b": 3}).array(["a", "c"])
    assert str(caught.value) == (
        "2 faults:\n"
        "  - a criterion has no weight; found 'c'; expected weights for ['a', 'c']\n"
        "  - a weight belongs to no criterion; found 'b'; expected one of ['a', 'c']"
    )


def test_weights_are_a_mapping() -> None:
    """Names, length, lookup, equality and representation are those of a mapping."""
    weights = Weights({"a": 1, "b": 3})
    assert (list(weights), len(weights), weights["b"]) == (["a", "b"], 2, 0.75)
    assert weights == Weights({"a": 2, "b": 6})
    assert repr(weights) == "Weights({'a': 0.2500, 'b': 0.7500})"
    assert "c" not in weights
    pd.testing.assert_series_equal(weights.to_series(), pd.Series({"a": 0.25, "b": 0.75}, name="weight"))


def test_a_notebook_shows_percentages() -> None:
    """The notebook's table has one row a weight, in per cent."""
    html = Weights({"a": 1, "b": 3})._repr_html_()
    assert "25.0%" in html
    assert "75.0%" in html


# --- provenance -----------------------------------------------------------------------------------

TREE = Provenance(
    "weight of a",
    0.25,
    "share × share",
    (Provenance("share of evidence", 0.5, "", (Provenance("Ada's answer", None, "3 × b", facts={"row": 7}),)),),
)


def test_a_weight_explains_itself_by_its_provenance() -> None:
    """The tree given for a name comes back; a weight without one was given as it is."""
    weights = Weights({"a": 1, "b": 3}, provenance={"a": TREE})
    assert weights.explain("a") is TREE
    assert weights.explain("b") == Provenance("b", 0.75, "given as it is")


def test_an_unknown_weight_explains_nothing() -> None:
    """Asking for a name that has no weight names those that have one."""
    with pytest.raises(InputError) as caught:
        Weights({"a": 1}).explain("z")
    assert str(caught.value) == "no such weight; found 'z'; expected one of ['a']"


def test_provenance_prints_as_an_indented_tree() -> None:
    """One line a number, indented by depth; a remark has no number, a bare number no brackets."""
    assert str(TREE) == "weight of a 0.25  (share × share)\n  share of evidence 0.5\n    Ada's answer  (3 × b)"


def test_provenance_walks_and_becomes_a_dict_in_the_same_order() -> None:
    """Depths count from 0; the dict holds every field down to the facts."""
    assert [(depth, line.label) for depth, line in TREE.walk()] == [
        (0, "weight of a"),
        (1, "share of evidence"),
        (2, "Ada's answer"),
    ]
    leaf = TREE.to_dict()["parts"][0]["parts"][0]
    assert leaf == {"label": "Ada's answer", "value": None, "how": "3 × b", "facts": {"row": 7}, "parts": []}
