"""Agreement of repeats within parts and of the parts with each other.

Repeats are grouped by part and molecule: what differs between parts is no measurement noise.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
import pandas as pd

from weighbridge.core.arrays import Floats, Integers
from weighbridge.evidence.indicators.statistics import MAD_TO_SD, cohen_kappa, pooled_scatter, robust_scatter
from weighbridge.evidence.indicators.view import NotToldError, RecordQuality, View
from weighbridge.evidence.reading import Reading

__all__ = [
    "conflict_by_record",
    "duplicate_conflict",
    "inter_source_kappa",
    "mad_by_record",
    "majority_labels",
    "msr",
    "replicate_mad",
    "replicate_sd",
    "sd_by_record",
]

LEAST_SHARED: Final = 20


def _repeats(view: View) -> tuple[Floats, Integers, Integers]:
    """Return the exact values of repeated groups, their group numbers and their record rows."""
    values = view.exact_values()[view.groups.rows]
    return _repeated(values, view, "measured")


def _repeated(values: Floats, view: View, how: str) -> tuple[Floats, Integers, Integers]:
    known = ~np.isnan(values)
    codes = view.groups.codes
    counts = np.bincount(codes[known], minlength=len(view.groups.keys))
    use = known & (counts[codes] > 1)
    if not use.any():
        raise NotToldError(f"no molecule was {how} twice in one part of the source")
    return values[use], np.unique(codes[use], return_inverse=True)[1].astype(np.int64), view.groups.rows[use]


def replicate_sd(view: View) -> Reading:
    """Return the pooled standard deviation of repeats."""
    values, codes, _ = _repeats(view)
    scatter, freedom = pooled_scatter(values, codes)
    molecules = int(codes.max()) + 1
    return Reading(scatter, n=len(values), note=f"{molecules:,} repeated molecules, {freedom:,} degrees of freedom")


def replicate_mad(view: View) -> Reading:
    """Return the scaled median absolute deviation of repeats from their group's median."""
    values, codes, _ = _repeats(view)
    return Reading(robust_scatter(values, codes), n=len(values), note=f"{int(codes.max()) + 1:,} repeated molecules")


def sd_by_record(view: View) -> RecordQuality:
    """Return for each repeated record the standard deviation of its molecule within its part."""
    values, codes, rows = _repeats(view)
    scatter = pd.Series(values).groupby(codes).transform("std").to_numpy(dtype=np.float64)
    return _spread(scatter, rows, len(view.rows))


def mad_by_record(view: View) -> RecordQuality:
    """Return for each repeated record the robust scatter of its molecule within its part."""
    values, codes, rows = _repeats(view)
    series = pd.Series(values)
    counts = series.groupby(codes).transform("size").to_numpy(dtype=np.float64)
    deviations = (series - series.groupby(codes).transform("median")).abs()
    medians = deviations.groupby(codes).transform("median").to_numpy(dtype=np.float64)
    return _spread(MAD_TO_SD * medians * np.sqrt(counts / (counts - 1)), rows, len(view.rows))


def _spread(values: Floats, rows: Integers, n: int) -> RecordQuality:
    """Return the mean of each record's values over the groups it is in; others do not apply."""
    counts = np.bincount(rows, minlength=n)
    means = np.bincount(rows, weights=values, minlength=n) / np.maximum(counts, 1)
    return RecordQuality.of(means, 0.0, 0.0, "hold no repeats", counts > 0)


def msr(view: View) -> Reading:
    """Return 10^(2·√2·s), s the standard deviation between runs within parts."""
    runs = view.column("run").astype("string")
    values = view.exact_values()
    groups = view.groups
    table = pd.DataFrame({"code": groups.codes, "run": runs.iloc[groups.rows].to_numpy(), "x": values[groups.rows]})
    means = table.dropna().groupby(["code", "run"], sort=True)["x"].mean().reset_index()
    repeated = means[means.groupby("code")["run"].transform("size") > 1]
    if not len(repeated):
        raise NotToldError("no molecule was measured in two runs of one part")
    codes = np.unique(repeated["code"].to_numpy(dtype=np.int64), return_inverse=True)[1].astype(np.int64)
    scatter, freedom = pooled_scatter(repeated["x"].to_numpy(dtype=np.float64), codes)
    note = f"{int(codes.max()) + 1:,} molecules in several runs, {freedom:,} degrees of freedom"
    return Reading(float(10 ** (2 * np.sqrt(2) * scatter)), n=len(repeated), note=note)


def _conflicts(view: View) -> tuple[Floats, Integers, Integers]:
    """Return for each repeated group whether it holds both labels, with its records."""
    labels, codes, rows = _repeated(view.labels[view.groups.rows], view, "labelled")
    share = np.bincount(codes, weights=labels) / np.bincount(codes)
    return ((share > 0) & (share < 1)).astype(np.float64), codes, rows


def duplicate_conflict(view: View) -> Reading:
    """Return the share of the repeated molecules that one part labels both ways."""
    conflicts, _, _ = _conflicts(view)
    note = f"{int(conflicts.sum()):,} of {len(conflicts):,} repeated molecules carry both labels"
    return Reading(float(conflicts.mean()), n=len(conflicts), note=note)


def conflict_by_record(view: View) -> RecordQuality:
    """1 for a record of a molecule that its part labels both ways, 0 for another repeated one."""
    conflicts, codes, rows = _conflicts(view)
    return _spread(conflicts[codes], rows, len(view.rows))


def majority_labels(view: View) -> pd.DataFrame:
    """Return the label each part gives a molecule: ``part``, ``key``, ``label``.

    The majority of its labels; an even split counts as inactive.
    """
    groups = view.groups
    labels = view.labels[groups.rows]
    known = ~np.isnan(labels)
    share = pd.Series(labels[known]).groupby(groups.codes[known]).mean()
    codes = share.index.to_numpy(dtype=np.int64)
    names = {"part": [groups.parts[code] for code in codes], "key": [groups.keys[code] for code in codes]}
    return pd.DataFrame({**names, "label": (share > 0.5).to_numpy(dtype=np.float64)})


def inter_source_kappa(view: View) -> Reading:
    """Return the mean Cohen κ over pairs of parts with at least 20 shared molecules."""
    table = majority_labels(View(view.source, view.setting)).pivot_table(index="key", columns="part", values="label")
    if len(table.columns) < 2:
        raise NotToldError("needs two or more parts")
    pairs = [pair for pair in itertools.combinations(table.columns, 2) if view.part is None or view.part in pair]
    shared = [table[list(pair)].dropna().to_numpy(dtype=np.float64) for pair in pairs]
    shared = [both for both in shared if len(both) >= LEAST_SHARED]
    values = [kappa for both in shared if not np.isnan(kappa := cohen_kappa(both[:, 0], both[:, 1]))]
    if not values:
        raise NotToldError(f"no two parts share {LEAST_SHARED} labelled molecules of both classes")
    note = f"{len(values)} pairs of parts: " + ", ".join(f"{kappa:.3f}" for kappa in values)
    return Reading(float(np.mean(values)), n=sum(len(both) for both in shared), note=note)
