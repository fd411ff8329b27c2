"""Mistakes of other packages, one test each: the peer's input, and that it does not go wrong here.

The numbers are those of the survey of peers: section 2 is about pymcdm 1.4.0, section 5 about the
others. What only sampling could get wrong (5.8 and 5.13) has no counterpart here yet; 2.10 stands
with the methods that come through pymcdm.
"""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from tests.methods.tables import ranked, table

import weighbridge as wb
from weighbridge.core.ranking import competition_ranks
from weighbridge.elicitation.consistency import RANDOM_INDICES
from weighbridge.errors import InputError
from weighbridge.methods.compare import weights_similarity
from weighbridge.methods.objective import entropies
from weighbridge.methods.promethee import preference

COMPLETE = sorted(set(wb.methods()) - {"promethee-i"})
LINEAR = wb.Preference("linear", q=0.5, p=2.0)


def one_per_column(values: Any, preferences: list[wb.Preference | None]) -> wb.DecisionMatrix:
    """Build a table of gains with a preference function a column."""
    names = [f"c{j}" for j in range(len(preferences))]
    criteria = {n: wb.Criterion(direction="gain", preference=p) for n, p in zip(names, preferences, strict=True)}
    return wb.DecisionMatrix(pd.DataFrame(np.array(values, dtype=float), columns=names), criteria)


# --- section 2: pymcdm ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["promethee-i", "promethee-ii"])
def test_promethee_with_thresholds_works_more_than_once(method: str) -> None:
    """2.1: pymcdm's PROMETHEE objects keep a generator and raise AxisError on the second call."""
    matrix = table([[1, 5], [3, 2], [2, 9]], preference=LINEAR)
    first, second = ranked(matrix, method), ranked(matrix, method)
    assert first.positive_flow.equals(second.positive_flow)
    if method == "promethee-ii":
        assert first.criterion_flows.equals(first.criterion_flows)
        assert first.contributions.equals(second.contributions)


def test_no_criterion_is_dropped_where_fewer_thresholds_are_given() -> None:
    """2.2: pymcdm zips criteria with a short list of p and ranks by the first criterion alone."""
    values, short = [[1, 9, 9], [2, 0, 0]], wb.Preference("v-shape", p=1.0)
    full = wb.rank(one_per_column(values, [short] * 3), {"c0": 1, "c1": 1, "c2": 1}, "promethee-ii")
    one = wb.rank(one_per_column(values, [short, None, None]), {"c0": 1, "c1": 1, "c2": 1}, "promethee-ii")
    assert_allclose(full.scores, [1 / 3, -1 / 3], atol=1e-15)
    assert_allclose(one.scores, full.scores, atol=1e-15)
    assert any("any difference counts in full (usual): c1, c2" in note for note in one.notes)


def test_every_criterion_has_a_function_of_its_own_and_gaussian_is_one() -> None:
    """2.3: pymcdm has no Gaussian and one function for all criteria."""
    matrix = one_per_column([[0, 0], [2, 2]], [wb.Preference("gaussian", s=2.0), wb.Preference("v-shape", p=4.0)])
    flows = wb.rank(matrix, {"c0": 1, "c1": 1}, "promethee-ii").criterion_flows.iloc[1]
    assert flows.tolist() == [pytest.approx(1 - np.exp(-0.5)), 0.5]


def test_promethee_does_not_hold_a_table_of_pairs() -> None:
    """2.4: pymcdm keeps every n × n table of all criteria, 12 GB at ten thousand molecules."""
    values = np.random.default_rng(0).uniform(0, 9, (2000, 3))
    matrix = table(values, preference=LINEAR)
    tracemalloc.start()
    ranked(matrix, "promethee-ii")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2000 * 2000 * 8 / 2


@pytest.mark.parametrize("direction", [2, 0, -1, True, None, "maximise", "mxa"])
def test_a_direction_is_one_of_two_words(direction: Any) -> None:
    """2.5 and 5.15: types=[2, 0] pass in pymcdm and mean cost; pyDecision reads 'mxa' as min; scikit-criteria late."""
    with pytest.raises(InputError, match="unknown direction"):
        wb.Criterion(direction=direction)


@pytest.mark.parametrize(("value", "words"), [(np.nan, "a value is missing"), (np.inf, "not a finite number")])
def test_a_missing_or_infinite_score_is_an_error_and_not_a_preference(value: float, words: str) -> None:
    """2.6: one NaN makes all of pymcdm's TOPSIS NaN, and PROMETHEE takes it for indifference in silence."""
    with pytest.raises(InputError, match=f"row 'A2', column 'c0'.*{words}|{words}"):
        table([[1.0], [value], [3.0]])


