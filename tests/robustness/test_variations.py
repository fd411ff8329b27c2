"""Variants of a ranking told in the same words: who enters, who leaves, who is first, how alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.methods.tables import problems, ranked, table, weigh

import weighbridge as wb
from weighbridge.core.ranking import competition_ranks
from weighbridge.errors import InputError
from weighbridge.robustness.variations import Variations, compare_alternatives, require_count, reweigh, variation

LABELS = ["a", "b", "c", "d", "e"]


def ranks(*numbers: int) -> Any:
    """Return ranks as the functions take them."""
    return np.array(numbers, dtype=np.int64)


def test_by_hand() -> None:
    """Five molecules, the second and the fourth change places: everything follows by counting."""
    found = variation("x", LABELS, ranks(1, 2, 3, 4, 5), ranks(1, 4, 3, 2, 5), 2)
    assert found.first == ("a",)
    assert not found.first_changed
    assert found.entering == ("d",)
    assert found.leaving == ("b",)
    assert found.top_changed
    assert found.overlap == pytest.approx(1 / 3)
    assert found.spearman == pytest.approx(1 - 6 * (4 + 4) / (5 * 24))
    assert found.kendall_tau_b == pytest.approx((7 - 3) / 10)
    # WS = 1 − Σ 2^−x |x − y| / max(|x − 1|, |x − n|): x = 2 and x = 4, both move by 2 of at most 3.
    assert found.ws == pytest.approx(1 - (2**-2 * 2 / 3 + 2**-4 * 2 / 3))


def test_ties_at_the_edge_are_in() -> None:
    """Two molecules tied at the k-th place both belong to the first k, before and after."""
    found = variation("x", LABELS, ranks(1, 2, 2, 4, 5), ranks(1, 2, 3, 4, 5), 2)
    assert found.leaving == ("c",)
    assert found.entering == ()
    assert found.overlap == pytest.approx(2 / 3)


def test_a_leader_that_becomes_tied_is_another_first() -> None:
    """Where two share the first place afterwards, the first has changed and both are named."""
    found = variation("x", LABELS, ranks(1, 2, 3, 4, 5), ranks(1, 1, 3, 4, 5), 3)
    assert found.first == ("a", "b")
    assert found.first_changed
    assert not found.top_changed


def test_entering_are_named_best_first() -> None:
    """Those who enter stand in the new order, those who leave in the old."""
    found = variation("x", LABELS, ranks(1, 2, 3, 4, 5), ranks(5, 4, 3, 2, 1), 2)
    assert found.entering == ("e", "d")
    assert found.leaving == ("a", "b")
    assert found.spearman == pytest.approx(-1)


def test_all_tied_has_no_correlation() -> None:
    """A ranking without any order has no coefficient, and says None and not NaN."""
    found = variation("x", LABELS, ranks(1, 1, 1, 1, 1), ranks(1, 2, 3, 4, 5), 2)
    assert found.spearman is None
    assert found.kendall_tau_b is None
    frame = Variations("variant", 2, (found,)).to_frame()
    assert frame.loc["x", "spearman"] is None


def test_one_molecule() -> None:
    """A single molecule is first before and after; nothing enters and no coefficient is defined."""
    found = variation("x", ["a"], ranks(1), ranks(1), 10)
    assert (found.first, found.first_changed, found.entering, found.leaving) == (("a",), False, (), ())
    assert found.overlap == 1.0
    assert found.spearman is None
    assert found.ws is None


@given(
    scores=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=15), top=st.integers(1, 20)
)
@settings(max_examples=80, deadline=None)
def test_against_sets_and_scipy(scores: list[tuple[int, int]], top: int) -> None:
    """First k, first and coefficients equal those from Python sets and scipy, whatever the ties."""
    before, after = (competition_ranks(np.array(column, dtype=float)) for column in zip(*scores, strict=True))
    labels = [f"m{i}" for i in range(len(scores))]
    found = variation("x", labels, before, after, top)
    was = {label for label, rank in zip(labels, before, strict=True) if rank <= top}
    now = {label for label, rank in zip(labels, after, strict=True) if rank <= top}
    assert set(found.entering) == now - was
    assert set(found.leaving) == was - now
    assert found.overlap == pytest.approx(len(now & was) / len(now | was))
    assert found.top_changed == (now != was)
    assert set(found.first) == {label for label, rank in zip(labels, after, strict=True) if rank == 1}
    if np.ptp(before) and np.ptp(after):
        assert found.spearman == pytest.approx(scipy.stats.spearmanr(before, after).statistic, abs=1e-12)
        assert found.kendall_tau_b == pytest.approx(scipy.stats.kendalltau(before, after).statistic, abs=1e-12)


def test_k_beyond_all_holds_everybody() -> None:
    """With k ≥ n nobody can enter or leave, whatever the order."""
    found = variation("x", LABELS, ranks(1, 2, 3, 4, 5), ranks(5, 4, 3, 2, 1), 9)
    assert not found.top_changed
    assert found.overlap == 1.0
    assert found.first_changed


def test_shares_and_names() -> None:
    """The variants that change the first and the first k are named and counted."""
    same = variation("same", LABELS, ranks(1, 2, 3, 4, 5), ranks(1, 2, 3, 4, 5), 2)
    edge = variation("edge", LABELS, ranks(1, 2, 3, 4, 5), ranks(1, 3, 2, 4, 5), 2)
    head = variation("head", LABELS, ranks(1, 2, 3, 4, 5), ranks(2, 1, 3, 4, 5), 2)
    several = Variations("variant", 2, (same, edge, head), {"none": "it is refused"})
    assert len(several) == 3
    assert several.changing_first == ("head",)
    assert several.changing_top == ("edge",)
    assert several.share_changing_first == several.share_changing_top == pytest.approx(1 / 3)
    assert several["edge"] is edge
    assert repr(several) == "Variations(variant: 3; 1 change the first, 1 the first 2, 1 refused)"
    assert "<table" in several._repr_html_()
    assert several.to_frame().index.tolist() == ["same", "edge", "head"]
    with pytest.raises(InputError, match="no such variant"):
        several["nobody"]


def test_no_variant_at_all() -> None:
    """Without variants the shares are 0 and the frame is empty with its columns."""
    none = Variations("variant", 3, ())
    assert none.share_changing_first == 0.0
    assert none.to_frame().empty
    assert "entering" in none.to_frame().columns


def test_rankings_by_name() -> None:
    """Named rankings are compared by label, in whatever order their rows stand."""
    matrix = table([[1, 9], [5, 5], [9, 1]], bounds=(0, 10))
    base, other = ranked(matrix, "topsis", [1, 3]), ranked(matrix, "topsis", [3, 1])
    turned = wb.rank(matrix.take([2, 0, 1]), {"c0": 3, "c1": 1})
    found = compare_alternatives(base, {"other": other, "turned": turned}, top=1, what="expert left out")
    assert found.what == "expert left out"
    assert found["other"].first == found["turned"].first == ("A3",)
    assert found["other"].first_changed
    assert found["other"].spearman == found["turned"].spearman == pytest.approx(-1)
    few = wb.rank(matrix.take([0, 1]), {"c0": 3, "c1": 1})
    with pytest.raises(InputError, match="ranking 'few': two rankings are not of the same molecules"):
        compare_alternatives(base, {"few": few})


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "weighted-sum", "weighted-product", "vikor", "borda"])
@given(problem=problems(least_rows=2), other=st.lists(st.integers(0, 5), min_size=4, max_size=4).filter(any))
@settings(max_examples=12, deadline=None)
def test_reweighing_equals_ranking_anew(method: str, problem: tuple[Any, Any, Any], other: list[int]) -> None:
    """Each set of weights gives what comparing two calls of `wb.rank` gives, for methods with and without a form."""
    values, signs, weights = problem
    matrix = table(values, signs, bounds=(0.5, 20.0))
    second = np.array(other[: values.shape[1]], dtype=float)
    second = second if second.any() else np.ones(values.shape[1])
    found = reweigh(matrix, weigh(matrix, weights), {"b": weigh(matrix, second)}, method, top=2)["b"]
    wanted = compare_alternatives(ranked(matrix, method, weights), {"b": ranked(matrix, method, second)}, top=2)["b"]
    assert found == wanted


def test_reweighing_with_today_s_weights_changes_nothing() -> None:
    """The same weights in another unit are no change at all."""
    matrix = table([[1, 9], [5, 6], [9, 1]], bounds=(0, 10))
    found = reweigh(matrix, {"c0": 1, "c1": 2}, {"same": {"c0": 10, "c1": 20}}, top=2)["same"]
    assert not found.first_changed
    assert found.spearman == pytest.approx(1)
    assert found.overlap == 1.0


def test_weights_that_do_not_fit_are_named() -> None:
    """A set of weights that lacks a criterion is refused with its name; nothing is filled in."""
    matrix = table([[1, 9], [5, 6]], bounds=(0, 10))
    with pytest.raises(InputError, match=r"weights 'without Ada'.*a criterion has no weight.*'c1'"):
        reweigh(matrix, {"c0": 1, "c1": 1}, {"without Ada": {"c0": 1}})
    with pytest.raises(InputError, match=r"weights 'x'"):
        reweigh(matrix, {"c0": 1, "c1": 1}, {"x": pd.Series({"c0": 0.0, "c1": 0.0})})


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "ten", None])
def test_top_must_be_a_count(value: object) -> None:
    """The k of the first k is a whole number of at least 1."""
    with pytest.raises(InputError, match="top is not a number of molecules"):
        require_count(value, "top")


def test_numpy_counts_are_counts() -> None:
    """A count out of an array is a count."""
    assert require_count(np.int64(3), "top") == 3
