"""Rank correlations, concordance, similarity of weights."""

from __future__ import annotations

import numpy as np
import pymcdm.correlations
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.methods.tables import ranked, sample, table

import weighbridge as wb
from weighbridge.errors import InputError
from weighbridge.methods.compare import compare_rankings, kendall_w, weights_similarity

TIED = ([1, 2.5, 2.5, 4, 5], [2, 1, 3, 4.5, 4.5])


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=2, max_size=12))
@settings(max_examples=80, deadline=None)
def test_coefficients_agree_with_scipy(pairs: list[tuple[int, int]]) -> None:
    """Spearman, tau-b and tau-c equal scipy's with any ties; undefined there is None here."""
    x, y = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = wb.rank_correlation(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert found.spearman is None
        assert found.kendall_tau_b is None
        assert found.goodman_kruskal_gamma is None
        return
    assert found.spearman == pytest.approx(scipy.stats.spearmanr(x, y).statistic, abs=1e-12)
    assert found.kendall_tau_b == pytest.approx(scipy.stats.kendalltau(x, y).statistic, abs=1e-12)
    assert found.kendall_tau_c == pytest.approx(scipy.stats.kendalltau(x, y, variant="c").statistic, abs=1e-12)


@pytest.mark.parametrize("step", [1, 37, 2000])
def test_many_molecules_are_counted_as_few_are(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a thousand molecules pairs are counted by sorting: the same numbers, with any ties, all tied included."""
    rng = np.random.default_rng(step)
    x = rng.permutation(1500).astype(float) // step
    y = (x + rng.integers(-40, 41, 1500)) // step
    sorted_way = wb.rank_correlation(x, y)
    monkeypatch.setattr("weighbridge.methods.compare.PAIRWISE", 2000)
    assert sorted_way == wb.rank_correlation(x, y)


@pytest.mark.parametrize("seed", range(5))
def test_coefficients_agree_with_pymcdm(seed: int) -> None:
    """The coefficients for rankings equal pymcdm's on permutations."""
    rng = np.random.default_rng(seed)
    x, y = rng.permutation(9) + 1.0, rng.permutation(9) + 1.0
    found = wb.rank_correlation(x, y)
    peers = pymcdm.correlations
    assert found.weighted_spearman == pytest.approx(peers.rw(x, y), abs=1e-12)
    assert found.ws == pytest.approx(peers.ws(x, y), abs=1e-12)
    assert found.ws_reversed == pytest.approx(peers.ws(y, x), abs=1e-12)
    assert found.kendall_tau_a == pytest.approx(peers.kendall_tau(x, y), abs=1e-12)
    assert found.goodman_kruskal_gamma == pytest.approx(peers.goodman_kruskal_gamma(x, y), abs=1e-12)
    assert found.spearman == pytest.approx(peers.spearman(x, y), abs=1e-12)


def test_the_three_taus_differ_on_ties_and_are_named() -> None:
    """Pymcdm's only tau is tau-a: 0.667 where scipy's tau-b is 0.8."""
    found = wb.rank_correlation([1, 1, 2, 3], [1, 2, 2, 3])
    assert found.kendall_tau_a == pytest.approx(4 / 6)
    assert found.kendall_tau_b == pytest.approx(0.8)
    assert found.kendall_tau_c == pytest.approx(0.75)
    assert found.goodman_kruskal_gamma == pytest.approx(1.0)


def test_ws_weighs_the_top_and_is_not_symmetric() -> None:
    """By hand: only ranks 1 and 3 exchanged, seen from either side."""
    found = wb.rank_correlation([1, 2, 3, 4], [3, 1, 2, 4])
    expected = 1 - (0.5 * 2 / 3 + 0.25 * 1 / 2 + 0.125 * 1 / 2)
    reverse = 1 - (0.125 * 2 / 2 + 0.5 * 1 / 3 + 0.25 * 1 / 2)
    assert found.ws == pytest.approx(expected)
    assert found.ws_reversed == pytest.approx(reverse)
    assert found.ws != found.ws_reversed


def test_identical_and_reversed_rankings_are_at_the_ends() -> None:
    """1 and −1 for the symmetric coefficients."""
    up, down = [1, 2, 3, 4], [4, 3, 2, 1]
    same, opposite = wb.rank_correlation(up, up), wb.rank_correlation(up, down)
    for name in ("spearman", "kendall_tau_a", "kendall_tau_b", "kendall_tau_c", "weighted_spearman"):
        assert getattr(same, name) == pytest.approx(1)
        assert getattr(opposite, name) == pytest.approx(-1)
    assert same.ws == 1


def test_one_molecule_leaves_everything_undefined_but_never_nan() -> None:
    """Every coefficient is None."""
    found = wb.rank_correlation([1], [1])
    assert {getattr(found, name) for name in found.__slots__} == {None}


def test_rankings_are_matched_by_label_and_tied_at_their_average_place() -> None:
    """Two Ranking objects in another row order still compare molecule by molecule."""
    a = ranked(table([[3], [2], [1]]), "weighted-sum", normalization="none")
    shuffled = table([[3], [2], [1]]).take([2, 0, 1])
    b = ranked(shuffled, "weighted-sum", normalization="none")
    assert wb.rank_correlation(a, b).spearman == pytest.approx(1)
    tied = ranked(table([[3], [3], [1]]), "weighted-sum", normalization="none")
    assert wb.rank_correlation(tied, [1.5, 1.5, 3]).ws == pytest.approx(1)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2], [1, 2, 3], "2 and 3 ranks"),
        ([], [], "at least one"),
        ([1, np.nan], [1, 2], "missing"),
        (["a", "b"], [1, 2], "not numbers"),
    ],
)
def test_rankings_that_do_not_fit_are_refused(x: list, y: list, words: str) -> None:
    """Lengths, gaps and text have their messages."""
    with pytest.raises(InputError, match=words):
        wb.rank_correlation(x, y)


