"""Judgement scales: what a word on the 1–9 scale is worth as a ratio.

People choose words ("moderately more important"); that the third word means three times as much is
Saaty's choice, and others have proposed other numbers. A scale is applied to the answers after the
fact: the answers stay as they were given, and only the weights are computed anew. With x the answer
from 1 to 9, n the number of things compared and M = 9:

==================== ============================== ===========================================
name                 ratio                          source
==================== ============================== ===========================================
``linear``           x                              Saaty (1977)
``power``            x²                             Harker and Vargas (1987)
``root-square``      √x                             Harker and Vargas (1987)
``geometric``        2^(x − 1)                      Lootsma (1989)
``logarithmic``      log₂(x + 1)                    Ishizaka, Balkenborg and Kaplan (2010)
``inverse-linear``   9/(10 − x)                     Ma and Zheng (1991)
``balanced``         w/(1 − w), w = 0.45 + 0.05 x   Salo and Hämäläinen (1997)
``balanced-n``       (M + (n − 1) x)/(M + n − x)    Goepel (2019), from the weight below
``adaptive``         x^(1 + ln(n − 1)/ln M)         Goepel (2019)
``adaptive-balanced`` (n − 1) w/(1 − w)             Goepel (2019), from the weight below
``asymptotical``     exp(artanh(√3 (x − 1)/14))     Dodd and Donegan (1995)
==================== ============================== ===========================================

One criterion that is judged x against each of the n − 1 others, which are equal, weighs
w = c/(c + n − 1) under a ratio c. ``balanced-n`` is the scale on which that weight rises in equal
steps, from 1/n at x = 1 to that of the linear scale, M/(M + n − 1), at x = M; for n = 2 it is
``balanced``. ``adaptive-balanced`` rises in equal steps to 0.9 for every n, and ``adaptive`` reaches
0.9 by a power. Reviews print the asymptotical scale as artanh(√3 (x − 1)/14), which gives 0 for
"equally important"; as a ratio it is the exponential of that. Below 1 every scale gives the
reciprocal of what it gives for the reciprocal answer. All are functions of any number from 1 to 9, so
means of answers need no rounding.

References
----------
Dodd, F. J. and Donegan, H. A. (1995). Comparison of prioritization techniques using interhierarchy
mappings. Journal of the Operational Research Society 46(4), 492–498.
Goepel, K. D. (2019). Comparison of judgment scales of the analytical hierarchy process: a new approach.
International Journal of Information Technology & Decision Making 18(2), 445–463.
Ishizaka, A. and Labib, A. (2011). Review of the main developments in the analytic hierarchy process.
Expert Systems with Applications 38(11), 14336–14345: table of scales.
Salo, A. A. and Hämäläinen, R. P. (1997). On the measurement of preferences in the analytic hierarchy
process. Journal of Multi-Criteria Decision Analysis 6(6), 309–319.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import Final

import pandas as pd

from weighbridge.core.arrays import is_finite
from weighbridge.core.judgement import SCALE_MAXIMUM
from weighbridge.core.tree import ValueTree
from weighbridge.core.weights import Provenance, Weights
from weighbridge.elicitation.answers import Answer
from weighbridge.elicitation.comparisons import Comparisons
from weighbridge.elicitation.hierarchy import TreeWeights
from weighbridge.elicitation.judgements import is_on_scale
from weighbridge.errors import Fault, Faults, InputError

__all__ = ["LINEAR", "SCALES", "ScaleSweep", "rescale", "scale_sweep", "scale_value", "tree_under_scale"]

LINEAR: Final = "linear"
"""Saaty's scale, on which the answers are given."""

HIGHEST: Final = 0.9
"""The weight at which the adaptive scales end, whatever the number of things compared."""

ASYMPTOTE: Final = math.sqrt(3.0) / 14.0


def _balanced_to(weight: Callable[[int], float]) -> Callable[[float, int], float]:
    """Return the scale whose weights rise in equal steps from 1/n to `weight(n)`."""

    def ratio(x: float, n: int) -> float:
        low = 1.0 / n
        share = low + (x - 1.0) / (SCALE_MAXIMUM - 1.0) * (weight(n) - low)
        return (n - 1) * share / (1.0 - share)

    return ratio


