"""`hyperagent run --from DIR[:ID]`: a new run that begins with an individual of an earlier one."""

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, Individual
from hyperagent.commands.origin import META_FILES, origin, parsed, with_reset
from hyperagent.errors import UsageError
from hyperagent.seeds import seed_genome
from meta import Genome

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


def first(folder: Path) -> Individual:
    """The seed of a run."""
    with closing(Archive(folder / "archive.sqlite", create=False)) as archive:
        return archive[0]


def test_a_run_begins_with_a_chosen_individual_on_the_domain_of_its_run(
    hyperagent: Run, run: Path, tmp_path: Path
) -> None:
    with closing(Archive(run / "archive.sqlite")) as archive:
        chosen = next(child for child in archive if child.patch and not child.stillborn)
        head = archive.store.head
    done = hyperagent("run", "--from", f"{run}:{chosen.id}", "--generations", 2, "--run", "on")
    assert done.returncode == 0, done.stderr
    assert first(tmp_path / "on").digest == chosen.digest
    said = (tmp_path / "on" / "run.toml").read_text()
    assert f':{chosen.id}"' in said and f'from_head = "{head}"' in said


def test_a_part_of_it_is_taken_from_the_seed() -> None:
    seed = seed_genome()
    names = {name: f"# {name}\n" for name in ("task_agent.py", *META_FILES, "more.py")}
    evolved = Genome(names)
    meta, task = with_reset(evolved, seed, ("meta",)), with_reset(evolved, seed, ("task",))
    assert all(meta[name] == seed[name] for name in META_FILES)
    assert meta["task_agent.py"] == names["task_agent.py"] and meta["more.py"] == names["more.py"]
    assert task["task_agent.py"] == seed["task_agent.py"] and task["operators.py"] == names["operators.py"]


def test_without_an_id_it_is_the_best(run: Path) -> None:
    with closing(Archive(run / "archive.sqlite")) as archive:
        best = archive.best()
    assert best is not None and origin(str(run)).genome == best.genome


def test_what_cannot_be_begun_with_is_refused(hyperagent: Run, run: Path) -> None:
    with pytest.raises(UsageError, match="expected an id from 0 to 12"):
        origin(f"{run}:99")
    with pytest.raises(UsageError, match="expected DIR or DIR:ID"):
        parsed(f"{run}:best")
    assert hyperagent("run", "--reset", "meta").returncode == 2