def test_indifference_to_a_missing_score_is_asked_for_and_said() -> None:
    """2.6: where a study wants it, the rule is written down and the result says so."""
    ranking = ranked(table([[1.0], [np.nan], [3.0]], missing="neutral"), "promethee-ii")
    assert ranking.scores.tolist() == [-0.5, 0.0, 0.5]
    assert any("missing values are indifferent" in note for note in ranking.notes)


@pytest.mark.parametrize("method", COMPLETE)
@pytest.mark.parametrize(
    "values", [[[5.0, 5.0]], [[5.0, 5.0]] * 3, [[5.0, 1.0], [5.0, 2.0], [5.0, 3.0]]], ids=["one", "same", "constant"]
)
def test_degenerate_tables_give_a_tie_or_words(method: str, values: Any) -> None:
    """2.7: a zero or constant column, identical molecules or a single one give NaN in most peers."""
    try:
        ranking = ranked(table(values, bounds=(0.5, 9.0)), method)
    except InputError:
        assert method == "cocoso"  # undefined where a molecule is worst on every criterion that differs
        return
    assert np.isfinite(ranking.scores_array).all()
    assert ranking.ties.all() or len(values) == 1 or values[0] != values[1]


@pytest.mark.parametrize("method", ["topsis", "weighted-sum", "moora", "edas", "probid", "copras"])
def test_a_column_of_zeros_contributes_nothing(method: str) -> None:
    """2.7: vector and max normalization of a zero column are NaN in pymcdm, and sum raises."""
    parameters = {"normalization": "vector"} if method in ("topsis", "weighted-sum") else {}
    with_zeros = ranked(table([[0.0, 1], [0, 2], [0, 4]]), method, **parameters)
    assert with_zeros.ranks.tolist() == [3, 2, 1]
    assert with_zeros.contributions["c0"].abs().max() == pytest.approx(0, abs=1e-12)


def test_an_empty_table_is_refused_in_words() -> None:
    """2.7: the peers end in numpy's "zero-size array to reduction operation maximum"."""
    with pytest.raises(InputError, match="there are no molecules to rank"):
        wb.DecisionMatrix(pd.DataFrame({"c0": []}, dtype=float), {"c0": wb.Criterion(direction="gain")})


@pytest.mark.parametrize("weights", [[1.5, -0.5], [np.nan, 1.0], [0.0, 0.0], [np.inf, 1.0]])
def test_impossible_weights_are_refused(weights: list[float]) -> None:
    """2.8 and 5.14: pymcdm warns and ranks by [1.5, −0.5]; scikit-criteria does not look."""
    with pytest.raises(InputError, match="weight"):
        ranked(table([[1, 2], [2, 1]], bounds=(0, 3)), "topsis", weights)


@pytest.mark.parametrize("factor", [2.0, 0.5, 1e6])
def test_flows_stay_in_their_range_whatever_the_weights_sum_to(factor: float) -> None:
    """2.8 and 5.5: with Σw = 2 pymcdm, pyrepo and ULB return doubled flows."""
    matrix, weights = table([[1, 2], [2, 1], [4, 3]]), np.array([0.5, 0.5])
    ranking = ranked(matrix, "promethee-ii", list(weights * factor))
    assert ranking.scores.tolist() == [-0.5, -0.5, 1.0]
    assert ranking.notes[0] == f"weights summed to {factor:g} and were normalised"


@pytest.mark.parametrize("normalization", ["max", "sum"])
def test_negative_values_do_not_turn_a_preference_round(normalization: str) -> None:
    """2.9: x / max of [−1, −2, −3] is [1, 2, 3], so pymcdm prefers the worst in silence."""
    matrix = table([[-1.0], [-2.0], [-3.0]])
    with pytest.raises(InputError, match="is not defined for this value"):
        ranked(matrix, "weighted-sum", normalization=normalization)
    assert ranked(matrix, "weighted-sum", normalization="minmax").ranks.tolist() == [1, 2, 3]


def test_validation_is_not_what_takes_the_time() -> None:
    """2.11: pymcdm validates with a Python loop over rows, 9 s for a million."""
    values = np.random.default_rng(1).uniform(1, 9, (200_000, 3))
    started = time.process_time()
    ranked(table(values, bounds=(0, 10)), "topsis")
    assert time.process_time() - started < 10


