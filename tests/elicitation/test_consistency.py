"""Consistency: ratio, geometric index, and the indices of triads."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from tests.elicitation import strategies

import weighbridge as wb
from weighbridge.elicitation.answers import pooled
from weighbridge.elicitation.consistency import RANDOM_INDICES, geometric_consistency_index, random_index_value

FEW = settings(max_examples=40, deadline=None)


@FEW
@given(strategies.complete())
def test_gci_is_the_published_formula_on_complete_sets(comparisons: wb.Comparisons) -> None:
    """On complete sets GCI = 2/((n−1)(n−2)) Σ ln² e_ij with the row geometric means."""
    matrix = comparisons.matrix
    n = len(matrix)
    weights = np.exp(np.log(matrix).mean(axis=1))
    total = sum(math.log(matrix[i, j] * weights[j] / weights[i]) ** 2 for i, j in itertools.combinations(range(n), 2))
    assert comparisons.consistency().gci == pytest.approx(2 * total / ((n - 1) * (n - 2)), abs=1e-12)


@FEW
@given(strategies.complete())
def test_ratio_is_numpys_eigenvalue_over_the_table(comparisons: wb.Comparisons) -> None:
    """CR = (λ_max − n)/(n − 1)/RI with numpy's λ_max and the named table's RI."""
    n = len(comparisons.labels)
    root = float(np.linalg.eigvals(comparisons.matrix).real.max())
    consistency = comparisons.consistency()
    assert consistency.index == pytest.approx((root - n) / (n - 1), abs=1e-9)
    assert consistency.ratio == pytest.approx((root - n) / (n - 1) / random_index_value(n), abs=1e-9)
    assert consistency.random_index == "alonso-lamata"


@FEW
@given(strategies.connected(least=3))
def test_nothing_is_ever_negative(comparisons: wb.Comparisons) -> None:
    """Indices are non-negative and λ_max ≥ n for any linked answers."""
    consistency = comparisons.consistency()
    assert consistency.lambda_max >= len(comparisons.labels)
    assert consistency.index >= 0
    assert consistency.gci is None or consistency.gci >= 0
    assert consistency.factor is None or consistency.factor >= 1
    assert consistency.complete == (consistency.ratio is not None)


@FEW
@given(strategies.complete(least=3, most=6))
def test_indices_do_not_depend_on_label_order(comparisons: wb.Comparisons) -> None:
    """Reversing the labels changes no index."""
    order = np.arange(len(comparisons.labels))[::-1]
    turned = wb.Comparisons.from_matrix(comparisons.labels[::-1], comparisons.matrix[np.ix_(order, order)])
    one, other = comparisons.consistency(), turned.consistency()
    assert (one.ratio, one.gci) == pytest.approx((other.ratio, other.gci), abs=1e-9)
    assert comparisons.koczkodaj() == pytest.approx(turned.koczkodaj(), abs=1e-12)
    assert comparisons.congruence() == pytest.approx(turned.congruence(), abs=1e-12)
    assert comparisons.dissonance() == pytest.approx(turned.dissonance(), abs=1e-12)


def test_gci_is_unbiased_on_incomplete_designs() -> None:
    """With noise of variance .25, GCI averages .25 on a complete set, a ring and a sparse design alike."""
    rng = np.random.default_rng(1)
    names = strategies.labels(7)
    complete = list(itertools.combinations(names, 2))
    ring = [(names[k], names[(k + 1) % 7]) for k in range(7)]
    for design in (complete, ring, complete[::2] + ring):
        pairs = list(dict.fromkeys(tuple(sorted(pair)) for pair in design))
        values = []
        for _ in range(400):
            answers = dict(zip(pairs, np.exp(rng.normal(0, 0.5, len(pairs))), strict=True))
            comparisons = wb.Comparisons(names, answers)
            values.append(geometric_consistency_index(pooled(comparisons.labels, comparisons.answers)))
        error = np.std(values) / math.sqrt(len(values))
        assert np.mean(values) == pytest.approx(0.25, abs=4 * error)


def test_a_spanning_tree_cannot_be_checked() -> None:
    """With the fewest answers there is no index and no factor, and the words say so."""
    consistency = wb.Comparisons(list("abc"), {("a", "b"): 3, ("b", "c"): 2}).consistency()
    assert (consistency.gci, consistency.factor, consistency.dof, consistency.ratio) == (None, None, 0, None)
    assert "cannot be checked" in str(consistency)


@pytest.mark.parametrize("n", [1, 2])
def test_one_or_two_items_are_consistent(n: int) -> None:
    """With n ≤ 2 the ratio is exactly 0 by every table, never NaN."""
    comparisons = wb.Comparisons.from_upper(strategies.labels(n), [7] * (n - 1))
    for table in RANDOM_INDICES:
        consistency = comparisons.consistency(table)
        assert (consistency.ratio, consistency.index, consistency.lambda_max) == (0.0, 0.0, n)
    assert comparisons.koczkodaj() == comparisons.congruence() == comparisons.dissonance() == 0.0


def test_words_give_the_factor_before_the_ratio() -> None:
    """The words name the factor, the degrees of freedom and the ratio with its table."""
    text = str(wb.Comparisons.from_upper(list("abc"), [3, 8, 6]).consistency())
    assert text == "answers fit together to about ×1.60 (GCI 0.219, 1 degree of freedom); CR 0.070 (alonso-lamata)"


def test_an_unknown_table_names_the_known_ones() -> None:
    """A misspelt table is refused with the list of tables."""
    with pytest.raises(
        wb.InputError, match=r"no such table of random indices; found 'satty'; expected one of \['alonso"
    ):
        wb.Comparisons.from_upper(list("abc"), [3, 8, 6]).consistency("satty")


def test_random_indices_grow_with_size_except_where_published_otherwise() -> None:
    """All tables grow with n but Saaty's of 1980, whose 1.48 at n = 12 is printed as published."""
    for table in RANDOM_INDICES:
        values = [random_index_value(n, table) for n in range(3, 16)]
        if table == "saaty-1980":
            assert values[9] == 1.48 < values[8]
        else:
            assert values == sorted(values)


