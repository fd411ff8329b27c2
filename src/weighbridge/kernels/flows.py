"""PROMETHEE's flows of each column, exact, in n log n: sort, sum over the pairs, put back in row order.

The columns are worked on side by side, numpy or numba doing the sums (`weighbridge.kernels.engine`), and
come back in their own order, so that the number of threads changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias, TypeVar

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.core.criterion import Preference
from weighbridge.kernels import boxes, windows
from weighbridge.kernels.engine import ordered_map, thread_count, use_numba
from weighbridge.kernels.sorting import sort_rows

__all__ = ["column_flows", "each_flows", "each_net_flow", "net_column"]

Sums: TypeAlias = tuple[Floats, Floats]
Between: TypeAlias = Callable[[Floats, float, float], Sums]
Flow = TypeVar("Flow")

THREADED_ROWS: Final = 10_000
"""Below this many rows a thread costs more than it saves."""


def each_net_flow(
    values: Floats, signs: Floats, functions: Sequence[Preference], *, repeats: int = 1
) -> Iterator[Floats]:
    """Return each criterion's net flow φ = φ⁺ − φ⁻, of shape (n,), in the order of the criteria.

    Parameters
    ----------
    values
        Shape (n, m), finite or NaN, which is indifferent to everything and counts as a molecule.
    signs
        Shape (m,): +1 gain, −1 cost.
    functions
        One preference function a criterion.
    repeats
        How many tables of this size the caller will go through; see `engine.use_numba`.
    """
    return _each(net_column, values, signs, functions, repeats)


def each_flows(values: Floats, signs: Floats, functions: Sequence[Preference], *, repeats: int = 1) -> Iterator[Sums]:
    """Return each criterion's positive and negative flow, as `each_net_flow` returns the net flow."""
    return _each(column_flows, values, signs, functions, repeats)


def _each(
    work: Callable[[Floats, Preference, bool], Flow],
    values: Floats,
    signs: Floats,
    functions: Sequence[Preference],
    repeats: int,
) -> Iterator[Flow]:
    """Return ``work`` of each column, of which more is better."""
    n, m = values.shape
    fast = use_numba(n, repeats=repeats)
    threads = min(thread_count(), m) if n >= THREADED_ROWS else 1

    def one(j: int) -> Flow:
        # Adding 0 turns −0.0 into 0.0: equal values have equal bits.
        return work(np.add(values[:, j] * signs[j], 0.0), functions[j], fast)

    return ordered_map(one, range(m), threads)


def net_column(column: Floats, function: Preference, fast: bool) -> Floats:
    """Return the net flow of one column of which more is better, shape (n,), summed up by numba or not."""
    result = np.zeros(column.size)
    if column.size > 1:
        rows, (positive, negative) = _sums(column, function, fast)
        if fast:
            from weighbridge.kernels.compiled_sorting import put_difference

            put_difference(rows, positive, negative, column.size - 1, result)
        else:
            result[rows] = (positive - negative) / (column.size - 1)
    return result


def column_flows(column: Floats, function: Preference, fast: bool) -> Sums:
    """Return the positive and negative flow of one column, as `net_column` returns the net flow."""
    flows = np.zeros(column.size), np.zeros(column.size)
    if column.size > 1:
        rows, sums = _sums(column, function, fast)
        for flow, part in zip(flows, sums, strict=True):
            flow[rows] = part / (column.size - 1)
    return flows


def _sums(column: Floats, function: Preference, fast: bool) -> tuple[Integers, Sums]:
    """Return the rows that have a value in ascending order, and their Σ P(x_i − x_j) and Σ P(x_j − x_i)."""
    known = np.isfinite(column)
    if known.all():
        rows, values = sort_rows(column, fast=fast)
        return rows, _pair_sums(values, function, fast)
    places = np.flatnonzero(known)
    if not places.size:
        return places, (np.empty(0), np.empty(0))
    rows, values = sort_rows(column[places], fast=fast)
    return places[rows], _pair_sums(values, function, fast)


def _pair_sums(values: Floats, function: Preference, fast: bool) -> Sums:
    """Return Σ_j P(x_i − x_j) and Σ_j P(x_j − x_i) of ascending values."""
    steps, linear, gaussian = _engine(fast)
    q, p = function.q or 0.0, function.p or 0.0
    if function.function == "gaussian":
        assert function.s is not None
        return gaussian(values, function.s)
    if function.function == "level":
        return steps(values, q, p)
    if function.function in ("v-shape", "linear") and q < p:
        return linear(values, q, p)
    return steps(values, q, q)


def _engine(fast: bool) -> tuple[Between, Between, Callable[[Floats, float], Sums]]:
    """Return what sums up steps, slopes and bells."""
    if not fast:
        return windows.sum_steps, windows.sum_linear, boxes.sum_gaussian
    from weighbridge.kernels import compiled_boxes, compiled_windows

    return compiled_windows.sum_steps, compiled_windows.sum_linear, compiled_boxes.sum_gaussian
