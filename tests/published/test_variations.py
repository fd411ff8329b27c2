"""Variations of case inputs through the adapter, each answer against a computation of its own, in plain loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from tests.published.adapter import solve

from weighbridge.errors import InputError

TABLE = [[7.0, 9, 9, 8], [8, 7, 8, 7], [9, 6, 8, 9], [6, 7, 8, 6]]
TYPES = [1, 1, 1, -1]
WEIGHTS = [0.1, 0.4, 0.3, 0.2]
SEEDS = range(3)


def problem(seed: int, n: int = 6, m: int = 4) -> dict[str, Any]:
    """Return a random table on a coarse grid, with ties, mixed directions and weights summing to 1."""
    generator = np.random.default_rng(seed)
    return {
        "matrix": generator.integers(2, 12, (n, m)).astype(float).tolist(),
        "types": [1, -1, *generator.choice([-1, 1], m - 2).tolist()],
        "weights": generator.dirichlet(np.ones(m)).tolist(),
    }


def competition(scores: Any, *, higher: bool = True) -> list[int]:
    """Rank by counting who is better by more than rounding."""
    values = np.asarray(scores) * (1 if higher else -1)
    return [1 + int((values > own + 1e-12).sum()) for own in values]


# --- TOPSIS ---------------------------------------------------------------------------------------------------


def topsis(inputs: dict[str, Any], normalization: str) -> dict[str, Any]:
    """TOPSIS by columns."""
    x, t, w = np.array(inputs["matrix"]), np.array(inputs["types"]), np.array(inputs["weights"])
    columns = []
    for j in range(x.shape[1]):
        column = x[:, j]
        if normalization == "vector":
            columns.append(w[j] * column / math.sqrt(sum(v * v for v in column)))
        else:
            low, high = min(column), max(column)
            unit = [(v - low) / (high - low) if t[j] > 0 else (high - v) / (high - low) for v in column]
            columns.append(w[j] * np.array(unit))
    v = np.column_stack(columns)
    up = np.ones(len(t)) if normalization == "minmax" else t
    best = np.array([max(c) if s > 0 else min(c) for c, s in zip(v.T, up, strict=True)])
    worst = np.array([min(c) if s > 0 else max(c) for c, s in zip(v.T, up, strict=True)])
    plus, minus = (np.array([math.dist(row, point) for row in v]) for point in (best, worst))
    return {"closeness": minus / (plus + minus), "d_plus": plus, "d_minus": minus, "pis": best, "nis": worst}


@pytest.mark.parametrize("normalization", ["vector", "minmax"])
@pytest.mark.parametrize("seed", SEEDS)
def test_topsis_by_loops(seed: int, normalization: str) -> None:
    """All intermediate results, both normalizations."""
    inputs = {**problem(seed), "normalization": normalization, "distance": "euclidean"}
    found, expected = solve("topsis", inputs), topsis(inputs, normalization)
    for key, value in expected.items():
        assert_allclose(found[key], value, atol=1e-12, err_msg=key)
    assert list(found["ranks"]) == competition(expected["closeness"])


def test_topsis_is_vector_where_the_case_names_no_normalization() -> None:
    """Absent and null mean the textbook's."""
    inputs = problem(1)
    expected = topsis(inputs, "vector")["closeness"]
    for extra in ({}, {"normalization": None, "pis": None, "nis": None}):
        assert_allclose(solve("topsis", {**inputs, **extra})["closeness"], expected, atol=1e-12)


def test_topsis_takes_ideals_of_the_case() -> None:
    """A given point replaces one ideal and leaves the other."""
    inputs = problem(2)
    usual = topsis(inputs, "vector")
    pis = [0.5, 0.0, 0.5, 0.0]
    found = solve("topsis", {**inputs, "pis": pis})
    assert list(found["pis"]) == pis
    assert_allclose(found["nis"], usual["nis"], atol=1e-12)
    assert_allclose(found["d_minus"], usual["d_minus"], atol=1e-12)
    assert (found["d_plus"] != usual["d_plus"]).all()


