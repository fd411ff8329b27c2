"""Sobol indices of a molecule's rank and score, against variances known in closed form."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.methods.tables import ranked, sample, table, weigh

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.robustness.global_sensitivity import GlobalSensitivity, global_sensitivity, sobol_indices

WEIGHTS = {"c0": 1.0, "c1": 2.0, "c2": 3.0, "c3": 4.0}


def decision(**criterion: Any) -> wb.DecisionMatrix:
    """Return a table of twenty molecules in the middle of its declared range."""
    values, signs, _ = sample(0, 20, 4, low=4.0, high=7.0)
    return table(values, signs, bounds=(0.0, 10.0), **criterion)


def test_a_linear_model_has_known_indices() -> None:
    """Weights fixed, scores normal, weighted sum: S = ST = (w σ)² / Σ (w σ)², within the stated error."""
    deviations = {"c1": 0.1, "c2": 0.2, "c3": 0.3}
    found = global_sensitivity(decision(), WEIGHTS, "A5", "weighted-sum", sigma=0, uncertainty=deviations, samples=2048)
    indices = found.of("A5", "score")
    variance = {name: (WEIGHTS[name] * deviation) ** 2 for name, deviation in deviations.items()}
    for name, own in variance.items():
        line = indices.loc[f"score of {name}"]
        exact = own / sum(variance.values())
        assert abs(line["first_order"] - exact) < max(line["first_order_error"], 0.01)
        assert abs(line["total"] - exact) < max(line["total_error"], 0.01)
    assert indices.index.tolist() == ["score of c3", "score of c2", "score of c1"]
    # The variance itself: scores are weights of sum 1 times values over a range of 10.
    assert found.variances["A5", "score"] == pytest.approx(sum(variance.values()) / 100 / 100, rel=0.03)


def test_uniform_intervals_have_a_third_of_their_squared_half_width() -> None:
    """An interval counts by (high − low)²/12: the same weight and an interval √12 σ wide share half each."""
    wide = np.sqrt(12.0) * 0.2 / 2
    found = global_sensitivity(
        decision(),
        {"c0": 1, "c1": 1, "c2": 1, "c3": 1},
        "A5",
        "weighted-sum",
        sigma=0,
        uncertainty={"c0": (5 - wide, 5 + wide), "c2": 0.2},
        samples=2048,
    ).of("A5", "score")
    assert found.loc["score of c0", "first_order"] == pytest.approx(0.5, abs=0.02)
    assert found.loc["score of c2", "first_order"] == pytest.approx(0.5, abs=0.02)


def test_the_ishigami_function() -> None:
    """Through our own indices SALib gives Ishigami's: S = .314, .442, 0 and ST = .558, .442, .244 (SALib's tests)."""
    from SALib.sample import sobol
    from SALib.test_functions import Ishigami

    names = ["x1", "x2", "x3"]
    problem = {"num_vars": 3, "names": names, "bounds": [[-np.pi, np.pi]] * 3}
    points = sobol.sample(problem, 4096, calc_second_order=False, seed=1)
    found = sobol_indices(names, Ishigami.evaluate(points))
    assert found["input"].tolist() == names
    assert found["first_order"].to_numpy() == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert found["total"].to_numpy() == pytest.approx([0.558, 0.442, 0.244], abs=0.03)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("topsis", {}),
        ("topsis", {"normalization": "vector"}),
        ("promethee-ii", {}),
        ("weighted-sum", {}),
        ("weighted-sum", {"normalization": "minmax"}),
        ("weighted-product", {}),
        ("vikor", {}),
    ],
    ids=str,
)
@pytest.mark.parametrize("uncertainty", [None, {"c1": 0.5, "c2": (3.0, 6.0)}], ids=["weights", "scores too"])
def test_against_scoring_every_sample_anew(
    method: str, parameters: dict[str, str], uncertainty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rank and score in every sample equal `wb.rank` on the drawn table with the drawn weights."""
    seen: list[Any] = []

    def watched(names: Any, values: Any, seed: int) -> Any:
        seen.append(values)
        return sobol_indices(names, values, seed)

    monkeypatch.setattr("weighbridge.robustness.global_sensitivity.sobol_indices", watched)
    matrix = decision(preference=wb.Preference("linear", q=0.1, p=2.0))
    found = global_sensitivity(matrix, WEIGHTS, "A5", method, samples=8, uncertainty=uncertainty, seed=3, **parameters)
    from SALib.sample import sobol
    from scipy.special import ndtri

    d = 4 if uncertainty is None else 6
    problem = {"num_vars": d, "names": [str(i) for i in range(d)], "bounds": [[0, 1]] * d}
    points = sobol.sample(problem, 8, calc_second_order=False, seed=3)
    assert found.evaluations == len(points) == 8 * (d + 2)
    shares = np.array(list(WEIGHTS.values())) / 10
    for i, point in enumerate(points):
        values = matrix.values.copy()
        weights = shares * np.exp(0.35 * ndtri(point[:4]))
        if uncertainty is not None:
            values[4, 1] += 0.5 * ndtri(point[4])
            values[4, 2] = 3 + 3 * point[5]
        drawn = wb.DecisionMatrix(
            pd.DataFrame(values, index=matrix.labels, columns=list(matrix.names)), matrix.criteria
        )
        ranking = ranked(drawn, method, weights, **parameters)
        assert seen[0][i] == ranking.ranks["A5"]
        score = ranking.scores["A5"] if ranking.higher_is_better else -ranking.scores["A5"]
        score = np.log(score) if method == "weighted-product" else score
        assert seen[1][i] == pytest.approx(score, rel=1e-9)


