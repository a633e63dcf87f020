"""The report of a run, written into its folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hyperagent.domains.films import films
from hyperagent.policy_trial import policies
from hyperagent.run import SETTINGS, reading, write_whole
from hyperagent.science.report import report as page
from hyperagent.settings import read_toml

REPORT = "report.html"


def report(folder: Path) -> Path:
    """Write DIR/report.html, in place of an older one, and return its path."""
    archive = reading(folder)
    try:
        text = page(archive, title(folder), policies=policies, films=films(archive, spec(folder)))
    finally:
        archive.close()
    write_whole(folder / REPORT, text)
    return folder / REPORT


def title(folder: Path) -> str:
    """The name of the domain, and of the run."""
    found, name = spec(folder), folder.resolve().name
    return f"{found['name']} – {name}" if "name" in found else name


def spec(folder: Path) -> Mapping[str, Any]:
    """What run.toml says of the domain."""
    return read_toml(folder / SETTINGS)[1] if (folder / SETTINGS).exists() else {}
