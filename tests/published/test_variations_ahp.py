"""Variations of AHP case inputs through the adapter, each answer against numpy or a formula of its own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tests.published.adapter import solve

from weighbridge.errors import InputError

GROUP = [[[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]], [[1, 2, 1 / 2], [1 / 2, 1, 1 / 3], [2, 3, 1]]]


def eigenvector(matrix: Any) -> tuple[Any, float]:
    """Return the principal eigenvector and eigenvalue by numpy."""
    values, vectors = np.linalg.eig(np.array(matrix, dtype=float))
    k = int(values.real.argmax())
    vector = np.abs(vectors[:, k].real)
    return vector / vector.sum(), float(values[k].real)


@pytest.mark.parametrize("shares", [None, [1, 1], [0.7, 0.3], [7, 3]])
def test_groups_by_judgements_and_by_priorities(shares: list[float] | None) -> None:
    """Aggregated judgements and aggregated priorities, with shares of any sum."""
    inputs: dict[str, Any] = {"matrices": GROUP, "criteria": ["a", "b", "c"]}
    found = solve("ahp.group", inputs if shares is None else {**inputs, "expert_weights": shares})
    alpha = np.array(shares or [1, 1]) / sum(shares or [1, 1])
    joint = np.exp(sum(a * np.log(np.array(m)) for a, m in zip(alpha, GROUP, strict=True)))
    assert_allclose(found["AIJ_matrix"], joint, rtol=1e-12)
    assert_allclose(found["AIJ_weights_eigenvector"], eigenvector(joint)[0], atol=1e-10)
    rows = np.exp(np.log(joint).mean(axis=1))
    assert_allclose(found["AIJ_weights_geometric_mean"], rows / rows.sum(), atol=1e-12)
    own = [eigenvector(m)[0] for m in GROUP]
    assert_allclose(found["individual_weights_eigenvector"], own, atol=1e-10)
    assert_allclose(found["AIP_weights_arithmetic"], alpha @ np.array(own), atol=1e-10)
    mean = np.exp(alpha @ np.log(own))
    assert_allclose(found["AIP_weights_geometric_normalised"], mean / mean.sum(), atol=1e-10)
    ratios = [(eigenvector(m)[1] - 3) / 2 / 0.58 for m in GROUP]
    assert_allclose(found["individual_CR_saaty1980"], ratios, atol=1e-10)


@pytest.mark.parametrize("maximum", [None, 9, 5, 100])
def test_consensus_by_its_formula(maximum: float | None) -> None:
    """All six figures; M is 9 where the case names none."""
    inputs = {"matrices": GROUP} if maximum is None else {"matrices": GROUP, "scale_max_M": maximum}
    found = solve("ahp.group", inputs)["consensus"]
    table = np.array([eigenvector(m)[0] for m in GROUP])
    alpha = float(-(table * np.log(table)).sum(axis=1).mean())
    mean = table.mean(axis=0)
    gamma = float(-(mean * np.log(mean)).sum())
    n, top = 3, maximum or 9
    least = -top / (n + top - 1) * math.log(top / (n + top - 1)) - (n - 1) / (n + top - 1) * math.log(1 / (n + top - 1))
    cor = math.exp(least) / n
    expected = {
        "H_alpha": alpha,
        "H_gamma": gamma,
        "H_beta": gamma - alpha,
        "D_beta": math.exp(gamma - alpha),
        "S": (math.exp(alpha - gamma) - 1 / n) / (1 - 1 / n),
        "S_star": (math.exp(alpha - gamma) - cor) / (1 - cor),
    }
    assert found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("labels", [None, ["x", "y", "z"]])
def test_weights_of_one_matrix(labels: list[str] | None) -> None:
    """Both methods, the eigenvalue and the geometric index; the best by label or by number."""
    matrix = GROUP[0]
    found = solve("ahp.weights", {"matrix": matrix} if labels is None else {"matrix": matrix, "labels": labels})
    weights, root = eigenvector(matrix)
    rows = np.exp(np.log(np.array(matrix)).mean(axis=1))
    geometric = rows / rows.sum()
    assert_allclose(found["weights_eigenvector"], weights, atol=1e-10)
    assert_allclose(found["weights_geometric_mean"], geometric, atol=1e-12)
    assert found["lambda_max"] == pytest.approx(root)
    assert found["CI"] == pytest.approx((root - 3) / 2)
    errors = [math.log(matrix[i][j] * geometric[j] / geometric[i]) ** 2 for i in range(3) for j in range(i + 1, 3)]
    assert found["GCI"] == pytest.approx(2 / (2 * 1) * sum(errors))
    assert found["best_by_eigenvector"] == ("x" if labels else 0)


@pytest.mark.parametrize("missing", [None, "null"])
def test_an_incomplete_matrix_has_the_least_eigenvalue(missing: str | None) -> None:
    """No other value in the gap gives a smaller eigenvalue, found by a grid."""
    matrix: list[list[float | None]] = [
        [1, 2, 4, None],
        [1 / 2, 1, 3, 2],
        [1 / 4, 1 / 3, 1, 5],
        [None, 1 / 2, 1 / 5, 1],
    ]
    found = solve("ahp.incomplete", {"matrix": matrix, "missing": missing})

    def root(value: float) -> float:
        filled = np.array([[np.nan if v is None else v for v in row] for row in matrix])
        filled[0, 3], filled[3, 0] = value, 1 / value
        return eigenvector(filled)[1]

    grid = np.exp(np.linspace(-3, 4, 1401))
    assert found["lambda_max"] <= min(root(v) for v in grid) + 1e-9
    assert found["lambda_max"] == pytest.approx(root(found["missing_entry_0_3"]), abs=1e-9)
    assert sum(found["weights_llsm"]) == pytest.approx(1)


def test_validation_cases_are_refused_all_together() -> None:
    """A case that must be refused raises; one good matrix among bad ones is reported instead."""
    bad = {"negative": [[1, -2], [-0.5, 1]], "not_reciprocal": [[1, 3], [3, 1]], "zero": [[1, 0], [0, 1]]}
    with pytest.raises(InputError, match="3 faults"):
        solve("ahp.validation", {"matrices": bad})
    assert set(solve("ahp.validation", {"matrices": {**bad, "good": [[1, 2], [0.5, 1]]}})) == {"good"}
