"""A person's say before a child runs: over the API, from the queue, and what stays of a no."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hyperagent as ha
from archive import Archive, Individual, lineage_digest
from hyperagent.nursery import summary
from hyperagent.replay import replay
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_callback_sees_child_and_parent_and_its_no_is_kept_and_shown() -> None:
    seen: list[tuple[int, int]] = []

    def review(child: Individual, parent: Individual) -> str:
        seen.append((child.id, parent.id))
        assert child.patch is not None and child.digest != parent.digest and not child.evaluations
        return "not on a Friday" if child.id % 2 else ""

    population = list(ha.evolve(domain_with(), generations=6, approve="always", review=review))
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

    population = list(ha.evolve(domain_with(), generations=16, seed=2, approve="meta", review=review))
    for child in population[1:]:
        parent = population[child.parents[0]]
        changed = {name for name in child.genome if child.genome.get(name) != parent.genome.get(name)}
        if child.patch and not child.stillborn:
            assert (child.id in looked) == bool(changed - {"task_agent.py"})
    assert looked and len(looked) < 16


@pytest.mark.slow
def test_saying_yes_to_all_changes_nothing() -> None:
    plain = lineage_digest(ha.evolve(domain_with(), generations=6))
    assert lineage_digest(ha.evolve(domain_with(), generations=6, approve="always", review=lambda *_: "")) == plain


def test_children_that_nobody_decides_on_wait_in_a_queue_until_somebody_does(tmp_path: Path, hyperagent: Run) -> None:
    run, domain = tmp_path / "run", domain_with()
    with pytest.raises(ha.HyperagentError, match="children wait for a yes or no"):
        list(ha.evolve(domain, run, generations=3, approve="always"))
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
