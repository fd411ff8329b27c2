"""The value that holds a decision's robustness."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from weighbridge.study.decision import Decision
from weighbridge.study.robust.value import CAUSES, PARTS, VARIED, Robustness, Standing


def plain(decision: Decision, *sentences: str) -> Robustness:
    """Return a value that holds sentences only."""
    return Robustness(decision, Standing(1, ("M1",), are_chosen=True), 10, 0, sentences=sentences)


def test_it_cannot_be_changed(decided: Decision) -> None:
    """A result stays what it was."""
    with pytest.raises(FrozenInstanceError):
        plain(decided).samples = 3  # type: ignore[misc]


def test_without_draws_there_are_no_shares(decided: Decision) -> None:
    """Nothing drawn is None, not zero."""
    assert plain(decided).top_probability is None


def test_as_text_it_is_its_sentences(decided: Decision) -> None:
    """Printed, it says the sentences, one a line."""
    assert str(plain(decided, "First.", "Second.")) == "First.\nSecond."


def test_in_a_notebook_text_is_escaped(decided: Decision) -> None:
    """A title with markup is shown, not run."""
    assert plain(decided, "<b>M1</b> leads.")._repr_html_() == "<ol><li>&lt;b&gt;M1&lt;/b&gt; leads.</li></ol>"


def test_the_short_form_names_what_was_computed(decided: Decision) -> None:
    """Parts that were refused are not claimed."""
    value = Robustness(
        decided, Standing(2, ("M1", "M2"), are_chosen=True), 1_000, 3, refused=dict.fromkeys(PARTS[1:], "not asked for")
    )
    assert repr(value) == "Robustness(first 2, 1,000 draws, seed 3: acceptability)"


def test_the_names_of_parts_are_distinct_and_cover_the_variants() -> None:
    """Every kind of variant is a part, and the first cause is everything together."""
    assert len(set(PARTS)) == len(PARTS)
    assert set(VARIED) < set(PARTS)
    assert CAUSES[0] == "all"