def test_judgements_need_not_be_whole_numbers_nor_complete() -> None:
    """2.12: pymcdm rejects 2.5, group matrices and incomplete ones; a list or frame ends in an exception."""
    matrix = [[1, 2.5, None], [0.4, 1, 3], [None, 1 / 3, 1]]
    c = wb.Comparisons.from_matrix(["a", "b", "c"], matrix)  # type: ignore[arg-type]
    assert list(c.priorities().values()) == pytest.approx([7.5 / 11.5, 3 / 11.5, 1 / 11.5])
    frame = pd.DataFrame(c.matrix, index=["a", "b", "c"], columns=["a", "b", "c"])
    assert dict(wb.Comparisons.from_matrix(["a", "b", "c"], frame).priorities()) == pytest.approx(dict(c.priorities()))
    group = wb.combine([c, wb.Comparisons(["a", "b", "c"], {("a", "b"): 2, ("b", "c"): 5})])
    assert group.priorities()["a"] == pytest.approx(group.matrix[0, 1] * group.priorities()["b"])


def test_sixteen_criteria_have_a_consistency_ratio() -> None:
    """2.12 and 5.11: pymcdm ends at 15 with an IndexError, pyrepo at 10."""
    labels = [f"k{i}" for i in range(16)]
    size = np.arange(1.0, 17)
    answers = wb.Comparisons.from_matrix(labels, size[:, None] / size)
    assert answers.consistency().ratio == 0
    with pytest.raises(InputError, match="'saaty-1980' ends at 15 items"):
        answers.consistency("saaty-1980")


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[2, 1], [1, 1]], "the matrix's diagonal is not 1"),
        ([[1, 9], [0.12, 1]], "the matrix is not reciprocal"),
        ([[1, 3], [3, 1]], "the matrix is not reciprocal"),
        ([[1, -3], [-1 / 3, 1]], "not a positive number"),
    ],
)
def test_a_matrix_that_is_none_is_refused(matrix: list[list[float]], words: str) -> None:
    """2.12 and 5.15: pymcdm takes diagonals ≠ 1 and 9 against 0.12; pyDecision [[1, 3], [3, 1]] with CR = inf."""
    with pytest.raises(InputError, match=words):
        wb.Comparisons.from_matrix(["a", "b"], matrix)


def test_the_callers_array_is_not_kept() -> None:
    """2.12: pymcdm stores the array it is given, so changing it changes the judgements."""
    given = np.array([[1.0, 2.0], [0.5, 1.0]])
    c = wb.Comparisons.from_matrix(["a", "b"], given)
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    matrix = wb.DecisionMatrix(frame, {"x": wb.Criterion(direction="gain")})
    given[:] = 7.0
    frame.loc[:, "x"] = 7.0
    assert c.matrix.tolist() == [[1.0, 2.0], [0.5, 1.0]]
    assert matrix.values.ravel().tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        matrix.values[0, 0] = 3.0


def test_kendall_counts_ties_and_takes_thousands() -> None:
    """2.13: pymcdm's is τ_a whatever the ties (0.667 for 0.800) and a Python loop, 3 s at 3000."""
    assert wb.rank_correlation([1, 1, 2, 3], [1, 2, 2, 3]).kendall_tau_b == pytest.approx(0.8)
    assert wb.rank_correlation([1, 1, 2, 3], [1, 2, 2, 3]).kendall_tau_a == pytest.approx(2 / 3)
    x, y = np.random.default_rng(2).integers(0, 1500, (2, 3000))
    started = time.process_time()
    found = wb.rank_correlation(x.astype(float), y.astype(float)).kendall_tau_b
    assert time.process_time() - started < 5
    assert found == pytest.approx(stats.kendalltau(x, y).statistic)


def test_opposite_weights_have_no_similarity() -> None:
    """2.14: pymcdm's wsc([.9, .1], [0, 1]) is 0.19 where its docstring promises 0."""
    assert weights_similarity([0.9, 0.1], [0.0, 1.0]).wsc == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("method", ["topsis", "weighted-sum", "weighted-product"])
def test_rounding_makes_no_rank(method: str) -> None:
    """2.15: pymcdm ranks 0.1 + 0.2 before 0.3."""
    assert ranked(table([[0.1 + 0.2], [0.3]], bounds=(0, 1)), method).ranks.tolist() == [1, 1]


def test_promethee_takes_differences_as_computed_and_q_forgives_rounding() -> None:
    """2.15: the usual criterion counts any difference; the convention is stated, and u-shape is the cure."""
    values = [[0.1 + 0.2], [0.3]]
    assert ranked(table(values), "promethee-ii").scores.tolist() == [1.0, -1.0]
    cured = ranked(table(values, preference=wb.Preference("u-shape", q=1e-9)), "promethee-ii")
    assert cured.ranks.tolist() == [1, 1]


