"""Published tables, typed in with their sources, through the public interface."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tests.published.ranking_adapter import PREFERENCES, solve_ranking
from tests.published.ranking_checks import check

THREE_CARS = {
    "matrix": [[5490, 51.4, 8.5, 285], [6500, 70.6, 7, 288], [6489, 54.3, 7.5, 290]],
    "weights": [0.35, 0.25, 0.25, 0.15],
    "types": [-1, 1, 1, 1],
}


def test_topsis_three_cars() -> None:
    """Hodgett, TOPSIS in Excel; R package MCDA, TOPSIS example: one cost, vector normalization."""
    check(
        "topsis",
        {**THREE_CARS, "normalization": "vector"},
        pis=[0.1795737764, 0.1716360152, 0.1594996578, 0.0873027672],
        nis=[0.2126101178, 0.1249587986, 0.1313526594, 0.0857975471],
        closeness=[0.4816852902, 0.5182076659, 0.1779553619],
        ranks=[2, 1, 3],
    )


def test_topsis_three_cars_with_the_ideals_given_by_hand() -> None:
    """The same example of R's MCDA with its ideal solutions passed in."""
    check(
        "topsis",
        {
            **THREE_CARS,
            "normalization": "vector",
            "pis": [0.179573776, 0.171636015, 0.159499658, 0.087302767],
            "nis": [0.212610118, 0.124958799, 0.131352659, 0.085797547],
        },
        closeness=[0.4817, 0.5182, 0.1780],
        tolerance=1e-4,
    )


def test_topsis_three_cars_min_max() -> None:
    """The same cars under min-max, the default of pymcdm: the first car wins."""
    check("topsis", {**THREE_CARS, "normalization": "minmax"}, closeness=[0.5960063796, 0.3795875777, 0.2859050812])


def test_topsis_tzeng_and_huang() -> None:
    """Tzeng and Huang (2011), Multiple Attribute Decision Making, chapter 5."""
    check(
        "topsis",
        {
            "matrix": [[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]],
            "weights": [0.3, 0.4, 0.3],
            "types": [1, 1, 1],
            "normalization": "vector",
        },
        closeness=[0.5037, 0.6581, 0.7482, 0.3340],
        ranks=[3, 2, 1, 4],
        tolerance=1e-4,
    )


def test_topsis_ersoy() -> None:
    """Ersoy (2021), LogForum 17(3): six alternatives, two costs, tied cells; printed to 3 decimals."""
    check(
        "topsis",
        {
            "matrix": [
                [256, 8, 41, 1.6, 1.77, 7347.16],
                [256, 8, 32, 1.0, 1.8, 6919.99],
                [256, 8, 53, 1.6, 1.9, 8400],
                [256, 8, 41, 1.0, 1.75, 6808.9],
                [512, 8, 35, 1.6, 1.7, 8479.99],
                [256, 4, 35, 1.6, 1.7, 7499.99],
            ],
            "weights": [0.405, 0.221, 0.134, 0.199, 0.007, 0.034],
            "types": [1, 1, 1, 1, -1, -1],
            "normalization": "vector",
        },
        closeness=[0.308, 0.254, 0.327, 0.263, 0.857, 0.192],
        ranks=[3, 5, 2, 4, 1, 6],
        tolerance=2e-3,
    )


FIVE = {
    "matrix": [[10, 200, 3.0], [14, 260, 4.5], [9, 180, 3.0], [18, 300, 2.0], [12, 200, 5.0]],
    "weights": [0.5, 0.3, 0.2],
    "types": [1, -1, 1],
}


def test_promethee_usual_against_r_and_pydecision() -> None:
    """Five alternatives with ties and a cost: R MCDA and pyDecision 5.1.8 give the same flows."""
    check(
        "promethee",
        {**FIVE, "preference": [{"function": "usual"}] * 3},
        phi=[-0.225, 0.2, -0.25, 0.0, 0.275],
        phi_plus=[0.325, 0.6, 0.35, 0.5, 0.6],
        phi_minus=[0.55, 0.4, 0.6, 0.5, 0.325],
        ranks_promethee2=[4, 2, 5, 3, 1],
        relation_promethee1=[
            ["I", "P-", "R", "P-", "P-"],
            ["P+", "I", "P+", "P+", "P-"],
            ["R", "P-", "I", "P-", "P-"],
            ["P+", "P-", "P+", "I", "P-"],
            ["P+", "P+", "P+", "P+", "I"],
        ],
    )