def test_first_order_indices_of_an_additive_output_sum_to_one() -> None:
    """Where inputs only add up nothing is left for interactions; with weights and scores together something is."""
    fixed = global_sensitivity(
        decision(), WEIGHTS, "A5", "weighted-sum", sigma=0, uncertainty={"c1": 0.4, "c3": 0.2}
    ).of("A5", "score")
    assert fixed["first_order"].sum() == pytest.approx(1, abs=0.05)
    moving = global_sensitivity(decision(), WEIGHTS, "A5").of("A5", "rank")
    assert moving["total"].sum() > moving["first_order"].sum()


@pytest.mark.parametrize("method", ["topsis", "promethee-ii"])
def test_row_order_does_not_matter(method: str) -> None:
    """The same molecule in another row has the same indices, to rounding."""
    matrix = decision(preference=wb.Preference("linear", q=0.1, p=2.0))
    turned = matrix.take(np.arange(20)[::-1])
    given: Any = {"samples": 64, "uncertainty": {"c1": 0.5}}
    one = global_sensitivity(matrix, WEIGHTS, "A5", method, **given).of("A5", "score")
    two = global_sensitivity(turned, WEIGHTS, "A5", method, **given).of("A5", "score")
    np.testing.assert_allclose(two.reindex(one.index), one, rtol=1e-9, atol=1e-9)


def test_a_wider_spread_explains_more() -> None:
    """Doubling one score's standard deviation raises its total index and lowers the others'."""
    narrow, wide = (
        global_sensitivity(decision(), WEIGHTS, "A5", samples=512, uncertainty={"c1": 0.2, "c2": deviation})
        for deviation in (0.2, 0.6)
    )
    before, after = narrow.of("A5", "score")["total"], wide.of("A5", "score")["total"]
    after = after.reindex(before.index)
    assert after["score of c2"] > before["score of c2"]
    assert (after.drop("score of c2") < before.drop("score of c2")).all()
    assert wide.variances["A5", "score"] > narrow.variances["A5", "score"]


