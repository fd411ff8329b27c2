"""What is shipped: wheel and sdist hold exactly what is tracked, and work far from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import weighbridge

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {"src/weighbridge/": "weighbridge/", "criteria/": "weighbridge/criteria/"}
SHIPPED["templates/"] = "weighbridge/templates/"
STEM = f"weighbridge-{weighbridge.__version__}"

LOOK_AROUND = """
import pathlib, weighbridge
from weighbridge.evidence.library import load_library
from weighbridge.resources import criteria_folder, templates_folder
print(pathlib.Path(weighbridge.__file__).parent)
print(criteria_folder(), templates_folder(), sep="\\n")
print(len(load_library()), len(list(templates_folder().rglob("*"))) > 0)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command without the environment of this test run; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST", "PYTHON"))}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def tracked() -> list[str]:
    """Return the names of the files under version control that are there."""
    names = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    return sorted(name for name in names if name and (ROOT / name).is_file())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tracked files, as a fresh clone has them."""
    folder = tmp_path_factory.mktemp("clone") / "weighbridge"
    for name in tracked():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def cloned(checkout: Path) -> list[str]:
    """Return the names of the files in the copy, whatever has been committed since."""
    return [path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=checkout)
    return folder


def make_environment(folder: Path, wheel: Path) -> Path:
    """Return the Python of a new environment that has a wheel, and the present one's dependencies.

    The wheel is installed first; the path to the dependencies comes after it and brings no other
    weighbridge, because a .pth file inside it is not read.
    """
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    install = ("install", "--no-deps", "--no-index", "--disable-pip-version-check", "--quiet", wheel)
    run(sys.executable, "-m", "pip", "--python", python, *install, cwd=folder)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the wheel."""
    return make_environment(tmp_path_factory.mktemp("installed"), built / f"{STEM}-py3-none-any.whl")


@pytest.fixture(scope="module")
def editable(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment with the copy of the checkout installed for editing."""
    folder = tmp_path_factory.mktemp("editable")
    build = "import sys; from hatchling.build import build_editable; print(build_editable(sys.argv[1]))"
    name = run(sys.executable, "-c", build, folder, cwd=checkout).splitlines()[-1]
    return make_environment(folder / "environment", folder / name)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """Yield an empty folder that has nothing to do with the checkout, and check it stays empty."""
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


# --- contents -------------------------------------------------------------------------------------


def test_the_wheel_holds_what_is_tracked_and_nothing_else(built: Path, checkout: Path) -> None:
    """Package, criteria and templates are in the wheel file by file; beside them only its own metadata."""
    with zipfile.ZipFile(built / f"{STEM}-py3-none-any.whl") as wheel:
        names = {name for name in wheel.namelist() if not name.startswith(f"{STEM}.dist-info/")}
    expected = {
        inside + name.removeprefix(outside)
        for name in cloned(checkout)
        for outside, inside in SHIPPED.items()
        if name.startswith(outside)
    }
    assert names == expected


def test_the_wheel_carries_its_metadata(built: Path) -> None:
    """Licence, typing marker, command and version are there."""
    with zipfile.ZipFile(built / f"{STEM}-py3-none-any.whl") as wheel:
        names = wheel.namelist()
        commands = wheel.read(f"{STEM}.dist-info/entry_points.txt").decode()
        metadata = wheel.read(f"{STEM}.dist-info/METADATA").decode()
    assert f"{STEM}.dist-info/licenses/LICENSE" in names
    assert "weighbridge/py.typed" in names
    assert "weighbridge = weighbridge.cli.main:main" in commands
    assert f"\nVersion: {weighbridge.__version__}\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata


def test_the_wheel_is_the_same_bytes_each_time(checkout: Path, built: Path, tmp_path: Path) -> None:
    """Built a second time, directly from the tree and not through the sdist, no byte differs."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, cwd=checkout)
    name = f"{STEM}-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / name) as again, zipfile.ZipFile(built / name) as first:
        assert {entry: again.read(entry) for entry in again.namelist()} == {
            entry: first.read(entry) for entry in first.namelist()
        }


def test_the_sdist_holds_every_tracked_file(built: Path, checkout: Path) -> None:
    """Whoever has the sdist has the tests and the documents too."""
    with tarfile.open(built / f"{STEM}.tar.gz") as archive:
        names = {name.removeprefix(f"{STEM}/") for name in archive.getnames()}
    assert names == {*cloned(checkout), "PKG-INFO"}


# --- use ------------------------------------------------------------------------------------------


def test_an_installed_wheel_finds_its_data_in_the_package(installed: Path, elsewhere: Path) -> None:
    """Far from the checkout, criteria and templates are found inside the installed package."""
    package, criteria, templates, library = run(installed, "-c", LOOK_AROUND, cwd=elsewhere).splitlines()
    assert Path(package).is_relative_to(installed.parents[1])
    assert (Path(criteria), Path(templates)) == (Path(package) / "criteria", Path(package) / "templates")
    assert library == f"{len(list((ROOT / 'criteria').rglob('*.yaml')))} True"


def test_an_editable_install_finds_its_data_beside_the_project(editable: Path, checkout: Path, elsewhere: Path) -> None:
    """Installed for editing, the package and its data are those of the checkout, with no copy that ages."""
    package, criteria, templates, library = run(editable, "-c", LOOK_AROUND, cwd=elsewhere).splitlines()
    assert Path(package) == checkout / "src" / "weighbridge"
    assert (Path(criteria), Path(templates)) == (checkout / "criteria", checkout / "templates")
    assert library.endswith("True")


def test_the_command_is_installed(installed: Path, elsewhere: Path) -> None:
    """The console script and `python -m weighbridge` give the same help."""
    script = run(installed.parent / "weighbridge", "--help", cwd=elsewhere)
    module = run(installed, "-m", "weighbridge", "--help", cwd=elsewhere)
    assert "Usage: weighbridge" in script
    assert script.splitlines()[2:] == module.splitlines()[2:]
