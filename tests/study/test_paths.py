"""Names of files in a study: inside its folder, whatever the system and the links say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weighbridge.errors import InputError
from weighbridge.study.loading import Loading
from weighbridge.study.paths import inside

INSIDE = "expected a file beside or below study.yaml, such as 'data/public.csv'"
PIECES = st.lists(
    st.sampled_from(["a", "b.csv", "..", ".", "", "/", "\\", "C:", "\0", " ", "..x", "x..", "~", "µ"]), max_size=6
)


def refusal(folder: Path, name: str, **where: str) -> str:
    """Return the message a name is refused with."""
    with pytest.raises(InputError) as caught:
        inside(folder, name, **where)
    return str(caught.value)


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "C:/x", "C:\\x", "\\\\server\\x", "a\\b", "x\0y", "//x", "a/.."]
)
def test_names_that_could_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    """Neither absolute nor climbing names are accepted, on any system."""
    assert refusal(tmp_path, name) == (
        f"paths must stay inside the study's folder; found {name!r}; "
        "expected a file beside or below study.yaml, such as 'data/public.csv'"
    )


@pytest.mark.parametrize("name", ["C:x.csv", "c:", "\\x", "/", ".."])
def test_drives_roots_and_parents_are_refused_by_themselves(tmp_path: Path, name: str) -> None:
    """A name relative to another drive's folder is outside just as an absolute one is."""
    assert refusal(tmp_path, name).startswith("paths must stay inside the study's folder; found ")


@pytest.mark.parametrize("name", ["a.csv", "data/a.csv", "a b.csv", "..a.csv", "a..csv", "./a.csv", "~/a.csv", "µ.csv"])
def test_plain_names_are_paths_below_the_folder(tmp_path: Path, name: str) -> None:
    """Two dots inside a word climb nowhere, and a tilde is only a letter."""
    assert inside(tmp_path, name) == tmp_path / name


def test_a_name_need_not_exist(tmp_path: Path) -> None:
    """Whether there is such a file is for its reader to say."""
    assert not inside(tmp_path, "data/new.csv").exists()


def test_the_fault_stands_where_the_name_stands(tmp_path: Path) -> None:
    """File and place are the caller's, so that a user finds the line."""
    told = refusal(tmp_path, "../x", file="study.yaml", place="line 7, $.molecules.file")
    assert told == (
        "study.yaml, line 7, $.molecules.file: paths must stay inside the study's folder; found '../x'; " + INSIDE
    )


def test_links_are_followed_inside_and_refused_outside(tmp_path: Path) -> None:
    """A link within the study is fine; one out of it is not, even where it only passes through."""
    study = tmp_path / "study"
    study.mkdir()
    (study / "real.csv").touch()
    (study / "link.csv").symlink_to("real.csv")
    (study / "out").symlink_to(tmp_path)
    assert inside(study, "link.csv") == study / "link.csv"
    assert inside(study, "data/new.csv") == study / "data" / "new.csv"
    assert "must stay inside" in refusal(study, "out/secret.csv")


def test_a_link_to_a_file_that_is_not_there_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    """A dangling link inside the study is a missing file, one to the outside a refusal."""
    study = tmp_path / "study"
    study.mkdir()
    (study / "soon.csv").symlink_to("later.csv")
    (study / "away.csv").symlink_to("../later.csv")
    assert inside(study, "soon.csv") == study / "soon.csv"
    assert "must stay inside" in refusal(study, "away.csv")


def test_a_circle_of_links_is_never_read(reading: Callable[..., Loading], tmp_path: Path) -> None:
    """A link to itself gives one fault and no hash, whatever the system calls it."""
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    loading = reading()
    assert loading.path("loop.csv", ("molecules", "file")) is None or not loading.inputs
    assert "loop.csv" not in loading.inputs


def test_a_study_reached_over_a_link_is_its_own_folder(tmp_path: Path) -> None:
    """What counts is where the folder really is: a linked study may hold its own files."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.csv").touch()
    (tmp_path / "link").symlink_to("real")
    assert inside(tmp_path / "link", "a.csv") == tmp_path / "link" / "a.csv"


def test_a_folder_whose_name_begins_like_the_study_s_is_outside(tmp_path: Path) -> None:
    """Folders are compared piece by piece and not letter by letter."""
    (tmp_path / "study").mkdir()
    (tmp_path / "study-2").mkdir()
    (tmp_path / "study" / "out").symlink_to(tmp_path / "study-2")
    assert "must stay inside" in refusal(tmp_path / "study", "out/a.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES, st.sampled_from(["", "/"]))
def test_whatever_is_accepted_lies_below_the_folder(tmp_path: Path, pieces: list[str], joint: str) -> None:
    """No combination of dots, slashes, drives and blanks leads out."""
    name = joint.join(pieces)
    refused: list[str] = []
    try:
        found = inside(tmp_path, name)
    except InputError as error:
        refused = [fault.found for fault in error.faults]
        found = tmp_path
    assert refused in ([], [repr(name)])
    assert found.resolve().is_relative_to(tmp_path.resolve())
    assert ".." not in found.relative_to(tmp_path).parts