def _adaptive(x: float, n: int) -> float:
    return math.pow(x, 1.0 + math.log(n - 1) / math.log(SCALE_MAXIMUM))


SCALES: Final[Mapping[str, Callable[[float, int], float]]] = {
    LINEAR: lambda x, _: x,
    "power": lambda x, _: x**2,
    "root-square": lambda x, _: math.sqrt(x),
    "geometric": lambda x, _: 2.0 ** (x - 1.0),
    "logarithmic": lambda x, _: math.log2(x + 1.0),
    "inverse-linear": lambda x, _: SCALE_MAXIMUM / (SCALE_MAXIMUM + 1.0 - x),
    "balanced": lambda x, _: (0.45 + 0.05 * x) / (0.55 - 0.05 * x),
    "balanced-n": _balanced_to(lambda n: SCALE_MAXIMUM / (SCALE_MAXIMUM + n - 1)),
    "adaptive": _adaptive,
    "adaptive-balanced": _balanced_to(lambda _: HIGHEST),
    "asymptotical": lambda x, _: math.exp(math.atanh(ASYMPTOTE * (x - 1.0))),
}
"""Scale name to its ratio for an answer x in [1, 9] among n ≥ 2 things."""


def scale_value(value: float, scale: str, n: int = 2) -> float:
    """Return the ratio that an answer stands for on a scale.

    Parameters
    ----------
    value
        The answer, 1/9 to 9; printed reciprocals such as 0.111 are taken as 1/9.
    scale
        A name in `SCALES`.
    n
        How many things are compared at the node, at least 2; only the ``balanced-n`` and
        ``adaptive`` scales depend on it.

    Returns
    -------
    ratio
        Positive; 1 for 1, and for an answer below 1 the reciprocal of that for its reciprocal.

    Raises
    ------
    InputError
        For an unknown scale, an answer off the scale, or n below 2. Other scales than ``linear``
        give numbers to nine words and to what lies between them, not beyond.
    """
    ratio = _scale(scale)
    if isinstance(n, bool) or not isinstance(n, int) or n < 2:
        raise InputError(Fault("a comparison needs two things", found=repr(n), expected="a whole number ≥ 2"))
    if not is_finite(value) or not is_on_scale(value):
        raise InputError(
            Fault(
                f"the scale {scale!r} has no ratio for this answer",
                found=f"{value}",
                expected=f"between 1/{SCALE_MAXIMUM:g} and {SCALE_MAXIMUM:g}",
            )
        )
    strength = min(max(value, 1.0 / value), SCALE_MAXIMUM)
    return ratio(strength, n) if value >= 1 else 1.0 / ratio(strength, n)


def _scale(name: object) -> Callable[[float, int], float]:
    if isinstance(name, str) and name in SCALES:
        return SCALES[name]
    raise InputError(Fault("no such judgement scale", found=repr(name), expected=f"one of {list(SCALES)}"))


def rescale(comparisons: Comparisons, scale: str) -> Comparisons:
    """Return the comparisons with every answer translated to another scale.

    Parameters
    ----------
    comparisons
        Answers on the 1–9 scale, of one expert or of several: each answer is translated by itself,
        before they are combined.
    scale
        A name in `SCALES`.

    Returns
    -------
    rescaled
        New comparisons; the ones given stay as they are.

    Raises
    ------
    InputError
        For an unknown scale, and naming every answer off the 1–9 scale.
    """
    _scale(scale)
    n = len(comparisons.labels)
    if scale == LINEAR:
        return comparisons
    faults = Faults()
    answers = [_translated(answer, scale, n, faults) for answer in comparisons.answers]
    faults.raise_if_any()
    return Comparisons(comparisons.labels, [answer for answer in answers if answer is not None])


def _translated(answer: Answer, scale: str, n: int, faults: Faults) -> Answer | None:
    place = answer.place or f"{answer.a!r} against {answer.b!r}"
    try:
        low, value, high = (
            None if given is None else scale_value(given, scale, n) for given in (answer.low, answer.value, answer.high)
        )
    except InputError as error:
        faults.extend(InputError([replace(fault, place=place) for fault in error.faults]))
        return None
    assert value is not None
    return replace(answer, value=value, low=low, high=high)