def test_promethee_vshape_against_r_and_pydecision() -> None:
    """The same table with V-shapes whose thresholds some differences hit exactly."""
    check(
        "promethee",
        {**FIVE, "preference": [{"function": "vshape", "p": p} for p in (5, 80, 2)]},
        phi=[-0.2, 0.1375, -0.225, 0.0625, 0.225],
        unicriterion_net_flows=[
            [-0.5, 0.375, -0.3125],
            [0.35, -0.5, 0.5625],
            [-0.7, 0.625, -0.3125],
            [0.95, -0.875, -0.75],
            [-0.1, 0.375, 0.8125],
        ],
    )


def test_promethee_papathanasiou_and_ploskas() -> None:
    """Papathanasiou and Ploskas (2018), Multiple Criteria Decision Aid, chapter 3: facility location."""
    check(
        "promethee",
        {
            "matrix": [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]],
            "weights": [0.4, 0.3, 0.1, 0.2],
            "types": [1, 1, 1, 1],
            "preference": [{"function": "linear", "q": 1, "p": 2}] * 4,
        },
        phi=[-0.26, -0.52, -0.22, 0.36, 0.7, -0.06],
        ranks_promethee2=[5, 6, 4, 2, 1, 3],
    )


def test_promethee_zhao_peng_and_li() -> None:
    """Zhao, Peng and Li (2013), Procedia Computer Science 17, 181–188."""
    check(
        "promethee",
        {
            "matrix": [[4, 3, 2], [3, 2, 4], [5, 1, 3]],
            "weights": [0.5, 0.3, 0.2],
            "types": [1, 1, 1],
            "preference": [{"function": "usual"}] * 3,
        },
        phi=[0.1, -0.3, 0.2],
        pi=[[0, 0.8, 0.3], [0.2, 0, 0.5], [0.7, 0.5, 0]],
    )


def test_promethee_flows_are_those_of_maximisation() -> None:
    """JMcDM's eight alternatives: it prints φ⁻ − φ⁺; the largest values must come first."""
    check(
        "promethee",
        {
            "matrix": [
                [42, 35, 43, 51],
                [89, 72, 92, 85],
                [14, 85, 17, 40],
                [57, 60, 45, 80],
                [48, 32, 43, 40],
                [71, 45, 60, 85],
                [69, 40, 72, 55],
                [64, 35, 70, 60],
            ],
            "weights": [0.25, 0.35, 0.22, 0.18],
            "types": [1, 1, 1, 1],
            "preference": [
                {"function": "linear", "q": 49, "p": 100},
                {"function": "vshape", "p": 98},
                {"function": "linear", "q": 45, "p": 95},
                {"function": "linear", "q": 30, "p": 80},
            ],
        },
        phi=[-0.0699, 0.1486, 0.0614, 0.0478, -0.0986, 0.0006, -0.0324, -0.0575],
        ranks_promethee2=[7, 1, 2, 3, 8, 4, 5, 6],
        tolerance=1e-4,
    )


def test_promethee_answers_a_function_at_a_time() -> None:
    """A problem names one function for all criteria; the answers carry the problems' names."""
    problems = {"vshape": {"function": "vshape", "p": 5}, "ushape": {"function": "ushape", "q": 2}}
    found = solve_ranking("promethee", {**FIVE, "problems": problems})
    whole = solve_ranking("promethee", {**FIVE, "preference": [problems["vshape"]] * 3})
    assert_allclose(found["vshape"]["phi"], whole["phi"])
    assert set(found) == set(problems)
    assert PREFERENCES["ushape"] == "u-shape"


def test_vikor_mountain_climber() -> None:
    """Opricovic and Tzeng (2004), European Journal of Operational Research 156(2), section 4."""
    check(
        "vikor",
        {"matrix": [[1, 3000], [2, 3750], [5, 4500]], "weights": [0.5, 0.5], "types": [-1, 1], "v": 0.5},
        S=[0.5, 0.375, 0.5],
        R=[0.5, 0.25, 0.5],
        Q=[1, 0, 1],
        compromise_set=[1],
        acceptable_advantage=True,
        acceptable_stability=True,
    )


