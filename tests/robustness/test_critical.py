"""Critical changes of weights: the published example, and what a change does when it is made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.robustness.stability_problems import matrix_of, named

import weighbridge as wb
from weighbridge.robustness.critical import critical_changes, critical_deltas
from weighbridge.robustness.forms import LinearForm, scorer
from weighbridge.robustness.stability import stability_intervals

VALUES = [
    [0.3088, 0.2897, 0.3867, 0.1922],
    [0.2163, 0.3458, 0.1755, 0.6288],
    [0.4509, 0.2473, 0.1194, 0.0575],
    [0.0240, 0.1172, 0.3184, 0.1215],
]
WEIGHTS = [0.3277, 0.3058, 0.2876, 0.0790]
"""Triantaphyllou and Sánchez (1997), the example of section 4.1: four alternatives, four criteria."""


def test_the_published_example() -> None:
    """δ and δ′ by theorem 1; percent-top is the third criterion with 64.9 %, percent-any the first with 18.9 %."""
    changes = critical_changes(matrix_of(VALUES), named(WEIGHTS))
    assert changes.labels == ("A1", "A2", "A3", "A4")
    np.testing.assert_allclose(changes.scores, [0.3162, 0.2768, 0.2621, 0.1449], atol=2e-4)
    first = changes.percent[0, 1]
    assert np.isnan(first[0])
    np.testing.assert_allclose(first[1:], [-229.7, 64.88, -114.25], atol=0.02)
    assert changes.percent_top_critical == "c2"
    assert changes.percent_any_critical == "c0"
    assert changes.percent[1, 2, 0] == pytest.approx(-18.874, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 5))
def test_the_change_makes_the_two_equal(seed: int, n: int, m: int) -> None:
    """With w_k − δ the two score alike; a little more reverses them, and what is NaN cannot."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((n, m)), rng.dirichlet(np.ones(m))
    order = np.argsort(-(values @ weights))
    deltas = critical_deltas(values, weights, order)
    for i in range(n):
        for j in range(n):
            for k in range(m):
                delta = deltas[i, j, k]
                one, two = values[order[i]], values[order[j]]
                if i >= j:
                    assert np.isnan(delta)
                elif np.isnan(delta):
                    slope, lead = one[k] - two[k], (one - two) @ weights
                    assert slope == 0 or (slope > 0 and lead / slope > weights[k] - 1e-12)
                else:
                    changed = weights.copy()
                    changed[k] -= delta
                    assert changed[k] >= -1e-12
                    assert (one - two) @ changed == pytest.approx(0, abs=1e-9 * (1 + abs(delta)))
                    changed[k] -= 1e-3 * np.sign(delta)
                    assert (one - two) @ changed < 1e-9


def test_columns_are_units_of_their_own() -> None:
    """A frame has one row a pair and criterion; a criterion without weight has no percentage."""
    changes = critical_changes(matrix_of([[0.9, 0.1], [0.2, 0.8]]), named([1.0, 0.0]))
    frame = changes.to_frame()
    assert frame[["ahead", "behind", "criterion"]].to_numpy().tolist() == [["A1", "A2", "c0"], ["A1", "A2", "c1"]]
    assert frame["absolute"].tolist() == pytest.approx([1.0, -1.0])
    assert np.isnan(changes.percent[0, 1, 1])
    assert changes.percent_top_critical == "c0"
    assert "top 'c0'" in repr(changes)
    assert "A1" in changes._repr_html_()


def test_nothing_to_reverse() -> None:
    """One molecule has no pair, a dominated one no change; neither has a critical criterion."""
    assert critical_changes(matrix_of([[0.5, 0.5]]), named([0.5, 0.5])).percent_any_critical is None
    dominated = critical_changes(matrix_of([[0.9, 0.9], [0.1, 0.1]]), named([0.5, 0.5]))
    assert dominated.percent_top_critical is None


def test_tied_molecules_are_reversed_by_nothing() -> None:
    """δ = 0 for a tie, never −0."""
    changes = critical_changes(matrix_of([[0.9, 0.1], [0.1, 0.9]]), named([0.5, 0.5]))
    assert changes.absolute[0, 1].tolist() == [0.0, 0.0]
    assert not np.signbit(changes.absolute[0, 1]).any()


def test_only_the_first_are_compared() -> None:
    """`molecules` caps the pairs."""
    changes = critical_changes(matrix_of(VALUES), named(WEIGHTS), molecules=2)
    assert changes.labels == ("A1", "A2")


def test_what_is_refused() -> None:
    """TOPSIS, and numbers of molecules that are none."""
    with pytest.raises(wb.InputError, match=r"no closed form.*stability_intervals"):
        critical_changes(matrix_of(VALUES), named(WEIGHTS), "topsis")
    for molecules in (0, True, 2.5):
        with pytest.raises(wb.InputError, match="whole number"):
            critical_changes(matrix_of(VALUES), named(WEIGHTS), molecules=molecules)


@pytest.mark.parametrize("method", ["weighted-sum", "promethee-ii", "weighted-product"])
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_least_change_of_the_first_is_an_end_of_its_interval(method: str, seed: int) -> None:
    """A weight less δ, all normalised again, is where the stability interval of the first place ends."""
    rng = np.random.default_rng(seed)
    matrix = matrix_of(rng.random((5, 3)) * 0.9 + 0.05, scale="ratio")
    weights = rng.dirichlet(np.ones(3))
    deltas = critical_changes(matrix, named(weights), method).absolute[0]
    for k, one in enumerate(stability_intervals(matrix, named(weights), method).values()):
        own = deltas[~np.isnan(deltas[:, k]), k]
        for end, comer, sizes in (
            (one.low, one.overtaker_low, own[own > 0]),
            (one.high, one.overtaker_high, own[own < 0]),
        ):
            if comer is None:
                assert sizes.size == 0
            else:
                delta = sizes[np.abs(sizes).argmin()]
                assert (weights[k] - delta) / (1 - delta) == pytest.approx(end, abs=1e-9)


