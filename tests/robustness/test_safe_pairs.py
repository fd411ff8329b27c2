"""PROMETHEE II: the bound under which no deletion reverses two molecules."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.methods.tables import problems, ranked, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.robustness.safe_pairs import neighbouring_pairs, safe_margin, safe_pairs


def test_the_margin() -> None:
    """2r/(n − 1), as derived: with eleven molecules a fifth for each deletion."""
    assert safe_margin(11) == pytest.approx(0.2)
    assert safe_margin(11, 3) == pytest.approx(0.6)
    assert safe_margin(2) == 2.0


@given(problem=problems(least_rows=3, most_rows=6), removed=st.integers(1, 3))
@settings(max_examples=50, deadline=None)
def test_no_deletion_reverses_a_safe_pair(problem: tuple[Any, Any, Any], removed: int) -> None:
    """Whichever r molecules go, a pair that is safe for r keeps its order: every subset is tried."""
    values, signs, weights = problem
    matrix = table(values, signs, preference=wb.Preference("linear", q=0.5, p=3.0))
    ranking = ranked(matrix, "promethee-ii", weights)
    for pair in safe_pairs(ranking, top=99, removed=removed):
        if not pair.safe:
            continue
        both = {matrix.labels.get_loc(pair.above), matrix.labels.get_loc(pair.below)}
        others = [i for i in range(len(values)) if i not in both]
        for gone in combinations(others, min(removed, len(others))):
            rest = matrix.take(np.array([i for i in range(len(values)) if i not in gone]))
            after = ranked(rest, "promethee-ii", weights).scores
            assert after[pair.above] > after[pair.below]


def test_by_hand() -> None:
    """Five molecules, usual preference on one criterion: differences of ½, margin ½, so nothing is safe."""
    ranking = ranked(table([[5], [4], [3], [2], [1]]), "promethee-ii")
    pairs = safe_pairs(ranking, top=2)
    assert [(pair.above, pair.below) for pair in pairs] == [("A1", "A2"), ("A2", "A3")]
    for pair in pairs:
        assert pair.difference == pytest.approx(0.5)
        assert pair.margin == 0.5
        assert not pair.safe
        assert pair.survives == 0


def test_how_many_deletions_a_pair_survives() -> None:
    """A difference between two multiples of the margin survives the lower number, never more than there are others."""
    labels = pd.Index(list("abcdefghijk"))
    scores = np.array([0.9, 0.25, 0.2, 0.1, 0.0, 0.0, -0.1, -0.2, -0.3, -0.4, -0.45])
    pairs = neighbouring_pairs(scores, labels, top=3)
    assert [pair.survives for pair in pairs] == [3, 0, 0]
    assert [pair.safe for pair in pairs] == [True, False, False]
    far = neighbouring_pairs(np.array([1.0, 0.0, -1.0]), pd.Index(list("abc")), top=1, removed=1)
    assert far[0].survives == 0
    top = neighbouring_pairs(np.array([1.0, -0.5, -0.5]), pd.Index(list("abc")), top=1)
    assert top[0].survives == 1
    assert top[0].safe


def test_a_difference_of_exactly_the_margin_is_not_safe() -> None:
    """The bound is strict: at equality the two may become tied, also where rounding lies on the far side."""
    n = 8
    scores = np.zeros(n)
    scores[0] = safe_margin(n) * (1 + 1e-15)
    assert not neighbouring_pairs(scores, pd.RangeIndex(n), top=1)[0].safe
    scores[0] = safe_margin(n) * (1 + 1e-6)
    assert neighbouring_pairs(scores, pd.RangeIndex(n), top=1)[0].safe


def test_ties_are_never_safe() -> None:
    """Tied neighbours have no order to keep."""
    pairs = safe_pairs(ranked(table([[2], [2], [1]]), "promethee-ii"), top=1)
    assert pairs[0].difference == 0
    assert not pairs[0].safe


def test_k_beyond_all_and_one_molecule() -> None:
    """Six molecules have five neighbouring pairs, and one molecule has none."""
    values, signs, weights = sample(1, 6, 3)
    assert len(safe_pairs(ranked(table(values, signs), "promethee-ii", weights), top=99)) == 5
    assert safe_pairs(ranked(table([[1]]), "promethee-ii")) == ()


def test_bad_input_is_refused() -> None:
    """The bound is PROMETHEE's, and needs counts."""
    ranking = ranked(table([[1], [2]], bounds=(0, 3)), "topsis")
    with pytest.raises(InputError, match="known for PROMETHEE II only; found topsis"):
        safe_pairs(ranking)
    with pytest.raises(InputError, match="one molecule has no pair"):
        safe_margin(1)
    with pytest.raises(InputError, match="removed is not a number"):
        safe_margin(5, 0)
    with pytest.raises(InputError, match="top is not a number"):
        safe_pairs(ranked(table([[1], [2]]), "promethee-ii"), top=0)
