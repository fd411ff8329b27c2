"""Each criterion and each molecule left out in turn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from tests.methods.tables import problems, ranked, sample, table, weigh

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.robustness.leave_out import leave_out_criteria, leave_out_molecules
from weighbridge.robustness.variations import variation

FORMS = ("topsis", "promethee-ii", "weighted-sum", "weighted-product")


def without_column(matrix: wb.DecisionMatrix, name: str) -> wb.DecisionMatrix:
    """Return the matrix without one criterion."""
    rest = {other: criterion for other, criterion in matrix.criteria.items() if other != name}
    return wb.DecisionMatrix(matrix.to_frame()[list(rest)], rest)


@pytest.mark.parametrize("method", FORMS)
@given(problem=problems(least_rows=2).filter(lambda problem: problem[0].shape[1] > 1))
@settings(max_examples=20, deadline=None)
def test_weight_zero_is_the_column_removed(method: str, problem: tuple[Any, Any, Any]) -> None:
    """Setting a criterion's weight to 0 ranks as the table without its column, as the docstring claims."""
    values, signs, weights = problem
    matrix = table(values, signs, bounds=(0.5, 20.0))
    found = leave_out_criteria(matrix, weigh(matrix, weights), method, top=2)
    base = np.asarray(ranked(matrix, method, weights).ranks, dtype=np.int64)
    assert len(found) == len(matrix.names)
    for j, name in enumerate(matrix.names):
        fewer = without_column(matrix, name)
        after: Any = ranked(fewer, method, np.delete(weights, j))
        wanted = variation(name, matrix.labels, base, np.asarray(after.ranks, dtype=np.int64), 2)
        assert found[name] == wanted


@pytest.mark.parametrize("normalization", ["vector", "minmax", "sum", "max"])
def test_weight_zero_is_the_column_removed_under_every_normalization(normalization: str) -> None:
    """The same for scales taken from the data: each column has its own."""
    values, signs, weights = sample(11, 8, 4)
    matrix = table(values, signs)
    found = leave_out_criteria(matrix, weigh(matrix, weights), "topsis", 3, normalization=normalization)
    for j, name in enumerate(matrix.names):
        after = ranked(without_column(matrix, name), "topsis", np.delete(weights, j), normalization=normalization)
        assert found[name].first == tuple(after.labels[after.ranks.to_numpy() == 1])


def test_criteria_by_hand() -> None:
    """What rests on one criterion shows: without it the other molecule is first."""
    matrix = table([[9, 1, 5], [1, 6, 5]], bounds=(0, 10))
    found = leave_out_criteria(matrix, {"c0": 1, "c1": 1, "c2": 1}, "weighted-sum", top=1)
    assert found.what == "criterion left out"
    assert found.changing_first == ("c0",)
    assert found["c0"].entering == ("A2",)
    assert found["c0"].leaving == ("A1",)
    assert not found["c2"].top_changed
    assert found.share_changing_first == pytest.approx(1 / 3)


def test_a_criterion_without_weight_can_go() -> None:
    """Leaving out what has no weight changes nothing."""
    values, signs, _ = sample(2, 6, 3)
    matrix = table(values, signs, bounds=(0.5, 20))
    found = leave_out_criteria(matrix, {"c0": 1, "c1": 2, "c2": 0})["c2"]
    assert not found.first_changed
    assert found.kendall_tau_b == pytest.approx(1)


def test_the_only_criterion_is_refused_in_words() -> None:
    """Without the one criterion that carries the weight there is no ranking, and that is said."""
    one = leave_out_criteria(table([[1], [2]], bounds=(0, 10)), {"c0": 1})
    assert len(one) == 0
    assert "nothing to rank by" in one.refused["c0"]
    two = leave_out_criteria(table([[1, 4], [2, 3]], bounds=(0, 10)), {"c0": 1, "c1": 0})
    assert list(two.refused) == ["c0"]
    assert [one.name for one in two.variants] == ["c1"]


@pytest.mark.parametrize("method", [*FORMS, "vikor", "copras"])
@given(problem=problems(least_rows=2))
@settings(max_examples=10, deadline=None)
def test_molecules_against_brute_force(method: str, problem: tuple[Any, Any, Any]) -> None:
    """Each removal equals ranking the smaller matrix, for methods with and without a form."""
    values, signs, weights = problem
    matrix = table(values, signs, bounds=(0.5, 20.0), preference=wb.Preference("linear", q=0.5, p=3.0))
    found = leave_out_molecules(matrix, weigh(matrix, weights), method, top=2)
    base: Any = ranked(matrix, method, weights)
    scores = base.scores_array if base.higher_is_better else -base.scores_array
    for i, label in enumerate(matrix.labels):
        rest = np.delete(np.arange(len(values)), i)
        after: Any = ranked(matrix.take(rest), method, weights)
        before = pd.Series(scores[rest]).round(12).rank(ascending=False, method="min").astype(np.int64).to_numpy()
        wanted = variation(label, matrix.labels[rest], before, np.asarray(after.ranks, dtype=np.int64), 2)
        assert found[label].first == wanted.first
        assert found[label].entering == wanted.entering
        assert found[label].leaving == wanted.leaving
        assert found[label].spearman == (wanted.spearman if wanted.spearman is None else pytest.approx(wanted.spearman))


