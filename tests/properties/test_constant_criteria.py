"""What a constant criterion does and does not do (docs/decisions/0009)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import weighbridge as wb

CELLS = st.integers(0, 8).map(lambda number: number / 8)
TABLES = st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=7)


def ranks(table: np.ndarray, weights: list[float], method: str, **parameters: str) -> list[int]:
    """Return the ranks of rows whose criteria range from 0 to 1."""
    names = [f"c{number}" for number in range(table.shape[1])]
    criteria = {name: wb.Criterion(direction="gain", worst=0, best=1, scale="ratio") for name in names}
    matrix = wb.DecisionMatrix(pd.DataFrame(table, columns=names), criteria)
    return list(wb.rank(matrix, dict(zip(names, weights, strict=True)), method=method, **parameters).ranks)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("weighted-sum", {}),
        ("promethee-ii", {}),
        ("borda", {}),
        ("topsis", {"normalization": "minmax"}),
    ],
)
@given(rows=TABLES, constant=CELLS)
def test_it_moves_no_rank_where_ideals_come_from_the_data_or_scores_are_sums(
    method: str, parameters: dict[str, str], rows: list[tuple[float, float]], constant: float
) -> None:
    """Adding a constant column with 40 % of the weight leaves every rank."""
    table = np.array(rows)
    wider = np.column_stack([table, np.full(len(rows), constant)])
    assert ranks(table, [0.5, 0.5], method, **parameters) == ranks(wider, [0.3, 0.3, 0.4], method, **parameters)


def test_it_can_exchange_close_molecules_under_declared_bounds() -> None:
    """The example of the decision: the winner changes, because the constant sits at the worst end."""
    table = np.array([[0.6, 0.5], [0.0, 1.0]])
    assert ranks(table, [0.5, 0.5], "topsis") == [1, 2]
    assert ranks(np.column_stack([table, [0.0, 0.0]]), [0.3, 0.3, 0.4], "topsis") == [2, 1]


@given(rows=TABLES, constant=CELLS)
def test_it_never_reverses_dominance(rows: list[tuple[float, float]], constant: float) -> None:
    """A molecule at least as good on both other criteria never falls behind, under any method."""
    table = np.array(rows)
    wider = np.column_stack([table, np.full(len(rows), constant)])
    found = ranks(wider, [0.3, 0.3, 0.4], "topsis")
    for i in range(len(rows)):
        for j in range(len(rows)):
            if (table[i] >= table[j]).all():
                assert found[i] <= found[j]
