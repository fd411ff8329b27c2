"""What an engine runs: stages, each one pass over the library, and the model they end in.

An engine holds a `Stage`, summarises every batch, merges the summaries in any order, and finishes
to the next stage or to a `Model`; a model scores batches. All of it is pure and picklable, so the
same functions run in memory, streamed from a file, and on a cluster, to the same bytes: merging is
exact, and so neither the cut into batches nor the order of merging can be seen in the result.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, runtime_checkable

from weighbridge.core.arrays import Floats

__all__ = ["Model", "Stage", "Summary"]

Summary: TypeAlias = Any
"""What a stage keeps of the rows it has seen; only the stage that made it looks inside."""


@runtime_checkable
class Stage(Protocol):
    """One pass over the library."""

    @property
    def title(self) -> str:
        """What the pass does, for a progress bar."""
        ...

    def summarise(self, values: Floats) -> Summary:
        """Summarise a batch.

        Parameters
        ----------
        values
            Shape (rows, m), float64, best with each column contiguous, as `checks.prepare`
            returns it.
        """
        ...

    def merge(self, one: Summary, other: Summary) -> Summary:
        """Return the summary of both: associative, commutative and exact."""
        ...

    def finish(self, summary: Summary) -> Stage | Model:
        """Return what comes next: another pass, or the model."""
        ...


@runtime_checkable
class Model(Protocol):
    """What scores a row without looking at any other."""

    @property
    def bound(self) -> float:
        """|score − exact score| is at most this for every row of the library; 0 where scores are exact."""
        ...

    def score(self, values: Floats) -> Floats:
        """Return the scores, shape (rows,), of a batch of shape (rows, m); more is better."""
        ...
