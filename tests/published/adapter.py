"""One entrance for published cases: `solve(method, inputs)` over the public API.

Methods that no issue has delivered yet raise NotImplementedError, as the case format asks.
"""

from __future__ import annotations

from typing import Any

from tests.published.ahp_adapter import solve_ahp
from tests.published.ranking_adapter import solve_ranking
from tests.published.smaa_adapter import solve_smaa
from tests.published.stability_adapter import solve_stability


def solve(method: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the answers to one case; raise for inputs that must be refused."""
    if method.startswith("smaa2"):
        return solve_smaa(method, inputs)
    if method in ("weight_stability", "weight_sensitivity"):
        return solve_stability(method, inputs)
    return solve_ahp(method, inputs) if method.startswith("ahp.") else solve_ranking(method, inputs)