# --- PROMETHEE ------------------------------------------------------------------------------------------------


def strength(d: float, case: dict[str, Any]) -> float:
    """P(d) of Brans and Vincke, table 1, for the names the cases use."""
    q, p, s = case.get("q"), case.get("p"), case.get("s")
    if d <= 0:
        return 0.0
    match case["function"]:
        case "usual":
            return 1.0
        case "ushape":
            return 1.0 if d > q else 0.0
        case "vshape":
            return min(d / p, 1.0)
        case "level":
            return 0.0 if d <= q else 0.5 if d <= p else 1.0
        case "linear":
            return 0.0 if d <= q else 1.0 if d > p else (d - q) / (p - q)
        case _:
            return 1 - math.exp(-d * d / (2 * s * s))


def flows(inputs: dict[str, Any]) -> tuple[Any, Any, Any]:
    """π, φ⁺ and φ⁻ pair by pair."""
    x, n = inputs["matrix"], len(inputs["matrix"])
    parts = list(zip(inputs["weights"], inputs["types"], inputs["preference"], strict=True))
    pi = np.array(
        [
            [sum(w * strength(t * (x[a][j] - x[b][j]), f) for j, (w, t, f) in enumerate(parts)) for b in range(n)]
            for a in range(n)
        ]
    )
    return pi, pi.sum(axis=1) / (n - 1), pi.sum(axis=0) / (n - 1)


FUNCTIONS = [
    {"function": "usual"},
    {"function": "ushape", "q": 2},
    {"function": "vshape", "p": 3},
    {"function": "level", "q": 1, "p": 4},
    {"function": "linear", "q": 1, "p": 4},
    {"function": "gaussian", "s": 2.5},
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: str(f["function"]))
@pytest.mark.parametrize("seed", SEEDS)
def test_promethee_by_pairs(seed: int, function: dict[str, Any]) -> None:
    """Every preference function, and the partial order by its three rules."""
    inputs = {**problem(seed), "preference": [function] * 4, "flow_denominator": "n-1"}
    found = solve("promethee", inputs)
    pi, plus, minus = flows(inputs)
    assert_allclose(found["pi"], pi, atol=1e-12)
    assert_allclose(found["phi_plus"], plus, atol=1e-12)
    assert_allclose(found["phi_minus"], minus, atol=1e-12)
    assert_allclose(found["phi"], plus - minus, atol=1e-12)
    assert_allclose(np.array(found["unicriterion_net_flows"]) @ inputs["weights"], plus - minus, atol=1e-12)
    assert list(found["ranks_promethee2"]) == competition(plus - minus)
    for a in range(6):
        for b in range(6):
            up = int(plus[a] > plus[b] + 1e-12) - int(plus[a] < plus[b] - 1e-12)
            down = int(minus[a] < minus[b] - 1e-12) - int(minus[a] > minus[b] + 1e-12)
            word = "R" if up * down < 0 else {0: "I", 1: "P+", -1: "P-"}[int(np.sign(up + down))]
            assert found["relation_promethee1"][a][b] == word


def test_promethee_mixes_functions_and_ignores_thresholds_a_function_lacks() -> None:
    """A V-shape with q = 0 beside its p, or a usual one with nulls, is what its name says."""
    mixed = [FUNCTIONS[0], FUNCTIONS[4], FUNCTIONS[2], FUNCTIONS[5]]
    inputs = {**problem(5), "preference": mixed}
    written = [
        {"function": "usual", "q": None, "p": None, "s": None},
        mixed[1] | {"s": None},
        mixed[2] | {"q": 0},
        mixed[3],
    ]
    _, plus, minus = flows(inputs)
    assert_allclose(solve("promethee", {**inputs, "preference": written})["phi"], plus - minus, atol=1e-12)


