"""`hyperagent replay DIR`: a true record holds, and a forged one does not, however well its hashes fit."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import hyperagent as ha
from archive import Archive, Evaluation, Individual, examined
from archive.record import content_digest, pack, unpack
from archive.store import Blob
from hyperagent.commands.doctor import diagnosis
from hyperagent.commands.replay import replayed
from hyperagent.llm.scripted import tool_use
from hyperagent.replay import replay
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]
Forgery = Callable[[Individual], Individual]


def forged(run: Path, id: int, forgery: Forgery) -> None:
    """Write the archive anew with one individual changed: every hash fits."""
    path = run / "archive.sqlite"
    with closing(Archive(path)) as archive, closing(Archive(run / "forged")) as other:
        for key, value in archive.store.settings().items():
            other.store.set(key, value)
        for individual in archive:
            other.add(forgery(individual) if individual.id == id else individual)
    (run / "forged").replace(path)
    assert examined(path).damage == []


def living(run: Path) -> int:
    """An individual that has a patch and was evaluated on validation."""
    with closing(Archive(run / "archive.sqlite")) as archive:
        return next(child.id for child in archive if child.patch and "validation" in child.evaluations)


def with_score(individual: Individual, split: str, score: float) -> Individual:
    """The individual with another score for its first task of a split."""
    first, *rest = individual.evaluations[split].trials
    evaluation = Evaluation((replace(first, score=score), *rest))
    return replace(individual, evaluations={**individual.evaluations, split: evaluation})


def with_patch(individual: Individual, **changes: object) -> Individual:
    """The individual with another patch."""
    assert individual.patch is not None
    return replace(individual, patch=replace(individual.patch, **changes))  # type: ignore[arg-type]


def test_a_true_record_holds(hyperagent: Run, run: Path) -> None:
    done = hyperagent("replay", run, "--workers", 2, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["individuals"], found["divergence"], found["moved"]) == (0, 13, None, [])
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert found["head"] == archive.store.head


@pytest.mark.slow
def test_trying_everything_again_gives_the_same_scores(hyperagent: Run, run: Path) -> None:
    done = hyperagent("replay", run, "--evaluations")
    assert done.returncode == 0 and "13 individuals replayed, no difference" in done.stdout, done.stderr


FORGERIES: dict[str, tuple[Forgery, str]] = {
    "a score": (lambda child: with_score(child, "validation", 0.75), "score of validation"),
    "a title": (lambda child: with_patch(child, title="a better one"), "title"),
    "a hypothesis": (lambda child: with_patch(child, hypothesis="because"), "hypothesis"),
    "an edit": (lambda child: with_patch(child, edits=()), "edits"),
    "a genome": (lambda child: replace(child, genome=child.genome.with_files({"x.txt": "x"})), "genome"),
    "a fate": (lambda child: replace(child, evaluations={}, stillborn=("gate: no",)), "stillborn"),
    "a steward": (lambda child: replace(child, steward=child.id - 1 or 7), "steward"),
}


FEW = ("a score", "a title")
MANY = [pytest.param(what, marks=() if what in FEW else pytest.mark.slow) for what in FORGERIES]


@pytest.mark.parametrize("what", MANY)
def test_a_forgery_whose_hashes_fit_is_named(run: Path, what: str) -> None:
    id, (forgery, named) = living(run), FORGERIES[what]
    forged(run, id, forgery)
    found = replayed(run, 2, False, lambda *_: None)["divergence"]
    assert found is not None and found["individual"] == id and found["what"].startswith(named)
    assert found["recorded"] != found["replayed"]


@pytest.mark.slow
def test_the_first_difference_is_told_with_both_sides(hyperagent: Run, run: Path) -> None:
    id = living(run)
    forged(run, id, lambda child: with_patch(child, title="a much better one"))
    done = hyperagent("replay", run)
    assert done.returncode == 1
    assert f"individual {id}: title differs" in done.stdout and "recorded  a much better one" in done.stdout
    assert f"individual {id} is not what a replay gives: title" in done.stderr


@pytest.mark.slow
def test_scores_that_moved_are_told_with_how_much(hyperagent: Run, run: Path) -> None:
    id = living(run)
    forged(run, id, lambda child: with_score(child, "train", 0.25))
    done = hyperagent("replay", run, "--evaluations", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and found["individuals"] == 13
    moved = [(move["individual"], move["recorded"], move["replayed"]) for move in found["moved"]]
    assert moved == [(id, 0.25, 0.0)]


def test_a_damaged_file_is_not_replayed_but_named(hyperagent: Run, run: Path) -> None:
    path = run / "archive.sqlite"
    path.write_bytes(path.read_bytes()[:-9000])
    done = hyperagent("replay", run)
    assert done.returncode == 1 and "the record is not what a replay gives" in done.stderr


def programmer(request: ha.Request) -> str | ha.Completion:
    """A model that turns the word round where a patch is asked for, and finds everything good."""
    if not request.tools:
        return "SUBMIT" if request.place.startswith("propose") else "OK"
    if len(request.messages) == 1:
        return tool_use("replace", at="task_agent:solve", source="def solve(task, tools):\n    return task[::-1]")
    return tool_use("submit", title="turn it round", hypothesis="why not")


def test_a_run_with_a_model_is_replayed_from_the_recorded_answers(tmp_path: Path) -> None:
    run = tmp_path / "run"
    population = list(ha.evolve(domain_with(), run, generations=2, llm=ha.Scripted(programmer), workers=2))
    assert population[1].patch is not None and population[1].questions
    assert [found for _, new in replay(domain_with(), run) for found in new] == []
    forged(run, 1, lambda child: replace(child, questions=(replace(child.questions[0], text="no"),)))
    assert [found.individual for _, new in replay(domain_with(), run) for found in new][:1] == [1]
    with pytest.raises(ha.UsageError, match="language model"):
        list(replay(domain_with(), run, evaluations=True))


@pytest.mark.parametrize("what", ["answer", "prompt"])
def test_what_was_said_to_a_model_cannot_be_changed_with_its_digests(tmp_path: Path, what: str) -> None:
    run = tmp_path / "run"
    list(ha.evolve(domain_with(), run, generations=1, llm=ha.Scripted(programmer), workers=2))
    with closing(Archive(run / "archive.sqlite")) as archive:
        key, content, parts = next(archive.store.exchanges())
        said = unpack(content)
        if what == "answer":
            said["completion"]["content"] = [{"type": "text", "text": "something else"}]
        else:
            prompt = pack({"role": "user", "content": "something else"})
            said["request"]["messages"] = [content_digest(prompt)]
            parts = {**parts, content_digest(prompt): Blob(prompt)}
        archive.store.keep_exchange(key, pack(said), parts)
    named = "is not the one that individual 0 vouches for"
    assert [wrong["what"] for wrong in diagnosis(run)["damage"]] == [named]
    found = [found for _, new in replay(domain_with(), run) for found in new]
    assert [(one.individual, one.recorded) for one in found] == [(None, named)]


def test_a_run_is_not_replayed_with_other_tasks(run: Path) -> None:
    with pytest.raises(ha.RunError, match="another domain"):
        list(replay(domain_with("def solve(task, tools):\n    return 1\n"), run))
