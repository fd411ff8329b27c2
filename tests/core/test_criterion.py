"""Criteria and preference functions: what is accepted, and the exact words for what is not."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.core.criterion import PREFERENCE_PARAMETERS, Criterion, Preference
from weighbridge.errors import InputError

finite = st.floats(-1e9, 1e9, allow_nan=False)


def message(make: Any, *args: Any, **fields: Any) -> str:
    """Return the words of the InputError that a call raises."""
    with pytest.raises(InputError) as caught:
        make(*args, **fields)
    return str(caught.value)


# --- preference functions -------------------------------------------------------------------------


def test_the_six_functions_take_the_thresholds_of_brans_and_vincke() -> None:
    """The thresholds are those of table 1 in Brans and Vincke (1985)."""
    assert PREFERENCE_PARAMETERS == {
        "usual": (),
        "u-shape": ("q",),
        "v-shape": ("p",),
        "level": ("q", "p"),
        "linear": ("q", "p"),
        "gaussian": ("s",),
    }


@pytest.mark.parametrize(
    ("preference", "words", "parameters"),
    [
        (Preference(), "usual", {}),
        (Preference("u-shape", q=0.2), "u-shape (q = 0.2)", {"q": 0.2}),
        (Preference("v-shape", p=2), "v-shape (p = 2)", {"p": 2}),
        (Preference("level", q=0.25, p=1.5), "level (q = 0.25, p = 1.5)", {"q": 0.25, "p": 1.5}),
        (Preference("linear", q=0, p=0), "linear (q = 0, p = 0)", {"q": 0, "p": 0}),
        (Preference("gaussian", s=0.5), "gaussian (s = 0.5)", {"s": 0.5}),
    ],
)
def test_a_preference_says_what_it_is(preference: Preference, words: str, parameters: dict[str, float]) -> None:
    """The words and the parameters name the function and the thresholds it uses, no other."""
    assert str(preference) == words
    assert preference.parameters() == parameters


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"function": "cubic"},
            (
                "unknown preference function; found 'cubic'; "
                "expected one of 'usual', 'u-shape', 'v-shape', 'level', 'linear', 'gaussian'"
            ),
        ),
        ({"function": "usual", "q": 1.0}, "preference 'usual' takes no q; found q=1.0; expected no q"),
        ({"function": "v-shape"}, "preference 'v-shape' needs p; expected a number in the criterion's unit for p"),
        (
            {"function": "linear", "q": 2.0, "p": 1.0},
            "preference 'linear': q is larger than p; found q=2, p=1; expected q ≤ p",
        ),
        ({"function": "u-shape", "q": -0.5}, "preference 'u-shape': q is too small; found -0.5; expected q ≥ 0"),
        ({"function": "v-shape", "p": 0}, "preference 'v-shape': p is too small; found 0; expected p > 0"),
        ({"function": "gaussian", "s": 0}, "preference 'gaussian': s is too small; found 0; expected s > 0"),
        ({"function": "level", "q": 0, "p": -1}, "preference 'level': p is too small; found -1; expected p ≥ 0"),
        ({"function": "u-shape", "q": math.nan}, "preference 'u-shape': q is not a finite number; found nan"),
        ({"function": "u-shape", "q": math.inf}, "preference 'u-shape': q is not a finite number; found inf"),
        ({"function": "u-shape", "q": "0.2"}, "preference 'u-shape': q is not a finite number; found '0.2'"),
        ({"function": "u-shape", "q": True}, "preference 'u-shape': q is not a finite number; found True"),
    ],
)
def test_a_wrong_preference_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    """Every fault of a preference function has its exact message."""
    assert message(Preference, **fields) == words


def test_every_fault_of_a_preference_is_told_at_once() -> None:
    """Three faults in one preference make one message with three lines."""
    assert message(Preference, "gaussian", q=1.0, p=2.0) == (
        "3 faults:\n"
        "  - preference 'gaussian' takes no q; found q=1.0; expected no q\n"
        "  - preference 'gaussian' takes no p; found p=2.0; expected no p\n"
        "  - preference 'gaussian' needs s; expected a number in the criterion's unit for s"
    )


@given(q=st.floats(0, 100), more=st.floats(0, 100), function=st.sampled_from(["level", "linear"]))
def test_ordered_thresholds_are_accepted(q: float, more: float, function: str) -> None:
    """Any 0 ≤ q ≤ p makes a level or linear function that keeps them as given."""
    preference = Preference(function, q=q, p=q + more)
    assert preference.parameters() == {"q": q, "p": q + more}


@given(q=st.floats(0, 100), less=st.floats(1e-3, 100), function=st.sampled_from(["level", "linear"]))
def test_crossed_thresholds_are_refused(q: float, less: float, function: str) -> None:
    """No q above p is accepted."""
    with pytest.raises(InputError):
        Preference(function, q=q, p=q - less)


# --- criteria -------------------------------------------------------------------------------------


@given(worst=finite, best=finite)
def test_the_direction_decides_which_ranges_are_accepted(worst: float, best: float) -> None:
    """A gain takes exactly best > worst, a cost exactly worst > best, and nothing takes equal ends."""
    for direction, accepted in (("gain", best > worst), ("cost", worst > best)):
        try:
            Criterion(direction=direction, worst=worst, best=best)
        except InputError:
            assert not accepted
        else:
            assert accepted


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"direction": "gain", "worst": 5, "best": 5},
            (
                "worst equals best, so the criterion cannot tell molecules apart; found worst = best = 5; "
                "expected two different values"
            ),
        ),
        (
            {"direction": "gain", "worst": 9, "best": 5},
            "the declared range contradicts the direction 'gain'; found worst=9, best=5; expected best > worst",
        ),
        (
            {"direction": "cost", "worst": 5, "best": 9},
            "the declared range contradicts the direction 'cost'; found worst=5, best=9; expected worst > best",
        ),
        (
            {"direction": "gain", "worst": 5},
            "only one end of the declared range is given; expected both worst and best, or neither",
        ),
        (
            {"direction": "gain", "best": 5},
            "only one end of the declared range is given; expected both worst and best, or neither",
        ),
        (
            {"direction": "gain", "worst": -math.inf, "best": 5.0},
            "the declared range is not two finite numbers; found worst=-inf, best=5.0",
        ),
        (
            {"direction": "gain", "worst": 1.0, "best": math.nan},
            "the declared range is not two finite numbers; found worst=1.0, best=nan",
        ),
        (
            {"direction": "gain", "worst": "5", "best": 9},
            "the declared range is not two finite numbers; found worst='5', best=9",
        ),
        (
            {"direction": "gain", "worst": False, "best": True},
            "the declared range is not two finite numbers; found worst=False, best=True",
        ),
        ({"direction": "up"}, "unknown direction; found 'up'; expected one of 'gain', 'cost'"),
        (
            {"direction": "gain", "scale": "log"},
            "unknown scale; found 'log'; expected one of 'ratio', 'interval', 'ordinal'",
        ),
        (
            {"direction": "gain", "outside": "drop"},
            "unknown outside; found 'drop'; expected one of 'refuse', 'clip', 'extend'",
        ),
        (
            {"direction": "gain", "missing": "mean"},
            "unknown missing; found 'mean'; expected one of 'refuse', 'worst', 'neutral', 'interval'",
        ),
    ],
)
def test_a_wrong_criterion_is_refused_in_words(fields: dict[str, Any], words: str) -> None:
    """Every fault of a criterion has its exact message."""
    assert message(Criterion, **fields) == words


def test_every_fault_of_a_criterion_is_told_at_once() -> None:
    """Faults of rules and of the range come together; an unknown direction accuses no range."""
    error = message(Criterion, direction="up", missing="mean", worst=1, best=1)
    assert error.splitlines()[0] == "3 faults:"
    assert "contradicts" not in message(Criterion, direction="up", worst=9, best=5)


def test_numpy_numbers_are_numbers() -> None:
    """A range and thresholds read from arrays need no conversion."""
    criterion = Criterion(
        direction="cost", worst=np.float64(9), best=np.int64(1), preference=Preference("u-shape", q=np.float32(1))
    )
    assert criterion.bounded


@pytest.mark.parametrize(("direction", "sign"), [("gain", 1), ("cost", -1)])
def test_sign_and_boundedness(direction: Any, sign: int) -> None:
    """The sign is +1 for a gain and −1 for a cost; bounded tells whether there is a range."""
    unbounded = Criterion(direction=direction)
    assert (unbounded.sign, unbounded.bounded) == (sign, False)
    assert Criterion(direction=direction, worst=-sign, best=sign).bounded


def test_a_criterion_is_strict_until_told_otherwise() -> None:
    """By default nothing outside the range and nothing missing is let in."""
    criterion = Criterion(direction="gain")
    assert (criterion.outside, criterion.missing, criterion.scale) == ("refuse", "refuse", None)


def test_criteria_and_preferences_do_not_change() -> None:
    """Both are frozen values: equal by content, hashable, and closed to assignment."""
    criterion, preference = Criterion(direction="gain", unit="%"), Preference("u-shape", q=1)
    assert criterion == Criterion(direction="gain", unit="%")
    assert len({preference, Preference("u-shape", q=1)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        criterion.unit = "nM"  # type: ignore[misc]
