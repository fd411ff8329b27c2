"""The PXR study: four public assays, three in cells and one without, against our own pEC50."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.shared_studies.build_pxr import ASSAYS, CANDIDATES

pytestmark = pytest.mark.shared

PUBLIC = ("tox21", "atg_cis", "atg_trans", "nvs")


def test_the_study_runs_to_a_choice(four_sources):
    """Every candidate is ranked and thirty are chosen, no more than three of a scaffold."""
    assert len(four_sources.ranking.labels) == CANDIDATES
    assert len(four_sources.chosen) == 30
    assert four_sources.ranking.scores.notna().all()


def test_each_public_assay_has_a_share_of_its_own(four_sources):
    """The four assays and our own data are five sources with five different shares."""
    used = four_sources.trust.used
    assert set(used) == {*PUBLIC, "internal"}
    assert len({round(share, 6) for share in used.values()}) == 5
    weights = four_sources.weights
    scores = {source: weights[f"{source}_score"] for source in used}
    total = sum(scores.values())
    for source, share in used.items():
        assert scores[source] / total == pytest.approx(share)


def test_the_cell_free_assay_is_trusted_least(four_sources):
    """Binding without a cell, the poorest model and 27 bridging compounds at chance: the least share, both ways."""
    shares = four_sources.trust.shares()
    assert shares["judged"].idxmin() == "nvs"
    assert shares["rated"].idxmin() == "nvs"


def test_conditions_not_recorded_stay_intervals(four_sources):
    """Our own cell line was never stated: its match runs from 0 to 1 and is no guess."""
    rating = four_sources.trust.rated
    low, high = (frame.loc["internal", "cell_line"] for frame in (rating.utilities_low, rating.utilities_high))
    assert low < 0.2
    assert high == 1.0
    assert four_sources.study.sources["internal"].context.get("cell_line") is None


def test_the_same_cells_match_and_no_cells_do_not(four_sources):
    """HepG2 assays match the decision's cell line better than the cell-free one."""
    utilities = four_sources.trust.rated.utilities["cell_line"]
    assert utilities["atg_cis"] == utilities["atg_trans"] == 1.0
    assert utilities["nvs"] < 0.3


def test_conflicting_repeats_are_counted_per_assay(four_sources):
    """Tox21's repeated compounds with both labels are a share between 0 and a fifth, counted from the records."""
    reading = four_sources.trust.rated.readings["tox21"]["duplicate_conflict"]
    records = four_sources.study.sources["tox21"].records.frame
    decided = records[records["label"].notna()]
    repeated = decided.groupby("key")["label"].agg(["nunique", "size"]).query("size > 1")
    assert reading.value == pytest.approx((repeated["nunique"] == 2).mean())
    assert 0 < reading.value < 0.2


def test_inconclusive_outcomes_carry_no_label(four_sources):
    """Inconclusive records count as such and are neither active nor inactive."""
    records = four_sources.study.sources["tox21"].records.frame
    words = records["outcome"].eq("inconclusive")
    assert words.sum() > 500
    assert records.loc[words, "label"].isna().all()
    reading = four_sources.trust.rated.readings["tox21"]["inconclusive_share"]
    assert reading.value == pytest.approx(words.mean())


def test_measured_errors_come_with_the_values(four_sources):
    """Our own records keep the standard error of every fit."""
    records = four_sources.study.sources["internal"].records
    assert {"value", "se"} <= records.recorded
    assert pd.to_numeric(records.frame["se"]).median() == pytest.approx(0.15, abs=0.05)


def test_bridging_pairs_belong_to_their_assay(four_sources):
    """Every public assay has its own bridging pairs, the cell-free one the fewest."""
    counts = {name: len(four_sources.study.sources[name].bridging) for name in PUBLIC}
    assert counts["tox21"] == 258
    assert min(counts, key=counts.get) == "nvs"
    assert sum(counts.values()) == 519


def test_no_candidate_is_a_training_or_bridging_compound(four_sources):
    """No source's records and no bridging pair hold a candidate, by first InChIKey block."""
    keys = set(four_sources.study.molecules["key"])
    for source in four_sources.study.sources.values():
        assert not keys & set(source.records.frame["key"])
        if source.bridging is not None:
            assert not keys & set(source.bridging["key"])


def test_a_pooled_source_is_weighed_by_its_parts(pooled):
    """With one public model the four assays are still rated one by one, the cell-free one the lowest."""
    parts = pooled.trust.rated.parts["public"]
    assert set(parts.score.index) == set(ASSAYS.values())
    assert parts.score.idxmin() == ASSAYS["nvs"]
    assert parts.utilities.loc[ASSAYS["nvs"], "assay_format"] < parts.utilities["assay_format"].max()
    mean = (parts.score * parts.records).sum() / parts.records.sum()
    assert pooled.trust.rated.score["public"] == pytest.approx(mean)


def test_both_forms_of_the_study_agree_on_the_whole(four_sources, pooled):
    """Four models or one, the rankings of the candidates agree clearly, and are not the same."""
    correlation = four_sources.ranking.ranks.corr(pooled.ranking.ranks, method="spearman")
    assert 0.5 < correlation < 0.9999
