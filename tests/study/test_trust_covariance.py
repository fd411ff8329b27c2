"""The judged shares' uncertainty reaches the criteria's weights, for robustness to sample from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.builders import JUDGEMENTS

from weighbridge.study.study import Study

Load = Callable[..., Study]
DIRECT = (
    JUDGEMENTS + "Ada,sources,public,internal,1/3,\nBen,sources,public,internal,1,\nCem,sources,public,internal,1/2,\n"
)


def covariance_of(load: Load, lam: float) -> np.ndarray:
    """Return the covariance of the log trust shares under a blend."""
    changes = {"trust.use": "blend", "trust.lambda": lam, "trust.reason": "r"}
    used = load(changes, {"judgements.csv": DIRECT}).decide().trust.used
    assert used.covariance is not None
    return used.covariance


def test_a_blend_shrinks_the_judged_covariance(load: Load) -> None:
    """Half a judged reading has a quarter of its variance: (1−λ)²."""
    assert covariance_of(load, 0.5) == pytest.approx(covariance_of(load, 0.0) / 4)


def test_the_evidence_node_knows_that_its_shares_were_judged(load: Load) -> None:
    """The node's report has a covariance and says what it rests on."""
    changes = {"trust.use": "blend", "trust.lambda": 0.5, "trust.reason": "r"}
    decision = load(changes, {"judgements.csv": DIRECT}).decide()
    report = decision.tree.nodes["evidence"]
    assert report.covariance_basis == "of the trust shares"
    assert report.covariance is not None
    assert decision.weights.covariance is not None


def test_rated_shares_bring_no_covariance(load: Load) -> None:
    """Their uncertainty is an interval and is shown as one."""
    decision = load().decide()
    assert decision.trust.used.covariance is None
    assert decision.tree.nodes["evidence"].covariance is None
