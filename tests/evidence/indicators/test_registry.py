"""The three doors to the indicators, and the card beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.evidence.sample import records, setting, source

from weighbridge.errors import InputError
from weighbridge.evidence.indicators import INDICATORS, card_conflicts, read_molecules, read_part, read_source

HERE = setting(["CCO", "CCN"], {"cell_line": "HEK293"}, threshold=6.0, year=2026)
OF_SOURCES = [name for name, indicator in INDICATORS.items() if indicator.of_sources]
OF_MOLECULES = [name for name, indicator in INDICATORS.items() if indicator.of_molecules]


def full(kind):
    """Return a source that has everything a table can tell."""
    n = 24
    numbers = np.arange(n)
    table = records(
        [("A",), ("B",)] * (n // 2),
        {"cell_line": ["HEK293", None] * (n // 2)},
        smiles=["CCO", "CCN"] * (n // 2),
        key=["a", "b"] * (n // 2),
        label=numbers % 3 == 0,
        value=5 + numbers / 10,
        relation=["="] * n,
        outcome=["active"] * n,
        threshold=[5.0] * n,
        document=["P1"] * n,
        se=[0.1] * n,
        confidence=[9] * n,
        curated_by=["Expert"] * n,
        flag=[False] * n,
        year=[2020] * n,
        counter=[4.0] * n,
        purity=[0.99] * n,
        run=["1", "1", "2", "2"] * (n // 4),
    )
    bridging = pd.DataFrame(
        {"key": [f"k{row}" for row in numbers], "label": numbers > 11, "x": numbers / 10, "y": numbers / 9}
    )
    bridging["smiles"] = ["C" * (row + 1) + "O" for row in numbers]
    prediction = np.clip(numbers / n, 0, 1)
    truth = (numbers > 10).astype(float) if kind == "binary" else 3 + numbers / 3
    return source(
        kind,
        records=table,
        bridging=bridging.astype({"label": float}),
        validation=pd.DataFrame({"truth": truth, "prediction": prediction}),
        predictions=pd.DataFrame(
            {"score": [0.2, 0.8], "sd": [0.1, 0.2], "low": [0.1, 0.5], "high": [0.5, 0.9], "set_size": [1, 2]},
            index=["M1", "M2"],
        ),
        context={"species": "human"},
    )


@pytest.mark.parametrize("kind", ["binary", "continuous"])
def test_at_least_thirty_indicators_are_computed(kind):
    """A source with full tables has 30 indicators and more that are known, none of them from a card."""
    sample = full(kind)
    known = {name for name in OF_SOURCES if read_source(name, sample, HERE).known}
    per_molecule = {
        name for name in OF_MOLECULES if np.isfinite(read_molecules(name, sample, HERE, [full(kind)]).value).all()
    }
    assert len(known | per_molecule) >= 38
    missing = set(INDICATORS) - known - per_molecule
    never = {"z_prime", "inter_source_kappa"}
    other_kind = {
        "binary": {"r2_vs_ceiling", "rmse_vs_noise", "ensemble_sd", "interval_width", "threshold_margin"},
        "continuous": {"brier", "ece", "probability_sd"},
    }
    assert missing == never | other_kind[kind]


@pytest.mark.parametrize("name", OF_SOURCES)
def test_an_empty_source_tells_nothing_and_says_why(name):
    """Without tables a reading is missing with a reason, or an interval: never a number."""
    found = read_source(name, source(), setting())
    if found.known and name != "threshold_gap":
        assert found.low < found.high or name == "metadata_completeness"
    else:
        assert found.unknown
    part = read_part(name, source(), "A", setting())
    assert part.known or part.unknown


@pytest.mark.parametrize("name", OF_MOLECULES)
def test_an_empty_source_leaves_molecules_missing(name):
    """Without tables every molecule's value is NaN and the note says why."""
    found = read_molecules(name, source(), HERE)
    assert np.isnan(found.value).all()
    assert np.isnan(found.low).all()
    assert len(found) == 2
    assert found.note


@pytest.mark.parametrize("name", OF_SOURCES)
def test_the_card_speaks_where_tables_do_not(name):
    """What no table tells is taken from the card, for the source and not for a part."""
    silent = source(card={name: 0.123})
    told = read_source(name, source(), setting())
    if name == "metadata_completeness":
        assert read_source(name, silent, setting()).value == 0.0
    else:
        assert not told.known or told.low < told.high
        assert read_source(name, silent, setting()).value == 0.123
    assert read_part(name, silent, "A", setting()).value != 0.123