def test_promethee_answers_problems_by_name() -> None:
    """Each named function on every criterion of the shared table."""
    shared = problem(3)
    problems = {str(f["function"]): f for f in FUNCTIONS}
    found = solve("promethee", {**shared, "problems": problems})
    assert set(found) == set(problems)
    for name, function in problems.items():
        _, plus, minus = flows({**shared, "preference": [function] * 4})
        assert_allclose(found[name]["phi"], plus - minus, atol=1e-12)


def test_promethee_without_functions_is_usual() -> None:
    """No preference given means that any difference counts."""
    shared = problem(4)
    _, plus, _ = flows({**shared, "preference": [FUNCTIONS[0]] * 4})
    assert_allclose(solve("promethee", shared)["phi_plus"], plus, atol=1e-12)


# --- the others -----------------------------------------------------------------------------------------------


def vikor(inputs: dict[str, Any], v: float) -> tuple[Any, Any, Any]:
    """S, R and Q criterion by criterion; constant ones give 0."""
    x = np.array(inputs["matrix"]) * inputs["types"]
    terms = []
    for column, w in zip(x.T, inputs["weights"], strict=True):
        span = max(column) - min(column)
        terms.append([w * (max(column) - value) / span if span else 0.0 for value in column])
    s, r = np.sum(terms, axis=0), np.max(terms, axis=0)

    def unit(values: Any) -> Any:
        return (values - min(values)) / (max(values) - min(values)) if max(values) > min(values) else values * 0

    return s, r, v * unit(s) + (1 - v) * unit(r)


