"""The door to the baseline models: its names, and that opening it loads no heavy library."""

from __future__ import annotations

import inspect
import subprocess
import sys

from weighbridge.evidence import models


def test_every_exported_model_name_is_there_and_described() -> None:
    """All names of the door exist, sorted, each with words of its own."""
    assert list(models.__all__) == sorted(models.__all__)
    for name in models.__all__:
        assert inspect.getdoc(getattr(models, name)), name


def test_importing_the_models_loads_neither_rdkit_nor_scikit_learn() -> None:
    """They are extras, and looked for only when a model is fitted."""
    code = (
        "import sys, weighbridge.evidence.models;"
        "print([name for name in ('rdkit', 'sklearn', 'matplotlib', 'pymcdm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_both_kinds_are_fitted_by_the_same_settings() -> None:
    """Seed, folds, trees, threads and progress have the same names and defaults, but for the number of trees."""
    first, second = (inspect.signature(fit).parameters for fit in (models.fit_classifier, models.fit_regressor))
    settings = ["seed", "folds", "trees", "threads", "progress"]
    assert [name for name in first if first[name].kind is inspect.Parameter.KEYWORD_ONLY] == settings
    assert [name for name in second if second[name].kind is inspect.Parameter.KEYWORD_ONLY] == settings
    for name in ("seed", "folds", "threads", "progress"):
        assert first[name].default == second[name].default
