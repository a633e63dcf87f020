"""What README and pages show: every command is one that there is, and every program runs."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from hyperagent.cli import hyperagent
from hyperagent.domains.script.layout import read_script
from hyperagent.science.experiment import read_experiment

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text("utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
MADE = ("operators.md", "commands.md")
ELSEWHERE = {"testing.md": 3, "tutorial.md": 2, "README.md": 1}
"""How many programs of a page are run by tests of their own."""


def commands(text: str) -> list[str]:
    """The commands of a page: on lines of their own, and in the running text where they have an argument."""
    alone = re.findall(r"^    (?:\.venv/bin/)?hyperagent (.+?)(?:  +#.*)?$", text, re.MULTILINE)
    prose = re.sub(r"^    .*$", "", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    within = re.findall(r"`hyperagent\s((?!->)[^`]+)`", prose)
    return [*alone, *(" ".join(each.split()) for each in within)]


def plain(command: str) -> list[str]:
    """Its words, where of several only one can be chosen the first, and all that may be left out."""
    number = re.sub(r"(?<![\w=])(ID|A|B)\b", "1", command)
    return [word.split("|")[0] for word in shlex.split(re.sub(r"(?<!\S)\[(.*?)\](?=\s|$)", r"\1", number))]


def programs(text: str) -> list[str]:
    """The programs of a page."""
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


SHOWN = [(page, command) for page, text in PAGES.items() if page not in MADE for command in commands(text)]


def test_there_are_commands_to_be_looked_at() -> None:
    assert len(SHOWN) > 80 and {"README.md", "archive.md", "science.md"} <= {page for page, _ in SHOWN}
    assert commands("`hyperagent\nrun X` and\n\n    hyperagent show DIR   # a word\n") == ["show DIR", "run X"]
    assert plain("bisect DIR [ID] --reset task|meta") == ["bisect", "DIR", "1", "--reset", "task"]


@pytest.mark.parametrize(("page", "command"), SHOWN)
def test_a_command_of_a_page_is_one_that_there_is(page: str, command: str) -> None:
    name, *rest = plain(command)
    found = hyperagent.get_command(click.Context(hyperagent), name)
    assert found is not None, f"{page}: {command}"
    if rest or command == name == "run":
        found.make_context(name, rest)


def test_no_command_that_there_is_not_goes_unnoticed() -> None:
    for command, kind in (("show DIR --colour", click.NoSuchOption), ("resume", click.MissingParameter)):
        name, *rest = plain(command)
        found = hyperagent.get_command(click.Context(hyperagent), name)
        assert found is not None
        with pytest.raises(kind):
            found.make_context(name, rest)


def test_every_program_of_a_page_is_run_somewhere() -> None:
    others = {page: len(programs(text)) for page, text in PAGES.items() if page not in MADE and programs(text)}
    assert others == {**ELSEWHERE, "patches.md": 1, "llm.md": 1}


@pytest.mark.parametrize("page", ["patches.md", pytest.param("llm.md", marks=pytest.mark.slow)])
def test_the_program_of_a_page_runs(page: str, tmp_path: Path) -> None:
    (source,) = programs(PAGES[page])
    (tmp_path / "shown.py").write_text(source, "utf-8")
    (tmp_path / "backwards.py").write_text((ROOT / "examples" / "backwards.py").read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [sys.executable, "shown.py"], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def table(page: str) -> str:
    """The one TOML file of a page."""
    (text,) = re.findall(r"```toml\n(.*?)```", PAGES[page], re.DOTALL)
    return str(text)


def test_the_tables_of_the_pages_are_read(tmp_path: Path) -> None:
    (tmp_path / "experiment.toml").write_text(table("science.md"), "utf-8")
    assert list(read_experiment(tmp_path / "experiment.toml").arms) == ["full", "chain"]
    (tmp_path / "train.py").write_text("print('loss: 1.23')\n", "utf-8")
    (tmp_path / "script.toml").write_text(table("script.md"), "utf-8")
    assert read_script(tmp_path).metric == "loss"
