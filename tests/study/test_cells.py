"""Cells read as numbers, measured values, labels and conditions; units converted only where stated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge import limits
from weighbridge.errors import Faults
from weighbridge.study.cells import (
    CellError,
    Measured,
    bounded,
    condition_of,
    converted,
    flags,
    labels,
    measured,
    numbers,
    parse_number,
    probabilities,
    show,
    text_of,
    texts,
    within,
)
from weighbridge.study.tables import Cell, CellColumn
from weighbridge.study.units import Conversion, UnitMismatchError, conversion, same_unit

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def column(*cells: Cell) -> CellColumn:
    """Return a column of cells, the first in row 2."""
    return CellColumn("t.csv", "x", range(2, len(cells) + 2), cells)


def read(*cells: Cell, relation: CellColumn | None = None) -> Measured:
    """Read measured values that have no fault."""
    faults = Faults()
    found = measured(column(*cells), faults, relation)
    assert not list(faults)
    return found


@given(FINITE)
def test_every_number_is_read_back(value: float) -> None:
    """A number's shortest form is the number, as text and as a cell."""
    assert parse_number(repr(value)) == value
    assert parse_number(value) == value


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("+5.", 5), (".5", 0.5), ("-1e-3", -0.001), ("1E5", 1e5), ("007", 7)]
)
def test_the_forms_of_a_number(text: str, value: float) -> None:
    """Signs, points and exponents as everybody writes them."""
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("nan", "not a finite number"),
        ("NaN", "not a finite number"),
        ("-inf", "not a finite number"),
        ("Infinity", "not a finite number"),
        ("1e999", "not a finite number"),
        (math.nan, "not a finite number"),
        (math.inf, "not a finite number"),
        ("#N/A", "not a finite number"),
        (True, "not a number"),
        ("5,7", "not a number"),
        ("1 000", "not a number"),
        ("12'000", "not a number"),
        ("1_000", "not a number"),
        ("0x10", "not a number"),
        ("٣", "not a number"),
        ("5 nM", "not a number"),
        ("--", "not a number"),
        ("<5", "not a number"),
    ],
)
def test_what_is_no_number(cell: Cell, what: str) -> None:
    """Python would read some of these as numbers; a table must not."""
    with pytest.raises(CellError) as caught:
        parse_number(cell)
    assert caught.value.what == what


@given(st.text(max_size=10))
def test_no_text_becomes_a_number_that_is_not_finite(text: str) -> None:
    """Any text is a finite number or a fault."""
    try:
        value = parse_number(text)
    except CellError as error:
        value, told = 0.0, error.what
        assert told.startswith("not a ")
    assert math.isfinite(value)


def test_missing_cells_are_nan_and_faulty_ones_are_noted() -> None:
    """The rest of the column is read all the same."""
    faults = Faults()
    found = numbers(column("1", None, "x", 4), faults)
    assert np.array_equal(found, [1, np.nan, np.nan, 4], equal_nan=True)
    assert [fault.place for fault in faults] == ["row 4, column 'x'"]


@pytest.mark.parametrize(
    ("text", "relation", "low", "high"),
    [
        ("<5", "<", -math.inf, 5),
        ("> 5", ">", 5, math.inf),
        ("<=5", "<=", -math.inf, 5),
        ("≥5", ">=", 5, math.inf),
        ("~5", "~", 5, 5),
        ("≈5", "~", 5, 5),
        ("=5", "=", 5, 5),
        ("=<5", "<=", -math.inf, 5),
    ],
)
def test_censored_values_become_bounds(text: str, relation: str, low: float, high: float) -> None:
    """The limit is the value; the open side has no end."""
    found = read(text)
    assert (found.value[0], found.relation[0], found.low[0], found.high[0]) == (5, relation, low, high)


def test_relations_are_not_recorded_unless_some_cell_states_one() -> None:
    """Plain numbers beside censored ones are exact; plain numbers alone say nothing."""
    assert read("5", "6").relation == (None, None)
    assert read("5", "<6", None).relation == ("=", "<", None)
    assert not read("5", "~6").censored
    assert read("5", "<6").censored


def test_a_column_of_relations_counts_and_may_not_contradict() -> None:
    """ChEMBL's quoted relations are read; two different ones for a value are a fault."""
    assert read("5", "6", "7", relation=column("'<'", None, "=")).relation == ("<", None, "=")
    faults = Faults()
    measured(column("<5", "6"), faults, column(">", "about"))
    assert [fault.what for fault in faults] == [
        "the relation contradicts the one in the value's cell",
        "unknown relation",
    ]


