"""Faults say what, where, found, expected and how to mend it; an error lists all of them."""

from __future__ import annotations

import itertools
import pickle
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.errors import ConventionWarning, Fault, Faults, InputError, StateError, WeighbridgeError

FULL = Fault("not a number", "potency.csv", "row 7, column 'pIC50'", "'n.d.'", "a number", "Leave the cell empty")


def test_a_full_fault_reads_as_one_line() -> None:
    """File, place, what, found, expected and mend come in this order."""
    assert str(FULL) == (
        "potency.csv, row 7, column 'pIC50': not a number; found 'n.d.'; expected a number. Leave the cell empty"
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("w"), "w"),
        (Fault("w", file="f"), "f: w"),
        (Fault("w", place="p"), "p: w"),
        (Fault("w", found="x"), "w; found x"),
        (Fault("w", expected="e"), "w; expected e"),
        (Fault("w", mend="M"), "w. M"),
    ],
)
def test_what_a_fault_does_not_know_it_does_not_say(fault: Fault, words: str) -> None:
    """Empty parts leave no punctuation behind."""
    assert str(fault) == words


def test_every_part_that_is_given_is_told() -> None:
    """Whatever subset of the parts is known, the words of all of them appear."""
    parts = {"file": "F1", "place": "P2", "found": "X3", "expected": "E4", "mend": "M5"}
    for size in range(len(parts) + 1):
        for names in itertools.combinations(parts, size):
            words = str(Fault("what", **{name: parts[name] for name in names}))
            assert all((parts[name] in words) == (name in names) for name in parts)


def test_an_error_is_made_of_text_a_fault_or_several() -> None:
    """All three ways give an error with a tuple of faults; one fault stands alone, several are counted."""
    assert str(InputError("w")) == "w"
    assert InputError(FULL).faults == (FULL,)
    assert str(InputError([Fault("a"), Fault("b")])) == "2 faults:\n  - a\n  - b"


def test_the_two_roots_are_apart() -> None:
    """The user's faults and our own state have one ancestor and are not each other."""
    assert issubclass(InputError, WeighbridgeError)
    assert issubclass(StateError, WeighbridgeError)
    assert not issubclass(StateError, InputError)
    assert not issubclass(InputError, StateError)


def test_an_input_error_is_a_value_error() -> None:
    """Callers who know nothing of weighbridge catch what Python would raise."""
    with pytest.raises(ValueError, match="w"):
        raise InputError("w")


def test_a_convention_warning_is_a_user_warning() -> None:
    """It can be filtered as any warning of a library."""
    with pytest.warns(UserWarning, match="rank reversal"):
        warnings.warn("rank reversal", ConventionWarning, stacklevel=1)


def test_an_error_survives_another_process() -> None:
    """Workers send errors back by pickle; the faults arrive."""
    again = pickle.loads(pickle.dumps(InputError([FULL, Fault("b")])))
    assert again.faults == (FULL, Fault("b"))
    assert str(again) == str(InputError([FULL, Fault("b")]))


@given(st.lists(st.text(min_size=1), max_size=5))
def test_collected_faults_are_raised_together_in_order(words: list[str]) -> None:
    """Nothing is raised without a fault; with some, all of them once, first noted first."""
    faults = Faults()
    for word in words:
        faults.add(word)
    assert len(faults) == len(words)
    if not words:
        faults.raise_if_any()
        return
    with pytest.raises(InputError) as caught:
        faults.raise_if_any()
    assert [fault.what for fault in caught.value.faults] == words


def test_faults_take_over_those_of_a_caught_error() -> None:
    """An inner error's faults join the outer ones with all their parts."""
    faults = Faults()
    faults.add("first", file="f", place="p", found="x", expected="e", mend="m")
    faults.extend(InputError([FULL]))
    assert list(faults) == [Fault("first", "f", "p", "x", "e", "m"), FULL]
