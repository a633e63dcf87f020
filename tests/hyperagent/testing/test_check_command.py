"""`hyperagent check` as a user runs it, and the pytest plugin in a real session of pytest."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SELECTIONS = """def first(candidates, rng):
    return candidates.id[0]


def fixed(candidates, rng):
    return 7


LIMIT = 3
"""
STRATEGIES = """from hypothesis import strategies as st
from hyperagent.testing import edited
from meta import Genome, Patch, Replace

good = edited()
BASE = Genome({"m.py": "x = 1\\n"})
stale = st.just((BASE, Patch((Replace("m:x/value", "2", "3"),))))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files to be checked."""
    (tmp_path / "mine.py").write_text(SELECTIONS)
    (tmp_path / "patching.py").write_text(STRATEGIES)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of hyperagent."""
    command = [sys.executable, "-c", "from hyperagent.cli import main; main()", "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def test_what_keeps_its_laws_is_said_to(folder: Path) -> None:
    done = run(folder, "mine.py:first", "--examples", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "selection mine.py:first: all laws hold (calls 10)\n"


def test_what_breaks_a_law_is_one_line_and_a_counterexample(folder: Path) -> None:
    done = run(folder, "mine.py:fixed", "--examples", "5")
    assert (done.returncode, done.stdout) == (1, "")
    line, empty, head, *_ = done.stderr.splitlines()
    assert line == "hyperagent: mine.py:fixed: a selection picks an id that it was offered: this does not hold"
    assert empty == "" and head.split() == ["id", "score", "visits", "depth", "size"]


def test_the_answer_can_be_had_as_json(folder: Path) -> None:
    good, bad = (run(folder, f"patching.py:{name}", "--json", "--examples", "3") for name in ("good", "stale"))
    assert (good.returncode, bad.returncode) == (0, 1)
    assert json.loads(good.stdout)["holds"] is True and json.loads(good.stdout)["kind"] == "patches"
    assert json.loads(bad.stdout)["law"] == "a patch applies to its genome"
    assert "found '1', expected '2'" in json.loads(bad.stdout)["counterexample"]
    assert len(bad.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mine.py"], "'mine.py': expected FILE.py:NAME"),
        (["none.py:first"], "none.py: no such file"),
        (["mine.py:LIMIT"], "mine.py: LIMIT is 3, expected an operator"),
        (["mine.py:nothing"], "mine.py: nothing is not defined there"),
        (["mine.py:first", "--examples", "0"], "0 is not in the range"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_checked_is_a_matter_of_usage(folder: Path, arguments: list[str], said: str) -> None:
    done = run(folder, *arguments)
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_without_hypothesis_it_says_what_to_install(folder: Path) -> None:
    script = "import sys; sys.modules['hypothesis'] = None; from hyperagent.cli import main; main()"
    command = [sys.executable, "-c", script, "check", "mine.py:first"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "pip install 'hyperagent[test]'" in done.stderr


CHECKS = """import sys

assert "hypothesis" not in sys.modules and "hyperagent.testing" not in sys.modules

from mine import first, fixed

hyperagent_checks = [first, fixed, "mine.py:fixed"]


def test_nothing():
    pass
"""
FEW = """def pytest_collection_finish():
    from hypothesis import settings

    settings.register_profile("few", max_examples=5)
    settings.load_profile("few")
"""
UNUSED = """import sys


def test_nothing_was_imported():
    found = [name for name in ("hypothesis", "hyperagent.testing", "numpy", "libcst", "msgpack") if name in sys.modules]
    assert found == []
"""


def session(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A session of pytest with the plugin, and without that of Hypothesis, which imports it."""
    plugins = ["-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:cacheprovider"]
    named = [] if installed() else ["-p", "hyperagent.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *named, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def installed() -> bool:
    """Whether pytest finds the plugin by its entry point."""
    return "hyperagent" in {point.name for point in entry_points(group="pytest11")}


@pytest.mark.slow
def test_the_plugin_collects_the_laws_of_a_module(folder: Path) -> None:
    (folder / "test_mine.py").write_text(CHECKS)
    (folder / "conftest.py").write_text(FEW)
    done = session(folder, "test_mine.py")
    assert done.returncode == 1, done.stdout
    assert "2 failed, 2 passed" in done.stdout
    assert "hyperagent_checks[fixed]" in done.stdout and "hyperagent_checks[mine.py:fixed]" in done.stdout
    assert "a selection picks an id that it was offered" in done.stdout
    assert "picked 7, expected one of the 1 ids" in done.stdout
    assert "Traceback" not in done.stdout and "laws.py" not in done.stdout


def test_one_law_can_be_chosen_by_its_name(folder: Path) -> None:
    (folder / "test_mine.py").write_text(CHECKS)
    (folder / "conftest.py").write_text(FEW)
    done = session(folder, "test_mine.py::hyperagent_checks[first]")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout


def test_the_plugin_imports_nothing_where_it_is_not_used(folder: Path) -> None:
    (folder / "test_other.py").write_text(UNUSED)
    done = session(folder, "test_other.py")
    assert done.returncode == 0, done.stdout


def test_a_list_that_is_none_is_refused(folder: Path) -> None:
    (folder / "test_mine.py").write_text("hyperagent_checks = 3\n")
    done = session(folder, "test_mine.py")
    assert done.returncode != 0 and "hyperagent_checks is int, expected a list of what to check" in done.stdout
