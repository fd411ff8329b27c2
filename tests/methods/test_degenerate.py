"""Every method on every degenerate table: a tie or a named error, never NaN and never a fake rank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.methods.tables import table, weigh

import weighbridge as wb
from weighbridge.errors import InputError

DEGENERATE: dict[str, tuple[Any, list[float]]] = {
    "identical rows": ([[3, 4], [3, 4], [3, 4]], [0.5, 0.5]),
    "one molecule": ([[3, 4]], [0.5, 0.5]),
    "one criterion": ([[3], [5], [4]], [1.0]),
    "one molecule, one criterion": ([[3]], [1.0]),
    "two molecules": ([[3, 4], [4, 3]], [0.5, 0.5]),
    "a constant column": ([[3, 4], [5, 4], [4, 4]], [0.5, 0.5]),
    "a constant column that rounding blurs": ([[3, 0.1 + 0.2], [5, 0.3], [4, 0.3]], [0.5, 0.5]),
    "only constant columns but for rounding": ([[0.1 + 0.2], [0.3]], [1.0]),
    "a column of zeros": ([[3, 0], [5, 0], [4, 0]], [0.5, 0.5]),
    "nothing but zeros": ([[0, 0], [0, 0]], [0.5, 0.5]),
    "one zero": ([[0, 4], [5, 3], [4, 2]], [0.5, 0.5]),
    "negative values": ([[-3, 4], [5, -4], [4, -2]], [0.5, 0.5]),
    "all negative": ([[-3, -4], [-5, -3], [-4, -2]], [0.5, 0.5]),
    "a weight of zero": ([[3, 4], [5, 3], [4, 2]], [1.0, 0.0]),
    "a weight of zero on all that varies": ([[3, 4], [5, 4], [4, 4]], [0.0, 1.0]),
    "duplicates": ([[3, 4], [5, 3], [3, 4], [4, 2]], [0.5, 0.5]),
    "more than half at the worst": ([[1, 1], [1, 1], [1, 1], [9, 9]], [0.5, 0.5]),
    "tiny values": ([[3e-300, 4e-300], [5e-300, 3e-300]], [0.5, 0.5]),
    "huge values": ([[3e300, 4e300], [5e300, 3e300]], [0.5, 0.5]),
    "huge spread": ([[-1.7e308, 1.0], [1.7e308, 2.0]], [0.5, 0.5]),
}


def scores_of(result: Any) -> np.ndarray:
    if hasattr(result, "scores_array"):
        return np.asarray(result.scores_array)
    return np.concatenate([result.positive_flow, result.negative_flow])


def attempt(method: str, matrix: wb.DecisionMatrix, weights: list[float]) -> Any | None:
    """Rank, or return None where an InputError says why not."""
    try:
        result = wb.rank(matrix, weigh(matrix, weights), method=method)
    except InputError:
        return None
    assert np.isfinite(scores_of(result)).all()
    return result


def bounds_of(values: Any) -> list[tuple[float, float]]:
    """Declare a range a little wider than each column."""
    array = np.asarray(values, dtype=float)
    return [
        (float(c.min() - 1), float(c.max() + 1)) if abs(c).max() < 1e200 else (-1.75e308, 1.75e308) for c in array.T
    ]


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.parametrize("method", list(wb.methods()))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_tie_or_a_named_error(method: str, case: str, sign: int) -> None:
    """Scores are finite, ranks are whole, and equal rows share a rank."""
    values, weights = DEGENERATE[case]
    signs = [1] * (len(values[0]) - 1) + [sign]
    result = attempt(method, table(values, signs, bounds=bounds_of(values)), weights)
    if result is None or method == "promethee-i":
        return
    ranks = result.ranks.to_numpy()
    assert ranks.min() == 1
    for i, row in enumerate(values):
        for k in range(i):
            if row == values[k]:
                assert ranks[i] == ranks[k]


@pytest.mark.parametrize("method", list(wb.methods()))
def test_identical_rows_and_a_single_molecule_tie_wherever_values_are_positive(method: str) -> None:
    """No method refuses them: nothing tells the molecules apart, so all are first."""
    for rows in (1, 3):
        result = attempt(method, table([[3, 4]] * rows, [1, -1], bounds=(1, 9)), [0.5, 0.5])
        assert result is not None
        if method != "promethee-i":
            assert result.ranks.tolist() == [1] * rows


@pytest.mark.parametrize("method", list(wb.methods()))
def test_contributions_of_degenerate_tables_are_finite_and_add_up(method: str) -> None:
    """Also where base and score are the value of a tie."""
    for case in ("identical rows", "one molecule", "a constant column", "a weight of zero", "duplicates"):
        values, weights = DEGENERATE[case]
        result = attempt(method, table(values, bounds=(0.5, 9)), weights)
        if result is None or method == "promethee-i":
            continue
        total = result.contributions.sum(axis=1) + result.base_of(range(len(values)))
        assert np.allclose(total, result.scores, rtol=1e-12, atol=1e-12)
        assert np.isfinite(result.effective_weights).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("method", list(wb.methods()))
def test_nan_and_infinity_never_reach_a_method(method: str, bad: float) -> None:
    """The peer pymcdm turns one NaN into NaN for every molecule; here the cell is named."""
    with pytest.raises(InputError, match="'A2'"):
        table([[1, 2], [bad, 3]])
    assert method in wb.methods()


@pytest.mark.parametrize("method", list(wb.methods()))
@pytest.mark.parametrize("weights", [[-1.0, 2.0], [np.nan, 1.0], [0.0, 0.0], [np.inf, 1.0]])
def test_weights_that_are_no_weights_are_refused(method: str, weights: list[float]) -> None:
    """The peer pymcdm warns and ranks by negative weights; here they are errors."""
    matrix = table([[1, 2], [2, 3]], bounds=(0.5, 9))
    with pytest.raises(InputError, match="weight"):
        wb.rank(matrix, weigh(matrix, weights), method=method)


@pytest.mark.parametrize("method", list(wb.methods()))
def test_a_missing_value_by_rule_gives_finite_scores(method: str) -> None:
    """Filled or indifferent, it never spreads."""
    matrix = table([[1, 2], [np.nan, 3], [3, 1]], bounds=(0.5, 9), missing="neutral")
    assert attempt(method, matrix, [0.5, 0.5]) is not None


def test_an_empty_table_is_refused() -> None:
    """The peer pymcdm shows numpy's message about reductions."""
    with pytest.raises(InputError, match="no molecules"):
        wb.DecisionMatrix(pd.DataFrame({"a": []}, dtype=float), {"a": wb.Criterion(direction="gain")})


@pytest.mark.parametrize(
    "change",
    [lambda v: v, lambda v: v[:, :1], lambda v: v[:1]],
    ids=["all", "one criterion", "one molecule"],
)
def test_the_input_is_never_changed(change: Callable[[np.ndarray], np.ndarray]) -> None:
    """No method writes into the matrix."""
    matrix = table(change(np.array([[1.0, 2], [4, 3], [2, 8]])), bounds=(0.5, 9))
    before = matrix.values.copy()
    for method in wb.methods():
        attempt(method, matrix, [1.0] * matrix.shape[1])
    assert np.array_equal(matrix.values, before)