@pytest.mark.parametrize("method", sorted(wb.methods()))
def test_labels_go_through(method: str) -> None:
    """2.16: pymcdm accepts frames and throws their labels away."""
    frame = pd.DataFrame({"a": [5.0, 3.0, 4.0], "b": [1.0, 2.0, 4.0]}, index=["M7", "M1", "M3"])
    criteria = {name: wb.Criterion(direction="gain", scale="ratio", worst=0, best=9) for name in ("b", "a")}
    result: Any = wb.rank(wb.DecisionMatrix(frame, criteria), {"b": 0.9, "a": 0.1}, method)
    assert list(result.to_frame().index) == ["M7", "M1", "M3"]
    if method != "promethee-i":
        assert result.criteria == ("a", "b")


# --- section 5: the others ------------------------------------------------------------------------------------


def test_topsis_says_which_normalization_chose_the_winner() -> None:
    """5.1: "TOPSIS" without more names A2 in some packages and A3 in others."""
    matrix = table([[1, 5], [3, 6], [5, 4]])
    winners = {}
    for normalization in ("minmax", "vector"):
        ranking = ranked(matrix, "topsis", normalization=normalization)
        assert ranking.parameters["normalization"] == normalization
        winners[normalization] = ranking.ranks.idxmin()
    assert winners == {"minmax": "A2", "vector": "A3"}
    with pytest.raises(InputError, match="normalization 'bounds' needs the declared range"):
        ranked(matrix, "topsis")


def test_a_cost_is_turned_by_swapping_the_ideals() -> None:
    """5.2: scikit-criteria's two ways to turn a cost give 0.4305 and 0.2403; Hwang and Yoon swap the ideals."""
    ranking = ranked(table([[1, 2], [3, 4], [2, 1]], [1, -1]), "topsis", normalization="vector")
    assert ranking.scores.iloc[0] == pytest.approx(0.4305, abs=5e-5)
    assert ranking.details["ideal"][1] < ranking.details["anti_ideal"][1]


def test_both_prioritisation_methods_are_named_in_the_provenance() -> None:
    """5.3: eigenvector and geometric mean choose different criteria at CR 0.063; the packages do not say which."""
    matrix = [[1, 6, 6, 1], [1 / 6, 1, 1 / 2, 1 / 4], [1 / 6, 2, 1, 1 / 8], [1, 4, 8, 1]]
    c = wb.Comparisons.from_matrix(["C1", "C2", "C3", "C4"], matrix)
    best = {method: max(c.priorities(method).items(), key=lambda item: item[1]) for method in ("llsm", "eigenvector")}
    assert best["llsm"] == ("C1", pytest.approx(0.4328, abs=5e-5))
    assert best["eigenvector"] == ("C4", pytest.approx(0.4276, abs=5e-5))
    for method in best:
        assert c.priorities(method).explain("C1").facts["method"] == method


def test_a_ratio_names_its_table_and_the_default_table_rises() -> None:
    """5.4: 0.093 or 0.110 by the table; pyDecision's RI(12) is below RI(11), the old typing error."""
    c = wb.Comparisons(["a", "b", "c"], {("a", "b"): 3, ("a", "c"): 1, ("c", "b"): 8})
    accepted, rejected = c.consistency("saaty-1980"), c.consistency("donegan-dodd")
    assert accepted.ratio == pytest.approx(0.093, abs=5e-4)
    assert rejected.ratio == pytest.approx(0.110, abs=5e-4)
    assert "saaty-1980" in str(accepted)
    for name in ("alonso-lamata", "saaty-2005", "donegan-dodd", "aguaron-moreno"):
        assert list(RANDOM_INDICES[name]) == sorted(RANDOM_INDICES[name])


def test_the_gaussian_takes_its_standard_deviation() -> None:
    """5.6: pyrepo has no σ and uses (p + q)/2."""
    assert preference(np.array([2.0]), wb.Preference("gaussian", s=2.0))[0] == pytest.approx(1 - np.exp(-0.5))
    with pytest.raises(InputError, match="takes no q"):
        wb.Preference("gaussian", q=1.0, s=2.0)


@pytest.mark.parametrize("name", ["usual", "u-shape", "v-shape", "level", "linear", "gaussian"])
def test_a_negative_difference_is_no_preference(name: str) -> None:
    """5.7: pyDecision's 't7' leaves negative differences in, and flows leave [−1, 1]."""
    thresholds = {"u-shape": {"q": 1.0}, "v-shape": {"p": 4.0}, "gaussian": {"s": 4.0}}
    both = {"q": 1.0, "p": 4.0}
    function = wb.Preference(name, **(thresholds.get(name, both) if name != "usual" else {}))
    found = preference(np.array([-1e9, -2.0, -0.0, 0.0, 1e9]), function)
    assert found[:4].tolist() == [0, 0, 0, 0]
    assert found[4] == 1


