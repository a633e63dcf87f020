"""imp@k, with real runs of a small domain."""

import ast
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hyperagent as ha
from archive import Archive
from hyperagent.errors import RunError, UsageError
from hyperagent.freeze import frozen
from hyperagent.replay import replay
from hyperagent.science.cells import Cell, finished, made
from hyperagent.science.imp import budgets
from hyperagent.seeds import seed_genome
from meta import Genome
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow

Command = Callable[..., subprocess.CompletedProcess[str]]


def test_the_budgets_double_up_to_k() -> None:
    assert budgets(10) == [10]
    assert budgets(50) == [25, 50]
    assert budgets(130) == [25, 50, 100, 130]


def test_a_frozen_meta_agent_proposes_for_all_and_is_not_changed() -> None:
    seed = seed_genome()
    mute = seed.with_files(
        {"meta_agent.py": b"def propose(parent, history, tools):\n    return {'edits': [], 'title': 'mute'}\n"}
    )
    children = list(ha.evolve(domain_with(), generations=8, workers=1, frozen=mute))[1:]
    assert {child.stillborn for child in children} == {("propose: mute",)}


def test_a_frozen_selection_picks_the_parents() -> None:
    last = b"def select(candidates, rng):\n    return candidates.id[-1]\n"
    pick = seed_genome().with_files({"selection.py": last})
    children = list(ha.evolve(domain_with(), generations=10, workers=1, lag=1, frozen=pick, fixed="meta"))
    living = [child.id for child in children if not child.stillborn and not child.culled]
    for child in children[2:]:
        assert child.parent == max(id for id in living if id <= max(0, child.id - 2))


@pytest.mark.parametrize(("fixed", "allowed"), [("meta", {"task_agent.py"}), ("task", None)])
def test_what_is_fixed_is_not_changed(fixed: str, allowed: set[str] | None) -> None:
    domain = domain_with(seed="def solve(task, tools):\n    result = task\n    return result\n")
    children = list(ha.evolve(domain, generations=8, workers=1, fixed=fixed))
    seed = children[0].genome
    changed = {name for child in children for name in child.genome if child.genome.raw(name) != seed.raw(name)}
    assert changed
    assert changed <= allowed if allowed else "task_agent.py" not in changed


def test_a_run_goes_on_with_its_own_frozen_genome_alone(tmp_path: Path) -> None:
    list(ha.evolve(domain_with(), tmp_path / "run", generations=1, workers=1, frozen=seed_genome()))
    other = seed_genome().with_files({"prompts.py": b"TASK = ''\n"})
    with pytest.raises(RunError, match="begun with the frozen genome"):
        list(ha.evolve(domain_with(), tmp_path / "run", generations=2, workers=1, frozen=other))
    with pytest.raises(UsageError, match="no genome is given"):
        ha.evolve(domain_with(), tmp_path / "run", generations=2, workers=1, proposer="frozen")


@pytest.mark.slow
def test_freezing_turns_the_history_into_memory(tmp_path: Path) -> None:
    list(ha.evolve(domain_with(), tmp_path / "run", generations=8, workers=1))
    archive = Archive(tmp_path / "run" / "archive.sqlite")
    found = frozen(archive, 0)
    assert found.without_history == ""
    namespace = constants(found.genome)
    assert namespace["LESSONS"]["everything"][0] >= 8
    assert namespace["LEARNED_UNTIL"] == 0
    changed = [name for name in found.genome if found.genome.raw(name) != archive[0].genome.raw(name)]
    assert changed == ["memory.py"]


