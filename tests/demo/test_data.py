import pandas as pd
import pytest

from weighbridge.demo.data import DemoData, load_b3db, split, structures
from weighbridge.errors import InputError
from weighbridge.evidence.chemistry import standardise
from weighbridge.evidence.models import silent


def raw_table() -> pd.DataFrame:
    """Return seven records: salts, stereoisomers, a measured compound with a label elsewhere, a broken one."""
    rows = [
        ("-", "CCO", 0.1, "BBB+", None, "R1|R1|R2|"),
        ("phenol", "Oc1ccccc1", -0.2, "BBB+", None, "R2|"),
        ("phenolate", "[Na+].[O-]c1ccccc1", None, "BBB-", -1.0, "R3|"),
        ("(R)-2-butanol", "CC[C@@H](C)O", None, "BBB+", -1.0, "R3|R4|"),
        ("(S)-2-butanol", "CC[C@H](C)O", None, "BBB-", None, "R5|"),
        ("broken", "C1CC", None, "BBB-", None, "R6|"),
        (None, "CCN", None, "BBB-", -1.0, "R3|R3|"),
    ]
    columns = ["compound_name", "SMILES", "logBB", "BBB+/BBB-", "threshold", "reference"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{"NO.": range(1, len(rows) + 1)})


@pytest.fixture
def tidy(tmp_path) -> pd.DataFrame:
    return structures(raw_table(), tmp_path, silent)


def test_b3db_is_what_the_demo_says_of_it():
    """The installed data have the sizes and shares that the study and its documents state."""
    raw = load_b3db()
    labelled = raw[raw["logBB"].isna()]
    resources = set("|".join(labelled["reference"]).split("|")) - {""}
    assert (len(raw), len(labelled), len(raw) - len(labelled)) == (7807, 6749, 1058)
    assert len(resources) == 21
    assert labelled["threshold"].notna().mean() == pytest.approx(0.54, abs=0.005)
    assert set(labelled["threshold"].dropna()) == {-1.0}


def test_missing_data_are_named_with_the_extra(monkeypatch):
    """Without the data package the message says which extra to install."""
    monkeypatch.setattr("weighbridge.demo.data.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"the data of the demo are not installed.*pip install 'weighbridge\[demo\]'"):
        load_b3db()


def test_records_are_standardised_and_tidy(tidy):
    """Salts are stripped, labels are numbers, resources stand once, nameless records bear their id."""
    assert tidy["id"].tolist() == ["B3DB-0001", "B3DB-0002", "B3DB-0003", "B3DB-0004", "B3DB-0005", "B3DB-0007"]
    assert tidy.set_index("name").loc["phenolate", "smiles"] == standardise("Oc1ccccc1").smiles
    assert tidy["label"].tolist() == [1, 1, 0, 1, 0, 0]
    assert tidy["reference"].tolist() == ["R1|R2", "R2", "R3", "R3|R4", "R5", "R3"]
    assert tidy["name"].tolist()[::5] == ["B3DB-0001", "B3DB-0007"]


def test_unreadable_records_are_left_out(tidy):
    """A structure no valence model allows stands nowhere in the study."""
    assert "broken" not in set(tidy["name"])


def test_structures_are_standardised_once(tmp_path):
    """The second run reads the structures and standardises nothing."""
    heard = []
    first = structures(raw_table(), tmp_path, lambda *said: heard.append(said))
    before = len(heard)
    second = structures(raw_table(), tmp_path, lambda *said: heard.append(said))
    assert before > 0
    assert len(heard) == before
    assert second.equals(first)


def test_what_is_measured_anywhere_is_no_public_record(tidy):
    """A labelled salt of a measured compound is left out of the public source and counted."""
    found = split(tidy, seed=0)
    assert set(found.public["name"]) == {"(R)-2-butanol", "(S)-2-butanol", "B3DB-0007"}
    assert found.left_out == 1


def parts_of(prepared) -> DemoData:
    return prepared.data


def test_no_compound_stands_in_two_parts(prepared):
    """Public source, internal source and candidates share no first InChIKey block."""
    data = parts_of(prepared)
    public, internal, candidates = (set(part["key"]) for part in (data.public, data.internal, data.candidates))
    assert len(public | internal | candidates) == len(public) + len(internal) + len(candidates)
    assert data.internal["key"].is_unique
    assert data.candidates["key"].is_unique
    assert (len(data.internal), len(data.candidates)) == (60, 80)


def test_the_sample_follows_the_seed_and_not_the_order(small, tmp_path):
    """Shuffled records give the same split; another seed gives another."""
    records = structures(small, tmp_path, silent)
    first = split(records, seed=0)
    assert set(split(records.sample(frac=1, random_state=3), seed=0).internal["key"]) == set(first.internal["key"])
    assert set(split(records, seed=1).internal["key"]) != set(first.internal["key"])


def test_the_public_part_knows_no_measurement(prepared):
    """The public records have no logBB column, the measured parts no label or threshold."""
    data = parts_of(prepared)
    assert "logBB" not in data.public
    assert not {"label", "threshold"} & (set(data.internal) | set(data.candidates))
