"""The provenance ticket of a weight: the sum, then every single judgement behind it, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from weighbridge.report.numbers import percent, significant

if TYPE_CHECKING:
    from weighbridge.core.weights import Provenance
    from weighbridge.elicitation.consensus import Consensus
    from weighbridge.elicitation.consistency import Consistency
    from weighbridge.elicitation.hierarchy import NodeReport
    from weighbridge.study.decision import Decision

__all__ = ["JudgementRow", "NodeAnswersView", "Ticket", "TicketLine", "consensus_words", "consistency_words", "ticket"]


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One line of the sum: indentation, what it is, its number, how it was made, what it refers to."""

    depth: int
    label: str
    value: float | None
    how: str
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """One pairwise answer."""

    expert: str
    answer: str
    reason: str
    place: str
    round: int


@dataclass(frozen=True, slots=True)
class NodeAnswersView:
    """All answers at one node of a tree, with how well they fit together.

    Attributes
    ----------
    remarks
        Skipped questions and experts who said nothing here.
    """

    title: str
    consistency: str
    consensus: str
    judgements: tuple[JudgementRow, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """Why a weight is what it is."""

    name: str
    value: float
    how: str
    lines: tuple[TicketLine, ...]
    nodes: tuple[NodeAnswersView, ...]

    @property
    def judgements(self) -> int:
        """How many single judgements stand behind the weight."""
        return sum(len(node.judgements) for node in self.nodes)


def ticket(decision: Decision, provenance: Provenance) -> Ticket:
    """Return the ticket of a provenance tree."""
    lines: list[TicketLine] = []
    nodes: dict[tuple[str, tuple[str, ...]], NodeAnswersView] = {}
    for depth, line in _sums(provenance):
        answers = [part for part in line.parts if _is_judgement(part)]
        refers_to = ""
        if answers:
            report = _report_of(decision, line)
            title = str(line.facts.get("node", line.label))
            key = (title, tuple(f"{part.label}|{part.how}" for part in answers))
            nodes.setdefault(key, _node_view(title, line, answers, report))
            refers_to = title
        lines.append(TicketLine(depth, line.label, line.value, line.how, refers_to))
    value = 0.0 if provenance.value is None else provenance.value
    return Ticket(provenance.label, value, provenance.how, tuple(lines[1:]), tuple(nodes.values()))


def _sums(line: Provenance, depth: int = 0) -> Iterator[tuple[int, Provenance]]:
    """Yield the lines of the sum: all that are neither judgements nor remarks beside them."""
    yield depth, line
    beside = any(_is_judgement(part) for part in line.parts)
    for part in line.parts:
        if not _is_judgement(part) and not (beside and part.value is None):
            yield from _sums(part, depth + 1)


def _is_judgement(line: Provenance) -> bool:
    return "expert" in line.facts and "value" in line.facts and not line.parts


def _node_view(title: str, line: Provenance, answers: list[Provenance], report: NodeReport | None) -> NodeAnswersView:
    rows = tuple(_judgement(answer) for answer in answers)
    remarks = tuple(
        f"{part.label} ({part.how})" if part.how else part.label for part in line.parts if not _is_judgement(part)
    )
    consistency = consistency_words(report.consistency) if report is not None else ""
    consensus = consensus_words(report.consensus) if report is not None else ""
    return NodeAnswersView(title, consistency, consensus, rows, remarks)


def _judgement(line: Provenance) -> JudgementRow:
    facts: Mapping[str, Any] = line.facts
    round_ = facts.get("round") or 1
    return JudgementRow(
        str(facts["expert"]) or "not named",
        line.label,
        str(facts.get("reason") or ""),
        str(facts.get("place") or ""),
        int(round_),
    )


def _report_of(decision: Decision, line: Provenance) -> NodeReport | None:
    """Return the report of the node a share belongs to; two trees may use the same node name."""
    node, child = line.facts.get("node"), line.facts.get("child")
    for tree in (decision.tree, decision.indicators, decision.sources):
        report = None if tree is None else tree.nodes.get(str(node))
        if report is not None and child in report.weights and report.weights[str(child)] == line.value:
            return report
    return None


def consistency_words(consistency: Consistency | None) -> str:
    """Say how well answers fit together: the factor with its freedom, the ratio with its table."""
    if consistency is None:
        return ""
    if consistency.random_index_value == 0:
        return f"Two items: a single pair cannot contradict itself (ratio 0 by definition; {consistency.random_index})."
    if consistency.factor is None:
        words = "No answer can be cross-checked: there are only as many as it takes to link all items"
    else:
        freedom = f"{consistency.dof} degree{'' if consistency.dof == 1 else 's'} of freedom"
        words = f"The answers fit together to about ×{significant(consistency.factor, 2)} ({freedom})"
    if consistency.ratio is None:
        return f"{words}; no consistency ratio, because some pairs are unanswered."
    ratio = significant(consistency.ratio, 2)
    return f"{words}; consistency ratio {ratio} with the random index of {consistency.random_index}."


def consensus_words(consensus: Consensus | None) -> str:
    """Say how alike the experts are, and that this is agreement, not accuracy."""
    if consensus is None:
        return ""
    word = consensus.word[0].upper() + consensus.word[1:]
    count = len(consensus.experts)
    return f"{word} consensus among {count} experts (S* {percent(consensus.index)}): agreement, not accuracy."
