"""Trust shares inside a group that holds some of the sources only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.builders import LEFT_OUT

from weighbridge.study.study import Study

ALONE = {
    "tree.evidence.children": ["public_score"],
    "criteria.internal_score": LEFT_OUT,
}


def test_a_share_within_a_group_says_what_it_is_a_share_of(load: Callable[..., Study]) -> None:
    """Where a group has some of the sources only, the ticket showed 0.3 behind a share of 1."""
    decision = load(ALONE).decide()
    share = decision.trust.used["public"]
    line = decision.weights.explain("public_score").parts[1]
    assert line.value == 1.0
    assert [part.value for part in line.parts] == [pytest.approx(share)]
    assert line.how == f"{share:.3g} of the {share:.3g} that the sources here have together"


def test_a_share_of_everything_is_shown_as_it_is(load: Callable[..., Study]) -> None:
    """With all sources in the group there is nothing to divide, and no line says so."""
    decision = load().decide()
    line = decision.weights.explain("public_score").parts[1]
    assert line.value == pytest.approx(decision.trust.used["public"])
    assert "together" not in line.how


def test_the_shares_on_a_path_multiply_to_the_weight(load: Callable[..., Study]) -> None:
    """Every weight is the product of the numbers its ticket shows."""
    for changes in (None, ALONE):
        decision = load(changes).decide()
        for name, weight in decision.weights.items():
            product = 1.0
            for part in decision.weights.explain(name).parts:
                assert part.value is not None
                product *= part.value
            assert product == pytest.approx(weight)
