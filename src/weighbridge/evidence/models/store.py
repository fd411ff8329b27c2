"""Fitted models kept by content: the same data, settings and libraries are fitted once.

A stored model is a zip of plain arrays (numpy's .npz) and one JSON text. Nothing in it can run
code, as a pickle could.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd

from weighbridge.canonical import canonical_json, content_key
from weighbridge.errors import StateError
from weighbridge.evidence.models.calibration import Sigmoid, Spread
from weighbridge.evidence.models.classifier import Classifier
from weighbridge.evidence.models.forest import Forest
from weighbridge.evidence.models.regressor import Regressor
from weighbridge.files import write_with

__all__ = ["load_model", "model_key", "remember", "save_model"]

Model = TypeVar("Model", Classifier, Regressor)
_LIBRARIES = ("weighbridge", "numpy", "scikit-learn", "rdkit")
_FOREST = ("left", "right", "feature", "threshold", "value", "roots")


def model_key(
    kind: Literal["classifier", "regressor"], smiles: Sequence[str], target: Sequence[float], **settings: Any
) -> str:
    """Return the name of a model: SHA-256 of its data, settings and the versions of the libraries."""
    rows = sorted(zip(smiles, (float(value) for value in target), strict=True))
    versions = {name: version(name) for name in _LIBRARIES}
    return content_key({"kind": kind, "rows": rows, "settings": settings, "versions": versions})


def remember(folder: Path, key: str, kind: type[Model], fit: Callable[[], Model]) -> tuple[Model, bool]:
    """Return the model stored under a key, or fit and store it.

    Returns
    -------
    tuple
        The model, and whether it was there already. A stored file that is damaged or belongs to
        another key is fitted anew and replaced.
    """
    path = folder / f"{key}.npz"
    if path.is_file():
        try:
            return load_model(path, key, kind), True
        except StateError:
            path.unlink()
    model = fit()
    save_model(path, key, model)
    return model, False


def save_model(path: Path, key: str, model: Classifier | Regressor) -> None:
    """Write a model; the same model gives the same bytes."""
    calibration = model.sigmoid if isinstance(model, Classifier) else model.spread
    about = {
        "key": key,
        "kind": type(model).__name__,
        "calibration": asdict(calibration),
        "metrics": dict(model.metrics),
        "columns": list(model.validation.columns),
    }
    arrays = {name: getattr(model.forest, name) for name in _FOREST}
    for column in model.validation.columns:
        values = model.validation[column]
        arrays[f"validation_{column}"] = np.asarray(values, dtype=str if column == "smiles" else None)
    about_bytes = np.frombuffer(canonical_json(about), dtype=np.uint8)
    write_with(path, lambda stream: np.savez_compressed(stream, allow_pickle=False, about=about_bytes, **arrays))


def load_model(path: Path, key: str, kind: type[Model]) -> Model:
    """Read a model.

    Raises
    ------
    StateError
        If the file is damaged, or holds another key or another kind of model.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        about = json.loads(arrays["about"].tobytes())
        validation = pd.DataFrame({name: arrays[f"validation_{name}"] for name in about["columns"]})
        forest = Forest(**{name: arrays[name] for name in _FOREST})
        metrics, calibration = about["metrics"], about["calibration"]
    except Exception as error:  # a damaged zip raises whatever its damage leads to
        raise StateError(f"{path.name}: not a stored model ({error})") from error
    if about["key"] != key or about["kind"] != kind.__name__:
        raise StateError(f"{path.name}: the stored model is another one than its name says")
    fitted: Any = Sigmoid(**calibration) if kind is Classifier else Spread(**calibration)
    return kind(forest, fitted, validation, metrics)
