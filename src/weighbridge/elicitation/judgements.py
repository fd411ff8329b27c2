"""A judgement file against the value tree and the panel: what can be used, and every fault at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from weighbridge.core.judgement import SCALE_MAXIMUM, Judgement, Panel
from weighbridge.core.tree import JUDGED, Node, ValueTree
from weighbridge.elicitation.answers import RECIPROCAL_TOLERANCE, Answer, checked_answers
from weighbridge.errors import Faults

__all__ = ["NodeAnswers", "is_on_scale", "require_every_expert", "sort_judgements"]


@dataclass(slots=True)
class NodeAnswers:
    """The usable answers at one node.

    Attributes
    ----------
    by_expert
        Each expert's answers of the latest round in which he or she judged the pair.
    skipped
        Judgements whose latest round says "asked and skipped".
    """

    by_expert: dict[str, list[Answer]] = field(default_factory=dict)
    skipped: list[Judgement] = field(default_factory=list)


def is_on_scale(value: float, maximum: float = SCALE_MAXIMUM) -> bool:
    """Return whether a ratio lies between 1/maximum and maximum, printed reciprocals (0.111) included."""
    room = RECIPROCAL_TOLERANCE * (1 + 1e-9)
    return (1 - room) / maximum <= value <= maximum * (1 + room)


def require_every_expert(judgements: Sequence[Judgement], panel: Panel) -> None:
    """Refuse a panel of which somebody gave no judgement at all.

    Parameters
    ----------
    judgements
        All judgements of the study, of every tree and round; a skipped question counts as heard.
    panel
        The experts.

    Raises
    ------
    InputError
        Naming every silent expert: a panel in the record must be the people who judged.
    """
    heard = {judgement.expert for judgement in judgements}
    faults = Faults()
    for expert in panel:
        if expert.name not in heard:
            faults.add(
                "an expert of the panel has given no judgement",
                found=repr(expert.name),
                mend="Add the judgements, or take the expert off the panel",
            )
    faults.raise_if_any()


def sort_judgements(
    tree: ValueTree, judgements: Sequence[Judgement], panel: Panel, faults: Faults
) -> dict[str, NodeAnswers]:
    """Return the usable answers by node, noting every fault with the judgement's place.

    Of several rounds the latest counts, pair by pair: a pair skipped in the latest round is
    unanswered, whatever was said before; earlier answers stay on record with the new one.

    Faults noted: unknown node, node without or with other than judged weights, unknown expert or
    child, self-comparison, value off the 1/9 … 9 scale, a value outside its hesitation range, and
    contradictory answers by one expert in one round.
    """
    nodes = {node.name: node for node in tree.root.walk()}
    experts = {expert.name for expert in panel}
    gathered: dict[tuple[str, str, frozenset[str]], list[Judgement]] = {}
    for judgement in judgements:
        known = _check_node(judgement, nodes, faults)
        if judgement.expert not in experts:
            faults.add(
                "a judgement is by nobody of the panel",
                place=_place(judgement),
                found=repr(judgement.expert),
                expected=f"one of {sorted(experts)}",
            )
            known = False
        if known and _check_values(judgement, nodes[judgement.node], faults):
            key = (judgement.node, judgement.expert, frozenset((judgement.a, judgement.b)))
            gathered.setdefault(key, []).append(judgement)
    found: dict[str, NodeAnswers] = {}
    for (name, expert, _), said in gathered.items():
        children = tuple(child.name for child in nodes[name].children)
        here = found.setdefault(name, NodeAnswers())
        answer = _latest(children, said, faults)
        if isinstance(answer, Answer):
            here.by_expert.setdefault(expert, []).append(answer)
        elif answer is not None:
            here.skipped.append(answer)
    return found


def _place(judgement: Judgement) -> str:
    return judgement.place or f"{judgement.expert!r} at {judgement.node!r}, {judgement.a!r} against {judgement.b!r}"


def _check_node(judgement: Judgement, nodes: dict[str, Node], faults: Faults) -> bool:
    node = nodes.get(judgement.node)
    place = _place(judgement)
    if node is None:
        judged = [name for name, one in nodes.items() if not one.is_leaf and one.weighting == JUDGED]
        faults.add(
            "a judgement is about an unknown node",
            place=place,
            found=repr(judgement.node),
            expected=f"one of {judged}",
        )
    elif node.is_leaf:
        faults.add("a judgement is about a criterion, which has nothing below it", place=place, found=repr(node.name))
    elif node.weighting != JUDGED:
        faults.add(
            "a judgement is about a node that is not judged",
            place=place,
            found=f"{node.name!r}, whose weighting is {node.weighting!r}",
            mend="Declare its weighting 'judged', or leave the judgement out",
        )
    else:
        return True
    return False


def _check_values(judgement: Judgement, node: Node, faults: Faults) -> bool:
    before = len(faults)
    place = _place(judgement)
    children = [child.name for child in node.children]
    for name in dict.fromkeys((judgement.a, judgement.b)):
        if name not in children:
            faults.add(
                f"a judgement names something that is not below {node.name!r}",
                place=place,
                found=repr(name),
                expected=f"one of {children}",
            )
    if judgement.a == judgement.b:
        faults.add("something is compared with itself", place=place, found=repr(judgement.a))
    for value in (judgement.value, judgement.low, judgement.high):
        if value is not None and not (math.isfinite(value) and is_on_scale(value)):
            faults.add(
                "a value is off the scale",
                place=place,
                found=f"{value:g}",
                expected=f"between 1/{SCALE_MAXIMUM:g} and {SCALE_MAXIMUM:g}",
            )
    if len(faults) == before:
        _check_range(judgement, faults)
    return len(faults) == before


def _check_range(judgement: Judgement, faults: Faults) -> None:
    ordered = [value for value in (judgement.low, judgement.value, judgement.high) if value is not None]
    if ordered != sorted(ordered):
        faults.add(
            "a value is outside its hesitation range",
            place=_place(judgement),
            found=f"{judgement.value} with range {judgement.low} to {judgement.high}",
            expected="low ≤ value ≤ high",
        )


def _latest(children: tuple[str, ...], said: list[Judgement], faults: Faults) -> Answer | Judgement | None:
    """Return the answer of the latest round, its judgement if skipped, None if contradictory."""
    earlier: list[str] = []
    latest: Answer | Judgement | None = None
    for number in sorted({judgement.round for judgement in said}):
        if latest is not None:
            earlier.append(_in_words(latest))
        latest = _of_round(children, [one for one in said if one.round == number], faults)
    return replace(latest, earlier=tuple(earlier)) if isinstance(latest, Answer) else latest


def _in_words(said: Answer | Judgement) -> str:
    return f"{said} (round {said.round})" if isinstance(said, Answer) else f"skipped (round {said.round})"


def _of_round(children: tuple[str, ...], said: list[Judgement], faults: Faults) -> Answer | Judgement | None:
    answered = [_answer(judgement, judgement.value) for judgement in said if judgement.value is not None]
    skipped = [judgement for judgement in said if judgement.value is None]
    if answered and skipped:
        faults.add(
            "one pair is both answered and skipped in the same round",
            place=" and ".join(dict.fromkeys(_place(judgement) for judgement in said)),
            found=", ".join(str(judgement) for judgement in said),
        )
        return None
    if skipped:
        return skipped[0]
    before = len(faults)
    merged = checked_answers(children, answered, faults)
    return merged[0] if len(faults) == before else None


def _answer(judgement: Judgement, value: float) -> Answer:
    return Answer(
        judgement.a,
        judgement.b,
        value,
        expert=judgement.expert,
        reason=judgement.reason,
        place=_place(judgement),
        low=judgement.low,
        high=judgement.high,
        round=judgement.round,
    )
