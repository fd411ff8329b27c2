"""A Spark session for the engine: found or started, quiet, with workers that can import this package."""

from __future__ import annotations

import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from weighbridge.errors import Fault, InputError
from weighbridge.scale.layout import require_package
from weighbridge.version import VERSION

__all__ = ["BATCH_ROWS", "check_workers", "require_java", "retrying", "session_of"]

BATCH_ROWS: Final = 65_536
"""Rows of an Arrow batch that a worker gets."""


def require_java() -> None:
    """Refuse to start Spark without Java.

    Raises
    ------
    InputError
        With the command that installs it.
    """
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") or (home and (Path(home) / "bin" / "java").exists()):
        return
    raise InputError(
        Fault(
            "Spark needs Java, and there is none", expected="Java 17 or later on PATH, or JAVA_HOME",
            mend="Install it (Debian: apt-get install default-jre-headless), or use the local engine",
        )
    )  # fmt: skip


@contextmanager
def session_of(master: str, *, batch_rows: int = BATCH_ROWS) -> Iterator[Any]:
    """Return the active session, or start one that ends with the block.

    Parameters
    ----------
    master
        Where Spark runs: ``local[*]``, ``spark://host:7077``, ``yarn``. Not looked at where a
        session is active.
    batch_rows
        Rows of an Arrow batch.

    Raises
    ------
    InputError
        If PySpark or Java is missing, or the master cannot be reached.
    """
    require_package("pyspark", "spark")
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    java_error = import_module("py4j.protocol").Py4JError
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
        active = SparkSession.getActiveSession()
        session = active or _started(master)
        setting = "spark.sql.execution.arrow.maxRecordsPerBatch", "spark.sql.caseSensitive"
        before = [session.conf.get(name) for name in setting]
        session.conf.set(setting[0], str(batch_rows))
        session.conf.set(setting[1], "true")  # columns differ by case in Parquet
        try:
            yield session
        except (PySparkException, java_error) as error:
            raise InputError(Fault("Spark could not finish the work", found=_reason(error))) from error
        finally:
            if active is None:
                session.stop()
            else:
                for name, value in zip(setting, before, strict=True):
                    session.conf.set(name, value)


def _started(master: str) -> Any:
    from pyspark.sql import SparkSession

    require_java()
    builder = SparkSession.builder.master(retrying(master)).appName("weighbridge").config("spark.log.level", "ERROR")
    builder = builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    if not master.startswith("local"):
        return builder.getOrCreate()
    with _environment("PYSPARK_PYTHON", sys.executable):  # workers on this machine are this Python
        return (
            builder.config("spark.driver.host", "127.0.0.1").config("spark.sql.shuffle.partitions", "16").getOrCreate()
        )


def retrying(master: str) -> str:
    """Return a local master that repeats a task whose worker died; others do anyway.

    ``local[2]`` gives a task one try, ``local[2,4]`` gives it four.
    """
    found = re.fullmatch(r"local(?:\[(\*|\d+)\])?", master)
    return master if found is None else f"local[{found[1] or 1},4]"


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable unless it is set, for a while."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def _reason(error: BaseException) -> str:
    """Return the last line of a message that says something: Spark puts traces before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "Error" in line or "Exception" in line), lines[0] if lines else "")


def check_workers(session: Any) -> None:
    """Refuse workers that lack this package, or have another version of it.

    Raises
    ------
    InputError
        Saying what a worker has.
    """

    def versions(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        try:
            found = import_module("weighbridge.version").VERSION
        except ImportError:
            found = "none"
        for batch in batches:
            yield pa.record_batch({"version": [found] * batch.num_rows})

    count = max(1, session.sparkContext.defaultParallelism)
    rows = session.range(0, count, 1, count).mapInArrow(versions, "version string").distinct().collect()
    others = sorted({row["version"] for row in rows} - {VERSION})
    if others:
        raise InputError(
            Fault(
                "Spark's workers lack this version of weighbridge", found=", ".join(others), expected=VERSION,
                mend=f"Install it where the workers run: pip install 'weighbridge[spark]=={VERSION}'",
            )
        )  # fmt: skip
