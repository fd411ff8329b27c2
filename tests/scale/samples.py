"""Columns that break careless arithmetic, plans over them, and runs of stages over cut libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from weighbridge.core.arrays import Floats
from weighbridge.core.criterion import Criterion, Preference
from weighbridge.methods.promethee import criterion_flows
from weighbridge.scale.plan import ScoringPlan

SIX = (
    Preference("usual"),
    Preference("u-shape", q=0.5),
    Preference("v-shape", p=1.0),
    Preference("level", q=0.25, p=1.25),
    Preference("linear", q=0.25, p=1.25),
    Preference("gaussian", s=0.75),
)
"""Each preference function with thresholds that suit columns of unit spread."""

EXTREME = (
    Preference("u-shape", q=1e-6),
    Preference("v-shape", p=1e-6),
    Preference("v-shape", p=1e5),
    Preference("linear", q=1e-6, p=100.0),
    Preference("linear", q=0.1, p=0.1 + 1e-9),
    Preference("linear", q=0.5, p=0.5),
    Preference("level", q=0.0, p=1e4),
    Preference("gaussian", s=1e-4),
    Preference("gaussian", s=1e5),
)
"""Thresholds far below and far above the spread, and nearly or wholly equal ones."""

COLUMNS = (
    "normal",
    "lognormal",
    "cauchy",
    "pareto",
    "outlier",
    "offset",
    "decimals",
    "integers",
    "mixture",
    "constant",
    "two values",
    "denormal",
    "signed zeros",
)


def column(kind: str, n: int, seed: int = 0) -> Floats:
    """Return a column of one of the kinds in `COLUMNS`."""
    rng = np.random.default_rng([seed, COLUMNS.index(kind)])
    drawn: dict[str, Any] = {
        "normal": lambda: rng.normal(size=n),
        "lognormal": lambda: rng.lognormal(0, 2, n),
        "cauchy": lambda: rng.standard_cauchy(n),
        "pareto": lambda: rng.pareto(1, n),
        "outlier": lambda: np.append(rng.normal(size=n - 1), 1e6),
        "offset": lambda: 1e6 + rng.normal(size=n),
        "decimals": lambda: np.round(rng.normal(size=n), 1),
        "integers": lambda: rng.poisson(5, n).astype(float),
        "mixture": lambda: np.where(rng.random(n) < 0.5, 0.0, rng.normal(size=n)),
        "constant": lambda: np.full(n, 3.0),
        "two values": lambda: rng.integers(0, 2, n) * 1.0,
        "denormal": lambda: rng.integers(0, 40, n) * 5e-324,
        "signed zeros": lambda: rng.choice([-0.0, 0.0, 1e-3], n),
    }
    return np.asarray(drawn[kind](), dtype=np.float64)


def table(n: int, seed: int = 0, kinds: Sequence[str] = COLUMNS) -> Floats:
    """Return a column-major table with a column of every kind."""
    return np.asfortranarray(np.column_stack([column(kind, n, seed) for kind in kinds]))


def promethee(m: int, functions: Sequence[Preference], *, bins: int = 256, **options: Any) -> ScoringPlan:
    """Return a plan of PROMETHEE II over m columns, every third a cost, the functions taken in turn."""
    criteria = {
        f"c{j}": Criterion(
            direction="cost" if j % 3 == 2 else "gain",
            preference=functions[j % len(functions)],
            missing="neutral",
        )
        for j in range(m)
    }
    weights = np.arange(1.0, m + 1)
    return ScoringPlan(criteria, weights / weights.sum(), "promethee-ii", bins=bins, **options)


def brute_flows(plan: ScoringPlan, values: Floats) -> Floats:
    """Return the net flows by criterion, shape (n, m), pair by pair."""
    positive, negative = criterion_flows(values, plan.signs, plan.preferences)
    return np.asarray(positive - negative)


def cut(values: Floats, seed: int, parts: int) -> list[Floats]:
    """Return the rows in batches of random sizes, some empty, in random order."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, len(values) + 1, parts - 1))
    batches = np.split(values, ends)
    return [np.asfortranarray(batches[i]) for i in rng.permutation(parts)]


def summarised(stage: Any, batches: Sequence[Floats], seed: int = 0) -> Any:
    """Summarise batches and merge the summaries two at a time in a random tree."""
    rng = np.random.default_rng(seed)
    summaries = [stage.summarise(batch) for batch in batches]
    while len(summaries) > 1:
        i, j = rng.choice(len(summaries), 2, replace=False)
        merged = stage.merge(summaries[i], summaries[j])
        summaries = [s for k, s in enumerate(summaries) if k not in (i, j)] + [merged]
    return summaries[0]


def run(stage: Any, batches: Sequence[Floats], seed: int = 0) -> Any:
    """Run all stages to the model."""
    while hasattr(stage, "summarise"):
        stage = stage.finish(summarised(stage, batches, seed))
    return stage
