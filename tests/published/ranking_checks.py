"""Comparison of answers to published figures, shared by the tests of rankings and of their measures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.testing import assert_allclose
from tests.published.ranking_adapter import solve_ranking


def check(method: str, inputs: dict[str, Any], tolerance: float = 1e-6, **expected: Any) -> None:
    """Compare every expected figure with the answer."""
    found = solve_ranking(method, inputs)
    for key, value in expected.items():
        if isinstance(value, (bool, str)) or (isinstance(value, list) and isinstance(np.ravel(value)[0], str)):
            assert found[key] == value, key
        else:
            assert_allclose(np.asarray(found[key], dtype=float), value, rtol=0, atol=tolerance, err_msg=key)
