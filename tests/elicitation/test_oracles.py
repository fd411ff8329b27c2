"""Independent programs on the same answers: AHPy and pymcdm."""

from __future__ import annotations

import itertools

import ahpy
import numpy as np
import pytest
from tests.elicitation import strategies

import weighbridge as wb


def draw(seed: int, n: int) -> wb.Comparisons:
    rng = np.random.default_rng(seed)
    pairs = list(itertools.combinations(strategies.labels(n), 2))
    truth = dict(zip(strategies.labels(n), rng.normal(0, 0.7, n), strict=True))
    scale = np.array(strategies.SCALE)
    noisy = [np.exp(truth[a] - truth[b] + rng.normal(0, 0.3)) for a, b in pairs]
    values = [float(scale[np.abs(np.log(scale / value)).argmin()]) for value in noisy]
    return wb.Comparisons(strategies.labels(n), dict(zip(pairs, values, strict=True)))


@pytest.mark.parametrize("n", [3, 4, 6, 8])
@pytest.mark.parametrize("seed", range(3))
def test_complete_sets_agree_with_ahpy(seed: int, n: int) -> None:
    """AHPy's weights and Donegan–Dodd ratio agree to its four digits."""
    ours = draw(seed, n)
    theirs = ahpy.Compare("goal", {(a.a, a.b): a.value for a in ours.answers}, precision=6)
    weights = ours.priorities("eigenvector")
    assert {name: weights[name] for name in theirs.target_weights} == pytest.approx(theirs.target_weights, abs=2e-6)
    assert ours.consistency("donegan-dodd").ratio == pytest.approx(theirs.consistency_ratio, abs=2e-5)


@pytest.mark.parametrize("seed", range(3))
def test_incomplete_sets_agree_with_ahpy(seed: int) -> None:
    """AHPy's cyclic coordinates and our Newton method complete to the same weights."""
    full = draw(seed, 5)
    answers = {(a.a, a.b): a.value for a in full.answers}
    for pair in [("c0", "c3"), ("c1", "c4"), ("c2", "c3")]:
        del answers[pair]
    ours = wb.Comparisons(full.labels, answers).priorities("eigenvector")
    theirs = ahpy.Compare("goal", answers, precision=6).target_weights
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs, abs=2e-4)


@pytest.mark.parametrize("n", [3, 5, 7])
def test_complete_sets_agree_with_pymcdm(n: int) -> None:
    """Pymcdm's eigenvector weights are ours."""
    from pymcdm.weights.subjective import AHP

    ours = draw(11, n)
    scale = np.array(strategies.SCALE)
    matrix = ours.matrix
    for i, j in itertools.product(range(n), repeat=2):
        matrix[i, j] = scale[np.abs(scale - matrix[i, j]).argmin()]
    theirs = AHP(matrix=matrix)
    assert list(ours.priorities("eigenvector").values()) == pytest.approx(theirs(), abs=1e-9)