@pytest.mark.parametrize("method", ["weighted-sum", "promethee-ii", "weighted-product"])
def test_every_linear_method_is_compared_by_its_own_scores(method: str) -> None:
    """Labels, scores and δ are those of the method's form, pair by pair."""
    rng = np.random.default_rng(3)
    matrix, weights = matrix_of(rng.random((6, 3)) * 0.9 + 0.05, scale="ratio"), named([0.5, 0.3, 0.2])
    form = scorer(matrix, method).form
    assert isinstance(form, LinearForm)
    changes = critical_changes(matrix, weights, method)
    assert list(changes.labels) == list(wb.rank(matrix, weights, method).scores.sort_values(ascending=False).index)
    rows = [matrix.labels.get_loc(label) for label in changes.labels]
    np.testing.assert_allclose(changes.scores, (form.values @ [0.5, 0.3, 0.2])[rows], rtol=0, atol=1e-15)
    for i in range(6):
        for j in range(i + 1, 6):
            lead, slope = changes.scores[i] - changes.scores[j], form.values[rows[i]] - form.values[rows[j]]
            expected = np.where(lead / slope <= [0.5, 0.3, 0.2], lead / slope, np.nan)
            np.testing.assert_allclose(changes.absolute[i, j], expected, rtol=1e-9, atol=1e-14)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), factor=st.floats(1e-6, 1e6), offset=st.floats(-1e3, 1e3))
def test_scale_and_offset_of_the_scores_do_not_matter(seed: int, factor: float, offset: float) -> None:
    """δ is a weight: values times one number plus another leave it."""
    rng = np.random.default_rng(seed)
    values, weights = rng.random((5, 3)), rng.dirichlet(np.ones(3))
    order = np.argsort(-(values @ weights))
    plain = critical_deltas(values, weights, order)
    moved = critical_deltas(factor * (values + offset), weights, order)
    far = np.isnan(plain) | (np.abs(plain - weights) < 1e-6)  # on the brink of what the weight can fall
    np.testing.assert_allclose(moved[~far], plain[~far], rtol=1e-5, atol=1e-6)


def test_the_critical_criterion_is_the_least_percentage() -> None:
    """Brute force over pairs: any of them, and those with the first."""
    rng = np.random.default_rng(4)
    values, weights = rng.random((7, 4)), rng.dirichlet(np.ones(4))
    changes = critical_changes(matrix_of(values), named(weights))
    for chosen, name in ((range(7), changes.percent_any_critical), (range(1), changes.percent_top_critical)):
        least = min(
            (abs(changes.percent[i, j, k]), f"c{k}")
            for i in chosen
            for j in range(i + 1, 7)
            for k in range(4)
            if not np.isnan(changes.percent[i, j, k])
        )
        assert name == least[1]


def test_a_weight_can_fall_to_nought_and_no_further() -> None:
    """δ = w is a change, to the weight 0; a larger one is none."""
    values = np.array([[1.0, 0.5], [0.0, 0.5], [0.0, 0.4]])
    deltas = critical_deltas(values, np.array([0.5, 0.5]), np.arange(3))
    assert deltas[0, 1].tolist() == [0.5, pytest.approx(np.nan, nan_ok=True)]
    assert np.isnan(deltas[0, 2]).all()


def test_ties_keep_the_order_of_the_rows() -> None:
    """Equal molecules are listed as they stand, and no change parts twins."""
    changes = critical_changes(matrix_of([[0.2, 0.2], [0.7, 0.7], [0.7, 0.7]]), named([0.5, 0.5]))
    assert changes.labels == ("A2", "A3", "A1")
    assert np.isnan(changes.absolute[0, 1]).all()


def test_the_table_of_pairs_is_complete() -> None:
    """N (n − 1)/2 pairs on m criteria, every number where the arrays have it."""
    changes = critical_changes(matrix_of(VALUES), named(WEIGHTS))
    frame = changes.to_frame()
    assert len(frame) == 6 * 4
    for (ahead, behind, name), row in frame.set_index(["ahead", "behind", "criterion"]).iterrows():
        place = changes.labels.index(ahead), changes.labels.index(behind), changes.criteria.index(name)
        np.testing.assert_equal(row.to_numpy(dtype=float), [changes.absolute[place], changes.percent[place]])


def test_one_criterion_carries_everything() -> None:
    """Its weight falling to 0 would tie all: δ = 100 % for every pair."""
    frame = pd.DataFrame({"x": [0.9, 0.4, 0.1]}, index=["a", "b", "c"])
    matrix = wb.DecisionMatrix(frame, {"x": wb.Criterion(direction="gain", worst=0.0, best=1.0)})
    changes = critical_changes(matrix, {"x": 3.0})
    assert changes.percent[np.triu_indices(3, 1)].ravel().tolist() == [pytest.approx(100.0)] * 3


def test_the_messages_of_what_is_refused() -> None:
    """Word for word, with the way out."""
    with pytest.raises(wb.InputError) as caught:
        critical_changes(matrix_of(VALUES), named(WEIGHTS), "topsis")
    assert str(caught.value) == (
        "critical changes have no closed form; found 'topsis'; expected a method that is linear in the weights. "
        "Use stability_intervals"
    )
    with pytest.raises(wb.InputError) as caught:
        critical_changes(matrix_of(VALUES), named(WEIGHTS), molecules=-1)
    assert str(caught.value) == "molecules is no number; found -1; expected a whole number ≥ 1"