@dataclass(frozen=True, eq=False, repr=False)
class ScaleSweep(Mapping[str, Weights]):
    """The weights under each judgement scale, by its name.

    Attributes
    ----------
    weights
        Scale to weights; the names in the same order everywhere.
    refused
        Scale to reason, for scales that have no ratio for some answer.
    """

    weights: Mapping[str, Weights]
    refused: Mapping[str, str]

    def __getitem__(self, scale: str) -> Weights:
        return self.weights[scale]

    def __iter__(self) -> Iterator[str]:
        return iter(self.weights)

    def __len__(self) -> int:
        return len(self.weights)

    def to_frame(self) -> pd.DataFrame:
        """Return scales × names."""
        return pd.DataFrame({scale: dict(one) for scale, one in self.weights.items()}).T.rename_axis("scale")

    @property
    def spread(self) -> pd.DataFrame:
        """Lowest and highest weight of each name over the scales."""
        frame = self.to_frame()
        return pd.DataFrame({"lowest": frame.min(), "highest": frame.max()})

    def __repr__(self) -> str:
        refused = f", {len(self.refused)} refused" if self.refused else ""
        return f"ScaleSweep({len(self)} scales{refused}: {', '.join(self)})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.to_frame().to_html()}"


def scale_sweep(
    judged: Comparisons | TreeWeights,
    tree: ValueTree | None = None,
    *,
    method: str = "llsm",
    scales: Iterable[str] | None = None,
) -> ScaleSweep:
    """Return the weights that the same answers give under each judgement scale.

    Parameters
    ----------
    judged
        One set of comparisons, or a whole weighed tree.
    tree
        The value tree behind a weighed tree.
    method
        ``llsm`` or ``eigenvector``.
    scales
        Names in `SCALES`; all by default.

    Returns
    -------
    sweep
        Of a tree the weights of its criteria. Give it to
        `weighbridge.robustness.variations.reweigh` to see what the scales do to the ranking. A scale
        that has no ratio for some answer is refused with its reason; answers on the 1–9 scale never
        are.

    Raises
    ------
    InputError
        For an unknown scale or method, or a weighed tree without its value tree.
    """
    names = list(SCALES if scales is None else scales)
    for name in names:
        _scale(name)
    weights: dict[str, Weights] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            weights[name] = _under(judged, tree, name, method)
        except InputError as error:
            if name == LINEAR:
                raise
            refused[name] = str(error)
    return ScaleSweep(weights, refused)


def _under(judged: Comparisons | TreeWeights, tree: ValueTree | None, scale: str, method: str) -> Weights:
    if isinstance(judged, Comparisons):
        return _priorities(judged, scale, method)
    if tree is None:
        raise InputError(Fault("a weighed tree needs its value tree", mend="Give tree="))
    return tree_under_scale(tree, judged, scale, method)


def _priorities(comparisons: Comparisons, scale: str, method: str) -> Weights:
    return rescale(comparisons, scale).priorities(method)


def tree_under_scale(tree: ValueTree, weighed: TreeWeights, scale: str, method: str = "llsm") -> Weights:
    """Return the weights of a tree's criteria with every judged answer on another scale.

    Parameters
    ----------
    tree
        The value tree.
    weighed
        What `weighbridge.elicitation.hierarchy.weigh_tree` made of it. Local weights that nobody
        judged (equal, given, trust shares) stay as they are.
    scale
        A name in `SCALES`.
    method
        ``llsm`` or ``eigenvector``.

    Raises
    ------
    InputError
        For an unknown scale or method, and naming every answer off the 1–9 scale.
    """
    _scale(scale)
    faults = Faults()
    local: dict[str, Weights | None] = {}
    for name, report in weighed.nodes.items():
        if report.comparisons is None:
            local[name] = report.weights
        else:
            local[name] = faults.collect(_priorities, report.comparisons, scale, method)
    faults.raise_if_any()
    shares = {leaf: _product(tree, leaf, local) for leaf in tree.leaves}
    how = f"the panel's answers on the {scale} scale"
    return Weights(shares, provenance={leaf: Provenance(f"weight of {leaf}", w, how) for leaf, w in shares.items()})


def _product(tree: ValueTree, leaf: str, local: Mapping[str, Weights | None]) -> float:
    path = tree.path(leaf)
    product = 1.0
    for above, below in pairwise(path):
        here = local[above.name]
        assert here is not None
        product *= here[below.name]
    return product