def test_the_published_reversal_shows() -> None:
    """Without (4, 1) the first of TOPSIS by vectors is (5, 3) and no longer (2, 8) (elicitation reference, part 5)."""
    matrix = table([[5, 3], [2, 7], [2, 8], [4, 1]])
    found = leave_out_molecules(matrix, {"c0": 1, "c1": 1}, "topsis", top=1, normalization="vector")
    assert found["A4"].first == ("A1",)
    assert found["A4"].first_changed
    assert found["A4"].entering == ("A1",)
    assert found["A4"].leaving == ("A3",)
    assert found.share_changing_first == pytest.approx(1 / 4)


def test_moving_up_is_no_entering() -> None:
    """The next molecule does not "enter" because the leader was taken away; with fixed bounds nothing ever does."""
    values, signs, weights = sample(4, 12, 3)
    matrix = table(values, signs, bounds=(0.5, 20))
    found = leave_out_molecules(matrix, weigh(matrix, weights), "topsis", top=3)
    assert found.changing_first == found.changing_top == ()
    assert all(one.spearman == pytest.approx(1) for one in found.variants)
    assert "no molecule can reverse two others" in found.notes[0]


def test_many_molecules_are_sampled_and_it_is_said() -> None:
    """Beyond the limit the leading ones and a seeded sample are left out, the same each time."""
    values, signs, weights = sample(9, 40, 3)
    matrix = table(values, signs)
    found = leave_out_molecules(matrix, weigh(matrix, weights), "topsis", 4, limit=10, seed=3, normalization="vector")
    again = leave_out_molecules(matrix, weigh(matrix, weights), "topsis", 4, limit=10, seed=3, normalization="vector")
    assert len(found) == 10
    assert found.variants == again.variants
    assert found.notes == ("10 of 40 molecules left out: the leading ones and a sample",)
    leading = ranked(matrix, "topsis", weights, normalization="vector").ranks.nsmallest(4).index
    assert set(leading) <= {one.name for one in found.variants}


@pytest.mark.parametrize("method", FORMS)
def test_degenerate_tables(method: str) -> None:
    """One molecule has no others; of two one stays first; tied molecules stay tied; k may exceed n."""
    alone = leave_out_molecules(table([[1, 2]], bounds=(0.5, 10)), {"c0": 1, "c1": 1}, method)
    assert len(alone) == 0
    assert "no other molecule" in alone.refused["A1"]
    two = leave_out_molecules(table([[1, 2], [3, 1]], bounds=(0.5, 10)), {"c0": 1, "c1": 1}, method, top=50)
    assert [one.first for one in two.variants] == [("A2",), ("A1",)]
    assert two.changing_first == ()
    tied = leave_out_molecules(table([[2, 2]] * 4, bounds=(0.5, 10)), {"c0": 1, "c1": 1}, method, top=2)
    assert all(len(one.first) == 3 and not one.first_changed for one in tied.variants)
    assert all(one.spearman is None for one in tied.variants)
    same = leave_out_criteria(table([[2, 2]] * 4, bounds=(0.5, 10)), {"c0": 1, "c1": 1}, method, top=2)
    assert same.changing_first == same.changing_top == ()


def test_row_order_does_not_matter() -> None:
    """Turning the rows round changes no variant but their order."""
    values, signs, weights = sample(13, 9, 3)
    matrix = table(values, signs)
    turned = matrix.take(np.arange(9)[::-1])
    one = leave_out_molecules(matrix, weigh(matrix, weights), "promethee-ii", 3)
    two = leave_out_molecules(turned, weigh(matrix, weights), "promethee-ii", 3)
    for variant in one.variants:
        other = two[variant.name]
        assert (variant.first, variant.entering, variant.leaving) == (other.first, other.entering, other.leaving)


def test_bad_input_is_refused() -> None:
    """Counts that are no counts, weights that do not fit and methods without ranks are refused in words."""
    matrix = table([[1, 2], [3, 1]], bounds=(0, 10))
    weights = {"c0": 1, "c1": 1}
    with pytest.raises(InputError, match="top is not a number"):
        leave_out_criteria(matrix, weights, top=0)
    with pytest.raises(InputError, match="limit is not a number"):
        leave_out_molecules(matrix, weights, limit=0)
    with pytest.raises(InputError, match="has no weight"):
        leave_out_criteria(matrix, {"c0": 1})
    with pytest.raises(InputError, match="complete ranking"):
        leave_out_molecules(matrix, weights, "promethee-i")
