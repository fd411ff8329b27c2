"""Numbers are written shortly, honestly and the same way everywhere."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.report.numbers import exact, known, percent, plain, signed, significant, spread_share

NUMBERS = st.floats(min_value=1e-3, max_value=1e6) | st.floats(min_value=-1e6, max_value=-1e-3)


def read(text: str) -> float:
    return float(text.replace("−", "-").removesuffix("\u00a0%"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (0.5, "0.500"),
        (0.12345, "0.123"),
        (12.345, "12.3"),
        (1234.5, "1234"),
        (500, "500"),
        (-0.04567, "−0.0457"),
        (1.5e-7, "1.50e−07"),
        (None, "not known"),
        (math.nan, "not known"),
        (math.inf, "not known"),
        ("text", "not known"),
    ],
)
def test_significant_writes_three_digits(value: object, text: str) -> None:
    """A number has three digits, a true minus, and what is not a number says so."""
    assert significant(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.4321, "43 %"), (0.0734, "7.3 %"), (0.00321, "0.32 %"), (-0.035, "−3.5 %")],
)
def test_percent_writes_two_digits(value: float, text: str) -> None:
    """A share has two significant digits, and its sign cannot be torn off at a line's end."""
    assert percent(value) == text.replace(" ", "\u00a0")
    assert percent(None) == "not known"


@given(NUMBERS)
def test_significant_is_close_to_the_number(value: float) -> None:
    """What is written differs from the number by half a unit of the third digit at most."""
    assert read(significant(value)) == pytest.approx(value, rel=0.0051)


@given(NUMBERS)
def test_percent_is_close_to_the_share(value: float) -> None:
    """What is written differs from the share by half a unit of the second digit at most."""
    assert read(percent(value)) / 100 == pytest.approx(value, rel=0.051)


@given(NUMBERS)
def test_signed_tells_the_side(value: float) -> None:
    """A positive number carries a plus, a negative one a minus."""
    assert signed(value)[0] == ("+" if value > 0 else "−")
    assert read(signed(value)[1:]) == read(significant(abs(value)))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_reads_back(value: float) -> None:
    """The machine-readable form is the number itself."""
    assert float(exact(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-9, "under 0.0001 %"), (-1e-9, "above −0.0001 %"), (1e-6, "0.0001 %"), (4.4e-5, "0.0044 %")],
)
def test_a_share_too_small_to_write_is_not_zero(value: float, text: str) -> None:
    """What rounds to nothing says on which side of nothing it lies, and never 0.0000 %."""
    assert percent(value) == text.replace(" %", "\u00a0%")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "not recorded"),
        (12345678, "12345678"),
        (1234567.5, "1234567.5"),
        (-0.123456789, "−0.123456789"),
        (0.1 + 0.2, "0.3"),
        (math.nan, "not recorded"),
        (7.4, "7.4"),
        (37, "37"),
        ("HEK293", "HEK293"),
        (True, "True"),
    ],
)
def test_plain_writes_conditions_as_recorded(value: object, text: str) -> None:
    """A condition is written as it was recorded, and a missing one in words."""
    assert plain(value) == text


def test_zero_has_no_sign_and_words_are_no_numbers() -> None:
    """Zero is neither positive nor negative; text is not known as a number."""
    assert signed(0.0) == "0"
    assert not known("3")
    assert known(3)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 %"), (0.26, "26 %"), (-0.1, "−10 %"), (0.0005, "0.050 %"), (0.00049, "≈ 0 %"), (-0.00008, "≈ 0 %")],
)
def test_an_effective_weight_of_practically_nothing_says_so(value: float, text: str) -> None:
    """−0.0078 % says no more than nothing."""
    assert spread_share(value) == text.replace(" %", "\u00a0%")
