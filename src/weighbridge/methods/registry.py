"""`rank` and the table of every method it knows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from weighbridge.core.matrix import DecisionMatrix
from weighbridge.core.ranking import PartialOrder, Ranking
from weighbridge.core.weights import Weights
from weighbridge.errors import Fault, InputError
from weighbridge.methods.additive import rank_weighted_product, rank_weighted_sum
from weighbridge.methods.copras import rank_copras
from weighbridge.methods.mabac import rank_mabac
from weighbridge.methods.promethee import rank_promethee, rank_promethee_partial
from weighbridge.methods.pymcdm_adaptor import peer_specs
from weighbridge.methods.ranks import rank_borda
from weighbridge.methods.requirements import require_magnitude, require_matrix
from weighbridge.methods.spec import MethodSpec, MethodTable
from weighbridge.methods.topsis import rank_topsis
from weighbridge.methods.vikor import rank_vikor

__all__ = ["methods", "rank"]

_NORMALIZATION: Final = "bounds, vector, minmax, sum, max or none"
_BRANS: Final = "Brans and Vincke (1985), Management Science 31(6), 647–656"

_OWN: Final = (
    MethodSpec(
        "topsis",
        "TOPSIS",
        rank_topsis,
        "Hwang and Yoon (1981), Multiple Attribute Decision Making",
        needs=("declared ranges under the default normalization",),
        parameters={
            "normalization": f"{_NORMALIZATION}; default bounds",
            "ideal": "a point of your own in the weighted normalized space; default the best of the normalization",
            "anti_ideal": "idem; default the worst",
        },
    ),
    MethodSpec("promethee-ii", "PROMETHEE II", rank_promethee, _BRANS, needs=("preference functions (usual if none)",)),
    MethodSpec(
        "promethee-i",
        "PROMETHEE I",
        rank_promethee_partial,
        _BRANS,
        returns="partial order",
        needs=("preference functions (usual if none)",),
    ),
    MethodSpec(
        "weighted-sum",
        "Weighted sum",
        rank_weighted_sum,
        "Fishburn (1967), Operations Research 15(3), 537–542",
        needs=("declared ranges under the default normalization",),
        parameters={"normalization": f"{_NORMALIZATION}; default bounds"},
    ),
    MethodSpec(
        "weighted-product",
        "Weighted product",
        rank_weighted_product,
        "Bridgman (1922), Dimensional Analysis; Triantaphyllou (2000), section 2.2.2",
        needs=("values > 0 and ratio scales under the default normalization",),
        parameters={"normalization": f"{_NORMALIZATION}; default none (Bridgman: costs get the exponent −w)"},
    ),
    MethodSpec("borda", "Weighted Borda", rank_borda, "Borda (1781), Mémoire sur les élections au scrutin"),
    MethodSpec(
        "vikor",
        "VIKOR",
        rank_vikor,
        "Opricovic and Tzeng (2004), European Journal of Operational Research 156(2), 445–455",
        higher_is_better=False,
        parameters={"v": "weight of the group's good against the worst regret, 0 to 1; default 0.5"},
        remark="a constant criterion contributes 0, where pymcdm refuses",
    ),
    MethodSpec(
        "copras",
        "COPRAS",
        rank_copras,
        "Zavadskas, Kaklauskas and Sarka (1994), Technological and Economic Development of Economy 1(3), 131–139",
        needs=("values ≥ 0", "ratio scales"),
        remark="not through pymcdm 1.4.0, whose last step lets a higher cost raise the score",
    ),
    MethodSpec(
        "mabac",
        "MABAC",
        rank_mabac,
        "Pamučar and Ćirović (2015), Expert Systems with Applications 42(6), 3016–3028",
        remark="not through pymcdm 1.4.0, whose product over molecules underflows",
    ),
)

_SPECS: Final = MethodTable({spec.name: spec for spec in (*_OWN, *peer_specs())})


def methods() -> Mapping[str, MethodSpec]:
    """Return every ranking method by name: what it needs, returns, and where it is defined."""
    return _SPECS


def rank(
    matrix: DecisionMatrix,
    weights: Mapping[str, float] | pd.Series[Any] | Weights,
    method: str = "topsis",
    **parameters: Any,
) -> Ranking | PartialOrder:
    """Rank the molecules of a decision matrix.

    Parameters
    ----------
    matrix
        Molecules × criteria.
    weights
        One non-negative number a criterion; normalised to sum to 1, and the result says so.
    method
        A name in `methods`.
    **parameters
        What the method takes, as `methods` lists it: ``normalization``, ``v``, …

    Returns
    -------
    ranking
        A `Ranking`, a `PrometheeRanking` for PROMETHEE II, or a `PartialOrder` for PROMETHEE I, in
        the matrix's row order.

    Raises
    ------
    InputError
        Unknown method or parameter, weights that do not fit the criteria, values for which the
        method is undefined. A score is never NaN or infinite.
    """
    require_matrix(matrix)
    spec = _spec(method)
    _check_parameters(spec, parameters)
    given = weights if isinstance(weights, Weights) else Weights(weights)
    shares = given.array(matrix.names)
    require_magnitude(matrix)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        result = spec.run(matrix, shares, **parameters)
    _check_finite(result, spec)
    head = (*matrix.notes, *((given.note,) if given.note else ()))
    return replace(result, notes=(*head, *result.notes))


def _spec(method: str) -> MethodSpec:
    if isinstance(method, str) and method in _SPECS:
        return _SPECS[method]
    raise InputError(Fault("unknown method", found=repr(method), expected=_suggestion(method, _SPECS)))


def _check_parameters(spec: MethodSpec, parameters: Mapping[str, Any]) -> None:
    faults = [
        Fault(
            f"method {spec.name!r} takes no parameter {name!r}",
            found=f"{name}={parameters[name]!r}",
            expected=_suggestion(name, spec.parameters) if spec.parameters else "no parameters",
        )
        for name in parameters
        if name not in spec.parameters
    ]
    if faults:
        raise InputError(faults)


def _suggestion(word: object, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(str(word), names, n=1)
    among = "one of " + ", ".join(repr(name) for name in names)
    return f"{among} (did you mean {close[0]!r}?)" if close else among


def _check_finite(result: Ranking | PartialOrder, spec: MethodSpec) -> None:
    scores = result.scores_array if isinstance(result, Ranking) else np.asarray(result.positive_flow, dtype=np.float64)
    # Both ends are finite only where every score is; the usual case makes no mask.
    if not (np.isfinite(scores.min()) and np.isfinite(scores.max())):
        wrong = np.flatnonzero(~np.isfinite(scores))
        labels = [result.labels[int(i)] for i in wrong[:5]]
        raise InputError(
            Fault(
                f"method {spec.name!r} has no finite score for some molecules: the values are too far apart",
                found=f"rows {labels}",
                mend="Rescale the criteria, or choose another method",
            )
        )
