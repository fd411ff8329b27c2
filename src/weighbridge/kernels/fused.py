"""TOPSIS and additive scores in one pass over the table, in blocks of rows that stay in the cache.

A method with a fixed scale is defined by a few numbers a criterion. Once they are known, every
molecule is scored by itself: the table is read once, nothing of its size is made but the scores, and
the result cannot depend on where a block begins or on which thread worked on it. The sum over the
criteria runs in column order.

Numpy in such blocks takes about five times as long as one pass over the memory. Compiled by numba it
takes a third of that, with the same bits, which is worth its start for millions of rows only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from weighbridge.core.arrays import Booleans, Floats
from weighbridge.kernels.engine import LARGE_ROWS, ordered_map, thread_count, use_numba

__all__ = [
    "BLOCK_ROWS",
    "ColumnMaps",
    "additive_scores",
    "closeness",
    "column_means",
    "column_totals",
    "distances",
    "identity_maps",
    "largest_additive_size",
]

BLOCK_ROWS: Final = 16_384
"""Rows a block: three columns of a block fit the cache of one core."""

COMPILED_ROWS: Final = 2_000_000
"""From this many rows on numba is worth its start: numpy takes a tenth of a second for as many."""

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, eq=False)
class ColumnMaps:
    """What is done to each column before criteria are put together.

    ``u_ij = (x_ij − shift_j) / scale_j · factor_j + offset_j``, and where `inverse` is set
    ``u_ij = (1 / x_ij) / scale_j · factor_j + offset_j``. Every step is a single rounding, in this order.

    Attributes
    ----------
    shift, scale, factor, offset
        Shape (m,); `scale` is not 0.
    inverse
        Shape (m,).
    """

    shift: Floats
    scale: Floats
    factor: Floats
    offset: Floats
    inverse: Booleans

    def weighted(self, weights: Floats) -> ColumnMaps:
        """Return the maps followed by a multiplication with weights of shape (m,)."""
        return replace(self, factor=self.factor * weights, offset=self.offset * weights)

    def measured_in(self, unit: float) -> ColumnMaps:
        """Return the maps followed by a division by a power of two, which rounds nothing."""
        whole = self.scale * unit
        normal = np.isfinite(whole) & (np.abs(whole) >= np.finfo(np.float64).tiny)
        # Where the unit would take the scale out of the normal numbers, the factor takes it, and where
        # that would overflow (a unit as small as numbers get), each takes half.
        half = 2.0 ** (math.frexp(unit)[1] // 2)
        with np.errstate(over="ignore"):
            fits = np.isfinite(self.factor / unit)
        return replace(
            self,
            scale=np.where(normal, whole, np.where(fits, self.scale, self.scale * half)),
            factor=np.where(normal, self.factor, self.factor / np.where(fits, unit, unit / half)),
            offset=self.offset / unit,
        )

    def apply(self, values: Floats) -> Floats:
        """Return the mapped columns of values of shape (r, m), column-major."""
        result = np.empty(values.shape, dtype=np.float64, order="F")
        for j in range(values.shape[1]):
            _map_column(values[:, j], self, j, result[:, j])
            result[:, j] += self.offset[j]
        return result


def identity_maps(m: int) -> ColumnMaps:
    """Return the maps that leave m columns as they are."""
    one, zero = np.ones(m), np.zeros(m)
    return ColumnMaps(zero, one, one, zero, np.zeros(m, dtype=np.bool_))


def _map_column(column: Floats, maps: ColumnMaps, j: int, out: Floats) -> None:
    """Write the mapped column without its offset; a step that would change nothing is left out."""
    if maps.inverse[j]:
        column = np.divide(1.0, column, out=out)
    elif maps.shift[j] != 0:
        column = np.subtract(column, maps.shift[j], out=out)
    if maps.scale[j] != 1:
        column = np.divide(column, maps.scale[j], out=out)
    np.multiply(column, maps.factor[j], out=out)


def closeness(
    values: Floats,
    maps: ColumnMaps,
    ideal: Floats,
    anti_ideal: Floats,
    *,
    block_rows: int = BLOCK_ROWS,
    threads: int | None = None,
) -> Floats:
    """Return the TOPSIS closeness D⁻/(D⁺ + D⁻), shape (n,); ½ where both distances are 0.

    Parameters
    ----------
    values
        Shape (n, m), finite; fastest where it is column-major.
    maps
        The weighted normalization.
    ideal, anti_ideal
        Shape (m,), in the space that `maps` lead to. A molecule that maps onto the ideal gets
        exactly 1, one on the anti-ideal exactly 0.
    block_rows, threads
        How the work is cut; the result does not depend on either.
    """
    scores = np.empty(len(values))

    def block(span: Span) -> None:
        minus, plus = scores[slice(*span)], np.empty(span[1] - span[0])
        _square_sums(values, maps, (ideal, anti_ideal), span, (plus, minus))
        np.sqrt(plus, out=plus)
        np.sqrt(minus, out=minus)
        np.add(plus, minus, out=plus)
        nowhere = plus == 0
        if nowhere.any():
            minus[nowhere], plus[nowhere] = 0.5, 1.0
        np.divide(minus, plus, out=minus)

    _in_blocks(block, len(values), block_rows, threads)
    return scores


def distances(
    values: Floats,
    maps: ColumnMaps,
    ideal: Floats,
    anti_ideal: Floats,
    *,
    block_rows: int = BLOCK_ROWS,
    threads: int | None = None,
) -> tuple[Floats, Floats]:
    """Return D⁺ and D⁻, each of shape (n,): the Euclidean distances that `closeness` compares."""
    plus, minus = np.empty(len(values)), np.empty(len(values))

    def block(span: Span) -> None:
        parts = plus[slice(*span)], minus[slice(*span)]
        _square_sums(values, maps, (ideal, anti_ideal), span, parts)
        for part in parts:
            np.sqrt(part, out=part)

    _in_blocks(block, len(values), block_rows, threads)
    return plus, minus


def _square_sums(
    values: Floats, maps: ColumnMaps, points: tuple[Floats, Floats], span: Span, out: tuple[Floats, Floats]
) -> None:
    """Write the squared distances of the rows of a span to the two points."""
    start, stop = span
    for total in out:
        total.fill(0.0)
    if _compiled(values):
        from weighbridge.kernels.compiled_fused import add_squares

        places = [point - maps.offset for point in points]
        add_squares(values[start:stop], np.stack([maps.shift, maps.scale, maps.factor, *places]), maps.inverse, *out)
        return
    mapped, scratch = np.empty(stop - start), np.empty(stop - start)
    for j in range(values.shape[1]):
        _map_column(values[start:stop, j], maps, j, mapped)
        for point, total in zip(points, out, strict=True):
            place = point[j] - maps.offset[j]
            # The difference itself is squared: expanding the square would cancel near the point.
            difference = mapped if place == 0 else np.subtract(mapped, place, out=scratch)
            np.multiply(difference, difference, out=scratch)
            np.add(total, scratch, out=total)


def additive_scores(
    values: Floats, maps: ColumnMaps, *, block_rows: int = BLOCK_ROWS, threads: int | None = None
) -> Floats:
    """Return Σ_j u_ij, shape (n,), of values of shape (n, m) under weighted maps.

    `block_rows` and `threads` say how the work is cut; the result does not depend on either.
    """
    scores = np.empty(len(values))
    _in_blocks(lambda span: _sum(values, maps, span, scores[slice(*span)]), len(values), block_rows, threads)
    return scores


def largest_additive_size(values: Floats, maps: ColumnMaps) -> float:
    """Return max_i Σ_j |u_ij|: how large the numbers are that are added up to a score."""

    def largest(span: Span) -> float:
        total = np.empty(span[1] - span[0])
        _sum(values, maps, span, total, absolute=True)
        return float(total.max())

    return max(map(largest, _spans(len(values), BLOCK_ROWS)))


def _sum(values: Floats, maps: ColumnMaps, span: Span, total: Floats, *, absolute: bool = False) -> None:
    start, stop = span
    total.fill(0.0)
    if _compiled(values):
        from weighbridge.kernels.compiled_fused import add_columns

        steps = np.stack([maps.shift, maps.scale, maps.factor, maps.offset])
        add_columns(values[start:stop], steps, maps.inverse, total, absolute)
        return
    mapped = np.empty(stop - start)
    for j in range(values.shape[1]):
        _map_column(values[start:stop, j], maps, j, mapped)
        if maps.offset[j] != 0:
            np.add(mapped, maps.offset[j], out=mapped)
        if absolute:
            np.abs(mapped, out=mapped)
        np.add(total, mapped, out=total)


def column_totals(values: Floats, transform: Callable[[Floats, int], Floats]) -> Floats:
    """Return Σ_i transform(x_ij, j), shape (m,), for values of shape (n, m).

    Blocks have a fixed size and are put together by an exactly rounded sum, so the result depends
    on the values alone.
    """
    spans = list(_spans(len(values), BLOCK_ROWS))
    return np.array(
        [_exact_sum([float(transform(values[a:b, j], j).sum()) for a, b in spans]) for j in range(values.shape[1])]
    )


def column_means(values: Floats, maps: ColumnMaps) -> Floats:
    """Return the means of the mapped columns, shape (m,)."""

    def mapped(column: Floats, j: int) -> Floats:
        result = np.empty(column.size)
        _map_column(column, maps, j, result)
        return result

    return column_totals(values, mapped) / len(values) + maps.offset


def _exact_sum(parts: list[float]) -> float:
    # math.fsum raises where a partial sum overflows; the plain sum is infinite there, which callers check for.
    return math.fsum(parts) if all(map(math.isfinite, parts)) and math.isfinite(sum(map(abs, parts))) else sum(parts)


def _compiled(values: Floats) -> bool:
    # Only where columns lie side by side do compiled loops read them in one go.
    return len(values) >= COMPILED_ROWS and values.flags.f_contiguous and use_numba(len(values))


def _spans(rows: int, block_rows: int) -> Iterator[Span]:
    return ((start, min(start + block_rows, rows)) for start in range(0, rows, block_rows))


def _in_blocks(work: Callable[[Span], None], rows: int, block_rows: int, threads: int | None) -> None:
    if threads is None:
        threads = thread_count() if rows >= LARGE_ROWS else 1

    # Overflow is told apart by the caller: numpy's error state does not reach other threads.
    def quiet(span: Span) -> None:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            work(span)

    for _ in ordered_map(quiet, _spans(rows, block_rows), threads):
        pass
