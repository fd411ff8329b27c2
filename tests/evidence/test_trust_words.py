"""How trust shares show themselves in a console and a notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builders import write_small_study

from weighbridge.core.weights import Weights
from weighbridge.evidence.trust import Trust
from weighbridge.study.study import Study


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """Return the trust shares of the small study."""
    return Study.load(write_small_study(tmp_path_factory.mktemp("study"))).decide().trust


def test_trust_is_one_line(trust: Trust) -> None:
    """Rule and shares, and no frames."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in trust.used.items())
    assert repr(trust) == f"Trust(rated: {shares})"


def test_a_rating_is_one_line(trust: Trust) -> None:
    """How many sources by how many indicators, and what came out."""
    assert trust.rated is not None
    assert repr(trust.rated).startswith("Rating(2 sources by 2 indicators: public ")


def test_a_notebook_shows_every_reading(trust: Trust) -> None:
    """A table of sources and readings in per cent."""
    html = trust._repr_html_()
    for word in ("public", "internal", "rated low", "used", "%"):
        assert word in html


@pytest.mark.parametrize("show", [repr, Weights._repr_html_])
def test_weights_look_the_same_each_time(show: Callable[[Weights], str], tmp_path: Path) -> None:
    """A notebook's diff once changed with every run by a random id."""
    weights = Weights({"a": 1, "b": 2})
    assert show(weights) == show(Weights({"a": 1, "b": 2}))