def test_rankings_of_other_molecules_are_refused() -> None:
    """The same length with other labels is no comparison."""
    a = ranked(table([[3], [2]]), "borda")
    b = ranked(table([[3], [2], [1]]).take([1, 2]), "borda")
    with pytest.raises(InputError, match="same unique labels"):
        wb.rank_correlation(a, b)


def test_large_rankings_are_counted_in_blocks() -> None:
    """3 000 molecules equal scipy's tau-b."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 50, 3000), rng.normal(size=3000)
    assert wb.rank_correlation(x, y).kendall_tau_b == pytest.approx(scipy.stats.kendalltau(x, y).statistic, abs=1e-12)


def test_comparing_rankings_gives_square_frames() -> None:
    """One row and column a ranking, 1 on the diagonal, WS with the row as reference."""
    values, signs, weights = sample(1, 8, 3)
    matrix = table(values, signs, bounds=(0, 10))
    rankings = {name: ranked(matrix, name, weights) for name in ("topsis", "vikor", "borda")}
    found = compare_rankings(rankings, k=3)
    for frame in (found.kendall_tau_b, found.weighted_spearman, found.ws, found.top_overlap):
        assert list(frame.index) == list(frame.columns) == list(rankings)
        assert np.allclose(np.diag(frame).astype(float), 1)
    assert found.kendall_tau_b.loc["topsis", "vikor"] == found.kendall_tau_b.loc["vikor", "topsis"]
    direct = wb.rank_correlation(rankings["topsis"], rankings["borda"])
    assert found.ws.loc["topsis", "borda"] == direct.ws
    assert found.ws.loc["borda", "topsis"] == direct.ws_reversed


def test_top_overlap_is_the_share_of_common_molecules() -> None:
    """One of three common: 1/3; ties at the cut are in."""
    a = ranked(table([[4], [3], [2], [1]]), "borda")
    b = ranked(table([[4], [1], [3], [2]]), "borda")
    tied = ranked(table([[4], [3], [3], [1]]), "borda")
    found = compare_rankings({"a": a, "b": b, "tied": tied}, k=2)
    assert found.top_overlap.loc["a", "b"] == pytest.approx(1 / 3)
    assert found.top_overlap.loc["a", "tied"] == pytest.approx(2 / 3)
    assert found.k == 2


@pytest.mark.parametrize("k", [0, 1.5, True])
def test_k_must_be_a_whole_number(k: object) -> None:
    """Anything else is refused."""
    with pytest.raises(InputError, match="whole number"):
        compare_rankings({"a": ranked(table([[1], [2]]), "borda")}, k)


def test_nothing_to_compare_is_refused() -> None:
    """An empty mapping has no frames."""
    with pytest.raises(InputError, match="no rankings"):
        compare_rankings({}, 1)


@pytest.mark.parametrize("seed", range(4))
def test_kendall_w_agrees_with_friedman_and_mean_spearman(seed: int) -> None:
    """χ² = k(n − 1)W is scipy's Friedman statistic; without ties r̄ = (kW − 1)/(k − 1)."""
    rng = np.random.default_rng(seed)
    table_ = np.stack([rng.permutation(7) + 1 for _ in range(4)])
    found = kendall_w(table_)
    friedman = scipy.stats.friedmanchisquare(*table_.T)
    assert found.chi2 == pytest.approx(friedman.statistic, abs=1e-10)
    assert found.p_value == pytest.approx(friedman.pvalue, abs=1e-12)
    assert found.mean_spearman == pytest.approx((4 * found.w - 1) / 3, abs=1e-12)
    assert found.w == pytest.approx(found.w_uncorrected)


