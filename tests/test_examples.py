"""What README and examples show runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_program_in_the_readme_runs_and_prints_a_line_a_child(tmp_path: Path) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "backwards.py").write_text(source.replace("generations=50", "generations=6"), "utf-8")
    done = subprocess.run(
        [sys.executable, "backwards.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 7
    assert (tmp_path / "runs" / "backwards" / "archive.sqlite").is_file()


def test_the_example_is_the_program_of_the_readme() -> None:
    (source,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    example = (ROOT / "examples" / "backwards.py").read_text("utf-8")

    def lines(text: str) -> list[str]:
        return [line for line in text.splitlines() if line.strip()]

    assert lines(source) == lines(example.split('"""\n\n', 1)[1])


def test_the_readme_names_the_commands_that_ci_and_users_type() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "\n    make run\n" in readme
    assert "\n    make test\n" in readme
