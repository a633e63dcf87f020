"""A person's say before a child runs: over the API, from the queue, and what stays of a no."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hyperagent as ha
from archive import Archive, Individual, lineage_digest
from hyperagent.commands import approve, show
from hyperagent.commands.editor import edited
from hyperagent.commands.log import log
from hyperagent.replay import replay
from hyperagent.showing import summary
from meta import Genome
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_callback_sees_child_and_parent_and_its_no_is_kept_and_shown() -> None:
    seen: list[tuple[int, int]] = []

    def review(child: Individual, parent: Individual) -> str:
        seen.append((child.id, parent.id))
        assert child.patch is not None and child.digest != parent.digest and not child.evaluations
        return "not on a Friday" if child.id % 2 else ""

    population = list(ha.evolve(domain_with(), generations=6, workers=1, approve="always", review=review))
    assert seen and all(population[id].parent == parent for id, parent in seen)
    for id, _ in seen:
        refused = population[id].stillborn == ("refused: not on a Friday",)
        assert refused == bool(id % 2) and (not refused or not population[id].evaluations)
    one = next(population[id] for id, _ in seen if id % 2)
    shown = summary(one, population[0])
    assert isinstance(shown, dict) and shown["refused"] == "refused: not on a Friday"


@pytest.mark.slow
def test_with_meta_only_changes_beyond_the_task_agent_are_looked_at() -> None:
    looked: set[int] = set()

    def review(child: Individual, parent: Individual) -> str:
        del parent
        looked.add(child.id)
        return ""

    population = list(ha.evolve(domain_with(), generations=16, workers=1, seed=2, approve="meta", review=review))
    for child in population[1:]:
        parent = population[child.parents[0]]
        changed = {name for name in child.genome if child.genome.get(name) != parent.genome.get(name)}
        if child.patch and not child.stillborn:
            assert (child.id in looked) == bool(changed - {"task_agent.py"})
    assert looked and len(looked) < 16


@pytest.mark.slow
def test_saying_yes_to_all_changes_nothing() -> None:
    plain = lineage_digest(ha.evolve(domain_with(), generations=6, workers=1))
    assert lineage_digest(ha.evolve(domain_with(), generations=6, approve="always", review=lambda *_: "")) == plain


def turned(child: Individual, parent: Individual) -> Genome:
    """The child with a task agent that a person wrote, another one each time."""
    del parent
    source = f"def solve(task, tools):\n    return task[::-1]  # {child.id}\n"
    return child.genome.with_files({"task_agent.py": source})


def test_what_a_person_makes_of_a_child_is_run_in_its_place_and_the_proposal_is_kept(tmp_path: Path) -> None:
    run = tmp_path / "run"
    list(ha.evolve(domain_with(), run, generations=4, workers=1, approve="always", review=turned))
    with closing(Archive(run / "archive.sqlite")) as archive:
        edited = [child for child in archive if child.proposed is not None]
    assert edited and all("[::-1]" in str(child.genome["task_agent.py"]) for child in edited)
    best = max(edited, key=lambda child: child.score)
    assert best.score == 1.0 and best.patch is not None and best.patch.title.endswith("(edited by a person)")
    assert best.proposed is not None and best.proposed.edits != best.patch.edits
    page = show.individual(run, best.id)
    assert page["proposed"] == best.proposed.title
    told = [entry["proposed_patch"] for entry in log(run)]
    assert [one is not None for one in told] == [id in [child.id for child in edited] for id in range(5)]
    assert [found for _, new in replay(domain_with(), run) for found in new] == []
    assert [found for _, new in replay(domain_with(), run, evaluations=True) for found in new] == []


def test_a_child_that_a_person_turns_back_into_its_parent_is_not_run(tmp_path: Path) -> None:
    run = tmp_path / "run"
    list(ha.evolve(domain_with(), run, generations=1, approve="always", review=lambda _, parent: parent.genome))
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert archive[1].stillborn and archive[1].stillborn[0].startswith("edited: ")
        assert archive[1].proposed is not None and archive[1].genome == archive[0].genome
    assert [found for _, new in replay(domain_with(), run) for found in new] == []


def test_what_a_person_makes_of_a_child_passes_the_same_gate() -> None:
    def forbidden(child: Individual, parent: Individual) -> Genome:
        del parent
        return child.genome.with_files({"task_agent.py": "import os\n\n\ndef solve(task, tools):\n    return 1\n"})

    population = list(ha.evolve(domain_with(), generations=2, workers=1, approve="always", review=forbidden))
    edited = [child for child in population if child.proposed is not None]
    assert edited and all(child.stillborn[0].startswith("gate: ") for child in edited)


EDITOR = """#!/bin/sh
for file in "$@"; do echo "# by hand" >> "$file"; done
"""


def test_a_child_in_the_queue_is_opened_in_an_editor(tmp_path: Path, hyperagent: Run) -> None:
    run, domain = tmp_path / "run", domain_with()
    with pytest.raises(ha.ApprovalNeeded):
        list(ha.evolve(domain, run, generations=2, workers=1, approve="always"))
    (tmp_path / "editor").write_text(EDITOR)
    (tmp_path / "editor").chmod(0o755)
    first, *others = [one["id"] for one in json.loads(hyperagent("approve", run, "--json").stdout)]
    broken = hyperagent("approve", run, "--edit", first, environment={"VISUAL": "false", "EDITOR": ""})
    assert broken.returncode == 1 and "nothing is changed" in broken.stderr
    done = hyperagent("approve", run, "--edit", first, *[f"--yes={id}" for id in others], "--json",
                      environment={"VISUAL": "", "EDITOR": str(tmp_path / "editor")})  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stdout) == [], done.stderr
    list(ha.evolve(domain, run, generations=2, workers=1, approve="always", review=lambda *_: ""))
    with closing(Archive(run / "archive.sqlite")) as archive:
        child = archive[first]
    assert child.proposed is not None and any("# by hand" in str(text) for text in child.genome.values())
    assert "by a person; proposed was" in hyperagent("show", run, first).stdout


def test_a_no_with_its_reason_is_in_the_next_prompt_of_a_model(tmp_path: Path) -> None:
    prompts: list[str] = []

    def model(request: ha.Request) -> str:
        if request.tools:
            prompts.append(str(request.messages[0]))
        return "no tool is used"

    list(ha.evolve(domain_with(), tmp_path / "run", generations=4, lag=1, llm=ha.Scripted(model), workers=2,
                   approve="always", review=lambda child, _: "it smells" if child.id == 1 else ""))  # fmt: skip
    assert any("(refused: it smells)" in prompt for prompt in prompts)


def test_children_that_nobody_decides_on_wait_in_a_queue_until_somebody_does(tmp_path: Path, hyperagent: Run) -> None:
    run, domain = tmp_path / "run", domain_with()
    with pytest.raises(ha.HyperagentError, match="children wait for a yes or no"):
        list(ha.evolve(domain, run, generations=3, workers=1, approve="always"))
    queue = json.loads(hyperagent("approve", run, "--json").stdout)
    assert queue and all(one["diffs"] and one["title"] for one in queue)
    first, *others = [one["id"] for one in queue]
    assert hyperagent("approve", run, "--no", first).returncode == 2
    left = hyperagent(
        "approve", run, "--no", first, "--reason", "too bold", *[f"--yes={id}" for id in others], "--json"
    )
    assert json.loads(left.stdout) == []
    assert hyperagent("approve", run, "--yes", first).returncode == 2
    asked: list[int] = []
    list(ha.evolve(domain, run, generations=3, approve="always", review=lambda child, _: asked.append(child.id) or ""))
    assert not set(asked) & {first, *others}
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert len(archive) == 4 and archive[first].stillborn == ("refused: too bold",)
        assert all(not reason.startswith("refused") for id in others for reason in archive[id].stillborn)
    assert [found for _, new in replay(domain, run) for found in new] == []


@pytest.fixture
def queue(tmp_path: Path) -> tuple[Path, list[int]]:
    """A run whose children wait, and their ids."""
    with pytest.raises(ha.ApprovalNeeded):
        list(ha.evolve(domain_with(), tmp_path / "run", generations=3, workers=1, approve="always"))
    return tmp_path / "run", [one["id"] for one in approve.waiting(tmp_path / "run")]


def test_of_several_decisions_all_are_taken_or_none(hyperagent: Run, queue: tuple[Path, list[int]]) -> None:
    run, ids = queue
    done = hyperagent("approve", run, "--yes", ids[0], "--yes", 999)
    assert done.returncode == 2 and "child 999 waits for no yes or no" in done.stderr
    assert [one["id"] for one in approve.waiting(run)] == ids


@pytest.mark.parametrize("said", ["'vim", '"'])
def test_an_editor_that_cannot_be_read_is_named(hyperagent: Run, queue: tuple[Path, list[int]], said: str) -> None:
    done = hyperagent("approve", queue[0], "--edit", queue[1][0], environment={"VISUAL": said})
    assert done.returncode == 2 and "No closing quotation, expected an editor in $VISUAL" in done.stderr


def test_a_blank_editor_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", " ")
    monkeypatch.setenv("EDITOR", "sh -c 'echo 1 > a.py'")
    assert edited({"a.py": "0\n"}) == {"a.py": "1\n"}


def test_what_an_editor_keeps_for_itself_is_no_file_of_the_genome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", 'sh -c \'for f in a.py~ .a.py.swp "#a.py#" new.py; do echo 1 > "$f"; done\'')
    assert edited({"a.py": "0\n"}) == {"new.py": "1\n"}
