"""How far long work is, told step by step under the caller's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evidence.models.chemistry_samples import labels, molecules, values

from weighbridge.evidence.models import fit_classifier, fit_regressor
from weighbridge.evidence.models.features import featurise
from weighbridge.evidence.models.progress import prefixed, silent

QUICK = {"folds": 3, "trees": 8, "threads": 1}


def test_progress_names_each_step_and_ends_each():
    """Every step is told to its end, under the caller's prefix."""
    heard = []
    fit_regressor(molecules(), values(), seed=0, progress=prefixed("mine", lambda *said: heard.append(said)), **QUICK)
    last = {step: (done, total) for step, done, total in heard}
    assert last == {
        "mine: features": (len(molecules()), len(molecules())),
        "mine: validation folds": (3, 3),
        "mine: model": (1, 1),
    }


def test_silence_hears_everything_and_says_nothing(capsys):
    """The default progress returns nothing and prints nothing."""
    assert silent("features", 1, 2) is None
    assert capsys.readouterr() == ("", "")


@given(st.text(max_size=9), st.text(max_size=9), st.integers(0, 10), st.integers(0, 10))
def test_a_prefix_changes_the_step_and_nothing_else(prefix, step, done, total):
    """The counts go through as they are."""
    heard = []
    prefixed(prefix, lambda *said: heard.append(said))(step, done, total)
    assert heard == [(f"{prefix}: {step}", done, total)]


def test_prefixes_nest_from_the_outside_in():
    """The caller's words come first."""
    heard = []
    prefixed("inner", prefixed("outer", lambda *said: heard.append(said)))("step", 1, 2)
    assert heard == [("outer: inner: step", 1, 2)]


@pytest.mark.parametrize("n", [1, 2, 49, 50, 51, 99, 120])
def test_a_step_never_goes_back_and_ends_at_its_total(n):
    """Whatever the number of molecules, the last call has done = total, and at most about a hundred are made."""
    heard = []
    featurise(["C"] * n, lambda *said: heard.append(said))
    assert {step for step, _, _ in heard} == {"features"}
    done = [number for _, number, _ in heard]
    assert done == sorted(set(done))
    assert heard[-1] == ("features", n, n)
    assert len(heard) <= 100


def test_nothing_to_do_tells_nothing():
    """No molecules, no call: a screen is never told 0 of 0."""
    heard = []
    featurise([], lambda *said: heard.append(said))
    assert heard == []


def test_both_kinds_of_model_tell_the_same_steps_in_the_same_order():
    """Features first, then the folds one by one, then the model."""
    for fit, target in ((fit_classifier, labels()), (fit_regressor, values())):
        heard = []
        fit(molecules(), target, seed=0, progress=lambda *said, heard=heard: heard.append(said), **QUICK)
        assert list(dict.fromkeys(step for step, _, _ in heard)) == ["features", "validation folds", "model"]
        assert [said for said in heard if said[0] == "validation folds"] == [
            ("validation folds", fold, 3) for fold in (1, 2, 3)
        ]


def test_a_progress_that_fails_stops_the_work():
    """A screen that is closed (KeyboardInterrupt and the like) ends the fit, not the program's patience."""

    def closed(step, done, total, /):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        featurise(["C"], closed)
