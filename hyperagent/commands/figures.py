"""The figures of a run for papers: every individual as CSV, and the report as a picture."""

import csv
import io
import math
import shutil
import subprocess
import tempfile
from pathlib import Path

from hyperagent.errors import RunError
from hyperagent.run import reading, write_whole
from hyperagent.science.members import Member, census

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COLUMNS = ("id", "parent", "status", "changed", "train", "validation", "test", "cpu_seconds", "operators", "title")
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars --virtual-time-budget=8000"
WIDTH, HEIGHT = 1200, 3200
SECONDS = 120


def write_csv(folder: Path, out: Path) -> None:
    """One line for each individual; a score that was not measured is empty."""
    archive = reading(folder)
    try:
        members = census(archive).members
    finally:
        archive.close()
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    lines.writerows(cells(member) for member in members)
    write_whole(out, text.getvalue())


def cells(member: Member) -> list[object]:
    """The cells of one individual."""
    scores = ["" if math.isnan(mean) else mean for mean in (member.train, member.validation, member.test)]
    parent = "" if member.parent is None else member.parent
    return [member.id, parent, member.status, member.changed, *scores, round(member.cpu, 6),
            tame(" ".join(member.operators)), tame(member.title)]  # fmt: skip


def tame(text: str) -> str:
    """Text of a genome that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write_png(page: Path, out: Path) -> None:
    """A picture of a page, made by a headless Chromium."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise RunError(f"--png needs a browser, found none of {', '.join(BROWSERS)}; on Debian: apt install chromium")
    with tempfile.TemporaryDirectory() as profile:
        where = [f"--user-data-dir={profile}", f"--screenshot={out.resolve()}", f"--window-size={WIDTH},{HEIGHT}"]
        try:
            subprocess.run([browser, *FLAGS.split(), *where, page.resolve().as_uri()], check=True,
                           capture_output=True, timeout=SECONDS)  # fmt: skip
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise RunError(f"{browser} made no picture of {page}: {error}"[:500]) from None
    if not out.is_file():
        raise RunError(f"{browser} made no picture of {page}, expected {out}")
