"""Each law holds for a specimen that keeps it and is broken by one that does not, with a small counterexample."""

import asyncio
import itertools
import math
import random
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import law_specimens as specimens
import numpy as np
import pytest
from hypothesis import strategies as st

import meta
from genome import operators, selection
from hyperagent import Domain, Task, UsageError
from hyperagent.testing import (
    Algebra,
    LawBroken,
    check,
    check_domain,
    check_operator,
    check_patch_laws,
    check_selection,
    edited,
    laws,
)
from meta import Delete, Genome, Insert, Patch, Replace

LIBRARY = Path(__file__).with_name("law_specimens.py")
JAILED = """import random

import libcst as cst
import numpy

from genome.registry import operator


def first(candidates, rng):
    return candidates.id[0]


def fixed(candidates, rng):
    return 7


def endless(candidates, rng):
    while True:
        pass


@operator("number", cst.Integer, cases=(("3", "6"),), never=(("3", "3"),))
def double(site, scope):
    '''Twice the number.'''
    value = int(site.node.value, 0)
    if value:
        yield cst.Integer(str(2 * value))


@operator("number", cst.Integer, cases=(("3", "0"),), never=(("3", "3"),))
def same(site, scope):
    '''A number that may be the one that is there.'''
    yield cst.Integer("0")
"""


@pytest.fixture(autouse=True, scope="module")
def _only_here() -> Iterator[None]:
    """Other tests do not see the operators of this one, and what is small enough for a test is found soon."""
    patient, laws.SHRINKING = laws.SHRINKING, 80
    specimens.register()
    yield
    laws.SHRINKING = patient
    specimens.unregister()


def broken(check: Callable[[], object]) -> LawBroken:
    """The law that a check finds broken."""
    with pytest.raises(LawBroken) as caught:
        check()
    return caught.value


def test_a_good_operator_keeps_all_laws() -> None:
    report = check_operator(specimens.specimen_double)
    assert report.kind == "operator" and int(report.figures["candidates"]) > 0


@pytest.mark.parametrize(
    ("name", "law", "shown"),
    [
        ("same", "every candidate edit changes something", "0 -> 0"),
        ("unfit", "every candidate edit applies and gives source that parses", "pass"),
        ("elsewhere", "a candidate edit changes nothing outside its target", "elsewhere"),
        ("random", "the same source gives the same candidates", "specimen_random"),
        pytest.param("raising", "an operator raises nothing", "ValueError", marks=pytest.mark.slow),
        ("miscased", "a VALID case holds", "+7"),
        ("caseless", "an operator has a case that shows what it does", "no (before, after)"),
        ("overeager", "an INVALID case holds", "+6"),
    ],
)
def test_an_operator_that_breaks_a_law_is_told_which(name: str, law: str, shown: str) -> None:
    found = broken(lambda: check_operator(getattr(specimens, f"specimen_{name}"), examples=300))
    assert found.law == law and shown in found.counterexample
    assert len(found.counterexample.splitlines()) <= 60


def test_a_function_that_is_no_operator_is_refused() -> None:
    with pytest.raises(UsageError, match="registered in no library"):
        check_operator(lambda site, scope: [])


def test_the_seed_selects_as_it_should() -> None:
    assert check_selection(selection.select).figures["calls"]


def first_of(candidates, rng):  # type: ignore[no-untyped-def]
    return candidates.id[0]


def unknown(candidates, rng):  # type: ignore[no-untyped-def]
    return candidates.id.max() + 1 if len(candidates.id) > 2 else candidates.id[0]


def from_global_random(candidates, rng):  # type: ignore[no-untyped-def]
    return random.choice(list(candidates.id))


def from_global_numpy(candidates, rng):  # type: ignore[no-untyped-def]
    return np.random.choice(candidates.id)


def second_best(candidates, rng):  # type: ignore[no-untyped-def]
    return candidates.id[np.argsort(candidates.score)[-2]]


def divided(candidates, rng):  # type: ignore[no-untyped-def]
    weights = candidates.score - candidates.score.min()
    return rng.choices(list(candidates.id), list(weights))[0]


def overflowing(candidates, rng):  # type: ignore[no-untyped-def]
    return candidates.id[array("i", candidates.visits.tolist()).index(candidates.visits.min())]


