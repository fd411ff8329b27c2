import time

import pandas as pd
import pytest

from weighbridge.demo import run
from weighbridge.demo.prepare import HELD_OUT
from weighbridge.study.study import Study


@pytest.fixture(scope="module")
def decided(prepared):
    return run.decide_and_judge(prepared.folder)


def test_the_decision_is_made_before_the_outcome_is_read(prepared, monkeypatch):
    """Held-out values are read after the choice stands, and no input of the study is the held-out file."""
    order = []
    decide = Study.decide

    def deciding(self, **options):
        order.append("decide")
        return decide(self, **options)

    def reading(folder):
        order.append("read")
        return pd.read_csv(folder / HELD_OUT, index_col="id")["logBB"]

    monkeypatch.setattr(Study, "decide", deciding)
    monkeypatch.setattr(run, "read_outcome", reading)
    decision, _ = run.decide_and_judge(prepared.folder)
    assert order == ["decide", "read"]
    assert not any("held_out" in name for name in decision.study.inputs)


def test_another_outcome_changes_no_rank(prepared, decided):
    """With every held-out value turned round the ranking has the same scores, only the count differs."""
    path = prepared.folder / HELD_OUT
    before = path.read_text(encoding="utf-8")
    try:
        held = pd.read_csv(path)
        held.assign(logBB=-held["logBB"]).to_csv(path, index=False)
        decision, outcome = run.decide_and_judge(prepared.folder)
    finally:
        path.write_text(before, encoding="utf-8")
    assert decision.ranking.scores.equals(decided[0].ranking.scores)
    assert outcome.rules[0].spearman == pytest.approx(-decided[1].rules[0].spearman)


def test_forty_are_chosen_and_counted(prepared, decided):
    """Forty molecules are chosen and the hits among them are those of the held-out table."""
    decision, outcome = decided
    held = pd.read_csv(prepared.folder / HELD_OUT, index_col="id")["logBB"]
    assert len(decision.chosen) == outcome.k == 40
    assert outcome.rules[0].hits == (held.loc[list(decision.chosen.chosen)] > 0.3).sum()
    assert [rule.rule for rule in outcome.rules] == [
        "weighbridge", "public model alone", "internal model alone", "plain average of ranks", "chance",
    ]  # fmt: skip


def test_the_panel_weighs_every_node(decided):
    """At every judged node the group's answers weigh all children, two experts' own at least, and hold together."""
    decision, _ = decided
    for tree in (decision.tree, decision.indicators):
        for report in tree.nodes.values():
            if report.weighting == "judged":
                assert report.answers > 0
                assert len(report.priorities) >= 2
                assert min(report.weights.values()) > 0
                assert report.consistency.ratio is None or report.consistency.ratio < 0.1


def test_what_varies_by_molecule_really_varies(decided):
    """No criterion of the demo is constant over the candidates."""
    assert (decided[0].matrix.to_frame().nunique() >= 5).all()


def test_both_readings_of_trust_are_there(decided):
    """The sources are judged by the panel and rated by indicators, and the used share lies between."""
    shares = decided[0].trust.shares()
    low, high = shares[["judged", "rated"]].min(axis=1), shares[["judged", "rated"]].max(axis=1)
    assert ((shares["used"] >= low) & (shares["used"] <= high)).all()


def test_gates_exclude_with_a_reason(decided):
    """A molecule above 700 Da is excluded by the gate and stands in no ranking."""
    decision, outcome = decided
    weights = pd.to_numeric(decision.study.molecules["molecular_weight"])
    heavy = set(weights.index[weights > 700])
    assert {exclusion.molecule for exclusion in decision.excluded} == heavy
    assert not heavy & set(decision.ranking.labels)
    assert outcome.ranked == len(weights) - len(heavy)


def test_the_whole_demo_ends_with_a_report(prepared):
    """run_demo writes the report, reuses the models, and reports its progress in words."""
    heard = []
    result = run.run_demo(prepared.folder, lambda words, done, total: heard.append(words))
    assert result.report == prepared.folder / run.REPORT
    assert result.report.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    assert result.prepared.reused
    assert "writing the report" in heard
    page = result.report.read_text(encoding="utf-8")
    assert len(result.robustness.sentences) == 3
    assert '<section id="robustness"' in page
    assert result.outcome.k == 40


@pytest.mark.nightly
def test_the_full_demo_takes_less_than_two_minutes(tmp_path):
    """On all of B3DB the first run ends within two minutes, the second reuses both models and is faster."""
    first, again = (_timed(tmp_path / "demo") for _ in range(2))
    assert first[0] < 120
    assert again[0] < first[0] / 2
    assert [first[1].prepared.reused, again[1].prepared.reused] == [False, True]
    assert first[1].outcome == again[1].outcome
    data = first[1].prepared.data
    assert (len(data.public), data.left_out, len(data.internal), len(data.candidates)) == (6358, 389, 120, 500)


def _timed(folder):
    start = time.perf_counter()
    result = run.run_demo(folder)
    return time.perf_counter() - start, result
