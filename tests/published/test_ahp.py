"""Published AHP figures, typed in with their sources; nothing here is computed by this package."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from tests.published.ahp_adapter import solve_ahp

import weighbridge as wb
from weighbridge.elicitation.consensus import scale_correction
from weighbridge.elicitation.consistency import RANDOM_INDICES, random_index_value
from weighbridge.elicitation.priorities import principal_eigenvector

DRINKS = ["coffee", "wine", "tea", "beer", "soda", "milk", "water"]
DRINKS_UPPER = [
    *(9, 5, 2, 1, 1, 1 / 2),
    *(1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9),
    *(1 / 3, 1 / 4, 1 / 3, 1 / 9),
    *(1 / 2, 1, 1 / 3),
    *(2, 1 / 2),
    1 / 3,
]
"""Saaty (2008), Int. J. Services Sciences 1(1), 83-98: drinks consumption in the US."""

BOZOKI = [[1, 1, 5, 2], [1, 1, 3, 4], [1 / 5, 1 / 3, 1, None], [1 / 2, 1 / 4, None, 1]]
"""Bozóki, Fülöp and Rónyai (2010), Math. Comp. Modelling 52, 318-333: one missing comparison."""

TEXTBOOK = [
    [1, 5, 1, 1, 1 / 3, 3],
    [1 / 5, 1, 1 / 3, 1 / 5, 1 / 7, 1],
    [1, 3, 1, 1 / 3, 1 / 5, 1],
    [1, 5, 3, 1, 1 / 3, 3],
    [3, 7, 5, 3, 1, 7],
    [1 / 3, 1, 1, 1 / 3, 1 / 7, 1],
]
"""Papathanasiou and Ploskas (2018), Multiple Criteria Decision Aid, chapter 5, matrix C1."""


def drinks() -> wb.Comparisons:
    return wb.Comparisons.from_upper(DRINKS, DRINKS_UPPER)


# --- Saaty's drinks ---------------------------------------------------------------------------------------


def test_drinks_eigenvector_is_the_published_one() -> None:
    """The principal eigenvector equals the published three digits and the recomputed eight."""
    weights = list(drinks().priorities("eigenvector").values())
    assert np.round(weights, 3).tolist() == [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    recomputed = [0.17745675, 0.01914948, 0.04183118, 0.11641703, 0.18957238, 0.12878055, 0.32679264]
    assert weights == pytest.approx(recomputed, abs=1e-8)


def test_drinks_geometric_mean_is_the_published_one() -> None:
    """Log least squares on a complete set is the row geometric mean."""
    weights = list(drinks().priorities().values())
    assert weights == pytest.approx([0.178723, 0.018461, 0.042234, 0.116498, 0.191136, 0.128625, 0.324323], abs=1e-6)


def test_drinks_eigenvalue_and_geometric_index() -> None:
    """λ_max = 7.176629 and GCI = .080364."""
    consistency = drinks().consistency()
    assert consistency.lambda_max == pytest.approx(7.17662903933, abs=1e-9)
    assert consistency.gci == pytest.approx(0.08036344050, abs=1e-9)
    assert consistency.factor == pytest.approx(math.exp(math.sqrt(0.08036344050)), abs=1e-9)


@pytest.mark.parametrize(
    ("table", "ratio"),
    [
        ("saaty-1980", 0.022301646),
        ("saaty-2005", 0.021806054),
        ("donegan-dodd", 0.023514796),
        ("aguaron-moreno", 0.021952404),
        ("alonso-lamata", 0.021941),
        ("alonso-lamata-linear", 0.021974252),
    ],
)
def test_drinks_consistency_ratio_by_table(table: str, ratio: float) -> None:
    """Each table of random indices gives its own published ratio."""
    assert drinks().consistency(table).ratio == pytest.approx(ratio, abs=1e-6)


# --- the textbook matrix under five conventions -----------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "ratio"),
    [
        ("saaty-1980", 0.033491131),
        ("saaty-2005", 0.033223202),
        ("donegan-dodd", 0.035203020),
        ("aguaron-moreno", 0.033170130),
        ("alonso-lamata-linear", 0.033127266),
    ],
)
def test_textbook_consistency_ratio_by_table(table: str, ratio: float) -> None:
    """A 6 × 6 matrix of a textbook has five ratios under five conventions."""
    comparisons = wb.Comparisons.from_matrix(list("abcdef"), TEXTBOOK)
    assert comparisons.consistency(table).ratio == pytest.approx(ratio, abs=1e-8)


def test_textbook_weights_by_both_methods() -> None:
    """Eigenvector and geometric mean of the textbook matrix differ in the third digit."""
    comparisons = wb.Comparisons.from_matrix(list("abcdef"), TEXTBOOK)
    eigenvector = [0.16201671, 0.04390936, 0.09763592, 0.19347338, 0.44093417, 0.06203045]
    geometric = [0.16136124, 0.04344545, 0.09436462, 0.19378467, 0.44518342, 0.06186060]
    assert list(comparisons.priorities("eigenvector").values()) == pytest.approx(eigenvector, abs=1e-8)
    assert list(comparisons.priorities().values()) == pytest.approx(geometric, abs=1e-8)
    assert comparisons.consistency().gci == pytest.approx(0.122295138, abs=1e-9)
    assert comparisons.consistency().lambda_max == pytest.approx(6.207645013647, abs=1e-10)


# --- exact cases ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["llsm", "eigenvector"])
def test_consistent_three_by_three(method: str) -> None:
    """6, 3 and 1/2 give 2/3, 1/9 and 2/9 (gluc/ahp, its own test)."""
    comparisons = wb.Comparisons.from_upper(["a", "b", "c"], [6, 3, 1 / 2])
    assert list(comparisons.priorities(method).values()) == pytest.approx([2 / 3, 1 / 9, 2 / 9], abs=1e-12)


def test_consistent_answers_have_a_ratio_of_exactly_zero() -> None:
    """Perfect consistency is 0.0, neither −0.0 nor a rounding error."""
    consistency = wb.Comparisons.from_upper(["a", "b", "c"], [6, 3, 1 / 2]).consistency()
    for figure in (consistency.ratio, consistency.index, consistency.gci):
        assert figure == 0.0
        assert math.copysign(1.0, figure) == 1.0
    assert consistency.lambda_max == 3.0
    assert consistency.factor == 1.0


def test_fifteen_items_with_ratios_off_the_scale() -> None:
    """15 items with exact ratios such as 9/7 are accepted, consistent, and equal items tie."""
    values = [9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 2, 3, 4, 6, 9]
    matrix = [[Fraction(a, b) for b in values] for a in values]
    comparisons = wb.Comparisons.from_matrix([f"c{k}" for k in range(15)], matrix)
    consistency = comparisons.consistency("saaty-1980")
    assert (consistency.ratio, consistency.index, consistency.lambda_max) == (0.0, 0.0, 15.0)
    for method in ("llsm", "eigenvector"):
        weights = list(comparisons.priorities(method).values())
        assert weights == pytest.approx([value / 70 for value in values], abs=1e-12)
        assert weights[0] == pytest.approx(weights[14], rel=1e-13)


@pytest.mark.parametrize("n", [2, 3, 4, 7, 10])
@pytest.mark.parametrize("x", [2, 5, 9])
def test_one_criterion_x_times_all_others(n: int, x: int) -> None:
    """One criterion x times as important as all others weighs x/(x + n − 1) (Goepel 2018, eq. 41)."""
    labels = [f"c{k}" for k in range(n)]
    answers = {(a, b): x if a == "c0" else 1 for k, a in enumerate(labels) for b in labels[k + 1 :]}
    for method in ("llsm", "eigenvector"):
        assert wb.Comparisons(labels, answers).priorities(method)["c0"] == pytest.approx(x / (x + n - 1), abs=1e-12)


def test_rounding_of_a_single_judgement() -> None:
    """A 3 that was really 2.5 or 3.5 moves the weight of two items by −3.57 and +2.78 points (Goepel 2018)."""
    low, middle, high = (wb.Comparisons(["a", "b"], {("a", "b"): x}).priorities()["a"] for x in (2.5, 3, 3.5))
    assert middle - low == pytest.approx(0.0357, abs=1e-4)
    assert high - middle == pytest.approx(0.0278, abs=1e-4)


# --- Goepel's manual and peers ----------------------------------------------------------------------------


def test_goepels_manual_example() -> None:
    """3, 8, 6 of the AHP-OS manual: weights to its printing, ratio by table and linear fit."""
    comparisons = wb.Comparisons.from_upper(["a", "b", "c"], [3, 8, 6])
    weights = list(comparisons.priorities("eigenvector").values())
    assert weights == pytest.approx([0.652664, 0.285077, 0.062259], abs=1e-6)
    assert comparisons.consistency().ratio == pytest.approx(0.070053, abs=1e-6)
    assert comparisons.consistency("alonso-lamata-linear").ratio == pytest.approx(0.076704, abs=1e-6)


def test_the_best_criterion_can_depend_on_the_method() -> None:
    """A 4 × 4 with CR .063 has C4 first by eigenvector and C1 first by geometric mean."""
    rows = [[1, 6, 6, 1], [1 / 6, 1, 1 / 2, 1 / 4], [1 / 6, 2, 1, 1 / 8], [1, 4, 8, 1]]
    comparisons = wb.Comparisons.from_matrix(["C1", "C2", "C3", "C4"], rows)
    eigenvector, geometric = comparisons.priorities("eigenvector"), comparisons.priorities()
    assert (eigenvector["C4"], eigenvector["C1"]) == pytest.approx((0.4276, 0.4211), abs=5e-5)
    assert (geometric["C4"], geometric["C1"]) == pytest.approx((0.4202, 0.4328), abs=5e-5)


def test_acceptance_can_depend_on_the_table() -> None:
    """3, 1 and 1/8 is .093 by Saaty (1980) and .110 by Donegan and Dodd."""
    comparisons = wb.Comparisons.from_upper(["a", "b", "c"], [3, 1, 1 / 8])
    assert comparisons.consistency("saaty-1980").ratio == pytest.approx(0.093, abs=5e-4)
    assert comparisons.consistency("donegan-dodd").ratio == pytest.approx(0.110, abs=5e-4)


def test_four_indices_of_one_matrix() -> None:
    """CR .164, congruence 1.275, dissonance .083, Koczkodaj .792: the example of the R package MCDA."""
    rows = [[1, 1 / 4, 4, 1 / 6], [4, 1, 4, 1 / 4], [1 / 4, 1 / 4, 1, 1 / 5], [6, 4, 5, 1]]
    comparisons = wb.Comparisons.from_matrix(list("abcd"), rows)
    assert comparisons.consistency("aguaron-moreno").ratio == pytest.approx(0.164, abs=5e-4)
    assert comparisons.congruence() == pytest.approx(1.275, abs=5e-4)
    assert comparisons.dissonance() == pytest.approx(0.083, abs=5e-4)
    assert comparisons.koczkodaj() == pytest.approx(0.792, abs=5e-4)


# --- incomplete -------------------------------------------------------------------------------------------


def test_bozokis_missing_comparison() -> None:
    """The missing entry with the least λ_max is √(8/15) and the published weights follow."""
    comparisons = wb.Comparisons.from_matrix(list("abcd"), BOZOKI)
    assert comparisons.completed()[2, 3] == pytest.approx(math.sqrt(8 / 15), abs=1e-10)
    weights = list(comparisons.priorities("eigenvector").values())
    assert np.round(weights, 4).tolist() == [0.3738, 0.3920, 0.0985, 0.1357]
    assert weights == pytest.approx([0.3737868843, 0.3919925483, 0.0984842177, 0.1357363496], abs=1e-9)
    assert comparisons.consistency().lambda_max == pytest.approx(4.092367293939, abs=1e-10)


def test_bozokis_missing_comparison_by_least_squares() -> None:
    """Log least squares on the five answers gives its own published weights and implies the same entry."""
    weights = wb.Comparisons.from_matrix(list("abcd"), BOZOKI).priorities()
    assert list(weights.values()) == pytest.approx([0.3741829542, 0.3916330284, 0.0988407485, 0.1353432689], abs=1e-9)
    assert weights["c"] / weights["d"] == pytest.approx(math.sqrt(8 / 15), abs=1e-10)


def test_an_incomplete_set_has_no_ratio() -> None:
    """Dividing by the index of complete matrices (.0372 by Donegan and Dodd) would flatter: the ratio is None."""
    consistency = wb.Comparisons.from_matrix(list("abcd"), BOZOKI).consistency("donegan-dodd")
    assert consistency.ratio is None
    assert consistency.index / consistency.random_index_value == pytest.approx(0.037158, abs=1e-6)


# --- hierarchies ------------------------------------------------------------------------------------------

CITY_CRITERIA = ["Culture", "Family", "Housing", "Jobs", "Transportation"]
CITIES = {
    "criteria": CITY_CRITERIA,
    "alternatives": ["Bethesda", "Boston", "Pittsburgh", "Santa Fe"],
    "criteria_matrix": [
        [1, 1 / 5, 3, 1 / 2, 5],
        [5, 1, 7, 1, 7],
        [1 / 3, 1 / 7, 1, 1 / 4, 3],
        [2, 1, 4, 1, 7],
        [1 / 5, 1 / 7, 1 / 3, 1 / 7, 1],
    ],
    "alternative_matrices": {
        "Culture": [[1, 0.5, 1, 0.5], [2, 1, 2.5, 1], [1, 0.4, 1, 0.4], [2, 1, 2.5, 1]],
        "Family": [[1, 2, 1 / 3, 4], [0.5, 1, 1 / 8, 2], [3, 8, 1, 9], [1 / 4, 1 / 2, 1 / 9, 1]],
        "Housing": [[1, 5, 0.5, 2.5], [1 / 5, 1, 1 / 9, 1 / 4], [2, 9, 1, 7], [0.4, 4, 1 / 7, 1]],
        "Jobs": [[1, 0.5, 3, 4], [2, 1, 6, 8], [1 / 3, 1 / 6, 1, 1], [1 / 4, 1 / 8, 1, 1]],
        "Transportation": [[1, 1.5, 0.5, 4], [2 / 3, 1, 1 / 3.5, 2.5], [2, 3.5, 1, 9], [1 / 4, 0.4, 1 / 9, 1]],
    },
}
"""Saaty (2005), Theory and Applications of the Analytic Network Process: best city to live in."""


def test_saatys_best_city() -> None:
    """Four cities come out .229, .275, .385 and .111, with the criteria at CR .05."""
    found = solve_ahp("ahp.hierarchy", CITIES)
    assert np.round(found["global_weights"], 3).tolist() == [0.229, 0.275, 0.385, 0.111]
    assert found["global_weights"] == pytest.approx([0.2291036, 0.2747681, 0.3851609, 0.1109674], abs=1e-7)
    assert found["criteria_CR_saaty2005_ANP"] == pytest.approx(0.0507287, abs=1e-7)
    assert found["criteria_weights"] == pytest.approx([0.1521671, 0.4334544, 0.0715565, 0.3050064, 0.0378156], abs=1e-7)


def test_saatys_best_city_by_geometric_means() -> None:
    """Geometric means on all levels move the cities by less than .007."""
    found = solve_ahp("ahp.hierarchy", CITIES)["global_weights_geometric_mean_all_levels"]
    assert found == pytest.approx([0.2309104, 0.2793942, 0.3785995, 0.1110959], abs=1e-7)


LEADER = {
    "criteria": ["Experience", "Education", "Charisma", "Age"],
    "alternatives": ["Tom", "Dick", "Harry"],
    "criteria_matrix": [[1, 4, 3, 7], [1 / 4, 1, 1 / 3, 3], [1 / 3, 3, 1, 5], [1 / 7, 1 / 3, 1 / 5, 1]],
    "alternative_matrices": {
        "Experience": [[1, 1 / 4, 4], [4, 1, 9], [1 / 4, 1 / 9, 1]],
        "Education": [[1, 3, 1 / 5], [1 / 3, 1, 1 / 7], [5, 7, 1]],
        "Charisma": [[1, 5, 9], [1 / 5, 1, 4], [1 / 9, 1 / 4, 1]],
        "Age": [[1, 1 / 3, 5], [3, 1, 9], [1 / 5, 1 / 9, 1]],
    },
}
"""Wikipedia, "Analytic hierarchy process – leader example"."""


def test_choosing_a_leader() -> None:
    """Tom, Dick and Harry score .358, .493 and .149; the criteria .547, .127, .270 and .056."""
    found = solve_ahp("ahp.hierarchy", LEADER)
    assert np.round(found["criteria_weights"], 3).tolist() == [0.548, 0.127, 0.270, 0.056]
    assert found["global_weights"] == pytest.approx([0.3581368, 0.4927882, 0.1490750], abs=1e-7)


def test_a_hierarchy_with_subcriteria_multiplies_down() -> None:
    """Weights of leaves are products along their paths, whatever the depth."""
    found = solve_ahp(
        "ahp.hierarchy",
        {
            "goal_children": ["cost", "safety"],
            "goal_matrix": [[1, 3], [1 / 3, 1]],
            "subcriteria": {"cost": {"children": ["price", "fuel"], "matrix": [[1, 4], [1 / 4, 1]]}},
            "alternatives": ["x", "y"],
            "leaf_matrices": {"price": [[1, 2], [1 / 2, 1]], "safety": [[1, 1], [1, 1]]},
            "leaf_scores": {"fuel": [30, 10]},
            "score_normalisation": "sum",
        },
    )
    assert found["leaf_global_weights"] == pytest.approx({"price": 0.6, "fuel": 0.15, "safety": 0.25})
    assert found["global_weights"] == pytest.approx([0.4 + 0.1125 + 0.125, 0.2 + 0.0375 + 0.125])
    assert found["goal_lambda_max"] == 2.0


PAIR = [[1, 3], [1 / 3, 1]]


@pytest.mark.parametrize(
    "inputs",
    [
        {"tree": {"goal": {"children": ["a", "b"], "matrix": PAIR}, "b": {"children": ["c", "d"], "matrix": PAIR}}},
        {"tree": {"matrix": PAIR, "children": {"a": {}, "b": {"children": ["c", "d"], "matrix": PAIR}}}},
        {
            "tree": {
                "name": "goal",
                "matrix": PAIR,
                "children": [{"name": "a"}, {"name": "b", "matrix": PAIR, "children": [{"name": "c"}, {"name": "d"}]}],
            }
        },
        {"tree": {"a": {"weight": 0.75}, "b": {"weight": 0.25, "children": {"c": 0.75, "d": 0.25}}}},
        {"tree": {"goal": {"a": 0.75, "b": 0.25}, "b": {"c": 0.75, "d": 0.25}}},
        {"criteria": ["a", "b"], "criteria_matrix": PAIR, "subcriteria": {"b": {"names": ["c", "d"], "matrix": PAIR}}},
        {
            "goal_children": ["a", "b"],
            "goal_matrix": PAIR,
            "subcriteria": {"b": ["c", "d"]},
            "leaf_matrices": {"b": PAIR},
        },
        {"goal_children": ["a", "b"], "goal_matrix": PAIR, "tree": {"b": ["c", "d"]}, "leaf_matrices": {"b": PAIR}},
    ],
)
def test_a_tree_is_read_from_any_plain_shape(inputs: dict[str, object]) -> None:
    """Flat groups, nested children, stated weights and subcriteria all describe the same tree."""
    leaves = solve_ahp("ahp.hierarchy", inputs)["leaf_global_weights"]
    assert {name: leaves[name] for name in "acd"} == pytest.approx({"a": 0.75, "c": 0.1875, "d": 0.0625})


# --- groups -----------------------------------------------------------------------------------------------

VACATION = {
    "criteria": ["Costs", "Fun", "Spa"],
    "matrices": [
        [[1, 4, 9], [1 / 4, 1, 4], [1 / 9, 1 / 4, 1]],
        [[1, 1 / 4, 1 / 9], [4, 1, 1 / 5], [9, 5, 1]],
        [[1, 1 / 9, 1], [9, 1, 9], [1, 1 / 9, 1]],
    ],
    "expert_weights": [0.4, 0.4, 0.2],
}
"""gluc/ahp, inst/extdata/vacation.ahp: Dad .4, Mom .4, Kid .2."""


def test_a_familys_vacation_judgements_combined() -> None:
    """Weighted geometric means of the judgements, and their eigenvector."""
    found = solve_ahp("ahp.group", VACATION)
    matrix = [[1, 0.64439401, 1], [1.55184557, 1, 1.41933364], [1, 0.70455598, 1]]
    assert np.allclose(found["AIJ_matrix"], matrix, atol=1e-8)
    assert found["AIJ_weights_eigenvector"] == pytest.approx([0.28276113, 0.42593849, 0.29130038], abs=1e-8)
    assert found["AIJ_CR_saaty1980"] == pytest.approx(0.000763168, abs=1e-9)


def test_a_familys_vacation_priorities_combined() -> None:
    """Arithmetic and geometric means of the priorities put different criteria first."""
    found = solve_ahp("ahp.group", VACATION)
    assert found["AIP_weights_arithmetic"] == pytest.approx([0.33030853, 0.32805526, 0.34163621], abs=1e-8)
    assert found["AIP_weights_geometric_normalised"] == pytest.approx([0.28276113, 0.42593849, 0.29130038], abs=1e-8)


def test_identical_experts_agree_completely() -> None:
    """Three identical experts have consensus 1 exactly, and their group matrix is their own."""
    rows = [[1, 3, 5, 7], [1 / 3, 1, 2, 4], [1 / 5, 1 / 2, 1, 3], [1 / 7, 1 / 4, 1 / 3, 1]]
    found = solve_ahp("ahp.group", {"matrices": [rows] * 3, "scale_max_M": 9})
    assert found["consensus"] | {"H_beta": 0.0, "D_beta": 1.0, "S": 1.0, "S_star": 1.0} == found["consensus"]
    assert np.allclose(found["AIJ_matrix"], rows, atol=1e-12)
    expected = [0.57807952, 0.22824895, 0.13362491, 0.06004662]
    assert found["AIJ_weights_eigenvector"] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(
    ("n", "cor"),
    [
        *((2, 0.692073), (3, 0.607474), (4, 0.577350), (5, 0.567994)),
        *((6, 0.568244), (7, 0.573387), (8, 0.581124), (9, 0.590227)),
    ],
)
def test_goepels_scale_correction(n: int, cor: float) -> None:
    """The correction of the consensus indicator on the 1–9 scale, for two to nine criteria."""
    assert scale_correction(n, 9) == pytest.approx(cor, abs=5e-7)


def test_opposite_experts_have_no_consensus() -> None:
    """9 against 1/9 averages to equal weights and a consensus of exactly nothing."""
    experts = [wb.Comparisons(["a", "b"], {("a", "b"): value}) for value in (9, 1 / 9)]
    assert list(wb.combine(experts).priorities().values()) == pytest.approx([0.5, 0.5], abs=1e-15)
    assert wb.consensus([expert.priorities() for expert in experts]).index == pytest.approx(0.0, abs=1e-12)


# --- random indices and refusals --------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(3, 8))
def test_random_indices_agree_with_simulation(n: int) -> None:
    """The simulated tables agree with our own 1000 random matrices within four standard errors."""
    rng = np.random.default_rng(n)
    scale = np.array([1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)])
    indices = []
    for _ in range(1000):
        upper = np.triu(rng.choice(scale, size=(n, n)), 1)
        matrix = upper + np.eye(n) + np.where(upper.T > 0, 1 / np.where(upper.T > 0, upper.T, 1), 0)
        indices.append((principal_eigenvector(matrix)[1] - n) / (n - 1))
    error = 4 * np.std(indices) / math.sqrt(len(indices))
    for table in ("alonso-lamata", "aguaron-moreno"):
        assert random_index_value(n, table) == pytest.approx(np.mean(indices), abs=error)


def test_every_table_is_known_by_name() -> None:
    """Each convention that the literature's figures were recomputed with has a table."""
    expected = {"alonso-lamata", "alonso-lamata-linear", "saaty-1980", "saaty-2005", "donegan-dodd", "aguaron-moreno"}
    assert set(RANDOM_INDICES) == expected


