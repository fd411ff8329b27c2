"""Where a value stands: in its own table, by molecule, and by row only where rows are the library's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from weighbridge.scale.layout import inspect
from weighbridge.scale.library import Library, LibraryTable
from weighbridge.scale.places import id_at, places_of


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Return a main table of two files in row groups of three, and a table of predictions."""
    for number, name in enumerate(("a", "b")):
        ids = [f"M{10 * number + row}" for row in range(8)]
        pd.DataFrame({"id": ids, "price": 1.0}).to_parquet(tmp_path / f"{name}.parquet", row_group_size=3)
    pd.DataFrame({"code": ["M0"], "p": [0.5]}).to_parquet(tmp_path / "model.parquet")
    main = LibraryTable([tmp_path / "a.parquet", tmp_path / "b.parquet"], "id", {"cost": "price", "price": "price"})
    return Library(main, (LibraryTable(tmp_path / "model.parquet", "code", {"score": "p"}),))


def test_a_row_has_the_id_of_its_file_and_group(library: Library) -> None:
    """Every row of the library, across groups and files, gives its own id."""
    main = inspect(library.main)
    assert [id_at(main, row) for row in range(16)] == [f"M{10 * file + row}" for file in range(2) for row in range(8)]


def test_a_column_of_the_main_table_is_placed_by_row_and_molecule(library: Library) -> None:
    """Rows count from 1 within their file."""
    place = places_of(library, inspect(library.main))
    assert place(9, "price") == "b.parquet, row 2, molecule 'M11', column 'price'"


def test_a_criterion_of_another_name_is_told_beside_its_column(library: Library) -> None:
    """The column is what the file has; the criterion is what the study calls it."""
    place = places_of(library, inspect(library.main))
    assert place(0, "cost") == "a.parquet, row 1, molecule 'M0', column 'price' (criterion 'cost')"


def test_another_table_is_placed_by_molecule(library: Library) -> None:
    """The row of the main table says nothing of where a prediction stands."""
    place = places_of(library, inspect(library.main))
    assert place(4, "score") == "model.parquet, molecule 'M4', column 'p' (criterion 'score')"
