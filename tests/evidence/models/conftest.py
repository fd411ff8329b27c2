"""One small fitted model of each kind, shared by the tests of this folder."""

from __future__ import annotations

import pytest
from tests.evidence.models.chemistry_samples import labels, molecules, values

from weighbridge.evidence.models import Classifier, Regressor, fit_classifier, fit_regressor


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return fit_classifier(molecules(), labels(), seed=3, folds=4, trees=25, threads=1)


@pytest.fixture(scope="session")
def regressor() -> Regressor:
    return fit_regressor(molecules(), values(), seed=3, folds=4, trees=25, threads=1)
