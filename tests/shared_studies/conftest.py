"""The PXR studies, built and decided once where the shared data stand beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shared_studies.build_pxr import build

from weighbridge.study.decision import Decision
from weighbridge.study.study import Study


@pytest.fixture(scope="session")
def pxr_folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of both PXR studies, built from the shared data."""
    assert shared_data.joinpath("pxr").is_dir()
    return build(tmp_path_factory.mktemp("pxr"))


@pytest.fixture(scope="session")
def four_sources(pxr_folder: Path) -> Decision:
    return Study.load(pxr_folder).decide()


@pytest.fixture(scope="session")
def pooled(pxr_folder: Path) -> Decision:
    return Study.load(pxr_folder / "pooled.yaml").decide()
