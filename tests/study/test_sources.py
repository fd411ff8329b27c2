"""Sources as the study's files tell them: predictions, records, validation, bridging, card, context."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.builders import INTERNAL, LEFT_OUT, PUBLIC, PUBLIC_RECORDS

from weighbridge.evidence.source import RECORD_FIELDS, Records, Source
from weighbridge.study.study import Study

Load = Callable[..., Study]
FaultsOf = Callable[..., list[str]]


def records_of(study: Study, name: str) -> Records:
    """Return a source's records."""
    records = study.sources[name].records
    assert records is not None
    return records


def predictions_of(source: Source) -> dict[str, list[float]]:
    """Return a source's predictions by column."""
    assert source.predictions is not None
    return {str(name): column.tolist() for name, column in source.predictions.items()}


def test_a_source_says_what_it_is(load: Load) -> None:
    """Title, kind, units and context come from study.yaml; not recorded is None."""
    public, internal = load().sources.values()
    assert (public.name, public.title, public.kind, public.unit) == ("public", "Public labels", "binary", "probability")
    assert (internal.unit, internal.value_unit) == ("pIC50", "pIC50")
    assert public.context.conditions == {"species": "human", "cell_line": "HEK293", "ph": None}
    assert internal.context.conditions["temperature"] == 37.0


def test_a_binary_score_without_a_unit_is_a_probability(load: Load, faults_of: FaultsOf) -> None:
    """And is held to [0, 1] like one."""
    changes = {"sources.public.predictions.score": "probability"}
    assert load(changes).sources["public"].unit == "probability"
    assert len(faults_of(changes, {"public.csv": PUBLIC.replace("0.82", "7.1")})) == 1


def test_predictions_convert_with_their_intervals(load: Load) -> None:
    """NM → pIC50 turns low and high round."""
    changes: dict[str, Any] = {
        "sources.internal.predictions": {
            "file": "internal.csv",
            "score": {"column": "nM", "unit": "nM", "to": "pIC50"},
            "low": "low",
            "high": "high",
        }
    }
    rows = "id,nM,low,high\n" + "".join(f"M{number},100,10,1000\n" for number in range(1, 9))
    found = predictions_of(load(changes, {"internal.csv": rows}).sources["internal"])
    assert found["score"][0] == pytest.approx(7)
    assert (found["low"][0], found["high"][0]) == (pytest.approx(6), pytest.approx(8))


def test_one_end_of_an_interval_becomes_the_other(load: Load) -> None:
    """The lower end of a concentration is the upper end of its p-value."""
    changes: dict[str, Any] = {
        "sources.internal.predictions": {
            "file": "internal.csv",
            "score": {"column": "nM", "unit": "nM", "to": "pIC50"},
            "low": "low",
        }
    }
    rows = "id,nM,low\n" + "".join(f"M{number},100,10\n" for number in range(1, 9))
    found = predictions_of(load(changes, {"internal.csv": rows}).sources["internal"])
    assert set(found) == {"score", "high"}
    assert found["high"][0] == pytest.approx(8)


def test_per_cent_predictions_convert_with_their_deviation(load: Load) -> None:
    """A factor applies to the standard deviation too."""
    changes: dict[str, Any] = {
        "sources.public.predictions": {
            "file": "public.csv",
            "score": {"column": "p", "unit": "%", "to": "probability"},
            "sd": "sd",
        }
    }
    rows = "id,p,sd\n" + "".join(f"M{number},40,5\n" for number in range(1, 9))
    found = predictions_of(load(changes, {"public.csv": rows}).sources["public"])
    assert found["score"][0] == pytest.approx(0.4)
    assert found["sd"][0] == pytest.approx(0.05)


def test_censored_predictions_stay_bounds(load: Load) -> None:
    """A score below a limit keeps both ends."""
    found = predictions_of(load(files={"internal.csv": INTERNAL.replace("6.1", "<5")}).sources["internal"])
    assert (found["score_low"][0], found["score_high"][0]) == (-math.inf, 5)
    assert (found["score_low"][1], found["score_high"][1]) == (5.2, 5.2)