@FEW
@given(strategies.complete(least=3, most=6))
def test_koczkodaj_is_the_worst_triad(comparisons: wb.Comparisons) -> None:
    """The index equals the definition over all triads."""
    a = comparisons.matrix
    triads = itertools.combinations(range(len(a)), 3)
    worst = max(min(abs(1 - a[i, k] / (a[i, j] * a[j, k])), abs(1 - a[i, j] * a[j, k] / a[i, k])) for i, j, k in triads)
    assert comparisons.koczkodaj() == pytest.approx(worst, abs=1e-10)


def test_koczkodaj_looks_at_answered_triads_only() -> None:
    """A triad with an unanswered pair says nothing."""
    answers = {("a", "b"): 2, ("b", "c"): 2, ("a", "c"): 4, ("c", "d"): 9, ("a", "d"): 1 / 9}
    without = {pair: value for pair, value in answers.items() if "d" not in pair}
    assert wb.Comparisons(list("abcd"), without | {("c", "d"): 9}).koczkodaj() == 0.0
    assert wb.Comparisons(list("abcd"), answers).koczkodaj() == pytest.approx(1 - 1 / 324)


def test_dissonance_is_zero_without_a_contradiction_of_order() -> None:
    """Answers that agree in order have no dissonance however far apart, and a circle has the most."""
    assert wb.Comparisons.from_upper(list("abc"), [2, 9, 9]).dissonance() == 0.0
    assert wb.Comparisons.from_upper(list("abc"), [2, 1 / 2, 2]).dissonance() == 1.0


def test_congruence_of_a_triad_is_its_logarithmic_gap() -> None:
    """With three items every pair misses the indirect judgement by the same logarithm."""
    assert wb.Comparisons.from_upper(list("abc"), [2, 8, 2]).congruence() == pytest.approx(math.log(2))


@pytest.mark.parametrize("name", ["congruence", "dissonance"])
def test_indices_of_pairs_need_a_complete_set(name: str) -> None:
    """Congruence and dissonance refuse incomplete sets by name."""
    comparisons = wb.Comparisons(list("abc"), {("a", "b"): 3, ("b", "c"): 2})
    with pytest.raises(wb.InputError, match=f"the {name} needs every pair; .*2 of 3 pairs answered"):
        getattr(comparisons, name)()