def test_the_panel_s_covariance_is_used() -> None:
    """Only the diagonal enters, in the order of the criteria: a weight without spread is no input."""
    covariance = np.diag([0.09, 0.0, 0.01, 0.04])
    covariance[0, 3] = covariance[3, 0] = 0.05
    names = ["c3", "c1", "c2", "c0"]
    weights = wb.Weights({name: WEIGHTS[name] for name in names}, covariance=covariance)
    found = global_sensitivity(decision(), weights, "A5", "weighted-sum", samples=256)
    assert found.indices["input"].unique().tolist() == ["weight of c0", "weight of c2", "weight of c3"]
    assert "leave correlations out" in found.notes[0]


def test_a_criterion_without_weight_is_no_input() -> None:
    """What has no weight today is not varied, and stays without weight."""
    found = global_sensitivity(decision(), {**WEIGHTS, "c2": 0}, "A5", samples=64)
    assert "weight of c2" not in found.indices["input"].tolist()
    assert "0.35" in found.notes[0]


def test_an_output_that_does_not_move() -> None:
    """A molecule that dominates is always first: its indices are 0, and that is said; its score still moves."""
    matrix = table([[9.0, 8.0], [2.0, 3.0], [1.0, 1.0]], bounds=(0, 10))
    found = global_sensitivity(matrix, {"c0": 1, "c1": 1}, "A1", samples=64)
    ranks = found.of("A1", "rank")
    assert (ranks.to_numpy() == 0).all()
    assert found.variances["A1", "rank"] == 0
    assert found.variances["A1", "score"] > 0
    assert "the rank of 'A1' does not move, so its indices are 0" in found.notes
    assert not found.indices.isna().any().any()


def test_a_rank_that_hardly_moves_has_finite_errors() -> None:
    """Where the rank changes in very few samples the estimate is rough, and still a number with an error."""
    matrix = table([[6.0, 5.0], [4.95, 4.0], [1.0, 1.0]], bounds=(0, 10))
    found = global_sensitivity(
        matrix, {"c0": 1, "c1": 1}, "A1", "weighted-sum", sigma=0, uncertainty={"c0": 0.8, "c1": 0.1}, samples=256
    )
    assert 0 < found.variances["A1", "rank"] < 0.02
    assert np.isfinite(found.indices.drop(columns=["molecule", "output", "input"]).to_numpy(dtype=float)).all()


def test_groups_count_as_one_input() -> None:
    """A criterion's weight and score in one group have one index, and the others keep theirs."""
    found = global_sensitivity(
        decision(), WEIGHTS, "A5", samples=256, uncertainty={"c0": 0.3}, groups={"potency": ["c0", "c1"]}
    )
    assert found.indices["input"].unique().tolist() == ["potency", "weight of c2", "weight of c3"]
    assert found.evaluations == 256 * 5
    one = global_sensitivity(decision(), WEIGHTS, "A5", samples=256, groups={"all": list(WEIGHTS)}).of("A5", "score")
    assert one.index.tolist() == ["all"]
    assert one["total"].iloc[0] == pytest.approx(1, abs=0.1)


def test_several_molecules_and_the_same_bytes() -> None:
    """Each molecule has its rows; the same seed gives the same numbers, another seed others, both about the same."""
    call: Any = lambda seed: global_sensitivity(decision(), WEIGHTS, ["A5", "A7"], seed=seed)  # noqa: E731
    one, again, other = call(0), call(0), call(1)
    pd.testing.assert_frame_equal(one.to_frame(), again.to_frame(), check_exact=True)
    assert not one.to_frame().equals(other.to_frame())
    for label in ("A5", "A7"):
        first, second = one.of(label, "score"), other.of(label, "score")
        assert np.abs(first["total"] - second["total"].reindex(first.index)).max() < 0.12
    assert list(one.variances) == [("A5", "rank"), ("A5", "score"), ("A7", "rank"), ("A7", "score")]
    assert repr(one) == "GlobalSensitivity('topsis': 2 molecules, 4 inputs, 1024 samples)"
    assert "<table" in one._repr_html_()
    assert isinstance(one, GlobalSensitivity)
    with pytest.raises(InputError, match="no such output"):
        one.of("A9")