@given(st.lists(st.tuples(st.floats(1e-3, 1e6), st.sampled_from(["=", "<", ">", "<=", ">=", "~", None])), min_size=1))
def test_conversion_keeps_bounds_around_values(items: list[tuple[float, str | None]]) -> None:
    """After nM → pIC50 the value lies within its bounds, and relations mirror the bounds."""
    before = bounded(np.array([value for value, _ in items]), [word for _, word in items])
    after = converted(column(*[value for value, _ in items]), before, conversion("nM", "pIC50"), Faults())
    assert (after.low <= after.value).all()
    assert (after.value <= after.high).all()
    again = bounded(after.value, after.relation)
    assert np.array_equal(again.low, after.low)
    assert np.array_equal(again.high, after.high)


@pytest.mark.parametrize(
    ("value", "unit", "p"),
    [
        (1, "nM", 9),
        (1, "uM", 6),
        (1, "µM", 6),
        (1, "μM", 6),
        (1, "mM", 3),
        (1, "M", 0),
        (1, "pM", 12),
        (50, "nM", 7.30103),
    ],
)
def test_concentrations_become_p_values(value: float, unit: str, p: float) -> None:
    """PIC50 = 9 − log10(IC50 / nM), in every unit and with either sign for micro."""
    assert conversion(unit, "pIC50").values(np.array([float(value)]))[0] == pytest.approx(p, abs=1e-5)


@given(
    st.floats(1e-6, 1e6), st.sampled_from(["M", "mM", "uM", "nM", "pM"]), st.sampled_from(["M", "mM", "uM", "nM", "pM"])
)
def test_the_way_over_another_concentration_is_the_same(value: float, first: str, second: str) -> None:
    """NM → µM → pKi is nM → pKi."""
    numbers_ = np.array([value])
    direct = conversion(first, "pKi").values(numbers_)
    around = conversion(second, "pKi").values(conversion(first, second).values(numbers_))
    assert around == pytest.approx(direct, abs=1e-9)


def test_per_cent_becomes_a_fraction_and_the_same_unit_stays() -> None:
    """Other numbers are left exactly as they are."""
    assert conversion("%", "fraction").values(np.array([42.0]))[0] == pytest.approx(0.42)
    assert conversion("%", "probability").values(np.array([42.0]))[0] == pytest.approx(0.42)
    assert conversion("uM", "µM") == Conversion()
    assert conversion("logBB", "") == Conversion()
    assert same_unit("µM", "uM")
    assert not same_unit("nM", "uM")


@pytest.mark.parametrize(
    ("unit", "to", "message"),
    [
        ("", "pIC50", "the unit the column is written in is not stated"),
        ("ug/mL", "pIC50", "'ug/mL' cannot be converted to 'pIC50'"),
        ("pIC50", "pKi", "'pIC50' cannot be converted to 'pKi'"),
        ("nM", "pKa", "'nM' cannot be converted to 'pKa'"),
        ("pIC50", "nM", "'pIC50' cannot be converted to 'nM'"),
        ("probability", "%", "'probability' cannot be converted to '%'"),
        ("nm", "pIC50", "'nm' cannot be converted to 'pIC50'"),
    ],
)
def test_units_that_do_not_convert(unit: str, to: str, message: str) -> None:
    """Nothing is guessed: not a missing unit, not a nanometre."""
    with pytest.raises(UnitMismatchError) as caught:
        conversion(unit, to)
    assert str(caught.value) == message


def test_labels_in_the_usual_words() -> None:
    """Case does not matter, numbers from a workbook count, inconclusive ones are listed."""
    found, inconclusive = labels(column("1", 0, "Active", "no", 1.0, True, None, "Inconclusive"), Faults())
    assert np.array_equal(found, [1, 0, 1, 0, 1, 1, np.nan, np.nan], equal_nan=True)
    assert inconclusive == [7]


def test_labels_in_the_study_s_words() -> None:
    """Words the study gives take the place of the usual ones."""
    faults = Faults()
    found, _ = labels(column("BBB+", "bbb-", "1"), faults, ("BBB+",), ("BBB-",))
    assert np.array_equal(found, [1, 0, np.nan], equal_nan=True)
    assert [fault.expected for fault in faults] == ["one of 'BBB+', 'BBB-', 'inconclusive'"]


def test_flags_and_conditions() -> None:
    """Any remark marks doubt; not recorded is None whatever its case, numbers are numbers."""
    assert flags(column(None, "0", "no", "Outside typical range", 1)) == [False, False, False, True, True]
    cells: list[Cell] = ["Not Recorded", None, "null", "7.4", 37, "HEK293", "1e999"]
    assert [condition_of(cell) for cell in cells] == [None, None, None, 7.4, 37.0, "HEK293", "1e999"]