@pytest.mark.parametrize(
    ("select", "law", "rows"),
    [
        (unknown, "a selection picks an id that it was offered", 3),
        (from_global_random, "the same candidates and the same seed give the same pick", 2),
        (from_global_numpy, "the same candidates and the same seed give the same pick", 2),
        (second_best, "a selection raises nothing", 1),
        (divided, "a selection raises nothing", 1),
        pytest.param(overflowing, "a selection raises nothing", 1, marks=pytest.mark.slow),
    ],
)
def test_a_selection_that_breaks_a_law_is_told_which(select: Callable[..., object], law: str, rows: int) -> None:
    found = broken(lambda: check_selection(select, examples=200))
    table, _, _ = found.counterexample.partition("\nrng: ")
    assert found.law == law
    assert rows < len(table.splitlines()) <= rows + 8 and table.split()[:5] == [
        "id",
        "score",
        "visits",
        "depth",
        "size",
    ]


def test_a_check_leaves_the_global_random_states_as_they_were() -> None:
    states = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index,union-attr]
    check_selection(first_of, examples=5)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states  # type: ignore[index,union-attr]


@pytest.mark.slow
def test_operators_and_selections_of_a_file_are_run_in_jails(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(JAILED)
    assert check(f"{tmp_path / 'mine.py'}:first", examples=5).kind == "selection"
    assert check(f"{tmp_path / 'mine.py'}:double", examples=5).kind == "operator"
    writing = f"def first(candidates, rng):\n    numpy.array([1]).tofile({str(tmp_path / 'x')!r})\n"
    (tmp_path / "mine.py").write_text(f"{JAILED}\n\n{writing}")
    found = broken(lambda: check(f"{tmp_path / 'mine.py'}:first", examples=2))
    assert found.law == "a selection raises nothing" and "FileNotFoundError" in found.counterexample
    assert not (tmp_path / "x").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("fixed", "a selection picks an id that it was offered"),
        ("endless", "a selection raises nothing"),
        ("same", "every candidate edit changes something"),
    ],
)
def test_what_breaks_a_law_in_a_jail_is_told_which(name: str, law: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(JAILED)
    found = broken(lambda: check(f"{tmp_path / 'mine.py'}:{name}", examples=40 if name == "same" else 2))
    assert found.law == law and found.counterexample


def tasks(count: int = 6) -> list[Task]:
    """Words to be turned round."""
    words = ("stressed", "drawer", "lager", "diaper", "reward", "desserts")
    return [Task(word, input=word, target=word[::-1]) for word in words[:count]]


def right(task: Task, answer: object) -> float:
    return float(answer == task.target)


def test_a_good_domain_keeps_all_laws_and_is_measured() -> None:
    report = check_domain(Domain("backwards", tasks(), right), examples=20)
    assert report.figures["tasks"] == report.figures["answered"] == 6
    assert report.figures["seed_score"] == report.figures["noise_floor"] == 0.0
    assert 0 < float(report.figures["seconds_per_task"]) <= float(report.figures["slowest_seconds"])


def test_the_noise_floor_of_a_random_agent_is_not_nothing() -> None:
    agent = "def solve(task, tools):\n    return tools.rng.random()\n"
    report = check_domain(Domain("random", tasks(), lambda task, answer: as_number(answer), seed=agent), examples=5)
    assert float(report.figures["noise_floor"]) > 0


def as_number(answer: object) -> float:
    return answer if isinstance(answer, float) and math.isfinite(answer) else 0.0


counter = itertools.count()


def nan_for_lists(task: Task, answer: object) -> float:
    return math.nan if isinstance(answer, list) and answer else 0.0


def by_chance(task: Task, answer: object) -> float:
    return float(next(counter) % 7)


def length(task: Task, answer: object) -> float:
    return float(len(answer))  # type: ignore[arg-type]


def forgetful(task: Task, answer: object) -> float:
    if isinstance(task.input, dict):
        task.input["seen"] = True
    return 0.0


async def judged_by_chance(task: Task, answer: object, jail: object) -> float:
    await asyncio.sleep(0) if False else None
    return float(next(counter))


LEAKING = [Task(task.id, input={"word": task.input, "more": [1, task.target]}, target=task.target) for task in tasks()]
DICTS = [Task(task.id, input={"word": task.input}, target=task.target) for task in tasks()]
CRASHING = "def solve(task, tools):\n    raise ValueError(task)\n"
LEANING = "COUNT = [0]\n\n\ndef solve(task, tools):\n    return [str(object())] \n"


@pytest.mark.parametrize(
    ("domain", "law", "shown"),
    [
        (Domain("nan", tasks(), nan_for_lists), "a score is a finite number", "nan"),
        (Domain("chance", tasks(), by_chance), "an answer has the same score each time", "when asked again"),
        (Domain("length", tasks(), length), "scoring raises nothing, whatever the answer", "TypeError"),
        (Domain("forgetful", DICTS, forgetful), "scoring leaves the task as it was", "'seen': True"),
        (Domain("leak", LEAKING, right), "the input does not hold the target", "task.input['more'][1] is task.target"),
        (Domain("crash", tasks(), right, seed=CRASHING), "the seed agent answers a task", "ValueError: stressed"),
        (Domain("judge", tasks(), judge=judged_by_chance), "an answer has the same score each time", "score"),
        (Domain("one", tasks(1), right, held_out=["stressed"]), "every split has tasks", "train"),
        (Domain("odd", [Task("a", 1, {1, 2})], right), "the target of a task is plain data", "set"),
    ],
    ids=lambda value: value.name if isinstance(value, Domain) else "",
)
def test_a_domain_that_breaks_a_law_is_told_which(domain: Domain, law: str, shown: str) -> None:
    found = broken(lambda: check_domain(domain, examples=60))
    assert (found.law, shown in found.counterexample) == (law, True), found


def test_targets_that_are_in_the_input_by_chance_are_no_leak() -> None:
    numbers = [Task(f"{n}", input={"choices": [n, n + 1], "n": n}, target=n + n % 2) for n in range(8)]
    assert check_domain(Domain("numbers", numbers, right), examples=5).figures["tasks"] == 8


def test_the_laws_of_patches_hold() -> None:
    report = check_patch_laws(edited())
    assert int(report.figures["edits"]) >= int(report.figures["patches"]) > 0


BASE = Genome({"m.py": "def f(x):\n    y = 1\n    return x\n"})
FINE = st.sampled_from((Patch((Replace("m:f/body[1].value", "x", "y"),)), Patch((Delete("m:f/body[0]", "y = 1"),))))
STALE = st.sampled_from((*[Patch((Insert("m:f/body[0]", "y = 1", f"z = {n}"),)) for n in range(9)],
                         Patch((Replace("m:f/body[1].value", "z", "y"),))))  # fmt: skip


def test_a_patch_that_is_refused_breaks_a_law() -> None:
    found = broken(lambda: check_patch_laws(STALE, BASE))
    assert found.law == "a patch applies to its genome"
    assert "found 'x', expected 'z'" in found.counterexample


def no_inverse(genome: Genome, patch: Patch) -> Patch:
    return Patch()


def half_a_diff(old: Genome, new: Genome) -> Patch:
    return Patch(meta.diff(old, new).edits[1:])


def forgetful_merge(base: Genome, left: Genome, right: Genome) -> Patch:
    return Patch()


def first_alone(genome: Genome, first: Patch, second: Patch) -> Patch:
    return first


def no_child(a: Genome, b: Genome, ancestor: Genome, rng: random.Random) -> Patch:
    return meta.diff(a, ancestor)


def nothing_left(patch: Patch, still_good: Callable[[Patch], bool]) -> Patch:
    return Patch()


def growing(genome: Genome, patch: Patch) -> Genome:
    return meta.apply(genome, patch).with_files({"n.txt": str(next(counter))})


@pytest.mark.parametrize(
    ("algebra", "law"),
    [
        (Algebra(invert=no_inverse), "the inverse takes back what the patch did"),
        (Algebra(diff=half_a_diff), "the difference leads from the one genome to the other"),
        (Algebra(merge=forgetful_merge), "a change merged with no change is the change"),
        (Algebra(compose=first_alone), "a patch composed with its inverse does nothing"),
        (Algebra(crossover=no_child), "a crossover takes what one parent alone has changed"),
        (Algebra(minimise=nothing_left), "what is left of a patch is still good"),
        (Algebra(apply=growing), "a patch gives the same genome each time"),
    ],
)
def test_an_algebra_that_breaks_a_law_is_told_which(algebra: Algebra, law: str) -> None:
    found = broken(lambda: check_patch_laws(FINE, BASE, algebra=algebra))
    assert found.law == law and "@@" in found.counterexample


def test_a_thing_without_laws_is_refused() -> None:
    with pytest.raises(UsageError, match="expected an operator"):
        check(lambda a, b: None)
    with pytest.raises(UsageError, match=r"expected FILE\.py:NAME"):
        check("nothing")


@pytest.mark.slow
@pytest.mark.parametrize("name", operators.OPERATORS)
def test_the_operators_of_the_seed_can_be_checked(name: str) -> None:
    """Laws that some of them break today are named; the others may not break any."""
    entry = operators.OPERATORS[name]
    try:
        check_operator(entry, examples=10)
    except LawBroken as found:
        assert found.law in ("every candidate edit changes something",), found  # noqa: PT017
