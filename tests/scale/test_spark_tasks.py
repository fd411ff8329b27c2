"""What workers do with batches, without Spark: payloads, rows, and faults that travel."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.scale.libraries import NAMES, ids, numbers, plan

from weighbridge.errors import Fault, InputError
from weighbridge.scale.library import Reading
from weighbridge.scale.packing import pack
from weighbridge.scale.plan import ScoringPlan
from weighbridge.scale.protocols import Model, Stage
from weighbridge.scale.scoring import Outcome
from weighbridge.scale.spark_tasks import Task, merging, opened, scoring, summarising
from weighbridge.scale.stages import start

ROWS = 1000


def batches(values: np.ndarray[Any, Any], size: int, order: np.ndarray[Any, Any] | None = None) -> Iterator[Any]:
    """Yield batches as Spark sends them, rows in any order."""
    order = np.arange(len(values)) if order is None else order
    labels = ids(len(values))
    for begin in range(0, len(values), size):
        rows = order[begin : begin + size]
        columns = {f"c{j}": pa.array(values[rows, j], from_pandas=True) for j in range(values.shape[1])}
        yield pa.record_batch({"row": pa.array(rows), "id": pa.array([labels[i] for i in rows]), **columns})


def task(chosen: ScoringPlan) -> Task:
    """Return a task whose columns are taken as they stand."""
    return Task(chosen, tuple(Reading(name) for name in NAMES), "library.parquet")


def stage_of(chosen: ScoringPlan) -> Stage:
    """Return the first stage."""
    found = start(chosen)
    assert isinstance(found, Stage)
    return found


def model_of(chosen: ScoringPlan) -> Model:
    """Return the model of a plan that needs no pass."""
    found = start(chosen)
    assert isinstance(found, Model)
    return found


def test_a_partition_becomes_one_payload() -> None:
    """Batches of a partition are merged where they are; empty ones add nothing."""
    chosen, values = plan("topsis", "minmax"), numbers(ROWS)
    stage = stage_of(chosen)
    empty = next(batches(values, 10)).slice(0, 0)
    payloads = list(summarising(task(chosen), lambda: stage)(iter([empty, *batches(values, 64)])))
    assert [batch.num_rows for batch in payloads] == [1]
    summary, findings = opened(payloads[0].column("payload")[0].as_py())
    assert np.array_equal(summary.low, values.min(axis=0))
    assert np.array_equal(summary.high, values.max(axis=0))
    assert summary.rows == findings.rows == ROWS


def test_a_partition_without_rows_says_nothing() -> None:
    """No payload has to be merged with nothing."""
    chosen = plan("topsis", "minmax")
    assert list(summarising(task(chosen), lambda: stage_of(chosen))(iter([]))) == []
    assert list(merging(lambda: stage_of(chosen))(iter([]))) == []
    assert list(scoring(task(plan()), lambda: model_of(plan()))(iter([]))) == []


def test_payloads_merge_to_what_one_partition_gives() -> None:
    """Merging payloads of parts is summarising the whole."""
    chosen, values = plan("topsis", "minmax"), numbers(ROWS)
    stage = stage_of(chosen)
    work = summarising(task(chosen), lambda: stage)
    parts = [batch for half in (values[:300], values[300:]) for batch in work(batches(half, 50))]
    (merged,) = merging(lambda: stage)(iter(parts))
    summary, findings = opened(merged.column("payload")[0].as_py())
    assert np.array_equal(summary.low, values.min(axis=0))
    assert findings.rows == ROWS


def test_scores_come_with_rows_and_ids_and_the_outcome_last() -> None:
    """Every row keeps its number and id in whatever order it came; the last row is a payload alone."""
    values, model = numbers(ROWS), model_of(plan())
    order = np.random.default_rng(0).permutation(ROWS)
    found = pa.Table.from_batches(list(scoring(task(plan()), lambda: model)(batches(values, 64, order)))).to_pylist()
    *rows, last = found
    assert [row["row"] for row in rows] == order.tolist()
    assert [row["id"] for row in rows] == [ids(ROWS)[i] for i in order]
    assert [row["score"] for row in rows] == model.score(np.asfortranarray(values[order])).tolist()
    assert {row["payload"] for row in rows} == {None}
    assert (last["row"], last["id"], last["score"]) == (None, None, None)
    outcome = opened(last["payload"])
    assert isinstance(outcome, Outcome)
    scores = model.score(np.asfortranarray(values))
    assert outcome.top.rows[:10].tolist() == np.argsort(-scores, kind="stable")[:10].tolist()


def test_faulty_rows_are_numbered_as_in_the_library() -> None:
    """Rows that come in any order are named by their number in the library."""
    values = numbers(ROWS)
    values[[17, 803], 2] = np.nan
    order = np.random.default_rng(1).permutation(ROWS)
    *_, last = scoring(task(plan()), lambda: model_of(plan()))(batches(values, 64, order))
    findings = opened(last.column("payload")[0].as_py()).findings
    assert [row for row, _ in findings.faults["missing", "c2"].first] == [17, 803]


@pytest.mark.parametrize("what", ["summary", "scores"])
def test_faults_of_reading_travel_as_payload(what: str) -> None:
    """A worker does not fail with a trace: it sends the faults, which are raised where they are opened."""
    chosen = plan("topsis", "minmax") if what == "summary" else plan()
    spoiled = Task(chosen, (Reading("nM", log10=True), *(Reading(name) for name in NAMES[1:])), "library.parquet")
    values = numbers(ROWS) + 1
    values[700, 0] = 0
    work = (
        summarising(spoiled, lambda: stage_of(chosen))
        if what == "summary"
        else scoring(spoiled, lambda: model_of(chosen))
    )
    *_, last = work(batches(values, 64))
    with pytest.raises(InputError, match=r"library.parquet, row 701, column 'nM': the logarithm"):
        opened(last.column("payload")[0].as_py())
    (merged,) = merging(lambda: stage_of(plan("topsis", "minmax")))(
        iter([pa.record_batch({"payload": last.column("payload")})])
    )
    with pytest.raises(InputError, match="row 701"):
        opened(merged.column("payload")[0].as_py())


def test_a_payload_of_faults_is_raised_and_any_other_returned() -> None:
    """Only a tuple of faults is an error."""
    with pytest.raises(InputError, match="2 faults"):
        opened(pack((Fault("one"), Fault("two"))))
    assert opened(pack(())) == ()
    assert opened(pack((1, 2))) == (1, 2)


def test_a_task_can_travel() -> None:
    """Plan and readings are picklable."""
    there = pickle.loads(pickle.dumps(task(plan())))
    assert there.plan.names == plan().names
    assert there.readings == task(plan()).readings
