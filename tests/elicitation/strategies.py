"""Random pairwise answers for the tests of elicitation."""

from __future__ import annotations

import itertools
import math
from typing import Any

from hypothesis import strategies as st

import weighbridge as wb

SCALE = [1 / k for k in range(9, 1, -1)] + [float(k) for k in range(1, 10)]


def labels(n: int) -> list[str]:
    """Return n labels."""
    return [f"c{k}" for k in range(n)]


def ratios(largest: float = 9.0) -> st.SearchStrategy[float]:
    """Return ratios between 1/largest and largest, even on the log scale."""
    return st.floats(-math.log(largest), math.log(largest)).map(math.exp)


@st.composite
def complete(draw: st.DrawFn, least: int = 3, most: int = 7, largest: float = 9.0) -> wb.Comparisons:
    """Draw a complete set of answers."""
    n = draw(st.integers(least, most))
    pairs = list(itertools.combinations(labels(n), 2))
    values = draw(st.lists(ratios(largest), min_size=len(pairs), max_size=len(pairs)))
    return wb.Comparisons(labels(n), dict(zip(pairs, values, strict=True)))


@st.composite
def connected(draw: st.DrawFn, least: int = 2, most: int = 7, largest: float = 9.0) -> wb.Comparisons:
    """Draw answers that link all items: a random tree and any further pairs."""
    n = draw(st.integers(least, most))
    names = labels(n)
    pairs = {(names[draw(st.integers(0, k - 1))], names[k]) for k in range(1, n)}
    pairs |= set(draw(st.lists(st.sampled_from(list(itertools.combinations(names, 2))), max_size=12)))
    return wb.Comparisons(names, {pair: draw(ratios(largest)) for pair in sorted(pairs)})


@st.composite
def any_answers(draw: st.DrawFn, most: int = 12) -> wb.Comparisons:
    """Draw any subset of answers on the scale, linked or not."""
    n = draw(st.integers(2, most))
    pairs = list(itertools.combinations(labels(n), 2))
    answered: list[Any] = draw(
        st.lists(st.one_of(st.none(), st.sampled_from(SCALE)), min_size=len(pairs), max_size=len(pairs))
    )
    return wb.Comparisons.from_upper(labels(n), answered)
