"""What compounds measured by the source and in the decision's context say of the source.

Pairs whose two sides share a document compare a measurement with itself; they never count.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Booleans
from weighbridge.evidence.indicators.prints import fingerprints_of, median_nearest
from weighbridge.evidence.indicators.statistics import auroc, auroc_standard_error, concordance
from weighbridge.evidence.indicators.view import NotToldError, View
from weighbridge.evidence.neighbours import nearest_similarities
from weighbridge.evidence.reading import Reading

__all__ = [
    "bridge_auroc_lcb",
    "bridge_ccc",
    "bridge_loa_width",
    "bridge_n",
    "bridge_representativeness",
    "independent_pairs",
]

LEAST_OF_EACH: Final = 5
LEAST_PAIRS: Final = 3
ONE_SIDED_95: Final = 1.645
TWO_SIDED_95: Final = 1.96


def _pairs(view: View) -> pd.DataFrame:
    pairs = view.source.bridging
    if pairs is None or not len(pairs):
        raise NotToldError("needs bridging compounds")
    if view.part is not None:
        if "part" not in pairs.columns:
            raise NotToldError("the bridging compounds do not tell their part")
        pairs = pairs[pairs["part"] == view.part]
    if not len(pairs):
        raise NotToldError(f"no bridging compounds for {view.part!r}")
    return pairs


def _circular(pairs: pd.DataFrame) -> Booleans:
    """Whether the two sides of a pair share a document."""
    if not {"document", "document_y"} <= set(pairs.columns):
        return np.zeros(len(pairs), dtype=bool)
    both = zip(pairs["document"], pairs["document_y"], strict=True)
    return np.array([bool(_names(first) & _names(second)) for first, second in both])


def _one_sided(pairs: pd.DataFrame) -> Booleans:
    """Whether a pair was measured on one side only: an empty cell is no measurement."""
    own = [name for name in ("label", "x") if name in pairs.columns]
    lacking = pairs["y"].isna()
    if own:
        lacking |= pairs[own].isna().all(axis=1)
    return lacking.to_numpy(dtype=bool)


def _names(cell: Any) -> set[str]:
    return set() if pd.isna(cell) else {name.strip() for name in str(cell).split("|") if name.strip()}


def independent_pairs(view: View, field: Literal["label", "x"]) -> pd.DataFrame:
    """Return one row a compound: ``key``, the source's `field`, and ``y``; circular pairs left out.

    Values of one compound are averaged; of labels the majority counts, an even split as inactive.

    Raises
    ------
    NotToldError
        If there are none.
    """
    pairs = _pairs(view)
    if field not in pairs.columns:
        what = "labels" if field == "label" else "values of the source"
        raise NotToldError(f"the bridging compounds have no {what}")
    complete = pairs[~_circular(pairs) & pairs[[field, "y"]].notna().all(axis=1).to_numpy(dtype=bool)]
    if not len(complete):
        raise NotToldError("no independent bridging compound has both sides")
    numbers = complete[["key", field, "y"]].astype({field: float, "y": float})
    found = numbers.groupby("key", sort=True).mean().reset_index()
    return found.assign(label=(found["label"] > 0.5).astype(float)) if field == "label" else found


def bridge_n(view: View) -> Reading:
    """Return the number of different compounds with an independent pair."""
    pairs = _pairs(view)
    circular, lacking = _circular(pairs), _one_sided(pairs)
    notes = [f"{int(circular.sum())} pairs share a document on both sides and do not count"] if circular.any() else []
    if lacking.any():
        notes.append(f"{int(lacking.sum())} pairs were measured on one side only and do not count")
    columns = [name for name in ("document", "document_y") if name in pairs.columns]
    unchecked = len(pairs) if len(columns) < 2 else int(pairs[columns].isna().any(axis=1).sum())
    if unchecked:
        notes.append(f"{unchecked} pairs do not state both documents: independence not checked")
    return Reading(float(pairs["key"][~(circular | lacking)].nunique()), n=len(pairs), note="; ".join(notes))


def bridge_auroc_lcb(view: View) -> Reading:
    """Return A − 1.645 SE(A'), not below 0."""
    pairs = independent_pairs(view, "label")
    positive = pairs["label"].to_numpy() == 1
    n1, n0 = int(positive.sum()), int((~positive).sum())
    if min(n1, n0) < LEAST_OF_EACH:
        raise NotToldError(f"{n1} active and {n0} inactive bridging compounds; needs {LEAST_OF_EACH} of each")
    area = auroc(positive, pairs["y"].to_numpy(dtype=np.float64))
    error = auroc_standard_error((area * n1 * n0 + 0.5) / (n1 * n0 + 1), n1, n0)
    note = f"AUROC {area:.3f}, standard error {error:.3f}, {n1} active and {n0} inactive"
    return Reading(max(0.0, area - ONE_SIDED_95 * error), n=len(pairs), note=note)


def _values(view: View) -> pd.DataFrame:
    pairs = independent_pairs(view, "x")
    if len(pairs) < LEAST_PAIRS:
        raise NotToldError(f"{len(pairs)} bridging compounds with values on both sides; needs {LEAST_PAIRS}")
    return pairs


def bridge_ccc(view: View) -> Reading:
    """Return Lin's concordance correlation of the paired values."""
    pairs = _values(view)
    found = concordance(pairs["x"].to_numpy(dtype=np.float64), pairs["y"].to_numpy(dtype=np.float64))
    if np.isnan(found):
        raise NotToldError("all paired values are equal")
    return Reading(found, n=len(pairs))


def bridge_loa_width(view: View) -> Reading:
    """Return 2·1.96·s_d of the paired differences."""
    pairs = _values(view)
    scatter = float((pairs["x"] - pairs["y"]).std(ddof=1))
    return Reading(2 * TWO_SIDED_95 * scatter, n=len(pairs), note=f"standard deviation {scatter:.3f}")


def bridge_representativeness(view: View) -> Reading:
    """Return how like the bridging compounds the candidates are, against how alike these are.

    min(1, median max-Tanimoto candidate → bridging / median max-Tanimoto bridging → other bridging).
    """
    pairs = _pairs(view)
    keys = sorted(set(pairs["key"][~(_circular(pairs) | _one_sided(pairs))].dropna().astype(str)))
    known = _structures(view, pairs)
    compounds = pd.DataFrame({"key": keys, "smiles": [known.get(key) for key in keys]}).dropna()
    if len(compounds) < LEAST_PAIRS:
        raise NotToldError(f"{len(compounds)} bridging compounds with a structure; needs {LEAST_PAIRS}")
    packed = fingerprints_of(compounds).molecules
    within = float(np.median(nearest_similarities(packed, packed, 1, leave_self_out=True)))
    across = median_nearest(view.setting, packed)
    if within == 0:
        raise NotToldError("the bridging compounds have nothing in common with each other")
    note = f"candidates to bridging {across:.3f}, bridging to itself {within:.3f}"
    lost = len(keys) - len(compounds)
    note += f"; {lost} bridging compounds have no known structure" if lost else ""
    return Reading(min(1.0, across / within), n=len(compounds), note=note)


def _structures(view: View, pairs: pd.DataFrame) -> dict[str, str]:
    """Return key → SMILES from the records, the molecules and the pairs themselves, in rising order."""
    frames = [view.source.records.frame] if view.source.records is not None else []
    frames += [view.setting.molecules, *([pairs] if "smiles" in pairs.columns else [])]
    found: dict[str, str] = {}
    for frame in frames:
        complete = frame[["key", "smiles"]].dropna().sort_values(["key", "smiles"], ascending=[True, False])
        found |= dict(zip(complete["key"].astype(str), complete["smiles"].astype(str), strict=True))
    return found
