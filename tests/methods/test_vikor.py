"""VIKOR: loops, pymcdm, 0/0, compromise sets."""

from __future__ import annotations

import numpy as np
import pymcdm.methods
import pytest
from numpy.testing import assert_allclose
from tests.methods.tables import ranked, sample, table

from weighbridge.errors import InputError
from weighbridge.methods.vikor import compromise, vikor


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("v", [0.0, 0.3, 1.0])
def test_agrees_with_pymcdm(seed: int, v: float) -> None:
    """S, R and Q equal pymcdm's to 1e-12 where it is defined."""
    values, signs, weights = sample(seed, 8, 4)
    theirs = pymcdm.methods.VIKOR(v=v)(values, weights, signs, validation=False)
    assert_allclose(ranked(table(values, signs), "vikor", weights, v=v).scores_array, theirs, rtol=0, atol=1e-12)


def test_equals_a_loop_over_the_definition() -> None:
    """S is the sum and R the largest of the weighted relative regrets."""
    values, signs, weights = sample(11, 6, 3)
    group, regret, q = vikor(values, weights, signs, 0.5)
    for i in range(6):
        terms = []
        for j in range(3):
            column = values[:, j] * signs[j]
            terms.append(weights[j] * (max(column) - column[i]) / (max(column) - min(column)))
        assert group[i] == pytest.approx(sum(terms), abs=1e-14)
        assert regret[i] == pytest.approx(max(terms), abs=1e-14)
    assert q.min() >= 0
    assert q.max() <= 1


def test_a_constant_criterion_contributes_nothing() -> None:
    """The peer pymcdm refuses it; here Q is what the other criteria give, with the weights unchanged."""
    ranking = ranked(table([[1, 5], [2, 5], [4, 5]]), "vikor", [0.6, 0.4])
    assert ranking.details["S"].tolist() == pytest.approx([0.6, 0.4, 0.0])
    assert ranking.scores_array.tolist() == pytest.approx([1.0, 2 / 3, 0.0])
    with pytest.raises(ValueError, match="equal values"):
        pymcdm.methods.VIKOR()(np.array([[1.0, 5], [2, 5], [4, 5]]), np.array([0.6, 0.4]), np.ones(2), validation=False)


def test_equal_regrets_leave_the_decision_to_the_group_and_the_reverse() -> None:
    """Where every R is the same its term is 0; where S and R are, all tie at 0."""
    same_regret = ranked(table([[1, 9, 5], [9, 1, 9]]), "vikor", [0.4, 0.4, 0.2])
    assert np.ptp(same_regret.details["R"]) == pytest.approx(0)
    assert same_regret.scores_array.tolist() == [0.5, 0.0]
    both = ranked(table([[1, 9], [9, 1]]), "vikor")
    assert both.scores_array.tolist() == [0.0, 0.0]
    assert both.ties.all()


def test_lower_is_better() -> None:
    """The dominating molecule has Q = 0 and rank 1."""
    ranking = ranked(table([[1, 1], [9, 9], [5, 5]]), "vikor")
    assert ranking.scores_array[1] == 0
    assert ranking.ranks.tolist() == [3, 1, 2]


def test_both_conditions_leave_one_compromise() -> None:
    """A clear first, also first by S and R, is the only one."""
    found = compromise(ranked(table([[9, 9], [1, 2], [2, 1]]), "vikor"))
    assert found.labels == ("A1",)
    assert found.acceptable_advantage
    assert found.acceptable_stability


def test_too_small_an_advantage_widens_the_set_up_to_one_over_n_minus_one() -> None:
    """All whose Q is less than DQ above the first belong to it."""
    ranking = ranked(table([[9.0], [8.9], [8.8], [1.0]]), "vikor")
    found = compromise(ranking)
    assert not found.acceptable_advantage
    assert found.labels == ("A1", "A2", "A3")


def test_an_advantage_of_exactly_dq_is_enough() -> None:
    """C1 is ≥: with n = 3 a lead of ½ is acceptable."""
    ranking = ranked(table([[2.0], [1.0], [0.0]]), "vikor")
    assert ranking.scores_array.tolist() == [0.0, 0.5, 1.0]
    assert compromise(ranking).labels == ("A1",)


def test_an_unstable_first_shares_the_set_with_the_second() -> None:
    """C2 fails where others are first both by S and by R."""
    values = [[5, 6, 0], [3, 7, 0], [4, 3, 4], [2, 8, 9], [8, 1, 5]]
    ranking = ranked(table(values), "vikor", [0.4, 0.3, 0.3])
    assert ranking.labels[ranking.details["S"].argmin()] == "A4"
    assert ranking.labels[ranking.details["R"].argmin()] == "A3"
    found = compromise(ranking)
    assert found.acceptable_advantage
    assert not found.acceptable_stability
    assert found.labels == ("A5", "A3")


def test_a_single_molecule_is_its_own_compromise() -> None:
    """DQ would be 1/0; nothing competes."""
    ranking = ranked(table([[3, 4]]), "vikor")
    assert ranking.scores_array.tolist() == [0.0]
    assert compromise(ranking).labels == ("A1",)


def test_a_tie_for_the_first_place_is_in_the_set_together() -> None:
    """Two molecules with the same Q are both compromises."""
    assert compromise(ranked(table([[9, 9], [9, 9], [1, 1]]), "vikor")).labels == ("A1", "A2")


def test_other_rankings_have_no_compromise_set() -> None:
    """The error names the method."""
    with pytest.raises(InputError, match="'borda'"):
        compromise(ranked(table([[1], [2]]), "borda"))


@pytest.mark.parametrize("v", [-0.1, 1.1, "half", True])
def test_v_must_be_between_zero_and_one(v: object) -> None:
    """Anything else is refused by name."""
    with pytest.raises(InputError, match="v is out of range"):
        ranked(table([[1], [2]]), "vikor", v=v)
