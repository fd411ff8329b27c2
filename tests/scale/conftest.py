"""A real Spark on this machine: Java found, or installed by apt-get where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def find_java() -> str:
    """Return the path of Java, installing Debian's where we may; fail with one clear message."""
    if path := shutil.which("java"):
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "default-jre-headless"]
        for command in (["apt-get", "update"], install):
            subprocess.run(command, env=environment, check=False, capture_output=True, timeout=500)
        if path := shutil.which("java"):
            return path
    pytest.fail(
        "the tests of Spark need Java: install it (Debian: apt-get install default-jre-headless)", pytrace=False
    )


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Return a session on two workers that can import the tests, for one module of tests."""
    from weighbridge.scale.spark_session import session_of

    find_java()
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src"), *([before] if before else [])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with session_of("local[2]", batch_rows=300) as session:
            session.conf.set("spark.sql.shuffle.partitions", "2")
            yield session
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before
