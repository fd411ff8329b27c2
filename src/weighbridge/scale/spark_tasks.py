"""What Spark's Python workers do with Arrow batches: the same batch functions as the local engine's.

A batch has the columns ``row`` (number in the library), ``id`` and ``c0``, ``c1``, … in the order of
`Task.readings`. Results that are no rows, and faults, travel as packed bytes in a column ``payload``. What a
worker needs beside the task is sent once to each (a broadcast), and fetched when the work begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from weighbridge.core.arrays import Floats, Integers
from weighbridge.errors import Fault, InputError
from weighbridge.scale.checks import Findings, Group, prepare
from weighbridge.scale.library import Reading
from weighbridge.scale.packing import pack, unpack
from weighbridge.scale.passes import Summarises
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model
from weighbridge.scale.reader import column_values
from weighbridge.scale.scoring import outcome_of

__all__ = ["Task", "merging", "opened", "scoring", "summarising"]

Batches: TypeAlias = Iterator[Any]
Work: TypeAlias = Callable[[Batches], Batches]


@dataclass(frozen=True)
class Task:
    """What every worker needs.

    Attributes
    ----------
    plan
        The plan.
    readings
        How the columns c0, c1, … become values of the plan's criteria, in the plan's order.
    title
        The library's name, for messages.
    """

    plan: ScoringPlan
    readings: tuple[Reading, ...]
    title: str

    def prepared(self, batch: Any) -> tuple[Integers, Floats, Findings]:
        """Return row numbers, values ready for the batch functions, and findings of a batch."""
        rows = batch.column("row").to_numpy()
        values = np.empty((batch.num_rows, len(self.readings)), order="F")
        for j, reading in enumerate(self.readings):
            values[:, j] = column_values(batch.column(f"c{j}"), reading, self.title, rows)
        ready, findings = prepare(self.plan, values, 0)
        return rows, ready, _numbered(findings, rows)


def _numbered(findings: Findings, rows: Integers) -> Findings:
    """Return findings whose rows are numbers in the library instead of places in the batch."""
    faults = {
        key: Group(group.count, tuple(sorted((int(rows[place]), value) for place, value in group.first)))
        for key, group in findings.faults.items()
    }
    return Findings(findings.rows, faults, findings.treated)


def summarising(task: Task, sent: Callable[[], Summarises]) -> Work:
    """Return the work that summarises a partition to one payload: a summary and findings, or faults."""

    def work(batches: Batches) -> Batches:
        stage, summary, findings = sent(), None, Findings()
        try:
            for batch in batches:
                if batch.num_rows:
                    _, values, found = task.prepared(batch)
                    part = stage.summarise(values)
                    summary = part if summary is None else stage.merge(summary, part)
                    findings += found
        except InputError as error:
            yield _payloads([pack(error.faults)])
            return
        if findings.rows:
            yield _payloads([pack((summary, findings))])

    return work


def merging(sent: Callable[[], Summarises]) -> Work:
    """Return the work that merges the payloads of `summarising` in a partition to one."""

    def work(batches: Batches) -> Batches:
        stage, whole = sent(), None
        try:
            for batch in batches:
                for payload in batch.column("payload").to_pylist():
                    part = opened(payload)
                    whole = part if whole is None else (stage.merge(whole[0], part[0]), whole[1] + part[1])
        except InputError as error:
            yield _payloads([pack(error.faults)])
            return
        if whole is not None:
            yield _payloads([pack(whole)])

    return work


def scoring(task: Task, sent: Callable[[], Model]) -> Work:
    """Return the work that scores a partition: rows with ids and scores, then the outcome as payload."""

    def work(batches: Batches) -> Batches:
        model, outcome, kind = sent(), None, None
        try:
            for batch in batches:
                kind = batch.column("id").type
                if batch.num_rows:
                    rows, values, found = task.prepared(batch)
                    scores = model.score(values)
                    part = outcome_of(task.plan, model, rows, values, scores, found)
                    outcome = part if outcome is None else outcome + part
                    yield _scored(batch, scores)
        except InputError as error:
            yield _last(kind, pack(error.faults))
            return
        if outcome is not None:
            yield _last(kind, pack(outcome))

    return work


def opened(payload: bytes) -> Any:
    """Return what a payload holds.

    Raises
    ------
    InputError
        If it holds faults.
    """
    content = unpack(payload)
    if isinstance(content, tuple) and content and all(isinstance(item, Fault) for item in content):
        raise InputError(content)
    return content


def _payloads(payloads: list[bytes]) -> Any:
    import pyarrow as pa

    return pa.record_batch({"payload": pa.array(payloads, pa.binary())})


def _scored(batch: Any, scores: Floats) -> Any:
    import pyarrow as pa

    return pa.record_batch(
        {
            "row": batch.column("row"),
            "id": batch.column("id"),
            "score": pa.array(np.ascontiguousarray(scores)),
            "payload": pa.nulls(batch.num_rows, pa.binary()),
        }
    )


def _last(kind: Any, payload: bytes) -> Any:
    """Return a batch of one row that holds a payload and nothing else."""
    import pyarrow as pa

    return pa.record_batch(
        {
            "row": pa.nulls(1, pa.int64()),
            "id": pa.nulls(1, pa.string() if kind is None else kind),
            "score": pa.nulls(1, pa.float64()),
            "payload": pa.array([payload], pa.binary()),
        }
    )
