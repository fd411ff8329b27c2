"""Columns of the study's own tables as numbers with bounds, for criteria and gates."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.documents import parse_yaml
from weighbridge.errors import InputError
from weighbridge.study.columns import Column, criterion_cells, gate_cells
from weighbridge.study.tables import Cell, CellColumn, tabulate

EXPECTED_NUMBER = "expected a number, or an empty cell where it is missing"
TEXT = "criteria:\n  potency:\n    column: ic50\n    column_unit: nM\n"


def study_of(*cells: Cell, column_unit: str | None = None) -> Any:
    """Return what a column needs of a study: one criterion, its cells, and the molecules' ids."""
    ids = [f"M{number}" for number in range(1, len(cells) + 1)]
    table = tabulate("m.csv", [(1, ["id", "ic50"]), *((row + 2, [ids[row], cell]) for row, cell in enumerate(cells))])
    return SimpleNamespace(
        file=SimpleNamespace(criteria={"potency": SimpleNamespace(column_unit=column_unit)}),
        document=parse_yaml(TEXT, "study.yaml"),
        criterion_cells={"potency": CellColumn("m.csv", "ic50", range(2, len(cells) + 2), cells)},
        molecules=pd.DataFrame(index=pd.Index(ids, name="id")),
        cells=table.column,
    )


def criterion(*cells: Cell, column_unit: str | None = None, unit: str = "nM") -> Column:
    """Read a criterion's column."""
    return criterion_cells(study_of(*cells, column_unit=column_unit), "potency", unit)


def refusal(read: Any) -> list[str]:
    """Return the messages a column is refused with."""
    with pytest.raises(InputError) as caught:
        read()
    return [str(fault) for fault in caught.value.faults]


def test_exact_numbers_are_their_own_bounds() -> None:
    """Value, low and high are one number, under the molecules' ids."""
    found = criterion("5", 7, "1e3")
    assert list(found.value.index) == ["M1", "M2", "M3"]
    assert found.value.tolist() == [5, 7, 1000]
    assert found.low.tolist() == found.value.tolist()
    assert found.high.tolist() == found.value.tolist()
    assert found.note == ""


def test_a_censored_value_has_bounds_and_no_value() -> None:
    """Below a limit is not the limit: the value is missing and the open side has no end."""
    found = criterion("<5", ">7", "~6")
    assert found.value.isna().tolist() == [True, True, False]
    assert found.low.tolist() == [-math.inf, 7, 6]
    assert found.high.tolist() == [5, math.inf, 6]


def test_a_missing_cell_is_missing_everywhere() -> None:
    """Nothing is put in its place, neither as a value nor as a bound."""
    found = criterion(None, "5")
    for series in (found.value, found.low, found.high):
        assert series.isna().tolist() == [True, False]


def test_a_column_is_converted_where_its_unit_is_stated() -> None:
    """30 nM become a pIC50 of 7.52."""
    found = criterion("30", "3000", column_unit="nM", unit="pIC50")
    assert found.value.tolist() == pytest.approx([7.522879, 5.522879], abs=1e-6)


def test_bounds_turn_round_with_the_p_scale() -> None:
    """Weaker than 10 µM is a pIC50 below 5."""
    found = criterion(">10", "<0.001", column_unit="uM", unit="pIC50")
    assert found.value.isna().all()
    assert found.low.tolist() == [-math.inf, pytest.approx(9)]
    assert found.high.tolist() == [pytest.approx(5), math.inf]


def test_without_a_stated_unit_nothing_is_converted() -> None:
    """A column that says nothing of its unit is in the criterion's."""
    assert criterion("30", unit="pIC50").value.tolist() == [30]
    assert criterion("30", column_unit="", unit="pIC50").value.tolist() == [30]


def test_a_criterion_without_a_unit_takes_the_numbers_as_they_are() -> None:
    """There is nothing to convert to."""
    assert criterion("30", column_unit="nM", unit="").value.tolist() == [30]


