"""The version stands in one place that every layer may read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import weighbridge
from weighbridge.version import VERSION


def test_the_package_and_its_metadata_say_the_same_version(root: Path) -> None:
    """What the code says is what is installed."""
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert declared["project"]["version"] == VERSION == weighbridge.__version__
