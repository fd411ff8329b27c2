"""Published correlations, aggregations and objective weights, typed in with their sources."""

from __future__ import annotations

from tests.published.ranking_checks import check


def test_rank_correlation_of_salabun_and_urbaniak() -> None:
    """Sałabun and Urbaniak (2020), ICCS: ranks 2 and 3 exchanged."""
    check(
        "rank_correlation",
        {"x": [1, 2, 3, 4, 5], "y": [1, 3, 2, 4, 5]},
        spearman=0.9,
        weighted_spearman_rw=0.8833,
        WS=0.8542,
        tau_a=0.8,
        tau_b=0.8,
        tau_c=0.8,
        tolerance=6e-5,
    )


def test_borda_and_copeland_of_jmcdm() -> None:
    """JMcDM testborda.jl: four rankings of six alternatives that end in three ties."""
    check(
        "rank_aggregation",
        {"rankings": [[1, 2, 3, 4, 5, 6], [2, 1, 3, 4, 5, 6], [4, 3, 1, 2, 6, 5], [4, 3, 2, 1, 6, 5]]},
        borda_rank_sum=[11, 9, 9, 11, 22, 22],
        copeland_wins_minus_losses=[1, 3, 3, 1, -4, -4],
    )


def test_critic_of_its_authors() -> None:
    """Diakoulaki et al. (1995), Computers & Operations Research 22(7): with negative values."""
    check(
        "weights.critic",
        {
            "matrix": [
                [61.0, 1.08, 4.33],
                [20.7, 0.26, 4.34],
                [16.3, 1.98, 2.53],
                [9.0, 3.29, 1.65],
                [5.4, 2.77, 2.33],
                [4.0, 4.12, 1.21],
                [-6.1, 3.52, 2.1],
                [-34.6, 3.31, 0.98],
            ],
            "types": [1, 1, 1],
        },
        weights=[0.20222554, 0.48090173, 0.31687273],
    )


def test_merec_of_its_authors() -> None:
    """Keshavarz-Ghorabaee et al. (2021), Symmetry 13(4), 525, section 3.2: printed to 4 decimals."""
    check(
        "weights.merec",
        {
            "matrix": [
                [450, 8000, 54, 145],
                [10, 9100, 2, 160],
                [100, 8200, 31, 153],
                [220, 9300, 1, 162],
                [5, 8400, 23, 158],
            ],
            "types": [1, 1, -1, -1],
        },
        weights=[0.5752, 0.0141, 0.4016, 0.0091],
        tolerance=6e-5,
    )


def test_entropy_of_three_packages_with_a_zero() -> None:
    """Agreement of pyDecision, pyrepo-mcda and scikit-criteria where a cell is 0."""
    check(
        "weights.entropy",
        {"matrix": [[0, 2, 5], [1, 5, 3], [2, 4, 4]]},
        weights=[0.847, 0.114, 0.039],
        tolerance=5e-4,
    )


def test_kendall_w_by_hand() -> None:
    """Three judges, four items: rank sums 4, 5, 9, 12, S = 41, W = 12·41/(9·60)."""
    check(
        "kendall_w",
        {"rankings": [[1, 2, 3, 4], [2, 1, 3, 4], [1, 2, 3, 4]]},
        W_uncorrected=12 * 41 / 540,
        W_tie_corrected=12 * 41 / 540,
        friedman_chi2=3 * 3 * 12 * 41 / 540,
        mean_pairwise_spearman=(3 * 12 * 41 / 540 - 1) / 2,
    )


def test_weights_similarity_by_hand() -> None:
    """Σ|a − b| = 0.6, min a = 0.2: 1 − 0.6/1.6 and 1 − 0.3."""
    check("weights.similarity", {"reference": [0.5, 0.3, 0.2], "other": [0.2, 0.3, 0.5]}, WSC=0.625, WSC2=0.7)
