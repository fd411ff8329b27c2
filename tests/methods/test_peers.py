"""Every method that comes through pymcdm against its published definition, written as loops."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pymcdm.methods
import pytest
from numpy.testing import assert_allclose
from tests.methods.tables import pairs, ranked, sample, table

from weighbridge.errors import ConventionWarning, InputError
from weighbridge.methods.peers import PEERS


def columns(values):
    return [list(values[:, j]) for j in range(values.shape[1])]


def linear(values, signs):
    """Return x / max for gains, min / x for costs."""
    return np.column_stack(
        [[x / max(c) if s > 0 else min(c) / x for x in c] for c, s in zip(columns(values), signs, strict=True)]
    )


def minmax(values, signs):
    """Min-max turned so that more is better."""
    return np.column_stack(
        [
            [(x - min(c)) / (max(c) - min(c)) if s > 0 else (max(c) - x) / (max(c) - min(c)) for x in c]
            for c, s in zip(columns(values), signs, strict=True)
        ]
    )


def aras(values, signs, weights):
    best = [max(c) if s > 0 else min(c) for c, s in zip(columns(values), signs, strict=True)]
    extended = np.vstack([best, values])
    ratio = np.where(signs > 0, extended, 1 / extended)
    sums = [sum(w * x / sum(c) for w, x, c in zip(weights, row, columns(ratio), strict=True)) for row in ratio]
    return [s / sums[0] for s in sums[1:]]


def cocoso(values, signs, weights):
    r = minmax(values, signs)
    s = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in r]
    p = [sum(x**w for w, x in zip(weights, row, strict=True)) for row in r]
    a = [(x + y) / (sum(s) + sum(p)) for x, y in zip(s, p, strict=True)]
    b = [x / min(s) + y / min(p) for x, y in zip(s, p, strict=True)]
    c = [(0.5 * x + 0.5 * y) / (0.5 * max(s) + 0.5 * max(p)) for x, y in zip(s, p, strict=True)]
    return [(x * y * z) ** (1 / 3) + (x + y + z) / 3 for x, y, z in zip(a, b, c, strict=True)]


def codas(values, signs, weights):
    v = linear(values, signs) * weights
    low = [min(c) for c in columns(v)]
    e = [math.sqrt(sum((x - y) ** 2 for x, y in zip(row, low, strict=True))) for row in v]
    t = [sum(abs(x - y) for x, y in zip(row, low, strict=True)) for row in v]
    scores = [0.0] * len(v)
    for i, k in pairs(len(v)):
        scores[i] += (e[i] - e[k]) + (t[i] - t[k] if abs(e[i] - e[k]) >= 0.02 else 0)
    return scores


def edas(values, signs, weights):
    mean = [sum(c) / len(c) for c in columns(values)]
    away = [[s * (x - a) / a for x, a, s in zip(row, mean, signs, strict=True)] for row in values]
    sp = [sum(w * max(0, d) for w, d in zip(weights, row, strict=True)) for row in away]
    sn = [sum(w * max(0, -d) for w, d in zip(weights, row, strict=True)) for row in away]
    return [(p / max(sp) + 1 - n / max(sn)) / 2 for p, n in zip(sp, sn, strict=True)]


def lmaw(values, signs, weights):
    n, m = values.shape
    lifted = np.column_stack(
        [
            [(x + max(c)) / max(c) if s > 0 else (x + min(c)) / x for x in c]
            for c, s in zip(columns(values), signs, strict=True)
        ]
    )
    scores = []
    for i in range(n):
        total = 0.0
        for j in range(m):
            phi = math.log(lifted[i, j]) / sum(math.log(x) for x in lifted[:, j])
            total += 2 * phi ** weights[j] / ((2 - phi) ** weights[j] + phi ** weights[j])
        scores.append(total)
    return scores


def lopm(values, signs, weights):
    best = [max(c) if s > 0 else min(c) for c, s in zip(columns(values), signs, strict=True)]
    return [
        sum(w * (b / x if s > 0 else x / b) for w, x, b, s in zip(weights, row, best, signs, strict=True))
        for row in values
    ]


def mairca(values, signs, weights):
    n = len(values)
    return [sum(w / n * (1 - r) for w, r in zip(weights, row, strict=True)) for row in minmax(values, signs)]


def marcos(values, signs, weights):
    worst = [min(c) if s > 0 else max(c) for c, s in zip(columns(values), signs, strict=True)]
    r = linear(np.vstack([values, worst]), signs)
    s = [sum(w * x for w, x in zip(weights, row, strict=True)) for row in r]
    plus, minus = [x / sum(weights) for x in s[:-1]], [x / s[-1] for x in s[:-1]]
    scores = []
    for p, q in zip(plus, minus, strict=True):
        fp, fm = q / (p + q), p / (p + q)
        scores.append((p + q) / (1 + (1 - fp) / fp + (1 - fm) / fm))
    return scores


def moora(values, signs, weights):
    norms = [math.sqrt(sum(x * x for x in c)) for c in columns(values)]
    return [sum(s * w * x / n for s, w, x, n in zip(signs, weights, row, norms, strict=True)) for row in values]


def ocra(values, signs, weights):
    cols = columns(values)
    costs, gains = [], []
    for row in values:
        terms = list(zip(row, cols, weights, signs, strict=True))
        costs.append(sum(w * (max(c) - x) / min(c) for x, c, w, s in terms if s < 0))
        gains.append(sum(w * (x - min(c)) / min(c) for x, c, w, s in terms if s > 0))
    total = [a - min(costs) + b - min(gains) for a, b in zip(costs, gains, strict=True)]
    return [x - min(total) for x in total]


def probid(values, signs, weights):
    n = len(values)
    v = values / np.sqrt((values**2).sum(axis=0)) * weights
    ideals = np.column_stack([sorted(c, reverse=bool(s > 0)) for c, s in zip(columns(v), signs, strict=True)])
    scores = []
    half = (n + 1) // 2 if n % 2 else n // 2
    for row in v:
        d = [math.dist(row, ideal) for ideal in ideals]
        near = sum(d[k - 1] / k for k in range(1, half + 1))
        far = sum(d[k - 1] / (n - k + 1) for k in range(half, n + 1))
        scores.append(1 / (1 + (near / far) ** 2) + math.dist(row, ideals.mean(axis=0)))
    return scores


def rafsi(values, signs, weights):
    low, high, first, last = 0.5, 10.0, 1.0, 6.0
    arithmetic, harmonic = (first + last) / 2, 2 / (1 / first + 1 / last)
    scores = []
    for row in values:
        mapped = [(last - first) / (high - low) * x + (high * first - low * last) / (high - low) for x in row]
        parts = [f / (2 * arithmetic) if s > 0 else harmonic / (2 * f) for f, s in zip(mapped, signs, strict=True)]
        scores.append(sum(w * x for w, x in zip(weights, parts, strict=True)))
    return scores


def ram(values, signs, weights):
    shares = values / values.sum(axis=0) * weights
    plus = [sum(x for x, s in zip(row, signs, strict=True) if s > 0) for row in shares]
    minus = [sum(x for x, s in zip(row, signs, strict=True) if s < 0) for row in shares]
    return [(2 + p) ** (1 / (2 + m)) for p, m in zip(plus, minus, strict=True)]


def rim(values, signs, weights):
    scores = []
    for row in values:
        unit = [(x - 0.5) / 9.5 if s > 0 else (10 - x) / 9.5 for x, s in zip(row, signs, strict=True)]
        plus = math.sqrt(sum((w * u - w) ** 2 for w, u in zip(weights, unit, strict=True)))
        minus = math.sqrt(sum((w * u) ** 2 for w, u in zip(weights, unit, strict=True)))
        scores.append(minus / (plus + minus))
    return scores


def spotis(values, signs, weights):
    return [
        sum(w * abs(x - (10.0 if s > 0 else 0.5)) / 9.5 for w, x, s in zip(weights, row, signs, strict=True))
        for row in values
    ]


def waspas(values, signs, weights):
    r = linear(values, signs)
    return [
        0.5 * sum(w * x for w, x in zip(weights, row, strict=True))
        + 0.5 * math.prod(x**w for w, x in zip(weights, row, strict=True))
        for row in r
    ]


LOOPS = {
    f.__name__: f
    for f in (
        aras,
        cocoso,
        codas,
        edas,
        lmaw,
        lopm,
        mairca,
        marcos,
        moora,
        ocra,
        probid,
        rafsi,
        ram,
        rim,
        spotis,
        waspas,
    )
}


def test_every_peer_has_a_loop() -> None:
    """No method is offered that these tests do not define independently."""
    assert set(LOOPS) == {peer.name for peer in PEERS}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.parametrize("n", [6, 7])
@pytest.mark.parametrize("seed", range(4))
def test_scores_equal_the_published_definition(peer, n: int, seed: int) -> None:
    """With gains and costs, an even and an odd number of molecules."""
    values, signs, weights = sample(seed, n, 4)
    ranking = ranked(table(values, signs, bounds=(0.5, 10.0)), peer.name, weights)
    assert_allclose(ranking.scores_array, LOOPS[peer.name](values, signs, weights), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_orientation_in_the_table_is_the_true_one(peer) -> None:
    """A molecule that is best on everything is never behind one that is worst on everything."""
    # A molecule worst on everything leaves CoCoSo undefined.
    values = [[9, 1], [1, 4], [4, 9], [5, 5]] if peer.name == "cocoso" else [[9, 1], [1, 9], [5, 4], [4, 6]]
    ranks = ranked(table(values, [1, -1], bounds=(0.5, 10.0)), peer.name).ranks
    assert ranks.iloc[0] < ranks.iloc[1]


def test_lopm_ranks_low_first_where_pymcdm_ranks_high_first() -> None:
    """The peer pymcdm spells the attribute wrongly, so its rank() turns the order round."""
    values, signs, weights = np.array([[9.0], [1.0]]), np.array([1]), np.array([1.0])
    method = pymcdm.methods.LoPM()
    assert method.rank(method(values, weights, signs, validation=False)).tolist() == [2, 1]
    assert ranked(table(values), "lopm").ranks.tolist() == [1, 2]


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_no_warning_advises_deleting_the_best_molecule(peer) -> None:
    """The peer pymcdm warns about dominant alternatives; its warnings do not leak."""
    values = [[9, 8], [2, 3], [3, 1]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranked(table(values, bounds=(0.5, 10.0)), peer.name)


@pytest.mark.parametrize("peer", [p for p in PEERS if p.ratio], ids=lambda peer: peer.name)
def test_ratio_methods_refuse_interval_scales_and_warn_where_undeclared(peer) -> None:
    """pIC50 divided by pIC50 means nothing."""
    with pytest.raises(InputError, match="criterion 'c0'"):
        ranked(table([[5.0], [6.0]], scale="interval"), peer.name)
    with pytest.warns(ConventionWarning, match="c0"):
        ranked(table([[5.0], [6.0]], scale=None), peer.name)


@pytest.mark.parametrize("peer", [p for p in PEERS if not p.ratio], ids=lambda peer: peer.name)
def test_difference_methods_accept_interval_scales(peer) -> None:
    """They do not ask for a true zero."""
    matrix = table([[5.0, 3.0], [6.0, 2.0], [7, 4]], scale="interval", bounds=(0, 10))
    values = [[5.0, 3.0], [6.0, 2.0], [7, 1]] if peer.name == "cocoso" else None
    matrix = matrix if values is None else table(values, scale="interval", bounds=(0, 10))
    assert np.isfinite(ranked(matrix, peer.name).scores_array).all()


@pytest.mark.parametrize("peer", [p for p in PEERS if p.sign != "any"], ids=lambda peer: peer.name)
def test_values_of_the_wrong_sign_are_refused_before_the_call(peer) -> None:
    """The row and column are named."""
    with pytest.raises(InputError, match="row 'A2', column 'c0'"):
        ranked(table([[1, 2], [-1, 3]]), peer.name)


@pytest.mark.parametrize("peer", [p for p in PEERS if p.bounds], ids=lambda peer: peer.name)
def test_declared_ranges_are_asked_for(peer) -> None:
    """All criteria that lack one are named; those of weight 0 need none."""
    with pytest.raises(InputError, match="2 faults"):
        ranked(table([[1, 2], [2, 3]]), peer.name)


def test_a_criterion_without_weight_is_left_out_and_named() -> None:
    """x⁰ = 1 would let it move CoCoSo; it moves nothing, and the note says so."""
    values = [[5.0, 3.0, 1], [6.0, 2.0, 9], [7, 1, 4]]
    zero = ranked(table(values), "cocoso", [0.5, 0.5, 0])
    without = ranked(table(np.array(values)[:, :2]), "cocoso", [0.5, 0.5])
    assert_allclose(zero.scores_array, without.scores_array, rtol=0, atol=1e-15)
    assert any("weight 0" in note and "c2" in note for note in zero.notes)


@pytest.mark.parametrize("name", ["rafsi", "rim"])
def test_values_outside_the_range_are_refused_where_undefined(name: str) -> None:
    """RIM of pymcdm returns NaN there; the row is named."""
    matrix = table([[11], [5]], bounds=(0, 10), outside="extend")
    with pytest.raises(InputError, match=r"row 'A1', column 'c0'.*0 to 10"):
        ranked(matrix, name)


def test_spotis_measures_from_an_expected_point() -> None:
    """A molecule at the point has the distance 0; a point outside the ranges is refused."""
    matrix = table([[5, 5], [9, 1]], bounds=(0, 10))
    assert ranked(matrix, "spotis", esp=[5, 5]).scores_array.tolist() == [0, pytest.approx(0.4)]
    with pytest.raises(InputError, match="criterion 'c1': esp lies outside"):
        ranked(matrix, "spotis", esp={"c0": 5, "c1": 11})


def test_rim_equals_topsis_with_bounds() -> None:
    """Two routes to the same figure."""
    values, signs, weights = sample(9, 6, 3)
    matrix = table(values, signs, bounds=(0, 10))
    assert_allclose(
        ranked(matrix, "rim", weights).scores_array, ranked(matrix, "topsis", weights).scores_array, atol=1e-14
    )


def test_cocoso_refuses_a_molecule_that_is_worst_on_everything() -> None:
    """Its k_b divides by that molecule's score of 0; the row is named."""
    with pytest.raises(InputError, match=r"row 'A2'.*worst on every criterion"):
        ranked(table([[5, 6], [1, 1], [4, 9]]), "cocoso")


