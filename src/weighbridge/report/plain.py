"""A decision as plain values: the tables behind every export, and one JSON-ready dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from weighbridge.report.reproduce_view import versions

if TYPE_CHECKING:
    from weighbridge.core.criterion import Criterion
    from weighbridge.core.ranking import Ranking
    from weighbridge.elicitation.hierarchy import TreeWeights
    from weighbridge.evidence.reading import Reading
    from weighbridge.scale.local import LibraryResult
    from weighbridge.study.decision import Decision
    from weighbridge.study.triage import Triage

__all__ = [
    "SCHEMA_VERSION",
    "contributions_frame",
    "decision_to_dict",
    "library_to_dict",
    "trust_frame",
    "weights_frame",
]

SCHEMA_VERSION = 1
"""Version of the dictionary's form."""


def decision_to_dict(decision: Decision) -> dict[str, Any]:
    """Return the whole decision as JSON-ready values: no NaN, no types of our own.

    Missing numbers are None. Numbers are not rounded.
    """
    study, chosen = decision.study, decision.chosen
    return {
        "schema": SCHEMA_VERSION,
        "study": {
            "title": study.file.title,
            "question": study.file.question,
            "note": study.file.note,
            "key": study.key,
            "inputs": dict(study.inputs),
        },
        "ranking": _ranking(decision.ranking),
        "molecules": _records(decision.to_frame()),
        "chosen": {
            "molecules": [plain_value(label) for label in chosen.chosen],
            "passed_over": {str(label): reason for label, reason in chosen.passed_over.items()},
            "tied_at_cut": [plain_value(label) for label in chosen.tied_at_cut],
            "rule": chosen.rule,
        },
        "excluded": [
            {"molecule": plain_value(one.molecule), "gate": one.gate, "found": one.found, "reason": one.reason}
            for one in decision.excluded
        ],
        "weights": _weights(decision),
        "contributions": _records(contributions_frame(decision)),
        "nodes": _nodes(decision.tree),
        "indicator_nodes": _nodes(decision.indicators),
        "source_nodes": _nodes(decision.sources),
        "trust": _trust(decision),
        "methods": _methods(decision),
        "findings": [
            {"severity": one.severity, "rule": one.rule, "subject": one.subject, "text": one.text, "mend": one.mend}
            for one in decision.findings
        ],
        "notices": [
            {"kind": one.kind, "text": one.text, "details": list(one.details)} for one in decision.study.notices
        ],
        "versions": versions(),
    }


def weights_frame(decision: Decision) -> pd.DataFrame:
    """Return one row a criterion: nominal and effective weight, and what the criterion is."""
    effective = decision.ranking.effective_weights
    rows = [
        {
            "criterion": name,
            "weight": decision.weights[name],
            "effective weight": float(effective[name]),
            **_criterion(decision.matrix.criteria[name]),
            "how": decision.plans[name].how,
        }
        for name in decision.matrix.names
    ]
    return pd.DataFrame(rows).set_index("criterion")


def trust_frame(decision: Decision) -> pd.DataFrame:
    """Return one row a source: its share in every reading and the one used."""
    frame = decision.trust.shares()
    frame.index.name = "source"
    return frame


def contributions_frame(decision: Decision) -> pd.DataFrame:
    """Return molecules × criteria, best first: what each criterion adds to the score, and the base."""
    order = decision.ranking.order
    frame = decision.ranking.contributions_of(order)
    frame.insert(0, "base", decision.ranking.base_of(order))
    frame.index.name = "id"
    return frame