def test_kendall_w_corrects_for_ties() -> None:
    """With ties the corrected W is larger, and Friedman's statistic goes with it."""
    judges = [[1, 2.5, 2.5, 4], [1, 2, 3.5, 3.5], [2, 1, 3, 4]]
    found = kendall_w(judges)
    friedman = scipy.stats.friedmanchisquare(*np.array(judges).T)
    assert found.w > found.w_uncorrected
    assert found.chi2 == pytest.approx(friedman.statistic, abs=1e-10)


def test_kendall_w_of_judges_who_tie_everything_is_undefined() -> None:
    """None, not NaN; and full agreement is 1."""
    found = kendall_w([[1, 1, 1], [1, 1, 1]])
    assert (found.w, found.chi2, found.p_value, found.mean_spearman) == (None, None, None, None)
    assert kendall_w({"a": [1, 2, 3], "b": [1, 2, 3]}).w == pytest.approx(1)


def test_kendall_w_needs_two_judges() -> None:
    """One ranking agrees with nobody."""
    with pytest.raises(InputError, match="at least two"):
        kendall_w([[1, 2, 3]])


def test_wsc_divides_by_the_whole_product() -> None:
    """All weight on the other criterion is 0 by the definition; pymcdm 1.4.0 says 0.19."""
    assert weights_similarity([0.9, 0.1], [0, 1]).wsc == pytest.approx(0, abs=1e-15)
    assert pymcdm.correlations.wsc([0.9, 0.1], [0, 1]) == pytest.approx(0.19)


def test_wsc2_is_symmetric_and_agrees_with_pymcdm() -> None:
    """1 − half the sum of absolute differences."""
    a, b = [0.5, 0.3, 0.2], [0.2, 0.3, 0.5]
    assert weights_similarity(a, b).wsc2 == pytest.approx(pymcdm.correlations.wsc2(a, b))
    assert weights_similarity(a, b).wsc2 == weights_similarity(b, a).wsc2
    assert weights_similarity(a, a).wsc == 1


def test_weights_are_normalised_and_matched_by_name() -> None:
    """Twice the weights are the same weights, in any order of the names."""
    found = weights_similarity({"a": 2, "b": 6}, wb.Weights({"b": 0.75, "a": 0.25}).to_series())
    assert found.wsc2 == 1
    with pytest.raises(InputError, match="'c'"):
        weights_similarity({"a": 1, "b": 1}, {"a": 1, "c": 1})


def test_a_single_weight_has_no_wsc() -> None:
    """1 − min is 0 for one criterion."""
    assert weights_similarity([1], [1]).wsc is None
    assert weights_similarity([1], [1]).wsc2 == 1


def test_a_ranking_is_no_weight_vector() -> None:
    """The mistake is named."""
    with pytest.raises(InputError, match="no weight vector"):
        weights_similarity(ranked(table([[1], [2]]), "borda"), [1])


def test_average_ranks_matter_to_spearman_only_by_their_order() -> None:
    """Competition ranks and average ranks give one Spearman, and tied input is symmetric."""
    assert wb.rank_correlation([1, 2, 2, 4], [1, 2, 3, 4]).spearman == pytest.approx(
        wb.rank_correlation([1, 2.5, 2.5, 4], [1, 2, 3, 4]).spearman
    )
    assert wb.rank_correlation(*TIED).spearman == pytest.approx(wb.rank_correlation(*TIED[::-1]).spearman)