def test_tables_of_other_programs_are_not_silently_continued() -> None:
    """Beyond its end a table refuses; only Alonso and Lamata's fit goes on."""
    assert random_index_value(16, "aguaron-moreno") == 1.595
    with pytest.raises(wb.InputError, match=r"ends at 15 items.*go further"):
        random_index_value(16, "saaty-1980")
    assert random_index_value(16) == pytest.approx((2.7699 * 16 - 4.3513 - 16) / 15)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 3], [3, 1]],
        [[1, 0], [0, 1]],
        [[1, -2], [-0.5, 1]],
        [[2, 3], [1 / 3, 1]],
        [[1, 9], [0.12, 1]],
        [[1, 3, 5], [1 / 3, 1, 2]],
        [[1, math.inf], [0, 1]],
        [[1, 3], [None, 1]],
        [[1, None], [None, 1]],
    ],
    ids=["both 3", "zero", "negative", "diagonal", "near", "oblong", "infinite", "half", "unlinked"],
)
def test_matrices_that_peers_accept_are_refused(matrix: list[list[float]]) -> None:
    """Matrices that are not positive reciprocal are refused, however near they come."""
    with pytest.raises(wb.InputError):
        solve_ahp("ahp.validation", {"matrices": {"bad": matrix}})


def test_a_good_matrix_among_bad_ones_is_reported() -> None:
    """Validation returns what it accepted, so that a missing refusal cannot hide."""
    found = solve_ahp("ahp.validation", {"matrices": {"bad": [[1, 3], [3, 1]], "good": [[1, 3], [1 / 3, 1]]}})
    assert found == {"good": pytest.approx([0.75, 0.25])}


def test_unknown_problems_are_declined() -> None:
    """The adapter declines what it does not know."""
    with pytest.raises(NotImplementedError):
        solve_ahp("topsis", {})


def test_the_adapter_answers_every_figure_of_a_matrix() -> None:
    """One matrix yields all the figures that published cases ask for."""
    found = solve_ahp("ahp.weights", {"matrix": TEXTBOOK, "labels": list("abcdef")})
    assert found["best_by_eigenvector"] == found["best_by_geometric_mean"] == "e"
    assert found["acceptable_at_0.10"]["saaty1980"] is True
    assert set(solve_ahp("ahp.consistency", {"matrix": TEXTBOOK})) == {
        *("lambda_max", "GCI", "koczkodaj", "congruence", "dissonance")
    }
    assert solve_ahp("ahp.incomplete", {"matrix": BOZOKI})["missing_entry_2_3"] == pytest.approx(0.7302967)