@pytest.mark.parametrize("method", ["topsis", "promethee-ii", "weighted-sum"])
def test_degenerate_tables(method: str) -> None:
    """One molecule is always first; tied molecules keep their rank; one criterion's weight moves nothing."""
    one = global_sensitivity(table([[2, 3]], bounds=(0.5, 10)), {"c0": 1, "c1": 1}, "A1", method, samples=16)
    assert one.variances["A1", "rank"] == 0
    tied = global_sensitivity(table([[2, 3]] * 3, bounds=(0.5, 10)), {"c0": 1, "c1": 1}, "A2", method, samples=16)
    assert tied.variances["A2", "rank"] == 0
    single = global_sensitivity(table([[2], [3]], bounds=(0.5, 10)), {"c0": 1}, "A1", method, samples=16)
    assert single.variances["A1", "score"] == 0
    assert not single.indices.isna().any().any()


def test_without_salib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra is an input error with the command that mends it."""
    monkeypatch.setitem(sys.modules, "SALib.sample.sobol", None)
    with pytest.raises(InputError, match=r"SALib, which is not installed\. pip install 'weighbridge\[robustness\]'"):
        global_sensitivity(decision(), WEIGHTS, "A5")


@pytest.mark.parametrize("samples", [0, 1, 1000, -8, 64.0, True, "many"])
def test_samples_must_be_a_power_of_two(samples: Any) -> None:
    """Sobol's sequence is balanced in powers of 2; anything else is refused before anything is computed."""
    with pytest.raises(InputError, match="samples is no power of 2"):
        global_sensitivity(decision(), WEIGHTS, "A5", samples=samples)


def test_bad_input_is_refused() -> None:
    """Unknown molecules, no molecule, nothing uncertain and weights that do not fit are refused in words."""
    with pytest.raises(InputError, match="no such molecule; found 'Z'"):
        global_sensitivity(decision(), WEIGHTS, ["A5", "Z"])
    with pytest.raises(InputError, match="no molecule to explain"):
        global_sensitivity(decision(), WEIGHTS, [])
    with pytest.raises(InputError, match=r"molecule 'A5': nothing is uncertain.*Give sigma"):
        global_sensitivity(decision(), WEIGHTS, "A5", sigma=0)
    with pytest.raises(InputError, match="has no weight"):
        global_sensitivity(decision(), {"c0": 1}, "A5")
    with pytest.raises(InputError, match="complete ranking"):
        global_sensitivity(decision(), WEIGHTS, "A5", "promethee-i")
    with pytest.raises(InputError, match="no drawn tables"):
        global_sensitivity(decision(), WEIGHTS, "A5", uncertainty=np.zeros((2, 20, 4)))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no such criterion; found 'potency'"):
        global_sensitivity(decision(), WEIGHTS, "A5", uncertainty={"potency": 1.0})


def test_labels_that_are_no_text() -> None:
    """Numbers and tuples are labels too."""
    matrix = decision()
    numbered = wb.DecisionMatrix(matrix.to_frame().set_axis(range(20), axis=0), matrix.criteria)
    assert global_sensitivity(numbered, WEIGHTS, 4, samples=16).variances[4, "rank"] >= 0
    assert set(global_sensitivity(numbered, WEIGHTS, np.array([4, 5]), samples=16).indices["molecule"]) == {4, 5}
    pairs = pd.Index([("x", i) for i in range(20)], tupleize_cols=False)
    paired = wb.DecisionMatrix(matrix.to_frame().set_axis(pairs, axis=0), matrix.criteria)
    assert len(global_sensitivity(paired, weigh(matrix), ("x", 3), samples=16).indices) == 8
