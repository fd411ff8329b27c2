"""A demo on a tenth of the real data, prepared once for this folder's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from weighbridge.demo import data, prepare
from weighbridge.demo.data import load_b3db

MEASURED, LABELLED = 160, 500


def small_b3db() -> pd.DataFrame:
    """Return 160 measured and 500 labelled records of B3DB, spread over the table."""
    raw = load_b3db()
    measured, labelled = raw[raw["logBB"].notna()], raw[raw["logBB"].isna()]
    parts = [measured.iloc[:: len(measured) // MEASURED][:MEASURED], labelled.iloc[:: len(labelled) // LABELLED]]
    return pd.concat([parts[0], parts[1][:LABELLED]]).reset_index(drop=True)


@pytest.fixture(scope="session")
def small() -> Iterator[pd.DataFrame]:
    """Let the demo find the small data, 60 compounds for the internal source and 80 candidates."""
    with pytest.MonkeyPatch.context() as patch:
        raw = small_b3db()
        patch.setattr(prepare, "load_b3db", lambda: raw)
        patch.setattr(data, "INTERNAL", 60)
        patch.setattr(data, "CANDIDATES", 80)
        yield raw


@pytest.fixture(scope="session")
def prepared(small: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> prepare.Prepared:
    folder: Path = tmp_path_factory.mktemp("demo") / "study"
    return prepare.prepare(folder)