@pytest.mark.parametrize("v", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_vikor_by_columns(seed: int, v: float) -> None:
    """Any v, also 0 (which is not "absent")."""
    inputs = problem(seed)
    found = solve("vikor", {**inputs, "v": v})
    for key, value in zip("SRQ", vikor(inputs, v), strict=True):
        assert_allclose(found[key], value, atol=1e-12)
    q = sorted(found["Q"])
    assert found["acceptable_advantage"] == bool(q[1] - q[0] >= 1 / 5)
    assert set(found["compromise_set"]) <= set(range(6))


def test_vikor_without_v_takes_a_half() -> None:
    """Absent and null mean ½."""
    inputs = problem(0)
    expected = vikor(inputs, 0.5)[2]
    for extra in ({}, {"v": None}):
        assert_allclose(solve("vikor", {**inputs, **extra})["Q"], expected, atol=1e-12)


def test_vikor_answers_problems_by_name() -> None:
    """A constant criterion, and regrets that are all equal, are answered and not refused."""
    problems = {
        "constant_criterion": {"matrix": [[5, 1], [5, 2], [5, 4]], "types": [1, 1], "weights": [0.5, 0.5], "v": 0.5},
        "regret_all_equal": {"matrix": [[1, 2], [2, 1]], "types": [1, 1], "weights": [0.5, 0.5], "v": 0.5},
    }
    found = solve("vikor", {"problems": problems})
    for name, inputs in problems.items():
        for key, value in zip("SRQ", vikor(inputs, 0.5), strict=True):
            assert_allclose(found[name][key], value, atol=1e-12)


def copras(inputs: dict[str, Any]) -> Any:
    """Q of COPRAS by its definition."""
    x = np.array(inputs["matrix"])
    shares = x / x.sum(axis=0) * inputs["weights"]
    plus = [sum(v for v, t in zip(row, inputs["types"], strict=True) if t > 0) for row in shares]
    minus = [sum(v for v, t in zip(row, inputs["types"], strict=True) if t < 0) for row in shares]
    if not any(minus):
        return np.array(plus)
    total = sum(minus)
    return np.array([p + total / (m * sum(1 / k for k in minus)) for p, m in zip(plus, minus, strict=True)])


@pytest.mark.parametrize("seed", SEEDS)
def test_copras_by_definition(seed: int) -> None:
    """The utility is Q over its largest."""
    inputs = {**problem(seed), "normalization": "sum"}
    q = copras(inputs)
    found = solve("copras", inputs)
    assert_allclose(found["Q"], q, atol=1e-12)
    assert_allclose(found["U"], q / max(q), atol=1e-12)
    assert list(found["ranks"]) == competition(q)


def test_copras_answers_problems_by_name() -> None:
    """A table without costs is one of them; its Q is S⁺."""
    free = {**problem(7), "types": [1, 1, 1, 1]}
    found = solve("copras", {"problems": {"no_cost": free, "costs": problem(8)}})
    assert_allclose(found["no_cost"]["Q"], copras(free), atol=1e-12)
    assert_allclose(found["costs"]["Q"], copras(problem(8)), atol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_spotis_with_and_without_an_expected_point(seed: int) -> None:
    """Distances to the ideal and to a point of the case."""
    inputs = problem(seed)
    bounds, esp = [[0.0, 20.0], [0, 16], [1, 14], [-5, 15]], [12.0, 4, 6, 3]
    ideal = [b[1] if t > 0 else b[0] for b, t in zip(bounds, inputs["types"], strict=True)]

    def distance(point: list[float]) -> list[float]:
        spans = [high - low for low, high in bounds]
        return [
            sum(w * abs(x - p) / s for w, x, p, s in zip(inputs["weights"], row, point, spans, strict=True))
            for row in inputs["matrix"]
        ]

    found = solve("spotis", {**inputs, "bounds": bounds, "esp": esp})
    assert_allclose(found["distance_isp"], distance(ideal), atol=1e-12)
    assert_allclose(found["distance_esp"], distance(esp), atol=1e-12)
    assert list(found["ranks"]) == competition(distance(esp), higher=False)
    assert list(found["ranks_isp"]) == competition(distance(ideal), higher=False)
    for extra in ({}, {"esp": None}):
        assert_allclose(solve("spotis", {**inputs, "bounds": bounds, **extra})["distance"], distance(ideal))


def test_spotis_without_bounds_is_refused() -> None:
    """Bounds taken from the data would bring rank reversal back in silence."""
    with pytest.raises(InputError, match="declared range"):
        solve("spotis", problem(0))


@pytest.mark.parametrize("balance", [0.0, 0.25, 1.0, None])
def test_cocoso_takes_lambda(balance: float | None) -> None:
    """0 is a value; null is ½."""
    inputs = problem(2)
    x, t, w = np.array(inputs["matrix"]), np.array(inputs["types"]), np.array(inputs["weights"])
    low, high = x.min(axis=0), x.max(axis=0)
    r = np.where(t > 0, (x - low) / (high - low), (high - x) / (high - low))
    s, p = (r * w).sum(axis=1), (r**w).sum(axis=1)
    share = 0.5 if balance is None else balance
    a, b = (s + p) / (s + p).sum(), s / s.min() + p / p.min()
    c = (share * s + (1 - share) * p) / (share * s.max() + (1 - share) * p.max())
    expected = np.cbrt(a * b * c) + (a + b + c) / 3
    assert_allclose(solve("cocoso", {**inputs, "lambda": balance})["K"], expected, atol=1e-10)


def test_weighted_sum_normalizations() -> None:
    """Raw, and shares of the sum with inverted costs, by the text the cases use."""
    inputs = problem(6)
    x, t, w = np.array(inputs["matrix"]), np.array(inputs["types"]), np.array(inputs["weights"])
    turned = np.where(t > 0, x, 1 / x)
    expected = (turned / turned.sum(axis=0)) @ w
    found = solve("weighted_sum", {**inputs, "normalization": "sum after 1/x for cost"})
    assert_allclose(found["score"], expected, atol=1e-12)
    assert list(found["ranks"]) == competition(expected)
    for extra in ({}, {"normalization": None}):
        assert_allclose(solve("weighted_sum", {**inputs, **extra})["score"], (x * t) @ w, atol=1e-12)


def test_weighted_sum_and_product_ratios() -> None:
    """Ratios of products are what the textbook prints; units cancel in them."""
    inputs = {"matrix": [[25, 20, 15], [10, 30, 20], [30, 10, 30]], "types": [1, 1, 1], "weights": [0.2, 0.3, 0.5]}
    x, w = np.array(inputs["matrix"], dtype=float), np.array(inputs["weights"])
    product = np.prod(x**w, axis=1)
    found = solve("weighted_sum_product", inputs)
    assert_allclose(found["wpm_product"], product, rtol=1e-12)
    assert found["wpm_ratio_A1_A2"] == pytest.approx(product[0] / product[1])
    assert found["wpm_ratio_A2_A3"] == pytest.approx(product[1] / product[2])
    assert_allclose(found["wpm_log10_of_sum_scaled"], np.log10(np.prod((x / x.sum(axis=0)) ** w, axis=1)), rtol=1e-12)


@pytest.mark.parametrize("weights", [None, [1, 1, 1, 1], [25.0] * 4])
def test_weights_of_any_sum_or_none_at_all(weights: list[float] | None) -> None:
    """Absent weights are equal, and only their proportions matter."""
    shared = {key: value for key, value in problem(9).items() if key != "weights"}
    expected = topsis({**shared, "weights": [0.25] * 4}, "vector")["closeness"]
    inputs = shared if weights is None else {**shared, "weights": weights}
    assert_allclose(solve("topsis", inputs)["closeness"], expected, atol=1e-12)


@pytest.mark.parametrize("method", ["topsis", "vikor", "copras", "edas", "marcos", "aras", "mabac", "weighted_sum"])
def test_types_absent_are_gains(method: str) -> None:
    """A case without types maximises everything."""
    inputs = problem(10)
    bare = {key: value for key, value in inputs.items() if key != "types"}
    found, expected = solve(method, bare), solve(method, {**inputs, "types": [1, 1, 1, 1]})
    assert set(found) == set(expected)
    for key, value in expected.items():
        assert_allclose(np.asarray(found[key], dtype=float), np.asarray(value, dtype=float), atol=1e-15)


# --- rankings and weights -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_rank_correlations_against_scipy(seed: int) -> None:
    """With ties; WS by its definition in both directions."""
    generator = np.random.default_rng(seed)
    x, y = (stats.rankdata(generator.integers(0, 5, 8)) for _ in range(2))
    found = solve("rank_correlation", {"x": x.tolist(), "y": y.tolist()})
    assert found["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic)
    assert found["tau_b"] == pytest.approx(stats.kendalltau(x, y).statistic)
    assert found["tau_c"] == pytest.approx(stats.kendalltau(x, y, variant="c").statistic)
    pairs = [(i, j) for i in range(8) for j in range(i)]
    agreement = sum(np.sign(x[i] - x[j]) * np.sign(y[i] - y[j]) for i, j in pairs)
    assert found["tau_a"] == pytest.approx(agreement / len(pairs))
    assert found["WS_xy"] == found["WS"]
    assert found["WS_yx"] == pytest.approx(
        1 - sum(2**-b * abs(b - a) / max(abs(b - 1), abs(b - 8)) for a, b in zip(x, y, strict=True))
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_kendall_w_by_the_friedman_test(seed: int) -> None:
    """With ties W follows from scipy's Friedman statistic, and its p-value is the same."""
    generator = np.random.default_rng(seed)
    raw = generator.integers(0, 6, (4, 7)).astype(float)
    found = solve("kendall_w", {"rankings": [stats.rankdata(row).tolist() for row in raw]})
    chi2, p_value = stats.friedmanchisquare(*raw.T)
    assert found["friedman_chi2"] == pytest.approx(chi2)
    assert found["p_value"] == pytest.approx(p_value)
    assert found["W_tie_corrected"] == pytest.approx(chi2 / (4 * 6))
    sums = np.array([stats.rankdata(row) for row in raw]).sum(axis=0)
    assert found["W_uncorrected"] == pytest.approx(12 * ((sums - sums.mean()) ** 2).sum() / (16 * (343 - 7)))
    rho = [stats.spearmanr(raw[i], raw[k]).statistic for i in range(4) for k in range(i)]
    assert found["mean_pairwise_spearman"] == pytest.approx(np.mean(rho))


def test_kendall_w_of_judges_who_agree_and_of_judges_without_an_opinion() -> None:
    """Full agreement is 1; where all is tied W is undefined, not NaN by accident."""
    agree = solve("kendall_w", {"rankings": [[1, 2, 3]] * 3})
    assert agree["W_tie_corrected"] == pytest.approx(1)
    assert agree["mean_pairwise_spearman"] == pytest.approx(1)
    tied = solve("kendall_w", {"rankings": [[2, 2, 2]] * 3})
    assert tied["W_tie_corrected"] is None
    assert tied["W_uncorrected"] == 0
    assert tied["p_value"] is None


@pytest.mark.parametrize("seed", SEEDS)
def test_borda_sums_and_copeland_pairs(seed: int) -> None:
    """Counted pair by pair."""
    generator = np.random.default_rng(seed)
    rankings = np.array([stats.rankdata(generator.integers(0, 5, 6)) for _ in range(3)])
    found = solve("rank_aggregation", {"rankings": rankings.tolist(), "note": "each list: rank of alternative 1..6"})
    assert_allclose(found["borda_rank_sum"], rankings.sum(axis=0))
    margin = [[sum(np.sign(rankings[:, b] - rankings[:, a])) for b in range(6)] for a in range(6)]
    assert_allclose(found["copeland_wins_minus_losses"], np.sign(margin).sum(axis=1))


def test_entropy_merec_and_critic_by_loops() -> None:
    """Weights from the data, by their formulas."""
    inputs = problem(12)
    x, t = np.array(inputs["matrix"]), np.array(inputs["types"])
    share = x / x.sum(axis=0)
    entropy = -(share * np.log(share)).sum(axis=0) / math.log(len(x))
    found = solve("weights.entropy", {"matrix": inputs["matrix"]})
    assert_allclose(found["entropy"], entropy, atol=1e-12)
    assert_allclose(found["weights"], (1 - entropy) / (1 - entropy).sum(), atol=1e-12)
    n = np.where(t > 0, x.min(axis=0) / x, x / x.max(axis=0))
    whole = np.log1p(np.abs(np.log(n)).mean(axis=1))
    removal = [
        np.abs(np.log1p(np.abs(np.log(np.delete(n, j, axis=1))).sum(axis=1) / 4) - whole).sum() for j in range(4)
    ]
    assert_allclose(solve("weights.merec", inputs)["weights"], np.array(removal) / sum(removal), atol=1e-12)
    low, high = x.min(axis=0), x.max(axis=0)
    r = np.where(t > 0, (x - low) / (high - low), (high - x) / (high - low))
    information = r.std(axis=0) * (1 - np.corrcoef(r.T)).sum(axis=0)
    assert_allclose(solve("weights.critic", inputs)["weights"], information / information.sum(), atol=1e-12)


@pytest.mark.parametrize(
    ("reference", "other"), [([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]), ([2, 1], [1, 3]), ([1.0, 0.0], [0.0, 1.0])]
)
def test_weights_similarity_by_definition(reference: list[float], other: list[float]) -> None:
    """Both are of normalised weights; all weight moved to the least important gives 0."""
    a, b = (np.array(w) / sum(w) for w in (reference, other))
    moved = np.abs(a - b).sum()
    found = solve("weights.similarity", {"reference": reference, "other": other})
    assert found["WSC"] == pytest.approx(1 - moved / (2 * (1 - a.min())))
    assert found["WSC2"] == pytest.approx(1 - moved / 2)