def test_units_that_do_not_convert_are_refused_at_their_line() -> None:
    """The place is the key that states the unit."""
    told = refusal(lambda: criterion("30", column_unit="ug/mL", unit="pIC50"))
    assert told == [
        "study.yaml, line 4, $.criteria.potency.column_unit: unit mismatch: 'ug/mL' cannot be converted to 'pIC50'; "
        "found 'ug/mL'; expected 'pIC50', or a unit that converts to it"
    ]


def test_every_wrong_cell_is_told_with_its_row() -> None:
    """All of them at once, and nothing is half read."""
    assert refusal(lambda: criterion("x", "5", "nan", True)) == [
        f"m.csv, row 2, column 'ic50': not a number; found 'x'; {EXPECTED_NUMBER}",
        f"m.csv, row 4, column 'ic50': not a finite number; found 'nan'; {EXPECTED_NUMBER}. "
        "Leave the cell empty if the value is missing",
        f"m.csv, row 5, column 'ic50': not a number; found TRUE; {EXPECTED_NUMBER}",
    ]


def test_a_concentration_that_is_not_positive_has_no_p_value() -> None:
    """Zero nanomolar would be infinitely potent."""
    told = refusal(lambda: criterion("0", "-3", "30", column_unit="nM", unit="pIC50"))
    assert told == [
        "m.csv, row 2, column 'ic50': a concentration is not positive; found '0'; expected a number above 0",
        "m.csv, row 3, column 'ic50': a concentration is not positive; found '-3'; expected a number above 0",
    ]


def test_faults_of_cells_and_of_conversion_come_together() -> None:
    """A user mends the column once."""
    told = refusal(lambda: criterion("x", "0", column_unit="nM", unit="pIC50"))
    assert [fault.split(": ")[1].split(";")[0] for fault in told] == ["not a number", "a concentration is not positive"]


def test_a_gate_reads_any_column_as_it_is_written() -> None:
    """Without a conversion: a limit is stated in the table's own unit."""
    found = gate_cells(study_of("30", "<5", None), "ic50")
    assert found.value.tolist()[:1] == [30]
    assert found.value.isna().tolist() == [False, True, True]
    assert (found.low.iloc[1], found.high.iloc[1]) == (-math.inf, 5)


def test_a_gate_on_a_column_that_is_not_there_names_the_others() -> None:
    """The message is the table's own."""
    assert refusal(lambda: gate_cells(study_of("30"), "ic5O")) == [
        "m.csv: there is no such column; found 'ic5O'; expected one of 'id', 'ic50'. Did you mean 'ic50'?"
    ]


def test_a_gate_s_wrong_cells_are_told_with_their_rows() -> None:
    """A gate never compares a word with a number."""
    assert refusal(lambda: gate_cells(study_of("30", "high"), "ic50")) == [
        f"m.csv, row 3, column 'ic50': not a number; found 'high'; {EXPECTED_NUMBER}"
    ]


@given(st.lists(st.tuples(st.sampled_from(["", "<", ">", "~", "<=", ">="]), st.floats(1e-3, 1e6)), min_size=1))
def test_a_value_is_known_exactly_where_its_bounds_meet(cells: list[tuple[str, float]]) -> None:
    """After conversion too, and the bounds never cross."""
    words = [f"{relation}{number!r}" for relation, number in cells]
    for unit in ("nM", "pIC50"):
        found = criterion(*words, column_unit="nM", unit=unit)
        assert (found.low <= found.high).all()
        assert found.value.notna().tolist() == (found.low == found.high).tolist()
        known = found.value.dropna()
        assert np.array_equal(known, found.low[known.index])


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=20))
def test_a_gate_and_a_criterion_read_the_same_numbers(numbers: list[float]) -> None:
    """One column has one reading where no conversion is asked for."""
    study = study_of(*(repr(number) for number in numbers))
    assert gate_cells(study, "ic50").value.tolist() == criterion_cells(study, "potency", "nM").value.tolist() == numbers