def test_the_card_does_not_overrule_the_tables():
    """A number on the card that the data can tell is not used, and is reported."""
    sample = source(records=records(key=["a"], label=[1], purity=[0.5]), card={"sample_purity": 0.99, "z_prime": 0.7})
    assert read_source("sample_purity", sample, HERE).value == 0.5
    assert read_source("z_prime", sample, HERE).value == 0.7
    assert card_conflicts(sample) == ("sample_purity",)
    assert card_conflicts(sample, HERE) == ("sample_purity",)


def test_conflicts_that_only_the_decision_reveals():
    """Whether values conflict at the threshold is known only with the threshold."""
    sample = source("continuous", records=records(key=["a", "a"], value=[5.0, 7.0]), card={"duplicate_conflict": 0.0})
    assert card_conflicts(sample) == ()
    assert card_conflicts(sample, HERE) == ("duplicate_conflict",)


def test_card_entries_of_other_names_are_no_conflict():
    """A card may state what is no indicator of a source."""
    sample = source(records=records(key=["a"]), card={"ad_knn": 0.3, "chem_overlap": 0.2, "something": 1.0})
    assert card_conflicts(sample) == ()


def test_silence_is_worded_alike_for_sources_and_molecules():
    """Why repeats do not conflict is told in the same words at both doors."""
    sample = source(records=records(key=["a"], smiles=["CCO"], label=[1]))
    words = "no molecule was labelled twice in one part of the source"
    assert read_source("duplicate_conflict", sample, HERE).unknown == words
    assert read_molecules("duplicate_conflict", sample, HERE).note == words


def test_unknown_names_and_wrong_doors_are_refused():
    """A misspelt id, a molecule's indicator asked of a source and the reverse are the user's mistakes."""
    with pytest.raises(InputError, match="there is no indicator 'nonsense'"):
        read_source("nonsense", source(), HERE)
    with pytest.raises(InputError, match="one value a molecule and none for a source"):
        read_source("ad_knn", source(), HERE)
    with pytest.raises(InputError, match="one value a molecule and none for a part"):
        read_part("ad_knn", source(), "A", HERE)
    with pytest.raises(InputError, match="the same for every molecule"):
        read_molecules("msr", source(), HERE)


@pytest.mark.parametrize("kind", ["binary", "continuous"])
def test_readings_do_not_depend_on_the_order_of_records(kind):
    """Reversing every table changes no reading of the source."""
    sample = full(kind)
    table = sample.records
    backward = source(
        kind,
        records=type(table)(
            table.frame.iloc[::-1].reset_index(drop=True),
            table.parts[::-1],
            table.conditions.iloc[::-1].reset_index(drop=True),
            table.recorded,
        ),
        bridging=sample.bridging.iloc[::-1],
        validation=sample.validation.iloc[::-1],
        predictions=sample.predictions.iloc[::-1],
        context=sample.context,
    )
    for name in OF_SOURCES:
        first, second = read_source(name, sample, HERE), read_source(name, backward, HERE)
        assert first.known == second.known, name
        if first.known:
            np.testing.assert_allclose([first.low, first.high], [second.low, second.high], err_msg=name)
    for name in OF_MOLECULES:
        first, second = read_molecules(name, sample, HERE), read_molecules(name, backward, HERE)
        np.testing.assert_allclose(first.value, second.value, err_msg=name)


@pytest.mark.parametrize("name", [name for name in OF_MOLECULES if name in OF_SOURCES])
def test_a_molecule_among_equal_records_has_the_sources_reading(name):
    """Where all records are one molecule's and alike, its neighbours tell what the source tells."""
    n = 4
    table = records(
        (), {"cell_line": ["HEK293T"] * n}, smiles=["CCO"] * n, key=["a"] * n, label=[1, 0] * 2, value=[5.0, 7.0] * 2,
        relation=["="] * n, outcome=["inconclusive"] * n, document=["P"] * n, se=[0.2] * n, confidence=[7] * n,
        curated_by=["Expert"] * n, flag=[True] * n, year=[2016] * n, counter=[4.0, 6.0] * 2, purity=[0.9] * n,
    )  # fmt: skip
    sample = source("continuous", records=table)
    whole, molecule = read_source(name, sample, HERE), read_molecules(name, sample, HERE)
    assert whole.known
    assert molecule.value[0] == pytest.approx(whole.value)
    assert (molecule.low[0], molecule.high[0]) == (pytest.approx(whole.low), pytest.approx(whole.high))
