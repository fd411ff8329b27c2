"""A new study: what is written, over what it is not written, and what a failure leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from weighbridge import files
from weighbridge.documents import read_document
from weighbridge.errors import InputError
from weighbridge.resources import templates_folder
from weighbridge.study import scaffold as scaffold_module
from weighbridge.study.form import parse_study
from weighbridge.study.scaffold import SCHEMA_FILE, scaffold


def refusal(folder: Path, *, force: bool = False) -> str:
    """Return the message a folder is refused with."""
    with pytest.raises(InputError) as caught:
        scaffold(folder, force=force)
    return str(caught.value)


def failing_at(number: int, error: BaseException) -> Callable[[Path, bytes], Path]:
    """Return a writer that fails at the file of a number."""
    count = 0

    def write(path: Path, content: bytes) -> Path:
        nonlocal count
        count += 1
        if count == number:
            raise error
        return files.write_bytes(path, content)

    return write


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_files_are_those_of_the_template_and_the_schema(tmp_path: Path) -> None:
    """Byte for byte, study.yaml first, the others by name."""
    written = scaffold(tmp_path / "new")
    template = {path.name: path.read_bytes() for path in (templates_folder() / "study").iterdir() if path.is_file()}
    names = [path.name for path in written]
    assert names == ["study.yaml", *sorted(set(template) - {"study.yaml"}), SCHEMA_FILE]
    assert {name: content for name, content in contents(tmp_path / "new").items() if name != SCHEMA_FILE} == template


def test_the_schema_is_json_that_ends_in_a_line_end(tmp_path: Path) -> None:
    """So that git shows no needless change when an editor saves it."""
    scaffold(tmp_path)
    text = (tmp_path / SCHEMA_FILE).read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert json.loads(text)["title"] == "weighbridge study"


def test_the_same_study_is_written_every_time(tmp_path: Path) -> None:
    """No date and no chance is in it."""
    scaffold(tmp_path / "one")
    scaffold(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_the_new_study_has_the_form_of_one(tmp_path: Path) -> None:
    """Every file it names is beside it."""
    scaffold(tmp_path)
    file = parse_study(read_document(tmp_path / "study.yaml"))
    named = [file.molecules.file, *file.judgements]
    named += [source.predictions.file for source in file.sources.values()]
    named += [source.records.file for source in file.sources.values() if source.records]
    assert [name for name in named if not (tmp_path / name).is_file()] == []


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    """A name in a folder that is not there yet is no mistake."""
    written = scaffold(tmp_path / "a" / "b" / "study")
    assert written[0] == tmp_path / "a" / "b" / "study" / "study.yaml"
    assert all(path.is_file() for path in written)


@pytest.mark.parametrize("name", [".git", ".gitignore", ".gitattributes"])
def test_what_git_needs_does_not_count(tmp_path: Path, name: str) -> None:
    """A fresh repository is an empty folder, and what git has there stays."""
    (tmp_path / name).write_text("mine")
    scaffold(tmp_path)
    assert (tmp_path / name).read_text() == "mine"


def test_anything_else_counts(tmp_path: Path) -> None:
    """Hidden files and folders too."""
    (tmp_path / ".env").touch()
    (tmp_path / "data").mkdir()
    assert refusal(tmp_path) == (
        f"{tmp_path}: the folder is not empty; found .env, data; expected a new or empty folder. "
        "Name a new folder, or move these away"
    )


@pytest.mark.parametrize(("count", "more"), [(10, ""), (11, " and 1 more"), (250, " and 240 more")])
def test_a_full_folder_is_not_listed_to_its_end(tmp_path: Path, count: int, more: str) -> None:
    """Ten names are enough to know the folder by."""
    for number in range(count):
        (tmp_path / f"f{number:03}").touch()
    first = ", ".join(f"f{number:03}" for number in range(10))
    assert f"found {first}{more}; expected" in refusal(tmp_path)


def test_force_writes_over_its_own_names_only(tmp_path: Path) -> None:
    """Other files stay as they are."""
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "study.yaml").write_text("old")
    scaffold(tmp_path, force=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert "schema: 1" in (tmp_path / "study.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_no_folder(tmp_path: Path, force: bool) -> None:
    """Neither with force nor without is it written over."""
    (tmp_path / "study").write_text("mine")
    assert refusal(tmp_path / "study", force=force) == (
        f"{tmp_path / 'study'}: there is a file where the study's folder should be; expected a folder"
    )
    assert (tmp_path / "study").read_text() == "mine"


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    """The system's reason is told, and the file is left."""
    (tmp_path / "file").write_text("mine")
    assert "cannot write here" in refusal(tmp_path / "file" / "study")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_the_place_of_a_file_is_told_and_everything_put_back(tmp_path: Path) -> None:
    """Even with force a folder is not written over, and the files written before it are taken away."""
    (tmp_path / "judgements.csv").mkdir()
    (tmp_path / "study.yaml").write_text("mine")
    assert "cannot write here; found a folder; expected a file name" in refusal(tmp_path, force=True)
    assert contents(tmp_path) == {"study.yaml": b"mine"}


@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), InputError("no")])
def test_a_failure_at_any_file_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException
) -> None:
    """Neither files nor the folders made on the way, whatever stopped it."""
    monkeypatch.setattr(scaffold_module, "write_bytes", failing_at(number, error))
    with pytest.raises(type(error)):
        scaffold(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files written over have their old bytes again, an empty folder stays."""
    (tmp_path / "study.yaml").write_bytes(b"\xff mine")
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    before = contents(tmp_path)
    monkeypatch.setattr(scaffold_module, "write_bytes", failing_at(4, OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        scaffold(tmp_path, force=True)
    assert contents(tmp_path) == before
    assert (tmp_path / "empty").is_dir()


def test_a_folder_somebody_else_has_begun_to_use_is_not_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is empty again goes."""
    write = failing_at(2, OSError("disk full"))

    def meanwhile(path: Path, content: bytes) -> Path:
        (path.parent.parent / "theirs.txt").write_text("theirs") if path.parent.parent.exists() else None
        return write(path, content)

    monkeypatch.setattr(scaffold_module, "write_bytes", meanwhile)
    with pytest.raises(OSError, match="disk full"):
        scaffold(tmp_path / "a" / "b")
    assert contents(tmp_path) == {"a/theirs.txt": b"theirs"}
