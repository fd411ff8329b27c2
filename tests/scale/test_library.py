"""A library says where columns come from, and refuses to be ambiguous."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from weighbridge.errors import InputError
from weighbridge.scale.library import Library, LibraryTable, Reading
from weighbridge.study.units import conversion


def test_a_concentration_becomes_the_same_p_value_as_in_a_study() -> None:
    """9 − log10(nM) has the bits that the study's own conversion gives."""
    concentrations = np.random.default_rng(0).lognormal(3, 4, 1000)
    reading = Reading("ic50", factor=-1, offset=9, log10=True)
    assert np.array_equal(reading.values(concentrations), conversion("nM", "pIC50").values(concentrations))


@pytest.mark.parametrize(("unit", "to", "factor"), [("%", "fraction", 0.01), ("uM", "nM", 1000.0)])
def test_a_factor_gives_the_bits_of_the_study(unit: str, to: str, factor: float) -> None:
    """Per cent and other units of concentration convert as in a study held in memory."""
    numbers = np.random.default_rng(1).random(1000) * 100
    assert np.array_equal(Reading("x", factor=factor).values(numbers), conversion(unit, to).values(numbers))


def test_numbers_as_they_stand_are_not_copied() -> None:
    """A plain reading costs nothing."""
    numbers = np.arange(3.0)
    assert Reading("x").plain
    assert Reading("x").values(numbers) is numbers


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"column": ""}, "column without a name"),
        ({"column": "x", "factor": 0.0}, "factor other than 0"),
        ({"column": "x", "factor": float("nan")}, "two finite numbers"),
        ({"column": "x", "offset": float("inf")}, "two finite numbers"),
    ],
)
def test_a_reading_that_loses_the_numbers_is_refused(arguments: dict[str, object], message: str) -> None:
    """No conversion makes all numbers equal or infinite."""
    with pytest.raises(InputError, match=message):
        Reading(**arguments)  # type: ignore[arg-type]


def test_a_library_survives_the_journey_to_a_worker() -> None:
    """Tables and readings can be pickled and stay equal."""
    library = Library(LibraryTable("a.parquet", "id", {"x": "x"}), (LibraryTable("b.parquet", "mol", {"y": "s"}),))
    assert pickle.loads(pickle.dumps(library)) == library


def test_columns_are_read_once() -> None:
    """Two criteria may read one column; the id comes first."""
    table = LibraryTable("a.parquet", "id", {"x": "s", "y": Reading("s", factor=2.0)})
    assert table.columns == ("id", "s")


def test_a_table_is_named_by_its_first_file() -> None:
    """Messages have a name for a table even if nobody gave one."""
    assert LibraryTable(("folder/a.parquet", "folder/b.parquet"), "id").title == "a.parquet"
    assert LibraryTable("a.parquet", "id", title="public model").title == "public model"


@pytest.mark.parametrize(
    ("files", "name", "message"),
    [((), "id", "no files"), ("a.parquet", "", "no id column"), (("a.parquet", "a.parquet"), "id", "named twice")],
)
def test_a_table_without_files_or_ids_is_refused(files: object, name: str, message: str) -> None:
    """What cannot be read is said before anything is read."""
    with pytest.raises(InputError, match=message):
        LibraryTable(files, name)  # type: ignore[arg-type]


def test_a_criterion_in_two_tables_is_refused() -> None:
    """It would be a matter of chance which of the two columns counted."""
    with pytest.raises(InputError, match=r"read from two tables.*'a.parquet' and 'b.parquet'"):
        Library(LibraryTable("a.parquet", "id", {"x": "x"}), (LibraryTable("b.parquet", "id", {"x": "x"}),))


def test_a_library_without_criteria_is_refused() -> None:
    """There would be nothing to rank by."""
    with pytest.raises(InputError, match="no criteria"):
        Library(LibraryTable("a.parquet", "id"))


def test_a_plan_for_other_criteria_is_refused() -> None:
    """Every criterion without a column is named, with those that have one."""
    library = Library(LibraryTable("a.parquet", "id", {"x": "x"}))
    library.require(["x"])
    with pytest.raises(InputError, match=r"2 faults(.|\n)*'y'; expected one of \['x'\](.|\n)*'z'"):
        library.require(["x", "y", "z"])


def test_tables_that_are_not_needed_drop_out() -> None:
    """A library narrowed to the main table's criteria needs no join."""
    library = Library(
        LibraryTable("a.parquet", "id", {"x": "x", "w": "w"}), (LibraryTable("b.parquet", "mol", {"y": "s"}),)
    )
    narrow = library.only(["x"])
    assert narrow.criteria == ("x",)
    assert narrow.further == ()
    assert library.only(["x", "y"]).further == library.further
