"""The tutorial is done as it stands: its programs are written, its commands are typed, in order."""

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, Individual

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(r"^    hyperagent (.+)$", PAGE, re.MULTILINE)
COUNT = r"(--generations |generations=)(\d+)"
ENTRY = "from hyperagent.cli import main; main()"
READING = ("show", "lineage", "report", "doctor")
"""What does not evolve anything, and is left to the long version of the test."""


@pytest.fixture
def typed(tmp_path: Path) -> Callable[[str], str]:
    """A command, typed where the programs of the page lie; what it prints."""
    for name, source in PROGRAMS.items():
        (tmp_path / name).write_text(source, "utf-8")

    def type(line: str) -> str:
        return succeeded(tmp_path, "-c", ENTRY, *line.split())

    return type


def succeeded(folder: Path, *arguments: str) -> str:
    """What a Python process prints that ends well."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def small(text: str) -> str:
    """The same with a tenth of the generations, and little to try in the first run."""
    fewer = re.sub(COUNT, lambda found: f"{found[1]}{int(found[2]) // 10}", text)
    return f"{fewer} --workers 1" if fewer.startswith(("run", "resume", "replay")) else fewer


def test_the_tutorial_shows_what_is_typed_here() -> None:
    assert [*PROGRAMS] == ["weather.py", "evolve_weather.py"]
    assert [line.split()[0] for line in COMMANDS] == (
        "doctor run best show lineage report show check run best resume replay doctor".split()
    )


@pytest.mark.slow
def test_a_problem_of_your_own_as_in_the_tutorial(typed: Callable[[str], str], tmp_path: Path) -> None:
    own = [line for line in COMMANDS if "weather" in line and line.split()[0] not in READING]
    said = {line.split()[0]: typed(small(line)) for line in own if line.split()[0] != "check"}
    assert "--- a/task_agent.py" in said["best"]
    assert said["replay"].startswith("13 individuals replayed, no difference")
    (tmp_path / "whole.py").write_text(re.sub(COUNT, "generations=12, workers=1", PROGRAMS["evolve_weather.py"]))
    undisturbed = succeeded(tmp_path, "whole.py").splitlines()
    with closing(Archive(tmp_path / "runs" / "weather" / "archive.sqlite")) as stopped:
        assert [line.split() for line in undisturbed] == [shown(one) for one in stopped]
    assert len(undisturbed) == 13


def shown(one: Individual) -> list[str]:
    """What the program prints of an individual, as words."""
    return [str(one.generation), str(one.parent), "->", str(one.id), f"{one.score:.3f}"]


@pytest.mark.slow
def test_the_whole_tutorial_as_it_stands(typed: Callable[[str], str], tmp_path: Path) -> None:
    said = [(line, typed(line)) for line in COMMANDS]
    assert dict(said)["best runs/weather"].count("→") == 3
    assert "all laws hold" in dict(said)["check weather.py:fahrenheit"]
    assert "121 individuals replayed, no difference" in dict(said)["replay runs/weather"]
    assert (tmp_path / "runs/first/report.html").is_file()
    assert len(succeeded(tmp_path, "evolve_weather.py").splitlines()) == 21