def plain_value(value: Any) -> Any:
    """Return a value JSON can say: numpy numbers become Python's, missing and infinite ones None or words."""
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_value(item) for item in value]
    if isinstance(value, np.ndarray):
        return [plain_value(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        return plain_value(value.item())
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else (None if math.isnan(value) else str(value))
    return None if value is pd.NA or value is pd.NaT else str(value)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict(orient="records")
    return [{str(key): plain_value(value) for key, value in row.items()} for row in rows]


def _ranking(ranking: Ranking) -> dict[str, Any]:
    return {
        "method": ranking.method,
        "parameters": plain_value(dict(ranking.parameters)),
        "higher_is_better": ranking.higher_is_better,
        "notes": list(ranking.notes),
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "direction": criterion.direction,
        "unit": criterion.unit,
        "worst": criterion.worst,
        "best": criterion.best,
        "scale": criterion.scale or "",
        "preference": "" if criterion.preference is None else str(criterion.preference),
        "outside": criterion.outside,
        "missing": criterion.missing,
    }


def _weights(decision: Decision) -> list[dict[str, Any]]:
    rows = _records(weights_frame(decision))
    for row in rows:
        row["provenance"] = plain_value(decision.weights.explain(row["criterion"]).to_dict())
    return rows


def _nodes(tree: TreeWeights | None) -> list[dict[str, Any]]:
    if tree is None:
        return []
    return [
        {
            "node": report.node,
            "weighting": report.weighting,
            "weights": dict(report.weights),
            "eigenvector": None if report.eigenvector is None else dict(report.eigenvector),
            "experts": _records(report.priorities.rename_axis("expert")),
            "consistency_ratio": None if report.consistency is None else report.consistency.ratio,
            "random_index": None if report.consistency is None else report.consistency.random_index,
            "consistency_factor": None if report.consistency is None else report.consistency.factor,
            "degrees_of_freedom": report.degrees_of_freedom,
            "consensus": None if report.consensus is None else report.consensus.index,
            "answers": report.answers,
            "skipped": report.skipped,
            "missing": list(report.missing),
        }
        for report in tree.nodes.values()
    ]


def _trust(decision: Decision) -> dict[str, Any]:
    trust = decision.trust
    readings = {} if trust.rated is None else trust.rated.readings
    return {
        "rule": trust.rule,
        "lambda": trust.lam,
        "reason": trust.reason,
        "shares": _records(trust_frame(decision)),
        "readings": {
            source: {key: _reading(reading) for key, reading in one.items()} for source, one in readings.items()
        },
        "blends": {
            f"{lam:g}": {str(label): int(rank) for label, rank in ranking.ranks.items()}
            for lam, ranking in decision.blends.items()
        },
    }


def _reading(reading: Reading) -> dict[str, Any]:
    fields = ("value", "low", "high", "n", "note", "unknown")
    return {name: plain_value(getattr(reading, name)) for name in fields}


def _methods(decision: Decision) -> dict[str, Any]:
    agreement, own = decision.agreement, decision.ranking.method
    frames = ("kendall_tau_b", "weighted_spearman", "ws", "top_overlap")
    return {
        "ranks": {
            name: {str(label): int(rank) for label, rank in ranking.ranks.items()}
            for name, ranking in {own: decision.ranking, **decision.others}.items()
        },
        "refused": dict(decision.refused),
        "agreement": {}
        if agreement is None
        else {name: plain_value(getattr(agreement, name).to_dict(orient="index")) for name in frames},
    }


def library_to_dict(triage: Triage, result: LibraryResult) -> dict[str, Any]:
    """Return what ranking a library gave as JSON values: weights, trust, the top, where the scores are."""
    spec, top = triage.scoring, result.top
    rows = zip(top["rank"], top["id"], top["score"], top["tied"], strict=True)
    return {
        "study": triage.study.title,
        "method": spec.method,
        "normalization": None if spec.method == "promethee-ii" else spec.normalization,
        "weights": {name: float(weight) for name, weight in triage.weights.items()},
        "trust": {name: float(share) for name, share in triage.trust.used.items()},
        "molecules": result.rows,
        "top": [
            {"rank": int(rank), "id": str(label), "score": float(score), "tied": bool(tied)}
            for rank, label, score, tied in rows
        ],
        "bound": float(result.bound),
        "output": str(result.output),
        "notes": [*triage.notes, *result.notes],
    }
