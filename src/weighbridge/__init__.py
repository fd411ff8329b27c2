"""weighbridge: decision analysis for preclinical biotech.

Separate models, expert judgement and experimental context, combined by multi-criteria decision
analysis into a ranking whose every weight is explained. The names below are the public API; each
is imported when it is first used, so that ``import weighbridge`` and the command line start fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from weighbridge.version import VERSION

if TYPE_CHECKING:
    from weighbridge.core.criterion import Criterion, Preference
    from weighbridge.core.matrix import DecisionMatrix
    from weighbridge.core.weights import Weights
    from weighbridge.elicitation.comparisons import Comparisons
    from weighbridge.elicitation.consensus import consensus
    from weighbridge.elicitation.group import combine
    from weighbridge.errors import InputError, WeighbridgeError
    from weighbridge.methods.compare import rank_correlation
    from weighbridge.methods.objective import objective_weights
    from weighbridge.methods.ranks import aggregate_ranks
    from weighbridge.methods.registry import methods, rank
    from weighbridge.report.page import write_report
    from weighbridge.robustness.acceptability import acceptability
    from weighbridge.robustness.change import smallest_change
    from weighbridge.robustness.stability import stability_intervals
    from weighbridge.study.study import Study

__version__ = VERSION

_HOMES = {
    "Comparisons": "weighbridge.elicitation.comparisons",
    "Criterion": "weighbridge.core.criterion",
    "DecisionMatrix": "weighbridge.core.matrix",
    "InputError": "weighbridge.errors",
    "Preference": "weighbridge.core.criterion",
    "Study": "weighbridge.study.study",
    "WeighbridgeError": "weighbridge.errors",
    "Weights": "weighbridge.core.weights",
    "acceptability": "weighbridge.robustness.acceptability",
    "aggregate_ranks": "weighbridge.methods.ranks",
    "combine": "weighbridge.elicitation.group",
    "consensus": "weighbridge.elicitation.consensus",
    "methods": "weighbridge.methods.registry",
    "objective_weights": "weighbridge.methods.objective",
    "rank": "weighbridge.methods.registry",
    "rank_correlation": "weighbridge.methods.compare",
    "smallest_change": "weighbridge.robustness.change",
    "stability_intervals": "weighbridge.robustness.stability",
    "write_report": "weighbridge.report.page",
}

__all__ = [
    "Comparisons",
    "Criterion",
    "DecisionMatrix",
    "InputError",
    "Preference",
    "Study",
    "WeighbridgeError",
    "Weights",
    "__version__",
    "acceptability",
    "aggregate_ranks",
    "combine",
    "consensus",
    "methods",
    "objective_weights",
    "rank",
    "rank_correlation",
    "smallest_change",
    "stability_intervals",
    "write_report",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'weighbridge' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
