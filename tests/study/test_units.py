"""Units: what converts to what, in which direction bounds turn, and what is refused in which words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.study.units import P_UNITS, Conversion, UnitMismatchError, conversion, same_unit

CONCENTRATIONS = ("M", "mM", "uM", "nM", "pM")
POSITIVE = st.floats(1e-9, 1e9)
UNITS = st.sampled_from([*CONCENTRATIONS, *P_UNITS, "%", "fraction", "probability", "class", "logBB", "µM"])


def one(how: Conversion, value: float) -> float:
    """Convert one number."""
    return float(how.values(np.array([value]))[0])


@pytest.mark.parametrize("unit", CONCENTRATIONS)
@pytest.mark.parametrize("to", P_UNITS)
def test_every_concentration_becomes_every_p_value(unit: str, to: str) -> None:
    """The letters behind the p say what was measured, not how: the logarithm is the same."""
    assert conversion(unit, to) == conversion(unit, "pIC50")
    assert conversion(unit, to).kind == "p"


@pytest.mark.parametrize(
    ("value", "unit", "p"),
    [(30, "nM", 7.522879), (0.03, "uM", 7.522879), (3e-8, "M", 7.522879), (10, "uM", 5.0), (250, "pM", 9.60206)],
)
def test_one_potency_has_one_p_value_in_every_unit(value: float, unit: str, p: float) -> None:
    """30 nM, 0.03 µM and 3·10⁻⁸ M are the same pIC50, 7.52 (−log10 of molar)."""
    assert one(conversion(unit, "pIC50"), value) == pytest.approx(p, abs=1e-6)


@given(POSITIVE, POSITIVE)
def test_the_stronger_compound_has_the_higher_p_value(first: float, second: float) -> None:
    """The order turns round: less substance for the same effect is more potency."""
    how = conversion("nM", "pIC50")
    if first < second:
        assert one(how, first) >= one(how, second)


@given(POSITIVE)
def test_ten_times_the_concentration_is_one_unit_less(value: float) -> None:
    """A p-value counts powers of ten."""
    how = conversion("uM", "pKi")
    assert one(how, value) - one(how, 10 * value) == pytest.approx(1, abs=1e-9)


@given(POSITIVE, st.sampled_from(CONCENTRATIONS))
def test_p_values_agree_with_the_definition(value: float, unit: str) -> None:
    """Each is −log10 of the concentration in molar, computed the long way."""
    molar = value * {"M": 1.0, "mM": 1e-3, "uM": 1e-6, "nM": 1e-9, "pM": 1e-12}[unit]
    assert one(conversion(unit, "pIC50"), value) == pytest.approx(-math.log10(molar), abs=1e-9)


@given(POSITIVE, st.sampled_from(CONCENTRATIONS), st.sampled_from(CONCENTRATIONS))
def test_there_and_back_is_the_same_concentration(value: float, first: str, second: str) -> None:
    """Rescaling loses nothing but rounding."""
    there = one(conversion(first, second), value)
    assert one(conversion(second, first), there) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "factor"),
    [("uM", "nM", 1000), ("nM", "uM", 0.001), ("M", "mM", 1000), ("pM", "M", 1e-12), ("mM", "nM", 1e6)],
)
def test_the_factors_between_concentrations(first: str, second: str, factor: float) -> None:
    """A factor is the power of ten between the two prefixes."""
    assert conversion(first, second).kind == "factor"
    assert conversion(first, second).factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize("to", ["fraction", "probability"])
@pytest.mark.parametrize("unit", ["%", "percent", "per cent", " % "])
def test_per_cent_is_understood_however_it_is_written(unit: str, to: str) -> None:
    """12 % are 0.12, in words too."""
    assert one(conversion(unit, to), 12.0) == pytest.approx(0.12)


@pytest.mark.parametrize("micro", ["uM", "\u00b5M", "\u03bcM", " uM "])
def test_both_signs_for_micro_are_one(micro: str) -> None:
    """Unicode has two; keyboards write either."""
    assert same_unit(micro, "uM")
    assert conversion(micro, "uM") == Conversion()
    assert one(conversion(micro, "nM"), 2.0) == pytest.approx(2000)


def test_the_ends_of_the_p_scale() -> None:
    """A bound of 0 is no upper end of the p-value, an open upper end no lower one; missing stays missing."""
    found = conversion("nM", "pIC50").values(np.array([0.0, np.inf, -np.inf, np.nan]))
    assert np.array_equal(found, [np.inf, -np.inf, np.inf, np.nan], equal_nan=True)


def test_bounds_change_places_on_the_p_scale_only() -> None:
    """The lower end of a concentration is the upper end of the p-value; a factor keeps both."""
    low, high = np.array([10.0]), np.array([1000.0])
    p_low, p_high = conversion("nM", "pIC50").bounds(low, high)
    assert (p_low[0], p_high[0]) == (pytest.approx(6), pytest.approx(8))
    f_low, f_high = conversion("nM", "uM").bounds(low, high)
    assert (f_low[0], f_high[0]) == (pytest.approx(0.01), pytest.approx(1))
    same = Conversion().bounds(low, high)
    assert same[0] is low
    assert same[1] is high


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1), st.sampled_from(["pIC50", "uM", "nM", "M"]))
def test_bounds_stay_in_order(pairs: list[tuple[float, float]], to: str) -> None:
    """Whatever the conversion, the lower bound is not above the upper one."""
    low = np.array([min(pair) for pair in pairs])
    high = np.array([max(pair) for pair in pairs])
    after = conversion("nM", to).bounds(low, high)
    assert (after[0] <= after[1]).all()


@pytest.mark.parametrize(
    ("before", "after"), [("<", ">"), (">", "<"), ("<=", ">="), (">=", "<="), ("=", "="), ("~", "~"), (None, None)]
)
def test_relations_turn_round_on_the_p_scale_only(before: str | None, after: str | None) -> None:
    """Below 10 nM is above pIC50 8; below 10 nM is below 0.01 µM; not recorded stays not recorded."""
    assert conversion("nM", "pIC50").relation(before) == after
    assert conversion("nM", "uM").relation(before) == before
    assert Conversion().relation(before) == before


@pytest.mark.parametrize("word", ["<", ">", "<=", ">=", "=", "~"])
def test_turning_a_relation_round_twice_gives_it_back(word: str) -> None:
    """Mirrors come in pairs."""
    how = conversion("nM", "pIC50")
    assert how.relation(how.relation(word)) == word


def test_numbers_of_the_same_unit_are_not_touched() -> None:
    """No rounding creeps in where nothing is to be converted: the very array comes back."""
    numbers = np.array([0.1, 0.2, np.nan])
    assert conversion("pIC50", "pIC50").values(numbers) is numbers
    assert conversion("anything", "").values(numbers) is numbers


@pytest.mark.parametrize(
    ("unit", "to", "message"),
    [
        ("", "pIC50", "the unit the column is written in is not stated"),
        (" ", "fraction", "the unit the column is written in is not stated"),
        ("pIC50", "nM", "'pIC50' cannot be converted to 'nM'"),
        ("pIC50", "pKi", "'pIC50' cannot be converted to 'pKi'"),
        ("fraction", "%", "'fraction' cannot be converted to '%'"),
        ("%", "pIC50", "'%' cannot be converted to 'pIC50'"),
        ("nM", "fraction", "'nM' cannot be converted to 'fraction'"),
        ("NM", "nM", "'NM' cannot be converted to 'nM'"),
        ("Mm", "mM", "'Mm' cannot be converted to 'mM'"),
        ("ug/mL", "uM", "'ug/mL' cannot be converted to 'uM'"),
    ],
)
def test_what_does_not_convert_is_refused_in_these_words(unit: str, to: str, message: str) -> None:
    """Neither case nor a missing unit is guessed; mega and milli differ by nine powers of ten."""
    with pytest.raises(UnitMismatchError) as caught:
        conversion(unit, to)
    assert str(caught.value) == message


@given(UNITS, UNITS)
def test_units_that_are_the_same_convert_to_each_other_unchanged(first: str, second: str) -> None:
    """`same_unit` and `conversion` agree on what is one unit."""
    if same_unit(first, second):
        assert conversion(first, second) == Conversion()
    else:
        try:
            how = conversion(first, second)
        except UnitMismatchError:
            return
        assert how.kind in ("factor", "p")


def test_a_unit_is_the_same_as_itself_only() -> None:
    """Symmetric, and blind to white space alone."""
    assert same_unit("pIC50", " pIC50")
    assert same_unit("percent", "%")
    assert same_unit("", " ")
    assert not same_unit("pIC50", "pic50")
    assert not same_unit("", "nM")
