"""Each domain runs by the line of its page, here for one generation."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in ("repair", "binpack", "control", "dataset", "domains", "script", "synthesis")),
)
RUNS = [
    (page, line)
    for page in PAGES
    for line in re.findall(r"^    hyperagent (run .+?)(?:  +#.*)?$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
]
# A line that stands on several pages, with the time that it takes or without, is typed once: as its last page has it.
TYPED = {line.removesuffix(" --minutes 2"): (page, line) for page, line in RUNS}
FAULTY = "def add{k}(a, b):\n    return a - b\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the pages speak of: a program with an evaluator, faulty functions, a table."""
    shutil.copytree(ROOT / "examples" / "openevolve_minimum", tmp_path / "PROGRAM")
    shutil.copytree(ROOT / "examples" / "exercises", tmp_path / "EXERCISES")
    (tmp_path / "FAULTY").mkdir()
    for k in range(12):
        (tmp_path / "FAULTY" / f"add{k}.py").write_text(FAULTY.format(k=k), "utf-8")
        (tmp_path / "FAULTY" / f"add{k}.json").write_text(json.dumps([[[1, k], 1 + k], [[0, 5], 5]]), "utf-8")
    rows = "".join(f"{k},{'north' if k % 3 else 'south'},{3 * k}\n" for k in range(200))
    (tmp_path / "FILE.csv").write_text(f"size,town,price\n{rows}", "utf-8")
    return tmp_path


def test_the_pages_name_every_domain() -> None:
    named = {line.split()[1].partition(":")[0] for _, line in RUNS}
    assert named >= {"repair", "binpack", "control", "dataset", "synthesis", "FOLDER"} and len(RUNS) >= 11


@pytest.mark.slow
@pytest.mark.parametrize(("page", "line"), TYPED.values())
def test_a_domain_runs_by_the_line_of_its_page(page: str, line: str, folder: Path) -> None:
    line = line.replace("repair:FOLDER", "repair:FAULTY").replace("code:FOLDER", "code:EXERCISES")
    line = line.replace("FOLDER", "PROGRAM")
    words = [*shlex.split(line), "--generations", "1", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", "from hyperagent.cli import main; main()", *words],
        cwd=folder, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{page}: {done.stderr}"
    assert json.loads(done.stdout)["generations"] == 1