def test_vikor_answers_degenerate_problems_by_name() -> None:
    """A constant criterion and equal regrets give numbers, not 0/0."""
    found = solve_ranking(
        "vikor",
        {
            "problems": {
                "constant_criterion": {"matrix": [[1, 5], [3, 5]], "weights": [0.5, 0.5], "types": [1, 1], "v": 0.5},
                "regret_all_equal": {"matrix": [[1, 9], [9, 1]], "weights": [0.5, 0.5], "types": [1, 1], "v": 0.5},
            }
        },
    )
    assert found["constant_criterion"]["Q"].tolist() == [1.0, 0.0]
    assert found["regret_all_equal"]["Q"].tolist() == [0.0, 0.0]


def test_copras_uysal_and_inan() -> None:
    """Uysal and Inan (2022), research assistants: one cost, a zero cell; utility degrees in per cent."""
    check(
        "copras",
        {
            "matrix": [
                [3.57, 4, 4, 83.75, 3, 9, 1],
                [3.07, 3.95, 4, 83, 3, 1, 3],
                [3.23, 3.54, 3.46, 66, 4, 0, 2],
                [3.42, 3.96, 4, 70, 5, 5, 7],
                [2.56, 3.37, 3.79, 82, 4, 4, 5],
            ],
            "weights": [1 / 7] * 7,
            "types": [1, 1, 1, 1, -1, 1, 1],
        },
        U=np.array([100, 78.8501, 63.3837, 98.6506, 86.8878]) / 100,
        ranks=[1, 4, 5, 2, 3],
    )


def test_edas_jmcdm() -> None:
    """JMcDM testedas.jl: eight alternatives, two costs."""
    check(
        "edas",
        {
            "matrix": [
                [5000, 5, 5300, 450],
                [4500, 5, 5000, 400],
                [4500, 4, 4700, 400],
                [4000, 4, 4200, 400],
                [5000, 4, 7100, 500],
                [5000, 5, 5400, 450],
                [5500, 5, 6200, 500],
                [5000, 4, 5800, 450],
            ],
            "weights": [0.25] * 4,
            "types": [1, 1, -1, -1],
        },
        AS=[0.759594, 0.886016, 0.697472, 0.739658, 0.059083, 0.731833, 0.641691, 0.385194],
    )


def test_marcos_ulutas() -> None:
    """Ulutaş et al. (2020), Mathematics 8(10), 1672: stackers; the weights sum to 1.0001."""
    check(
        "marcos",
        {
            "matrix": [
                [660, 1000, 1600, 18, 1200],
                [800, 1000, 1600, 24, 900],
                [980, 1000, 2500, 24, 900],
                [920, 1500, 1600, 24, 900],
                [1380, 1500, 1500, 24, 1150],
                [1230, 1000, 1600, 24, 1150],
                [680, 1500, 1600, 18, 1100],
                [960, 2000, 1600, 12, 1150],
            ],
            "weights": [0.1061, 0.3476, 0.333, 0.1185, 0.0949],
            "types": [-1, 1, 1, 1, 1],
        },
        f=[0.5649, 0.5543, 0.6410, 0.6174, 0.6016, 0.5453, 0.6282, 0.6543],
        tolerance=2e-4,
    )


def test_aras_stanujkic() -> None:
    """Stanujkić et al. (2015): recruitment; the weights sum to 0.99."""
    check(
        "aras",
        {
            "matrix": [
                [4.64, 3.0, 3.0, 3.0, 2.88, 3.63],
                [4.0, 4.0, 4.64, 3.56, 3.63, 5.0],
                [3.3, 4.31, 3.3, 4.0, 3.3, 4.0],
                [2.62, 5.0, 4.22, 4.31, 5.0, 5.0],
            ],
            "weights": [0.28, 0.25, 0.19, 0.15, 0.08, 0.04],
            "types": [1] * 6,
        },
        K=[0.74, 0.86, 0.78, 0.86],
        ranks=[4, 1, 3, 2],
        tolerance=5e-3,
    )