def test_what_cannot_be_negative_or_crossed_is_refused(faults_of: FaultsOf) -> None:
    """A negative deviation and an interval upside down are told by row."""
    changes = {"sources.internal.predictions.low": "low", "sources.internal.predictions.high": "high"}
    rows = "id,pIC50,sd,low,high\n" + "".join(f"M{number},6,0.3,5,7\n" for number in range(1, 8)) + "M8,6,-1,7,5\n"
    assert faults_of(changes, {"internal.csv": rows}) == [
        "internal.csv, row 9, column 'sd': the number is negative; found '-1'; expected 0 or more",
        "internal.csv, row 9, column 'low': the interval's lower end is above its upper end; found 7 above 5",
    ]


def test_records_have_every_column_and_say_which_are_recorded(load: Load) -> None:
    """Indicators can rely on the columns and know what the source really tells."""
    records = records_of(load(), "public")
    assert list(records.frame.columns) == list(RECORD_FIELDS)
    assert records.recorded == {"smiles", "inchikey", "key", "label", "outcome", "document", "threshold"}
    assert records.frame["label"].tolist()[:4] == [1, 0, 1, 0]
    assert np.isnan(records.frame["label"][4])
    assert records.frame["outcome"][4] == "inconclusive"
    assert records.frame["value"].isna().all()


def test_records_belong_to_several_parts_and_papers(load: Load) -> None:
    """Cells with separators are taken apart, repeats and empty pieces dropped."""
    rows = PUBLIC_RECORDS.replace("CCO,active,A1,P1|P2", "CCO,active,A2|A2|A1|,P2| P2 |P9|")
    records = records_of(load(files={"public_records.csv": rows}), "public")
    assert records.parts[0] == ("A2", "A1")
    assert records.frame["document"][0] == "P2|P9"
    assert records.part_names == ("A1", "A2")
    assert len(records.of_part("A2")) == 6


def test_conditions_that_differ_from_record_to_record(load: Load) -> None:
    """Numbers are numbers; not recorded, in any case, and empty cells are None."""
    conditions = records_of(load(), "public").conditions
    assert conditions["ph"].tolist() == [7.4, None, 7.4, None, 7.2, 7.4, 7.4, None, 7.0, 7.4]
    assert conditions["cell_line"].tolist()[:5] == ["HEK293", "HEK293", "CHO", "CHO", None]


def test_censored_records_keep_their_bounds(load: Load) -> None:
    """Values below and above the range of the assay are not taken for values."""
    frame = records_of(load(), "internal").frame
    assert frame["relation"].tolist() == ["=", "=", "<", "=", "=", ">", "=", "="]
    assert frame["low"].tolist()[2] == -math.inf
    assert frame["high"].tolist()[5] == math.inf
    assert frame["year"].tolist()[0] == 2024


def test_records_convert_with_threshold_and_counter_screen(load: Load) -> None:
    """All three share one unit, and relations turn round."""
    changes: dict[str, Any] = {
        "sources.internal.value_unit": "pIC50",
        "sources.internal.records": {
            "file": "internal_records.csv",
            "value": {"column": "ic50", "unit": "uM", "to": "pIC50"},
            "relation": "rel",
            "threshold": "cut",
            "counter": "tox",
            "flag": "comment",
            "confidence": "conf",
            "curated_by": "by",
            "purity": "pure",
            "id": "who",
        },
    }
    rows = "who,ic50,rel,cut,tox,comment,conf,by,pure\nA,1,'<',10,100,,9,Expert,0.98\nB,10,,10,,Outside range,,,\n"
    records = records_of(load(changes, {"internal_records.csv": rows}), "internal")
    frame = records.frame
    assert frame["value"].tolist() == pytest.approx([6, 5])
    assert frame["relation"].tolist() == [">", None]
    assert (frame["low"][0], frame["high"][0]) == (pytest.approx(6), math.inf)
    assert frame["threshold"].tolist() == pytest.approx([5, 5])
    assert frame["counter"][0] == pytest.approx(4)
    assert frame["flag"].tolist() == [False, True]
    assert frame["key"].tolist() == ["id:A", "id:B"]
    assert {"flag", "confidence", "curated_by", "purity"} <= records.recorded


