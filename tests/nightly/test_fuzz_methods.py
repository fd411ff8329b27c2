"""Every ranking method against thousands of tables made to break it: a ranking or a named error, never NaN."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import weighbridge as wb
from weighbridge.core.ranking import PartialOrder, Ranking
from weighbridge.errors import InputError

pytestmark = pytest.mark.nightly

TABLES = 2000
FUNCTIONS = ("usual", "u-shape", "v-shape", "level", "linear", "gaussian")
RULES = ("worst", "neutral", "interval")

Generator = np.random.Generator


def a_column(generator: Generator, n: int) -> Any:
    """Draw one of the columns that break peers: ties, denormals, negative zeros, offsets, tails, constants."""
    whole = generator.integers(0, 4, n).astype(float)
    drawn = [
        lambda: whole,
        lambda: whole + 1,
        lambda: whole * 5e-324,
        lambda: np.where(whole > 1, 0.0, -0.0),
        lambda: whole + 1e12,
        lambda: whole + 1e15,
        lambda: 10.0 ** generator.uniform(-150, 149, n),
        lambda: generator.standard_cauchy(n) * 10.0 ** generator.integers(-6, 7),
        lambda: np.full(n, generator.uniform(0.1, 9)),
        lambda: np.full(n, 0.1) + generator.integers(0, 3, n) * 2.0**-56,
        lambda: np.zeros(n),
        lambda: generator.uniform(0.1, 9, n),
        lambda: -whole - 1,
    ]
    # Twice as often a column that most methods take, so that tables of several columns are not all refused.
    number = int(generator.integers(0, 2 * len(drawn)))
    return drawn[number]() if number < len(drawn) else generator.choice([0.5, 1.0, 2.0, 8.0], n)


def a_criterion(generator: Generator, column: Any, *, gaps: bool) -> wb.Criterion:
    """Draw a criterion whose declared range, if any, holds the column."""
    sign = 1 if generator.random() < 0.6 else -1
    ends: dict[str, float] = {}
    if gaps or generator.random() < 0.8:
        low, high = float(column.min()), float(column.max())
        room = generator.choice([0.0, 0.5]) * (high - low) or (abs(high) or 1.0)
        ends = dict(zip(("worst", "best"), (low - room, high + room)[::sign], strict=True))
    size = float(np.abs(column).max()) or 1.0
    name = str(generator.choice(FUNCTIONS))
    needed = {"u-shape": "q", "v-shape": "p", "level": "qp", "linear": "qp", "gaussian": "s"}.get(name, "")
    thresholds = {key: size * {"q": 0.1, "p": 0.5, "s": 0.3}[key] or 1.0 for key in needed}
    if thresholds.get("q", 0.0) > thresholds.get("p", np.inf):
        thresholds["q"] = thresholds["p"]
    return wb.Criterion(
        direction="gain" if sign > 0 else "cost",
        scale="ratio",
        missing=str(generator.choice(RULES)) if gaps else "refuse",
        preference=None if generator.random() < 0.2 else wb.Preference(name, **thresholds),
        **ends,
    )


def a_problem(generator: Generator) -> tuple[pd.DataFrame, dict[str, wb.Criterion], dict[str, float]]:
    """Draw a table, its criteria and weights, some of them 0; a row may stand there twice."""
    n, m = int(generator.integers(1, 7)), int(generator.integers(1, 5))
    columns = [a_column(generator, n) for _ in range(m)]
    gaps = generator.random(m) < 0.15
    criteria = {f"c{j}": a_criterion(generator, columns[j], gaps=bool(gaps[j])) for j in range(m)}
    values = np.column_stack(columns)
    if n > 1 and generator.random() < 0.3:
        values[-1] = values[0]
    values[(generator.random((n, m)) < 0.3) & gaps] = np.nan
    weights = generator.dirichlet(np.ones(m)) if generator.random() < 0.5 else np.full(m, 1.0)
    weights = np.where((generator.random(m) < 0.1) & (np.arange(m) > 0), 0.0, weights)
    frame = pd.DataFrame(values, index=[f"A{i}" for i in range(n)], columns=list(criteria))
    return frame, criteria, dict(zip(criteria, weights.tolist(), strict=True))


def solved(frame: pd.DataFrame, criteria: Any, weights: Any, method: str) -> Ranking | PartialOrder | None:
    """Return the result; None where the input is refused in words."""
    try:
        return wb.rank(wb.DecisionMatrix(frame, criteria), weights, method)
    except InputError:
        return None


def assert_sound(ranking: Ranking, frame: pd.DataFrame) -> None:
    """Check that scores are finite, equal rows tied, and that ranks count from 1."""
    scores = ranking.scores_array
    assert np.isfinite(scores).all()
    ranks = ranking.ranks.to_numpy()
    assert ranks.min() == 1
    assert all(((ranks < rank).sum() == rank - 1) for rank in ranks)
    if frame.iloc[0].equals(frame.iloc[-1]):
        assert ranks[0] == ranks[-1]


def assert_adds_up(ranking: Ranking) -> None:
    """Check that base and contributions make the score, where contributions are defined."""
    rows = [0, len(ranking.labels) - 1]
    try:
        contributions = ranking.contributions_of(rows).to_numpy()
    except InputError:
        return
    base = ranking.base_of(rows).to_numpy()
    size = np.abs(contributions).sum(axis=1) + np.abs(base) + np.abs(ranking.scores_array[rows])
    assert (np.abs(contributions.sum(axis=1) + base - ranking.scores_array[rows]) <= 1e-9 * size).all()


def assert_effective(ranking: Ranking) -> None:
    """Check that effective weights sum to 1, or are all 0 where nothing differs."""
    try:
        effective = ranking.effective_weights.to_numpy()
    except InputError:
        return
    assert np.isfinite(effective).all()
    assert not effective.any() or effective.sum() == pytest.approx(1, abs=1e-6)


def lost_digits(frame: pd.DataFrame) -> float:
    """Return the error that offsets leave in a column's differences, relative to its range."""
    values = np.nan_to_num(frame.to_numpy())
    span = values.max(axis=0) - values.min(axis=0)
    peak = np.abs(values).max(axis=0)
    return float((peak / np.where(span > 0, span, np.inf)).max()) * 1e-14