def test_mabac_pamucar_and_cirovic() -> None:
    """Pamučar and Ćirović (2015), Expert Systems with Applications 42(6): forklifts."""
    check(
        "mabac",
        {
            "matrix": [
                [22600, 3800, 2, 5, 1.06, 3.0, 3.5, 2.8, 24.5, 6.5],
                [19500, 4200, 3, 2, 0.95, 3.0, 3.4, 2.2, 24.0, 7.0],
                [21700, 4000, 1, 3, 1.25, 3.2, 3.3, 2.5, 24.5, 7.3],
                [20600, 3800, 2, 5, 1.05, 3.25, 3.2, 2.0, 22.5, 11.0],
                [22500, 3800, 4, 3, 1.35, 3.2, 3.7, 2.1, 23.0, 6.3],
                [23250, 4210, 3, 5, 1.45, 3.6, 3.5, 2.8, 23.5, 7.0],
                [20300, 3850, 2, 5, 0.9, 3.25, 3.0, 2.6, 21.5, 6.0],
            ],
            "weights": [0.146, 0.144, 0.119, 0.121, 0.115, 0.101, 0.088, 0.068, 0.05, 0.048],
            "types": [-1, 1, 1, 1, -1, -1, 1, 1, 1, 1],
        },
        score=[0.0826, 0.2183, -0.0488, 0.0246, -0.0704, 0.0465, 0.0464],
        ranks=[2, 1, 6, 5, 7, 3, 4],
        tolerance=6e-5,
    )


def test_spotis_dezert() -> None:
    """Dezert et al. (2020), FUSION: negative values, bounds wider than the data, low is best."""
    check(
        "spotis",
        {
            "matrix": [[10.5, -3.1, 1.7], [-4.7, 0, 3.4], [8.1, 0.3, 1.3], [3.2, 7.3, -5.3]],
            "weights": [0.2, 0.3, 0.5],
            "types": [1, -1, 1],
            "bounds": [[-5, 12], [-6, 10], [-8, 5]],
        },
        distance=[0.1989, 0.3705, 0.3063, 0.7491],
        ranks=[1, 3, 2, 4],
        tolerance=6e-5,
    )


def test_cocoso_yazdani() -> None:
    """Yazdani et al. (2019), Management Decision 57(9), robot selection, to 3 decimals."""
    check(
        "cocoso",
        {
            "matrix": [
                [60, 0.4, 2540, 500, 990],
                [6.35, 0.15, 1016, 3000, 1041],
                [6.8, 0.1, 1727.2, 1500, 1676],
                [10, 0.2, 1000, 2000, 965],
                [2.5, 0.1, 560, 500, 915],
                [4.5, 0.08, 1016, 350, 508],
                [3, 0.1, 1778, 1000, 920],
            ],
            "weights": [0.036, 0.192, 0.326, 0.326, 0.12],
            "types": [1, -1, 1, 1, 1],
            "lambda": 0.5,
        },
        K=[2.041, 2.788, 2.882, 2.416, 1.299, 1.443, 2.519],
        tolerance=6e-4,
    )


def test_weighted_sum_and_product_of_the_textbook() -> None:
    """Wikipedia, Weighted product model: ratios 1.007, 1.067, 1.059; the sum ranks the first last."""
    check(
        "weighted_sum_product",
        {
            "matrix": [[25, 20, 15, 30], [10, 30, 20, 30], [30, 10, 30, 10]],
            "weights": [0.2, 0.15, 0.4, 0.25],
            "types": [1, 1, 1, 1],
        },
        wsm_raw=[21.5, 22.0, 22.0],
        wpm_ratio_A1_A2=1.007,
        wpm_ratio_A1_A3=1.067,
        wpm_ratio_A2_A3=1.059,
        wpm_log10_of_sum_scaled=[-0.5013, -0.5045, -0.5295],
        ranks_wpm=[1, 2, 3],
        tolerance=5e-4,
    )


def test_weighted_sum_after_sums_with_inverted_costs() -> None:
    """Shares of the column sum, a cost as 1/x first; by hand: ½·¼ + ½·⅔ and ½·¾ + ½·⅓."""
    check(
        "weighted_sum",
        {
            "matrix": [[1, 2], [3, 4]],
            "weights": [0.5, 0.5],
            "types": [1, -1],
            "normalization": "sum after 1/x for cost",
        },
        score=[11 / 24, 13 / 24],
        ranks=[2, 1],
    )


def test_other_methods_are_not_answered() -> None:
    """The adapter says so instead of guessing."""
    with pytest.raises(NotImplementedError):
        solve_ranking("electre_tri", {})
