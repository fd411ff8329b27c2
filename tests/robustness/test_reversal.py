"""Rank reversal: found where it is known to be, never where it cannot be."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from tests.methods.tables import problems, ranked, sample, table, weigh

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.robustness.reversal import RankReversal, ReversalTest, rank_reversal

TRIO = [[5.0, 3.0], [2.0, 7.0], [2.0, 8.0]]
QUARTET = [*TRIO, [4.0, 1.0]]
EQUAL = {"c0": 1, "c1": 1}


def by_name(found: RankReversal, kind: str) -> dict[Any, ReversalTest]:
    """Return the tests of one kind by molecule."""
    return {test.molecule: test for test in found.tests if test.kind == kind}


def test_the_published_scores() -> None:
    """TOPSIS by vectors with and without (4, 1): the scores of the elicitation reference, part 5, and fixed bounds."""
    before, after = table(TRIO), table(QUARTET)
    scores = ranked(before, "topsis", normalization="vector").scores_array
    assert scores.round(4).tolist() == [0.5357, 0.4059, 0.4643]
    more = ranked(after, "topsis", normalization="vector").scores_array
    assert more.round(4).tolist() == [0.5077, 0.5526, 0.5956, 0.3063]
    fixed = [ranked(table(rows, bounds=(0, 10)), "topsis").scores_array for rows in (TRIO, QUARTET)]
    assert fixed[0].round(4).tolist() == fixed[1][:3].round(4).tolist() == [0.4040, 0.4601, 0.5000]


def test_the_published_reversal_is_found() -> None:
    """Removing the last of the four turns the first round: the test names the molecule and both pairs."""
    found = rank_reversal(table(QUARTET, bounds=(0, 10)), EQUAL, normalization="vector")
    removed = by_name(found, "removed")
    assert removed["A4"].first == ("A1",)
    assert removed["A4"].first_changed
    assert removed["A4"].pairs == (("A3", "A1"), ("A2", "A1"))
    assert [name for name, test in removed.items() if test.changed] == ["A4"]
    assert found.share_changing == found.share_changing_first == pytest.approx(1 / 4)
    assert not found.first_stays
    assert found.found
    assert found.proof == ""
    assert found.reversed_pairs.iloc[0].tolist() == ["A2", "A1", 4]


def test_fixed_bounds_are_proven_and_still_tested() -> None:
    """With declared bounds nothing reverses, the reason is given, and every test was made all the same."""
    found = rank_reversal(table(QUARTET, bounds=(0, 10)), EQUAL)
    assert "declared bounds" in found.proof
    assert not found.found
    assert found.first_stays
    assert len(found.of("removed")) == 4
    assert len(found.of("added")) == 3
    assert len(found.of("worsened")) == 3
    assert "proven impossible" in repr(found)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("topsis", {}),
        ("weighted-sum", {}),
        ("weighted-sum", {"normalization": "none"}),
        ("weighted-product", {}),
        ("spotis", {}),
    ],
    ids=str,
)
@given(problem=problems(least_rows=1))
@settings(max_examples=20, deadline=None)
def test_methods_without_reversal_show_none(
    method: str, parameters: dict[str, str], problem: tuple[Any, Any, Any]
) -> None:
    """Scores that depend on the molecule alone never reverse, whatever is removed, added, worsened or paired."""
    values, signs, weights = problem
    matrix = table(values, signs, bounds=(0.5, 20.0))
    found = rank_reversal(matrix, weigh(matrix, weights), method, **parameters)
    assert not found.found
    assert found.first_stays
    assert not any(test.refused for test in found.tests)
    assert bool(found.proof) == (method != "spotis")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("method", "parameters"),
    [("topsis", {"normalization": "minmax"}), ("promethee-ii", {}), ("vikor", {}), ("copras", {})],
    ids=str,
)
def test_removals_against_brute_force(method: str, parameters: dict[str, str], seed: int) -> None:
    """Which removals change places, and which pairs, equal a count over all pairs of two rankings."""
    values, signs, weights = sample(seed, 7, 3)
    matrix = table(values, signs, bounds=(0.5, 20), preference=wb.Preference("linear", q=0.5, p=3.0))
    found = rank_reversal(matrix, weigh(matrix, weights), method, top=7, **parameters)
    base = ranked(matrix, method, weights, **parameters).ranks
    for i, label in enumerate(matrix.labels):
        rest = matrix.take(np.delete(np.arange(7), i))
        after = ranked(rest, method, weights, **parameters).ranks
        pairs = {(a, b) for a, b in permutations(rest.labels, 2) if base[a] < base[b] and after[a] > after[b]}
        test = by_name(found, "removed")[label]
        assert set(test.pairs) == pairs
        assert test.changed == bool(pairs)
        assert test.first == tuple(after[after == 1].index)
        assert test.first_changed == (
            set(test.first) != set(base[rest.labels][base[rest.labels] == base[rest.labels].min()].index)
        )


@pytest.mark.parametrize("seed", range(4))
def test_additions_and_worsenings_against_brute_force(seed: int) -> None:
    """The three dummies and the worsened molecules are what the docstring says, ranked anew."""
    values, signs, weights = sample(seed, 6, 3)
    matrix = table(values, signs, bounds=(0.5, 20))
    found = rank_reversal(matrix, weigh(matrix, weights), "topsis", top=6, worsening=0.5, normalization="vector")
    base = ranked(matrix, "topsis", weights, normalization="vector")
    worst = np.where(signs > 0, 0.5, 20.0)
    order = base.order
    changes = {
        ("added", "copy of the first"): (np.vstack((values, values[order[0]])), list(range(6))),
        ("added", "copy of the last"): (np.vstack((values, values[order[-1]])), list(range(6))),
        ("added", "a molecule at the worst point"): (np.vstack((values, worst)), list(range(6))),
    }
    for row in order[1:]:
        worse = values.copy()
        worse[row] += 0.5 * (worst - values[row])
        changes["worsened", matrix.labels[row]] = (worse, [i for i in range(6) if i != row])
    tests = {(test.kind, test.molecule): test for test in found.tests if test.kind != "removed"}
    assert set(tests) == set(changes)
    for key, (changed, kept) in changes.items():
        after = ranked(table(changed, signs), "topsis", weights, normalization="vector").scores_array
        before = base.scores_array
        pairs = {
            (matrix.labels[a], matrix.labels[b])
            for a, b in permutations(kept, 2)
            if before[a] - before[b] > 1e-9 and after[b] - after[a] > 1e-9
        }
        assert set(tests[key].pairs) == pairs
        assert tests[key].first == (matrix.labels[max(kept, key=lambda i: after[i])],)


@pytest.mark.parametrize("seed", range(3))
def test_pairs_alone_against_brute_force(seed: int) -> None:
    """Contradictions and cycles equal those counted over every pair ranked as a table of two."""
    values, signs, weights = sample(seed, 8, 4)
    matrix = table(values, signs, preference=wb.Preference("usual"))
    found = rank_reversal(matrix, weigh(matrix, weights), "promethee-ii", top=6)
    base = ranked(matrix, "promethee-ii", weights)
    leading = [matrix.labels[i] for i in base.order[:6]]
    beats = set()
    for a, b in combinations(leading, 2):
        two = ranked(matrix.take([matrix.labels.get_loc(a), matrix.labels.get_loc(b)]), "promethee-ii", weights).ranks
        if two[a] != two[b]:
            beats.add((a, b) if two[a] < two[b] else (b, a))
    assert set(found.contradictions) == {
        (a, b) for a, b in permutations(leading, 2) if base.ranks[a] < base.ranks[b] and (b, a) in beats
    }
    circles = {frozenset((a, b, c)) for a, b, c in permutations(leading, 3) if {(a, b), (b, c), (c, a)} <= beats}
    assert {frozenset(cycle) for cycle in found.cycles} == circles
    for a, b, c in found.cycles:
        assert {(a, b), (b, c), (c, a)} <= beats


@pytest.mark.parametrize(
    ("method", "parameters"), [("topsis", {"normalization": "minmax"}), ("promethee-ii", {}), ("borda", {})], ids=str
)
@given(problem=problems(least_rows=3))
@settings(max_examples=25, deadline=None)
def test_ties_are_no_reversal(method: str, parameters: dict[str, str], problem: tuple[Any, Any, Any]) -> None:
    """On tables full of ties a pair is reversed only where both orders are strict, removal by removal."""
    values, signs, weights = problem
    matrix = table(values, signs, bounds=(0.5, 20.0))
    found = rank_reversal(matrix, weigh(matrix, weights), method, top=7, **parameters)
    base = ranked(matrix, method, weights, **parameters).ranks
    for i, label in enumerate(matrix.labels):
        rest = matrix.take(np.delete(np.arange(len(values)), i))
        after = ranked(rest, method, weights, **parameters).ranks
        test = by_name(found, "removed")[label]
        assert set(test.pairs) == {
            (a, b) for a, b in permutations(rest.labels, 2) if base[a] < base[b] and after[a] > after[b]
        }
        assert set(test.first) == set(after[after == 1].index)


@pytest.mark.parametrize("normalization", ["vector", "minmax", "sum", "max"])
@pytest.mark.parametrize("seed", range(3))
def test_units_and_row_order_do_not_matter(normalization: str, seed: int) -> None:
    """A criterion in another unit and the rows in another order give the same tests."""
    values, signs, weights = sample(seed, 8, 3)
    matrix, order = table(values, signs), np.random.default_rng(seed).permutation(8)
    found = rank_reversal(matrix, weigh(matrix, weights), normalization=normalization)
    units = table(values * np.array([4.0, 0.125, 1024.0]), signs)
    other = rank_reversal(units, weigh(units, weights), normalization=normalization)
    assert other.tests == found.tests
    assert (other.cycles, other.contradictions) == (found.cycles, found.contradictions)
    turned = rank_reversal(matrix.take(order), weigh(matrix, weights), normalization=normalization)
    assert {(test.kind, test.molecule): set(test.pairs) for test in turned.tests} == {
        (test.kind, test.molecule): set(test.pairs) for test in found.tests
    }


def test_condorcet_s_circle() -> None:
    """Three criteria that each turn the order by one: pairwise majority goes in a circle, and it is named."""
    found = rank_reversal(table([[3, 1, 2], [2, 3, 1], [1, 2, 3]]), {"c0": 1, "c1": 1, "c2": 1}, "promethee-ii")
    assert found.cycles == (("A1", "A2", "A3"),)
    assert found.contradictions == ()
    assert found.found


def test_only_pairs_with_a_leading_molecule_are_named() -> None:
    """Each named pair holds one of the first k; that something changed elsewhere is told without names."""
    values, signs, weights = sample(3, 30, 4)
    matrix = table(values, signs)
    found = rank_reversal(matrix, weigh(matrix, weights), "topsis", top=5, normalization="vector")
    leading = set(ranked(matrix, "topsis", weights, normalization="vector").ranks.nsmallest(5).index)
    named = [pair for test in found.tests for pair in test.pairs]
    assert named
    assert all(set(pair) & leading for pair in named)
    assert any(test.changed and not test.pairs for test in found.tests)


def test_promethee_brings_its_safe_pairs() -> None:
    """PROMETHEE shows which neighbours one deletion cannot reverse, and no removal reverses a safe pair."""
    values, signs, weights = sample(7, 25, 4)
    matrix = table(values, signs, preference=wb.Preference("linear", q=0.5, p=3.0))
    found = rank_reversal(matrix, weigh(matrix, weights), "promethee-ii", top=24)
    safe = {(pair.above, pair.below) for pair in found.safe if pair.safe}
    assert safe
    reversed_pairs = {pair for test in found.of("removed") for pair in test.pairs}
    assert reversed_pairs
    assert not safe & reversed_pairs
    assert found.safe_pairs.columns.tolist() == ["above", "below", "difference", "margin", "safe", "survives"]
    assert rank_reversal(matrix, weigh(matrix, weights), "borda").safe == ()


def test_a_refused_change_is_a_test_with_its_reason() -> None:
    """A worst point at 0 has no product: the test stands there with the reason, and is not counted."""
    found = rank_reversal(table(TRIO, bounds=(0, 10)), EQUAL, "weighted-product")
    test = by_name(found, "added")["a molecule at the worst point"]
    assert "defined for values above 0" in test.refused
    assert len(found.of("added")) == 2
    assert found.to_frame()["refused"].astype(bool).sum() == 1


def test_pairs_that_the_method_refuses_are_counted() -> None:
    """CoCoSo has no score for a molecule that is worst in everything: such pairs are not tested, and it is said."""
    matrix = table([[5, 5], [4, 4], [9, 1], [1, 9]], bounds=(0.5, 20))
    found = rank_reversal(matrix, EQUAL, "cocoso")
    assert found.notes == ("the method refuses 1 pairs of leading molecules alone, which are not tested",)
    assert "worst on every criterion" in by_name(found, "added")["a molecule at the worst point"].refused


def test_degenerate_tables() -> None:
    """One molecule, two, all tied, one criterion, k ≥ n: an answer each, and no reversal."""
    one = rank_reversal(table([[1, 2]], bounds=(0.5, 10)), EQUAL, "promethee-ii")
    assert one.of("removed") == one.of("worsened") == ()
    assert one.share_changing == 0.0
    assert one.safe == ()
    two = rank_reversal(table([[1, 2], [3, 1]], bounds=(0.5, 10)), EQUAL, "promethee-ii", top=99)
    assert [test.first for test in two.of("removed")] == [("A2",), ("A1",)]
    tied = rank_reversal(table([[2, 2]] * 4, bounds=(0.5, 10)), EQUAL, "promethee-ii")
    assert not tied.found
    assert tied.of("worsened") == ()
    single = rank_reversal(table([[1], [2], [3]]), {"c0": 1}, "promethee-ii")
    assert not single.found
    assert single.notes == ("the worst value stands for the declared worst of: c0",)


def test_what_is_already_worst_is_not_worsened() -> None:
    """A molecule at the worst point cannot get worse, and one beyond it is not made better."""
    matrix = table([[9.0, 9.0], [0.0, 0.0], [-1.0, 5.0]], bounds=(0, 10), outside="extend")
    found = by_name(rank_reversal(matrix, EQUAL, "promethee-ii", worsening=1.0), "worsened")
    assert set(found) == {"A3"}


def test_large_tables_are_sampled_and_it_is_said() -> None:
    """Beyond the limit the leading molecules and a seeded sample are tried, the same each time."""
    values, signs, weights = sample(1, 50, 3)
    matrix = table(values, signs, bounds=(0.5, 20))
    found = rank_reversal(matrix, weigh(matrix, weights), "promethee-ii", top=3, limit=12, seed=5)
    again = rank_reversal(matrix, weigh(matrix, weights), "promethee-ii", top=3, limit=12, seed=5)
    assert len(found.of("removed")) == 12
    assert found.tests == again.tests
    assert found.notes[0].startswith("12 of 50 molecules were removed and worsened")


def test_shown_in_a_notebook() -> None:
    """The representation is one line, the notebook shows the tests, and the frame has a row each."""
    found = rank_reversal(table(QUARTET, bounds=(0, 10)), EQUAL, normalization="vector")
    assert repr(found).startswith("RankReversal('topsis': 10 tests, ")
    assert "<table" in found._repr_html_()
    frame = found.to_frame()
    assert len(frame) == 10
    assert frame.columns.tolist() == ["kind", "molecule", "first", "first_changed", "changed", "pairs", "refused"]


@pytest.mark.parametrize("share", [0, -0.5, 1.5, float("nan"), "half", True])
def test_a_worsening_that_is_no_share_is_refused(share: Any) -> None:
    """A molecule is worsened by a share of the way to the worst point, above 0 and up to 1."""
    with pytest.raises(InputError, match="worsening is no share"):
        rank_reversal(table(TRIO), EQUAL, "promethee-ii", worsening=share)


def test_a_partial_order_is_refused() -> None:
    """PROMETHEE I has no ranks to reverse."""
    with pytest.raises(InputError, match="complete ranking"):
        rank_reversal(table(TRIO), EQUAL, "promethee-i")
