"""A session is found or started, and what it lacks is said in one sentence."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from weighbridge.errors import InputError
from weighbridge.scale import spark_session
from weighbridge.scale.spark_session import check_workers, require_java, retrying, session_of

BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning")


def test_without_java_the_user_hears_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither on PATH nor in JAVA_HOME: one sentence with the command."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InputError, match=r"Spark needs Java.*apt-get install default-jre-headless.*local engine"):
        require_java()


def test_java_is_found_on_the_path_or_in_its_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Either place will do."""
    monkeypatch.setattr(shutil, "which", lambda name: "/somewhere/java")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    require_java()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    require_java()


def test_without_pyspark_the_user_hears_which_extra_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that installs it is in the message."""
    monkeypatch.setattr("weighbridge.scale.layout.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"needs the package 'pyspark'.*'weighbridge\[spark\]'"), session_of("local"):
        pass


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("local", "local[1,4]"),
        ("local[*]", "local[*,4]"),
        ("local[3]", "local[3,4]"),
        ("local[2,7]", "local[2,7]"),
        ("spark://host:7077", "spark://host:7077"),
        ("yarn", "yarn"),
    ],
)
def test_local_masters_repeat_what_failed(given: str, used: str) -> None:
    """One try would let a killed worker end the work; whoever says how often is obeyed."""
    assert retrying(given) == used


def test_an_active_session_is_used_and_left_as_it_was(spark: Any) -> None:
    """On a cluster the session is there before us: it is not stopped, and its settings come back."""
    before = spark.conf.get(BATCH)
    with session_of("spark://nowhere:1", batch_rows=77) as session:
        assert session.conf.get(BATCH) == "77"
        assert session.conf.get("spark.sql.caseSensitive") == "true"
        assert session.range(3).count() == 3
    assert spark.conf.get(BATCH) == before
    assert spark.range(2).count() == 2


def test_errors_of_spark_are_input_errors(spark: Any) -> None:
    """A trace of Java becomes one sentence with its reason."""
    with pytest.raises(InputError, match=r"Spark could not finish the work; found .*no_such_column"), session_of(""):
        spark.range(1).select("no_such_column")


def test_workers_of_the_same_version_pass(spark: Any) -> None:
    """These workers run this package."""
    check_workers(spark)


def test_workers_of_another_version_are_refused(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores of two versions are not mixed; the message says what to install."""
    monkeypatch.setattr(spark_session, "VERSION", "99.0")
    with pytest.raises(InputError, match=r"found 0\..*; expected 99.0.*'weighbridge\[spark\]==99.0'"):
        check_workers(spark)


def test_the_environment_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for a start does not stay, and what the user has set is not touched."""
    monkeypatch.delenv("WEIGHBRIDGE_TEST", raising=False)
    with spark_session._environment("WEIGHBRIDGE_TEST", "1"):
        assert os.environ["WEIGHBRIDGE_TEST"] == "1"
    assert "WEIGHBRIDGE_TEST" not in os.environ
    monkeypatch.setenv("WEIGHBRIDGE_TEST", "mine")
    with spark_session._environment("WEIGHBRIDGE_TEST", "1"):
        assert os.environ["WEIGHBRIDGE_TEST"] == "mine"
