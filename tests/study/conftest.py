"""Fixtures of the study tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.builders import write_small_study

from weighbridge.documents import parse_yaml
from weighbridge.errors import InputError
from weighbridge.study.decision import Decision
from weighbridge.study.loading import Loading
from weighbridge.study.study import Study


@pytest.fixture
def small_study(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes the small study, changed as asked, and returns its folder."""

    def write(changes: dict[str, Any] | None = None, files: dict[str, Any] | None = None) -> Path:
        return write_small_study(tmp_path / "study", changes, files)

    return write


@pytest.fixture
def faults_of(small_study: Callable[..., Path]) -> Callable[..., list[str]]:
    """Return a function that writes the small study, loads it and returns its faults as text."""

    def load(changes: dict[str, Any] | None = None, files: dict[str, Any] | None = None) -> list[str]:
        with pytest.raises(InputError) as caught:
            Study.load(small_study(changes, files))
        return [str(fault) for fault in caught.value.faults]

    return load


@pytest.fixture
def load(small_study: Callable[..., Path]) -> Callable[..., Study]:
    """Return a function that writes the small study, changed as asked, and loads it."""

    def read(changes: dict[str, Any] | None = None, files: dict[str, Any] | None = None) -> Study:
        return Study.load(small_study(changes, files))

    return read


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return the small study, unchanged, loaded once."""
    return Study.load(write_small_study(tmp_path_factory.mktemp("small") / "study"))


@pytest.fixture(scope="session")
def decided(small: Study) -> Decision:
    """Return what the small study leads to, decided once."""
    return small.decide()


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., Loading]:
    """Return a function that writes files and begins to read the study they would belong to."""

    def begin(files: dict[str, str | bytes] | None = None, text: str = "schema: 1\n", **options: Any) -> Loading:
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return Loading(tmp_path, parse_yaml(text, "study.yaml"), **options)

    return begin