@pytest.mark.parametrize(
    ("field", "cell", "message"),
    [
        (
            "purity",
            "98",
            "a purity is outside [0, 1]; found '98'; expected between 0 and 1. Write a fraction: 0.98, not 98",
        ),
        ("confidence", "10", "a target confidence is outside its scale; found '10'; expected between 0 and 9"),
        ("year", "24", "this is not a year; found '24'; expected between 1800 and 2200"),
        ("se", "-0.1", "a standard error is negative; found '-0.1'; expected between 0 and inf"),
    ],
)
def test_numbers_of_records_are_held_to_their_scale(faults_of: FaultsOf, field: str, cell: str, message: str) -> None:
    """A percentage for a fraction is the usual slip."""
    changes = {"sources.internal.records": {"file": "internal_records.csv", field: "x"}}
    assert faults_of(changes, {"internal_records.csv": f"x\n{cell}\n"}) == [
        f"internal_records.csv, row 2, column 'x': {message}"
    ]


def test_standard_errors_of_concentrations_are_refused(faults_of: FaultsOf) -> None:
    """They have no p-value; nothing is converted behind the user's back."""
    changes = {"sources.internal.records.value": {"column": "pIC50", "unit": "nM", "to": "pIC50"}}
    assert [fault.split(": ", 1)[1] for fault in faults_of(changes)] == [
        (
            "a standard error of a concentration has no p-value. "
            "Give the values on the log scale with their standard errors"
        )
    ]


def test_validation_has_truth_and_prediction(load: Load, faults_of: FaultsOf) -> None:
    """A binary truth is 1 or 0, a prediction a probability, and neither is missing."""
    frame = load().sources["public"].validation
    assert frame is not None
    assert list(frame.columns) == ["truth", "prediction", "fold"]
    assert frame["fold"].tolist()[:4] == ["1", "1", "1", "2"]
    faults = faults_of(
        files={"public_validation.csv": "smiles,truth,prediction,fold\nC,2,0.5,1\nCC,1,,1\nCCC,0,1.5,1\n"}
    )
    assert [fault.split("; expected")[0] for fault in faults] == [
        "public_validation.csv, row 2, column 'truth': the truth of a binary source is a label; found '2'",
        "public_validation.csv, row 3, column 'prediction': the cell is empty",
        "public_validation.csv, row 4, column 'prediction': a probability is outside [0, 1]; found '1.5'",
    ]


BRIDGING = {"bridging": {"file": "b.csv", "source": "src", "label": "lab", "y": "y", "smiles": "smiles"}}


def test_bridging_pairs_go_to_their_source(load: Load) -> None:
    """A column names the source or one of its parts."""
    rows = "smiles,src,lab,y\nCCO,public,1,5\nCCC,A1,0,6\nCCN,A2,inconclusive,7\n"
    pairs = load(BRIDGING, {"b.csv": rows}).sources["public"].bridging
    assert pairs is not None
    assert pairs["part"].tolist() == [None, "A1", "A2"]
    assert pairs["key"][0] == "LFQSCWFLJHTTHZ"
    assert pairs["y"].tolist() == [5, 6, 7]
    assert np.array_equal(pairs["label"], [1, 0, np.nan], equal_nan=True)


