"""How often methods reverse: the rates that the documents state come out again.

Random tables, one random molecule that is not first deleted: the share of tables in which the first
changes, and in which any two molecules change places. The stated rates are of a sample themselves, whose
size, number of criteria and thresholds are not stated with them: here five criteria, even scores, weights
even on the simplex, linear preference from 0.05 to 0.3 of the range.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests.methods.tables import table

import weighbridge as wb
from weighbridge.robustness.rescoring import rescorer

pytestmark = pytest.mark.nightly

TABLES = 2000
CRITERIA = 5

RATES: dict[tuple[str, str, int], tuple[float, float]] = {
    ("topsis", "vector", 10): (3.3, 32.9),
    ("topsis", "minmax", 10): (1.5, 13.5),
    ("promethee-ii", "", 10): (2.9, 34.4),
    ("weighted-sum", "minmax", 10): (1.7, 18.0),
    ("topsis", "bounds", 10): (0.0, 0.0),
    ("topsis", "vector", 30): (1.0, 70.2),
    ("topsis", "minmax", 30): (0.6, 12.2),
    ("promethee-ii", "", 30): (1.7, 79.9),
    ("weighted-sum", "minmax", 30): (0.2, 15.3),
    ("topsis", "bounds", 30): (0.0, 0.0),
}


def counted(method: str, normalization: str, n: int, tables: int = TABLES) -> tuple[float, float]:
    """Return the percentages of tables in which the first changes, and in which any order does."""
    generator = np.random.default_rng(20)
    parameters: dict[str, Any] = {"normalization": normalization} if normalization else {}
    first = order = 0
    for _ in range(tables):
        values = generator.uniform(0, 1, (n, CRITERIA))
        weights = generator.dirichlet(np.ones(CRITERIA))
        matrix = table(values, bounds=(0.0, 1.0), preference=wb.Preference("linear", q=0.05, p=0.3))
        ready = rescorer(matrix, method, **parameters)
        scores = ready.whole.scores(weights)
        row = int(generator.choice(np.delete(np.arange(n), scores.argmax())))
        before = np.delete(scores, row)
        after = ready.without(row).scores(weights)
        first += int(before.argmax() != after.argmax())
        order += int((np.argsort(before) != np.argsort(after)).any())
    return 100 * first / tables, 100 * order / tables


@pytest.mark.parametrize("way", RATES, ids=str)
def test_the_stated_rates_come_out(way: tuple[str, str, int]) -> None:
    """Each rate is within 2 points of the stated one, beyond what two samples of this size differ by."""
    for found, stated in zip(counted(*way), RATES[way], strict=True):
        share = stated / 100
        chance = 200 * math.sqrt(2 * share * (1 - share) / TABLES)
        assert abs(found - stated) <= 2 + chance
        assert (found == 0) == (stated == 0)
