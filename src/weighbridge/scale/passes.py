"""One pass over a library: pieces in threads, results in the order of the pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from weighbridge.core.arrays import Floats
from weighbridge.scale.budget import Budget
from weighbridge.scale.checks import Findings, prepare
from weighbridge.scale.layout import Layout, Piece
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.pool import Pool
from weighbridge.scale.protocols import Summary
from weighbridge.scale.reader import read_blocks

__all__ = ["Progress", "Scan", "Summarises", "fold"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (what is done, rows done, rows in all)."""

Result = TypeVar("Result")


class Summarises(Protocol):
    """What a pass needs of a stage, whatever it finishes to."""

    @property
    def title(self) -> str:
        """What the pass does."""
        ...

    def summarise(self, values: Floats) -> Summary:
        """Summarise a batch."""
        ...

    def merge(self, one: Summary, other: Summary) -> Summary:
        """Return the summary of both."""
        ...


@dataclass(frozen=True)
class Scan:
    """What every pass over a library needs.

    Attributes
    ----------
    layout, plan
        The rows and what is asked of them.
    budget
        How large blocks are.
    pool
        The workers.
    progress
        Hears of finished rows.
    """

    layout: Layout
    plan: ScoringPlan
    budget: Budget
    pool: Pool
    progress: Progress

    def prepared(self, piece: Piece) -> Iterator[tuple[int, Floats, Findings]]:
        """Yield first row, values ready for the batch functions, and findings of each block of a piece."""
        blocks = read_blocks(
            self.layout, piece, self.plan.names, self.budget.block_rows, buffered=self.budget.buffered
        )  # fmt: skip
        for block in blocks:
            self.pool.check()
            yield block.first_row, *prepare(self.plan, block.values, block.first_row)

    def each(self, title: str, work: Callable[[Piece], Result]) -> Iterator[tuple[Piece, Result]]:
        """Work on every piece and yield the results in order."""
        self.progress(title, 0, self.layout.rows)
        results = self.pool.in_order(work, self.layout.pieces)
        for piece, result in zip(self.layout.pieces, results, strict=True):
            yield piece, result
            self.progress(title, piece.first_row + piece.rows, self.layout.rows)


def fold(scan: Scan, stage: Summarises) -> tuple[Summary, Findings]:
    """Return the summary of a whole library and what was found in its rows."""

    def of_piece(piece: Piece) -> tuple[Summary, Findings]:
        summary, findings = None, Findings()
        for _, values, found in scan.prepared(piece):
            part = stage.summarise(values)
            summary = part if summary is None else stage.merge(summary, part)
            findings += found
        return summary, findings

    whole, findings = None, Findings()
    for _, (summary, found) in scan.each(stage.title, of_piece):
        whole = summary if whole is None else stage.merge(whole, summary)
        findings += found
    return whole, findings