def test_parameters_reach_pymcdm() -> None:
    """All weight on the sum turns WASPAS into the linear weighted sum, and is recorded."""
    values, signs, weights = sample(3, 5, 3)
    ranking = ranked(table(values, signs), "waspas", weights, balance=1.0)
    assert_allclose(ranking.scores_array, linear(values, signs) @ weights, atol=1e-14)
    assert ranking.parameters == {"balance": 1.0}
    with pytest.raises(InputError, match="balance is out of range"):
        ranked(table(values, signs), "waspas", weights, balance=2)
    with pytest.raises(InputError, match="n1 is not smaller"):
        ranked(table(values, signs, bounds=(0, 10)), "rafsi", weights, n1=7.0)


@pytest.mark.parametrize("name", ["codas", "probid", "lmaw"])
def test_methods_that_do_not_scale_say_how_many_molecules_they_take(name: str) -> None:
    """A quadratic loop or an overflowing product is refused, not started."""
    with pytest.raises(InputError, match=r"not offered for so many molecules.*found 2001"):
        ranked(table(np.ones((2001, 1))), name)


def test_moora_without_costs_is_defined() -> None:
    """The peer pymcdm refuses a table without a cost; the definition does not."""
    assert_allclose(ranked(table([[3], [4]]), "moora").scores_array, [0.6, 0.8], atol=1e-15)