def test_bridging_pairs_may_all_belong_to_one_source(load: Load) -> None:
    """`of` names it; values x stand beside labels, and documents are kept."""
    changes = {
        "bridging": {
            "file": "b.csv",
            "of": "internal",
            "x": "x",
            "y": "y",
            "inchikey": "k",
            "document": "d",
            "document_y": "e",
        }
    }
    study = load(changes, {"b.csv": "k,x,y,d,e\nLFQSCWFLJHTTHZ,5,5.5,P1,P2\n"})
    pairs = study.sources["internal"].bridging
    assert pairs is not None
    assert pairs.to_dict("records") == [
        {"key": "LFQSCWFLJHTTHZ", "x": 5.0, "y": 5.5, "document": "P1", "document_y": "P2"}
    ]
    assert study.sources["public"].bridging is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (BRIDGING, "b.csv, row 2, column 'src': unknown source; found 'pubic'; expected a source or a part: 'public', 'internal', 'A1', 'A2'. Did you mean 'public'?"),  # noqa: E501
        ({"bridging": {"file": "b.csv", "of": "pubic", "label": "lab", "y": "y"}}, "study.yaml, line 135, $.bridging.of: unknown source; found 'pubic'; expected one of 'public', 'internal'. Did you mean 'public'?"),  # noqa: E501
        ({"bridging": {"file": "b.csv", "of": "public", "y": "y"}}, "study.yaml, line 134, $.bridging: bridging pairs without the source's side; expected label or x"),  # noqa: E501
        ({"bridging": {"file": "b.csv", "label": "lab", "y": "y"}}, "study.yaml, line 134, $.bridging: bridging pairs without a source; expected source: a column, or of: one of 'public', 'internal'"),  # noqa: E501
    ],
)  # fmt: skip
def test_bridging_pairs_need_a_source_and_its_side(faults_of: FaultsOf, changes: dict[str, Any], message: str) -> None:
    """What a pair is worth nothing without is told."""
    assert faults_of(changes, {"b.csv": "smiles,src,lab,y\nCCO,pubic,1,5\n"}) == [message]


def test_the_card_states_what_no_table_can_tell(load: Load) -> None:
    """A value, a value with its interval, or an interval alone, each with where it comes from."""
    card = {
        "z_prime": {"value": 0.7, "from": "the paper"},
        "msr": {"value": 3, "low": 2, "high": 4, "from": "the protocol"},
        "ph": {"low": 6, "high": 8, "from": "the chemist"},
    }
    found = load({"sources.public.card": card}).sources["public"].card
    assert (found["z_prime"].value, found["z_prime"].exact, found["z_prime"].note) == (0.7, True, "the paper")
    assert (found["msr"].low, found["msr"].high) == (2, 4)
    assert (found["ph"].value, found["ph"].exact) == (7, False)


def test_a_card_that_states_nothing_is_refused(faults_of: FaultsOf) -> None:
    """An entry needs a number that fits its interval."""
    card = {
        "z_prime": {"from": "x"},
        "msr": {"value": 3, "low": 1, "from": "y"},
        "ph": {"value": 9, "low": 1, "high": 2, "from": "z"},
    }
    assert [fault.split(": ", 1)[1] for fault in faults_of({"sources.public.card": card})] == [
        "the card states no number; expected a value, or low and high",
        "only one end of the interval is given; expected low and high",
        "the value lies outside its interval; found 9 in [1, 2]",
        "the card states what the data can tell. Take it off the card: it is computed from the records",
    ]


def test_parts_have_conditions_of_their_own(load: Load) -> None:
    """They stand over those of the source."""
    study = load({"sources.public.parts": {"A2": {"title": "second", "context": {"ph": 7.0}}}})
    assert study.sources["public"].context_of("A2").conditions == {"species": "human", "cell_line": "HEK293", "ph": 7.0}
    assert study.sources["public"].context_of("A1").get("ph") is None


def test_relations_without_values_are_refused(faults_of: FaultsOf) -> None:
    """A column of relations alone means nothing."""
    changes = {"sources.public.records.relation": "outcome"}
    assert [fault.split(": ", 1)[1] for fault in faults_of(changes)] == [
        "relations without values; expected value: the column of the values"
    ]


def test_a_source_may_be_predictions_alone(load: Load) -> None:
    """Records and validation are optional."""
    study = load({"sources.public.records": LEFT_OUT, "sources.public.validation": LEFT_OUT})
    assert study.sources["public"].records is None
    assert study.sources["public"].validation is None
