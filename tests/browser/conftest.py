"""A real headless Chromium: found on the system, or installed by apt-get where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.builders import JUDGEMENTS, write_small_study

from weighbridge.report.page import write_report
from weighbridge.study.study import Study

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DIRECT = """\
Ada,sources,public,internal,1/4,our own assay is the one we trust
Ben,sources,public,internal,1/2,
Cem,sources,public,internal,1/3,
"""


def find_chromium() -> str:
    """Return the path of a Chromium, installing Debian's where we may; fail with one clear message."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
        for command in (["apt-get", "update"], install):
            subprocess.run(command, env=environment, check=False, capture_output=True, timeout=500)
        path = shutil.which("chromium")
        if path:
            return path
    pytest.fail(
        "the browser tests need Chromium: install it (Debian: apt-get install chromium) or put it on PATH as "
        + ", ".join(NAMES),
        pytrace=False,
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def artefacts(root: Path) -> Path:
    """Return the git-ignored folder for screenshots."""
    folder = root / "tests" / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of the small study, with long and hostile names where users can write them."""
    folder = tmp_path_factory.mktemp("browser")
    changes: dict[str, Any] = {
        "title": "Small study of " + "averyveryverylongwordwithoutanyblank" * 3,
        "note": "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
        "trust.use": "blend",
        "trust.reason": "both tell something",
        "gates": [{"name": "not too dear", "column": "cost", "at_most": 18, "reason": "the budget is fixed"}],
        "sources.public.about": "Labels pooled from two assays. " * 5,
    }
    write_small_study(folder / "study", changes, {"judgements.csv": JUDGEMENTS + DIRECT})
    decision = Study.load(folder / "study").decide()
    return write_report(decision, folder / "report.html", robustness=decision.robustness(samples=200))
