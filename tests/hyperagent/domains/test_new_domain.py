"""`hyperagent new` writes a domain that works and a test that passes, and writes over nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.slow
def test_what_is_written_passes_its_test_and_improves(hyperagent: Run, tmp_path: Path) -> None:
    written = hyperagent("new", "rectangles")
    assert (written.returncode, written.stdout) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rectangles.py", "test_rectangles.py"]
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_rectangles.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout
    run = hyperagent("run", "rectangles.py", "--generations", 60, "--run", "r", "--json")
    found = json.loads(run.stdout)
    assert found["domain"] == "rectangles"
    assert found["best"]["test"] > found["seed"]["test"]


@pytest.mark.parametrize(("name", "words"), [("my-domain", "no name for a Python module"), ("class", "no name for")])
def test_a_name_that_cannot_be_imported_is_refused(hyperagent: Run, tmp_path: Path, name: str, words: str) -> None:
    found = hyperagent("new", name)
    assert found.returncode == 2 and words in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(hyperagent: Run, tmp_path: Path) -> None:
    (tmp_path / "test_words.py").write_text("precious", "utf-8")
    found = hyperagent("new", "words")
    assert found.returncode == 2 and "test_words.py: is there already" in found.stderr
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["precious"]