def test_texts_of_cells() -> None:
    """An id that a workbook took for a number is the text it was."""
    assert texts(column(12, 12.0, 1.5, "a", None, True)) == ["12", "12", "1.5", "a", None, "true"]
    assert text_of(False) == "false"


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("nan", "Leave the cell empty if the value is missing"),
        ("#DIV/0!", "Leave the cell empty if the value is missing"),
        ("5,7", "Write a point before the decimals and nothing between thousands"),
        ("1.234,5", "Write a point before the decimals and nothing between thousands"),
        ("1,234,567", "Write a point before the decimals and nothing between thousands"),
        ("1 234.5", "Write a point before the decimals and nothing between thousands"),
        ("12'000", "Write a point before the decimals and nothing between thousands"),
        ("12 %", "Write the number alone and state the unit % in study.yaml"),
        ("-1.5%", "Write the number alone and state the unit % in study.yaml"),
        ("%", ""),
        ("five", ""),
        ("1e999", ""),
    ],
)
def test_how_to_mend_what_is_no_number(text: str, mend: str) -> None:
    """The usual slips are named; for the rest the expectation is enough."""
    with pytest.raises(CellError) as caught:
        parse_number(text)
    assert caught.value.mend == mend
    assert caught.value.expected == "a number, or an empty cell where it is missing"


@pytest.mark.parametrize("count", [1, 19, 20, 21, 500])
def test_faults_of_a_column_are_listed_up_to_the_limit(count: int) -> None:
    """Exactly twenty are shown, and the count of the others is exact."""
    faults = Faults()
    numbers(column(*["x"] * count, "5"), faults)
    shown = [str(fault) for fault in faults]
    assert len(shown) == min(count, limits.FAULTS_SHOWN) + (count > limits.FAULTS_SHOWN)
    if count > limits.FAULTS_SHOWN:
        assert shown[-1] == f"t.csv, column 'x': {count - limits.FAULTS_SHOWN} more cells of this column are wrong"


def test_numbers_outside_a_range_are_told_as_they_stand_in_the_cell() -> None:
    """The ends belong to the range, missing ones are not outside, and texts keep their digits."""
    faults = Faults()
    cells = column("0", "1", None, "1.50", -2)
    within(cells, np.array([0.0, 1.0, np.nan, 1.5, -2.0]), faults, 0.0, 1.0, "outside", "mend it")
    assert [str(fault) for fault in faults] == [
        "t.csv, row 5, column 'x': outside; found '1.50'; expected between 0 and 1. mend it",
        "t.csv, row 6, column 'x': outside; found -2; expected between 0 and 1. mend it",
    ]


def test_probabilities_are_between_nothing_and_one() -> None:
    """A percentage is the usual slip, and the message says where to state it."""
    faults = Faults()
    probabilities(column("0.5", "50"), np.array([0.5, 50.0]), faults)
    assert [str(fault) for fault in faults] == [
        "t.csv, row 3, column 'x': a probability is outside [0, 1]; found '50'; expected between 0 and 1. "
        "State the unit of the column in study.yaml if it holds no probabilities"
    ]


@pytest.mark.parametrize(
    ("cell", "shown"), [("a", "'a'"), (5, "5"), (1.5, "1.5"), (True, "TRUE"), (False, "FALSE"), ("it's", '"it\'s"')]
)
def test_a_cell_is_shown_as_the_file_has_it(cell: Cell, shown: str) -> None:
    """Texts in quotes, numbers bare, truth values as a spreadsheet writes them."""
    assert show(cell) == shown


@given(st.text(max_size=300))
def test_a_long_cell_is_cut(text: str) -> None:
    """A message stays one that can be read."""
    assert len(show(text)) <= 80


@pytest.mark.parametrize("relation", ["<", ">", "<=", ">=", "=", "~"])
def test_bounds_of_a_missing_value_are_missing(relation: str) -> None:
    """A relation alone bounds nothing."""
    found = bounded(np.array([np.nan]), [relation])
    assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()


@given(st.floats(1, 1e6), st.sampled_from(["<", ">", "<=", ">=", "=", "~"]))
def test_a_relation_in_the_cell_and_one_beside_it_mean_the_same(value: float, word: str) -> None:
    """`<5` in one column is `5` and `<` in two."""
    one, two = read(f"{word}{value!r}"), read(repr(value), relation=column(word))
    assert (one.value[0], one.low[0], one.high[0], one.relation) == (
        two.value[0],
        two.low[0],
        two.high[0],
        two.relation,
    )
