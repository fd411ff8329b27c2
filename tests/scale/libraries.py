"""Small Parquet libraries for the tests of the engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import weighbridge as wb
from weighbridge.core.criterion import Criterion, Preference
from weighbridge.scale.library import Library, LibraryTable
from weighbridge.scale.plan import ScoringPlan

CRITERIA = 4
NAMES = tuple(f"c{j}" for j in range(CRITERIA))


def numbers(rows: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return seeded values between 0 and 10, three decimals, so that ties occur."""
    return np.round(np.random.default_rng(seed).random((rows, CRITERIA)) * 10, 3)


def ids(rows: int, first: int = 0) -> list[str]:
    """Return ids that sort as they stand."""
    return [f"M{number:08d}" for number in range(first, first + rows)]


def table(values: np.ndarray[Any, Any], labels: list[str] | None = None, dtype: str = "f8") -> pa.Table:
    """Return an Arrow table of ids and the criteria c0, c1 and so on."""
    columns: dict[str, Any] = {"id": labels if labels is not None else ids(len(values))}
    columns |= {f"c{j}": pa.array(values[:, j].astype(dtype), from_pandas=True) for j in range(values.shape[1])}
    return pa.table(columns)


def write(path: Path, content: pa.Table, group: int = 100) -> Path:
    """Write a Parquet file with small row groups."""
    pq.write_table(content, path, row_group_size=group)
    return path


def library(*files: Path, names: tuple[str, ...] = NAMES) -> Library:
    """Return a library of one table whose columns are called like its criteria."""
    return Library(LibraryTable(files, "id", {name: name for name in names}))


def small_library(folder: Path, rows: int = 1000, seed: int = 0, group: int = 100) -> Library:
    """Write and return a library of one file."""
    return library(write(folder / "library.parquet", table(numbers(rows, seed)), group))


def criteria(**changes: Any) -> dict[str, Criterion]:
    """Return gains and costs between 0 and 10, alternately."""
    return {
        name: Criterion(
            direction="gain" if j % 2 == 0 else "cost",
            worst=0.0 if j % 2 == 0 else 10.0,
            best=10.0 if j % 2 == 0 else 0.0,
            preference=Preference("linear", q=0.1, p=0.5),
            scale="ratio",
            **changes,
        )
        for j, name in enumerate(NAMES)
    }


WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])


def plan(method: str = "topsis", normalization: str = "bounds", top: int = 10, **changes: Any) -> ScoringPlan:
    """Return a plan for the four criteria."""
    return ScoringPlan(criteria(**changes), WEIGHTS, method, normalization, top)


def in_memory(values: np.ndarray[Any, Any], chosen: ScoringPlan, labels: list[Any] | None = None) -> Any:
    """Rank the same rows in memory."""
    frame = pd.DataFrame(values, columns=list(chosen.names), index=labels if labels is not None else ids(len(values)))
    weights = dict(zip(chosen.names, chosen.weights.tolist(), strict=True))
    parameters = {} if chosen.method == "promethee-ii" else {"normalization": chosen.normalization}
    return wb.rank(wb.DecisionMatrix(frame, chosen.criteria), weights, chosen.method, **parameters)
