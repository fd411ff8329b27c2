"""The criteria library and the templates are found in a checkout and in an installation."""

from __future__ import annotations

from pathlib import Path

import pytest

from weighbridge import resources
from weighbridge.errors import StateError


def test_a_checkout_keeps_them_beside_its_project_file() -> None:
    """Both folders are there and hold what they should."""
    assert list(resources.criteria_folder().rglob("*.yaml"))
    assert (resources.templates_folder() / "study" / "study.yaml").is_file()


def test_an_installation_carries_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel's folders come before those of a checkout around it."""
    package = tmp_path / "src" / "weighbridge"
    for folder in (package / "criteria", package / "templates", tmp_path / "criteria"):
        folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.criteria_folder() == package / "criteria"
    assert resources.templates_folder() == package / "templates"


def test_a_checkout_is_known_by_its_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of the same name elsewhere is not taken for ours."""
    package = tmp_path / "src" / "weighbridge"
    package.mkdir(parents=True)
    (tmp_path / "criteria").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    with pytest.raises(StateError, match="install weighbridge again"):
        resources.criteria_folder()
    (tmp_path / "pyproject.toml").touch()
    assert resources.criteria_folder() == tmp_path / "criteria"
