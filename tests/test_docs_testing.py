"""What docs/testing.md shows runs as it stands: its programs as tests, its commands as commands."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(r"^    hyperagent check (\S+)", PAGE, re.MULTILINE)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """One program, to its end."""
    return subprocess.run(
        [sys.executable, *command], cwd=folder, capture_output=True, text=True, timeout=200, check=False
    )


def test_the_page_shows_programs_and_commands() -> None:
    assert [*PROGRAMS] == ["test_mine.py", "test_laws.py", "test_properties.py"] and len(COMMANDS) == 3


@pytest.mark.slow
def test_the_programs_of_the_page_pass_as_tests(tmp_path: Path) -> None:
    for name, source in PROGRAMS.items():
        (tmp_path / name).write_text(source, "utf-8")
    for name in ("backwards.py", "doubling.py"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    known = {point.name for point in entry_points(group="pytest11")}
    named = [] if "hyperagent" in known else ["-p", "hyperagent.pytest_plugin"]
    done = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *named)
    assert done.returncode == 0 and "9 passed" in done.stdout, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("place", COMMANDS)
def test_the_commands_of_the_page_find_no_fault(place: str) -> None:
    done = run(ROOT, "-c", "from hyperagent.cli import main; main()", "check", place, "--examples", "10")
    assert done.returncode == 0 and "all laws hold" in done.stdout, done.stderr
