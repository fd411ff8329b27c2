"""Shares in words: two digits, a space that does not break, and no certainty that is none."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from weighbridge.robustness.share_words import PER_CENT, number_words, percent_words, share_words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0"),
        (1.0, "100"),
        (0.998, "more than 99"),
        (0.995, "more than 99"),
        (0.994, "99"),
        (0.5, "50"),
        (0.052, "5.2"),
        (0.002, "less than 1"),
    ],
)
def test_shares_have_two_digits(share: float, words: str) -> None:
    """Whole per cent, a decimal below ten, and bounds instead of a rounded certainty."""
    assert share_words(share) == f"{words}\u00a0%"


@settings(max_examples=100, deadline=None)
@example(0.995)
@example(0.9949999)
@example(0.005)
@given(st.floats(0, 1))
def test_only_certainty_is_called_certain(share: float) -> None:
    """100 % and 0 % are said of 1 and 0 and of nothing else."""
    assert (share_words(share) == f"100{PER_CENT}") == (share == 1)
    assert share_words(share).startswith("0") == (share == 0)


def test_levels_are_whole() -> None:
    """A stated level is written in whole per cent."""
    assert percent_words(0.9) == "90\u00a0%"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (0.01, "less than 0.1"), (0.34, "0.3"), (5.21, "5.2"), (52.4, "52")]
)
def test_numbers_have_one_decimal_at_most(value: float, words: str) -> None:
    """Two digits, and never 0 for what is more."""
    assert number_words(value) == words
