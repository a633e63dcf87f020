import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from archive import Individual
from hyperagent.commands import best, diff, lineage, report, show
from hyperagent.errors import RunError, UsageError
from meta import Genome

HOSTILE = "\x1b]0;owned\x07[bold red]\u202eevil <script>"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def screen() -> Console:
    """A terminal that keeps what is printed."""
    return Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=160)


class Unchecked(Genome):
    """A genome with a name that a genome refuses."""

    def __init__(self, name: str) -> None:
        super().__init__({})
        self._files = {name: b""}


def printed(console: Console) -> str:
    """What was printed, without the console's own colours."""
    assert isinstance(console.file, io.StringIO)
    return ESCAPES.sub("", console.file.getvalue())


def test_the_population_is_a_row_an_individual(run: Path) -> None:
    rows = show.population(run)
    assert [row["status"] for row in rows] == ["alive", "alive", "stillborn", "culled"]
    assert rows[3] == {
        "id": 3, "generation": 3, "parents": [0], "digest": rows[3]["digest"], "status": "culled",
        "train": None, "validation": None, "test": None, "title": "lost", "stillborn": [],
    }  # fmt: skip


def test_everything_is_json_without_nan(run: Path) -> None:
    values = (show.population(run), show.individual(run, 1), best.best(run), lineage.lineage(run), diff.diff(run, 1))
    for value in values:
        assert json.loads(json.dumps(value, allow_nan=False)) == value


def test_an_individual_comes_with_its_trials_and_changes(run: Path) -> None:
    page = show.individual(run, 1)
    (first, second) = page["evaluations"]["test"]["trials"]
    assert (first["task"], first["score"]) == ("one", 1.0)
    assert first["answer"] == {"1": "ff", "deep": ["nan", HOSTILE]}
    assert second["outcome"] == "Raised"
    assert page["evaluations"]["test"]["mean"] == 0.5
    assert [change["file"] for change in page["changes"]] == ["task_agent.py"]
    assert "+    return task + 1" in page["changes"][0]["diff"]


def test_a_stillborn_individual_says_why(run: Path) -> None:
    console = screen()
    show.print_individual(console, show.individual(run, 2))
    assert "stillborn" in printed(console)
    assert "\\x1b]0;owned" in printed(console)


@pytest.mark.parametrize("id", [-1, 4, 10**9])
def test_an_id_that_is_not_there_is_refused(run: Path, id: int) -> None:
    for ask in (show.individual, lineage.lineage, diff.diff):
        with pytest.raises(UsageError, match=f"individual {id} is not in the archive, expected an id from 0 to 3"):
            ask(run, id)


def test_a_folder_that_holds_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="expected the folder of a run"):
        show.population(tmp_path)


def test_the_terminal_is_shown_no_escape_of_a_genome(run: Path) -> None:
    console = screen()
    show.print_population(console, show.population(run))
    for id in range(4):
        show.print_individual(console, show.individual(run, id))
    best.print_best(console, best.best(run))
    lineage.print_lineage(console, lineage.lineage(run, 2))
    diff.print_diff(console, diff.diff(run, 2))
    text = printed(console)
    assert not set(text) & {"\x1b", "\x07", "\u202e"}
    assert "[bold red]" in text


def test_the_best_is_shown_beside_the_seed(run: Path) -> None:
    found = best.best(run)
    assert (found["id"], found["validation"], found["seed"]["validation"]) == (1, 0.5, 0.25)
    console = screen()
    best.print_best(console, found)
    assert "0.250 → 0.500" in printed(console)
    assert "+    return task + 1" in printed(console)


def test_the_files_of_the_best_are_written(run: Path, tmp_path: Path) -> None:
    individual = best.best_individual(run)
    paths = best.write_files(individual, tmp_path / "new" / "out")
    assert {path.relative_to(tmp_path / "new" / "out").as_posix() for path in paths} == set(individual.genome)
    assert all((tmp_path / "new" / "out" / name).read_text() == text for name, text in individual.genome.items())


def test_a_folder_with_something_in_it_is_left_alone(run: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("keep")
    (tmp_path / "file").write_text("keep")
    for out in (tmp_path / "full", tmp_path / "file"):
        with pytest.raises(RunError, match="not empty, expected a new folder"):
            best.write_files(best.best_individual(run), out)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/../../escaped", "."])
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="outside of it"):
        best.write_files(Individual(0, Unchecked(name)), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_lineage_goes_from_the_seed_down(run: Path) -> None:
    assert [row["id"] for row in lineage.lineage(run, 2)] == [0, 1, 2]
    assert [row["id"] for row in lineage.lineage(run)] == [0, 1]
    console = screen()
    lineage.print_lineage(console, lineage.lineage(run))
    assert "+0.250" in printed(console)


def test_a_diff_of_one_is_from_its_parent(run: Path) -> None:
    assert diff.diff(run, 1) == diff.diff(run, 0, 1)
    assert diff.diff(run, 1, 0)["changes"][0]["diff"].count("\n+    return task\n") == 1


def test_the_seed_has_nothing_to_be_compared_with(run: Path) -> None:
    with pytest.raises(UsageError, match="expected a second id"):
        diff.diff(run, 0)


def test_a_genome_is_the_same_as_itself(run: Path) -> None:
    console = screen()
    diff.print_diff(console, diff.diff(run, 1, 1))
    assert "are the same" in printed(console)


def test_the_report_is_written_into_the_folder(run: Path) -> None:
    path = report.report(run)
    assert path == run / "report.html"
    assert "<title>words – a run – hyperagent</title>" in path.read_text("utf-8")
    assert report.report(run) == path