def test_an_unknown_preference_function_is_refused() -> None:
    """5.7: an unknown code ('t9') silently uses raw differences in pyDecision."""
    with pytest.raises(InputError, match="unknown preference function; found 't9'; expected one of 'usual'"):
        wb.Preference("t9")


def test_equal_scores_share_the_best_rank() -> None:
    """5.9: three conventions for the same ties, [2.5, 2.5, 4, 1], [2, 2, 3, 1] and [2, 2, 4, 1]; ours is the last."""
    assert competition_ranks(np.array([0.5, 0.5, 0.1, 0.9])).tolist() == [2, 2, 4, 1]


def test_entropy_takes_a_zero() -> None:
    """5.10: pymcdm raises on 0; by 0 · ln 0 = 0 the others agree on 0.847, 0.114, 0.039."""
    matrix = table([[0, 2, 5], [1, 5, 3], [2, 4, 4]])
    assert list(wb.objective_weights(matrix, "entropy").values()) == pytest.approx([0.847, 0.114, 0.039], abs=5e-4)
    assert entropies(np.array([[0.0], [0.0]])).tolist() == [1.0]


@pytest.mark.parametrize("method", ["critic", "entropy", "merec", "standard-deviation", "variance", "gini"])
def test_a_constant_column_gets_no_objective_weight(method: str) -> None:
    """5.10: CRITIC of a constant column is NaN in three packages."""
    weights = wb.objective_weights(table([[5, 1, 2], [5, 2, 1], [5, 4, 3]]), method)
    assert weights["c0"] == 0
    assert sum(weights.values()) == pytest.approx(1)


def test_vikor_takes_a_constant_column() -> None:
    """5.10: pymcdm refuses what the others answer."""
    assert ranked(table([[5, 1], [5, 2], [5, 4]]), "vikor").ranks.tolist() == [3, 2, 1]


@pytest.mark.parametrize("method", ["llsm", "eigenvector"])
@pytest.mark.parametrize("n", [1, 2, 3, 11, 20])
def test_priorities_are_one_number_an_item(method: str, n: int) -> None:
    """5.11: pyrepo returns four numbers for a 2 × 2 matrix and fails from 11 items on."""
    size = np.arange(1.0, n + 1)
    weights = wb.Comparisons.from_matrix([f"k{i}" for i in range(n)], size[:, None] / size).priorities(method)
    assert_allclose(list(weights.values()), size / size.sum(), rtol=1e-9)


def test_priorities_are_not_rounded() -> None:
    """5.12: AHPy rounds to four digits, so twelve criteria sum to 1.0001."""
    size = np.arange(1.0, 13)
    weights = wb.Comparisons.from_matrix([f"k{i}" for i in range(12)], size[:, None] / size).priorities()
    assert sum(weights.values()) == pytest.approx(1, abs=1e-15)


def test_contradicting_answers_are_refused() -> None:
    """5.12: AHPy keeps the last of two contradicting answers in silence."""
    with pytest.raises(InputError, match="two answers contradict each other"):
        wb.Comparisons(["a", "b"], {("a", "b"): 3, ("b", "a"): 3})


def test_unlinked_answers_are_not_invented() -> None:
    """5.12: AHPy invents the answers between {a, b} and {c, d} and reports CR = 0."""
    c = wb.Comparisons(["a", "b", "c", "d"], {("a", "b"): 3, ("c", "d"): 2})
    assert c.unlinked == (("a", "b"), ("c", "d"))
    for ask in (c.priorities, c.consistency, c.review, c.completed):
        with pytest.raises(InputError, match=r"the answers leave labels unlinked; found a, b \| c, d"):
            ask()


def test_identical_rows_are_a_tie_and_no_exception() -> None:
    """5.14: scikit-criteria says the data [-9223372036854775808 …] doesn't look like a ranking."""
    ranking = ranked(table([[0.0, 5.0], [0.0, 5.0]]), "topsis", normalization="vector")
    assert ranking.ranks.tolist() == [1, 1]
    assert ranking.scores.tolist() == [0.5, 0.5]


def test_two_items_are_consistent_by_nature() -> None:
    """5.15: pyDecision's ratio of a 2 × 2 matrix is NaN."""
    found = wb.Comparisons(["a", "b"], {("a", "b"): 5}).consistency()
    assert (found.ratio, found.lambda_max, found.gci) == (0.0, 2.0, None)
