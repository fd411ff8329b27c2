"""Baseline models: one data set, one model, with its own scaffold-split validation.

A classifier of labels whose probabilities are calibrated, and a regressor of values that says how
sure it is. Both are random forests on fingerprints and a few descriptors; both come with
out-of-fold predictions, so that how far to trust them can be computed and need not be believed.
"""

from weighbridge.evidence.models.classifier import Classifier, fit_classifier
from weighbridge.evidence.models.progress import Progress, prefixed, silent
from weighbridge.evidence.models.regressor import Estimates, Regressor, fit_regressor
from weighbridge.evidence.models.store import load_model, model_key, remember, save_model

__all__ = [
    "Classifier",
    "Estimates",
    "Progress",
    "Regressor",
    "fit_classifier",
    "fit_regressor",
    "load_model",
    "model_key",
    "prefixed",
    "remember",
    "save_model",
    "silent",
]
