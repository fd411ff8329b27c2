"""Details that are computed when somebody looks."""

from __future__ import annotations

import numpy as np
import pytest

from weighbridge.methods.on_demand import OnDemand


def made(calls: list[str]) -> OnDemand:
    """Return two known and computed arrays that note when they are computed."""

    def compute() -> dict[str, np.ndarray]:
        calls.append("computed")
        return {"b": np.ones(2), "c": np.zeros(2)}

    return OnDemand({"a": np.arange(2.0)}, ("b", "c"), compute)


def test_what_is_known_computes_nothing() -> None:
    """Names, length and known arrays are free."""
    calls: list[str] = []
    details = made(calls)
    assert list(details) == ["a", "b", "c"]
    assert len(details) == 3
    assert "b" not in list(details)[:1]
    assert details["a"].tolist() == [0.0, 1.0]
    assert calls == []


def test_the_rest_is_computed_once() -> None:
    """The first look at one of them brings all."""
    calls: list[str] = []
    details = made(calls)
    assert details["c"].tolist() == [0.0, 0.0]
    assert details["b"] is details["b"]
    assert calls == ["computed"]
    assert {name: array.tolist() for name, array in details.items()} == {"a": [0, 1], "b": [1, 1], "c": [0, 0]}
    assert calls == ["computed"]


def test_an_unknown_name_computes_nothing() -> None:
    """A mistyped name is a KeyError as in any mapping."""
    calls: list[str] = []
    with pytest.raises(KeyError, match="d_plus"):
        made(calls)["d_plus"]
    assert calls == []