@pytest.mark.slow
def test_freezing_keeps_the_definitions_that_helped_unless_lessons_alone_are_wanted(tmp_path: Path) -> None:
    seed = "STEP = 2\n\n\ndef solve(task, tools):\n    return STEP\n"
    tasks = [ha.Task(str(number), number, number) for number in range(12)]
    steps = ha.Domain("steps", tasks, thousandths, seed=seed)
    list(ha.evolve(steps, tmp_path / "run", generations=40, workers=1))
    archive = Archive(tmp_path / "run" / "archive.sqlite")
    best = archive.best()
    assert best is not None and best.score > archive[0].score
    known = constants(frozen(archive, 0).genome)["KNOWN"]
    assert known.keys() <= {"task_agent:STEP", "task_agent:solve"} and known
    assert all(text in str(best.genome["task_agent.py"]) for text in known.values())
    assert constants(frozen(archive, best.id, lessons_only=True).genome)["KNOWN"] == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", ["type('Code', (), {'__repr__': lambda self: '__import__(0)'})()", "float('nan')", "len"]
)
def test_what_a_memory_learns_must_be_plain(value: str, tmp_path: Path) -> None:
    own = seed_genome()
    lying = str(own["memory.py"]) + f"\n\ndef learned(history, familiar=True):\n    return {{'a': {value}}}\n"
    list(
        ha.evolve(domain_with(), tmp_path / "run", generations=0, genome=own.with_files({"memory.py": lying.encode()}))
    )
    found = frozen(Archive(tmp_path / "run" / "archive.sqlite"), 0)
    assert "Error" in found.without_history
    assert found.genome["memory.py"] == lying


def thousandths(_task: ha.Task, answer: object) -> float:
    """The answer in thousandths."""
    return max(0.0, min(1.0, answer / 1000)) if isinstance(answer, int | float) else 0.0


def constants(genome: Genome) -> dict[str, Any]:
    """What the memory of a genome holds."""
    body = ast.parse(str(genome["memory.py"])).body
    found = {node.targets[0].id: node.value for node in body if isinstance(node, ast.Assign)}  # type: ignore[attr-defined]
    return {name: ast.literal_eval(value) for name, value in found.items()}


@pytest.mark.slow
def test_the_command_measures_pairs_and_does_not_make_them_again(
    hyperagent: Command, domain_file: Path, tmp_path: Path
) -> None:
    list(ha.evolve(domain_with(), tmp_path / "run", generations=4, workers=1))
    arguments = f"imp run:0 --domain {domain_file}:backwards --k 4 --seeds 1 --out imp --json".split()
    first = hyperagent(*arguments)
    assert first.returncode == 0, first.stderr
    data = json.loads(first.stdout)
    assert data["frozen"]["id"] == 0
    assert [row["k"] for row in data["rows"]] == [4]
    assert data["rows"][0]["comparison"]["count"] == 1
    assert data["excluded"] == {}
    assert set(data["gains"]) == {"frozen", "seed"}
    assert len(data["curves"]["frozen"]["0"]) == 5
    assert (tmp_path / "imp" / "imp.html").read_text("utf-8").count("A null result") == 1
    again = hyperagent(*arguments)
    assert "runs:" not in again.stderr
    assert json.loads(again.stdout)["gains"] == data["gains"]


def test_a_run_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    cell = Cell("lost", "no-such-domain", 0, 3)
    assert "unknown" in made([cell], tmp_path, 1)["lost"]
    assert not finished(tmp_path, cell)


def test_a_run_with_a_frozen_meta_agent_is_made_again_to_the_same(tmp_path: Path) -> None:
    list(ha.evolve(domain_with(), tmp_path / "run", generations=8, workers=1, frozen=seed_genome(), fixed="meta"))
    assert [differs for _, found in replay(domain_with(), tmp_path / "run") for differs in found] == []


def test_a_run_of_other_tasks_is_not_taken_for_the_one_wanted(tmp_path: Path) -> None:
    small = {"train": "1", "validation": "2", "test": "2"}
    cell = Cell("run", "control:cartpole", 3, 1, small)
    assert made([cell], tmp_path, 1) == {}
    assert finished(tmp_path, cell)
    for other in (replace(cell, options={**small, "test": "3"}), replace(cell, seed=4)):
        with pytest.raises(RunError, match="was begun with"):
            finished(tmp_path, other)
