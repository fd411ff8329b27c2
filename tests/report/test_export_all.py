"""Several files of one result: all of them or none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from weighbridge.errors import InputError
from weighbridge.report.exports import export_all

TABLE = pd.DataFrame({"score": [0.5, 0.25]}, index=pd.Index(["M-1", "M-2"], name="id"))


def test_all_files_are_written(tmp_path: Path) -> None:
    """Each path gets its form, in the order asked."""
    paths = [tmp_path / "a.csv", tmp_path / "a.parquet"]
    assert export_all(TABLE, paths) == paths
    assert pd.read_parquet(paths[1])["score"].tolist() == [0.5, 0.25]


def test_no_file_is_written_when_one_has_no_form(tmp_path: Path) -> None:
    """The first file once stayed behind when the second could not be made."""
    with pytest.raises(InputError):
        export_all(TABLE, [tmp_path / "a.csv", tmp_path / "a.doc"])
    assert list(tmp_path.iterdir()) == []