def assert_same_order(one: Ranking, other: Ranking, tolerance: float) -> None:
    """Check that two rankings of the same molecules have the same scores, and so the same order."""
    first, second = one.scores_array, other.scores.reindex(one.labels).to_numpy()
    size = max(np.abs(first).max(), one.magnitude)
    assert np.abs(first - second).max() <= tolerance * size
    gap = np.abs(first[:, None] - first)
    ranks = one.ranks.to_numpy(), other.ranks.reindex(one.labels).to_numpy()
    apart = gap > 10 * tolerance * size
    assert (np.sign(ranks[0][:, None] - ranks[0]) == np.sign(ranks[1][:, None] - ranks[1]))[apart].all()


@pytest.mark.parametrize("method", sorted(wb.methods()))
def test_a_ranking_or_a_named_error(method: str) -> None:
    """Scores finite, ties tied, contributions adding up, the order of rows and columns without influence."""
    generator = np.random.default_rng(len(method) + sum(map(ord, method)))
    answered = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(TABLES):
            frame, criteria, weights = a_problem(generator)
            result = solved(frame, criteria, weights, method)
            columns = generator.permutation(list(criteria))
            shuffled = frame.loc[generator.permutation(frame.index), columns]
            again = solved(shuffled, {name: criteria[name] for name in columns}, weights, method)
            assert (result is None) == (again is None), number
            if isinstance(result, PartialOrder) and isinstance(again, PartialOrder):
                words = again.relation.loc[frame.index, frame.index]
                assert result.relation.equals(words), number
            if isinstance(result, Ranking) and isinstance(again, Ranking):
                assert_sound(result, frame)
                assert_same_order(result, again, 1e-9 + lost_digits(frame))
                if number % 5 == 0:
                    assert_adds_up(result)
                if number % 40 == 0:
                    assert_effective(result)
            answered += result is not None
    assert answered > TABLES / 50
