"""The scoring pass: every piece's scores in a file of its own, so that an interrupted pass loses little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.files import write_with
from weighbridge.scale.checks import Findings
from weighbridge.scale.layout import Piece
from weighbridge.scale.output import OUTPUT_ROWS
from weighbridge.scale.passes import Scan
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model
from weighbridge.scale.reader import read_blocks
from weighbridge.scale.resume import WorkFolder
from weighbridge.scale.topk import TopRows, best_rows, merge_top

__all__ = ["Outcome", "Scoring", "outcome_of"]

TITLE = "scores"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What scoring some rows gave beside the scores.

    Attributes
    ----------
    top
        The rows that may be among the best.
    findings
        What was found in the rows.
    low, high
        The lowest and the highest score.
    """

    top: TopRows
    findings: Findings
    low: float
    high: float

    def __add__(self, other: Outcome) -> Outcome:
        """Return the outcome of both."""
        return Outcome(
            merge_top(self.top, other.top),
            self.findings + other.findings,
            min(self.low, other.low),
            max(self.high, other.high),
        )


class Scoring:
    """A scoring pass; `parts` runs it, `outcome` is whole afterwards.

    Parameters
    ----------
    scan
        The library and the workers.
    model
        What scores a block.
    work
        Keeps the scores of finished pieces; pieces found there are not scored again.
    """

    def __init__(self, scan: Scan, model: Model, work: WorkFolder) -> None:
        self._scan, self._model, self._work = scan, model, work
        self.outcome: Outcome | None = None

    def parts(self) -> Iterator[tuple[Any, Floats]]:
        """Yield ids (an Arrow array) and scores in the library's order, at most `OUTPUT_ROWS` at a time."""
        for piece, outcome in self._scan.each(TITLE, self._of_piece):
            self.outcome = outcome if self.outcome is None else self.outcome + outcome
            file, start = self._work.file(f"{_name(piece)}.f8"), 0
            for block in read_blocks(self._scan.layout, piece, (), OUTPUT_ROWS, ids=True):
                count = len(block.ids)
                yield block.ids, np.fromfile(file, np.float64, count, offset=8 * start)
                start += count

    def _of_piece(self, piece: Piece) -> Outcome:
        """Score a piece into its file, whole or not at all, unless that is done."""
        name = _name(piece)
        file = self._work.file(f"{name}.f8")
        known = self._work.kept(name)
        if isinstance(known, Outcome) and file.is_file() and file.stat().st_size == 8 * piece.rows:
            return known
        outcomes: list[Outcome] = []

        def write(stream: IO[bytes]) -> None:
            for first, values, findings in self._scan.prepared(piece):
                scores = self._model.score(values)
                rows = np.arange(first, first + len(scores), dtype=np.int64)
                outcome = outcome_of(self._scan.plan, self._model, rows, values, scores, findings)
                outcomes[:] = [outcomes[0] + outcome] if outcomes else [outcome]
                stream.write(np.ascontiguousarray(scores).data)

        write_with(file, write)
        self._work.keep(name, outcomes[0])
        return outcomes[0]


def _name(piece: Piece) -> str:
    return f"scores-{piece.number:06d}"


def outcome_of(
    plan: ScoringPlan, model: Model, rows: Integers, values: Floats, scores: Floats, findings: Findings
) -> Outcome:
    """Return the outcome of scoring some rows, given by their numbers in the library; at least one."""
    best = best_rows(plan.top, model.bound, scores, rows, values)
    return Outcome(best, findings, float(scores.min()), float(scores.max()))
