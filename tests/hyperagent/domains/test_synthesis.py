"""Programs from examples: a language whose programs always end, functions that differ, and an agent that improves."""

import random
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hyperagent as ha
from hyperagent.domains import load_domain
from hyperagent.domains.synthesis import score, seed_agent
from hyperagent.domains.synthesis.functions import functions
from hyperagent.domains.synthesis.tasks import distinct, more_tasks, numbers, synthesis_tasks
from hyperagent.domains.synthesis.tools import FAMILIES, LARGEST, LONGEST, STEPS, BudgetUsedUp, fault_of, result, tools

SIZES = {"train": 2, "validation": 6, "test": 6}
inputs = st.lists(st.integers(-50, 50), max_size=12)
programs = st.lists(st.sampled_from([*STEPS]), min_size=1, max_size=LONGEST)


@given(programs, inputs)
def test_a_program_makes_a_value_within_bounds_or_is_at_fault_and_leaves_its_input_alone(
    program: list[str], given: list[int]
) -> None:
    before = list(given)
    value = result(program, given)
    assert given == before
    found = value if isinstance(value, list) else [value or 0]
    assert all(type(number) is int and abs(number) <= LARGEST for number in found)


@given(programs, programs, inputs)
def test_programs_are_composed_unless_the_input_is_looked_at_again(
    one: list[str], other: list[str], given: list[int]
) -> None:
    middle = result(one, given)
    if isinstance(middle, list) and not {*other} & {*FAMILIES["beside"]}:
        assert result([*one, *other], given) == result(other, middle)


@pytest.mark.parametrize(
    ("program", "numbers", "wanted"),
    [
        ("sort, drop 1, first", [5, 1, 0], 1),
        ("even, square, sum", [4, -5, 0, 3, -2], 20),
        ("differences, abs, max", [4, -5, 0, 3, -2], 9),
        ("sort, - input", [3, 1, 2], [-2, 1, 1]),
        ("reverse, * input", [3, 1, 2], [6, 1, 6]),
        ("running max, unique, length", [1, 3, 2, 5, 5], 3),
        ("running sum", [1, 2, 3], [1, 3, 6]),
        ("sort, reverse, take 2", [4, -5, 0, 3, -2], [4, 3]),
        ("drop 1, every second", [4, -5, 0, 3, -2], [-5, 3]),
        ("drop last, last", [1, 2, 3], 2),
        ("* place, sum", [5, 4, 3], 10),
        ("mod 2", [4, -5, 0], [0, 1, 0]),
        ("mod 10, + 1", [14, 9], [5, 10]),
        ("/ 2", [4, -5, 3], [2, -3, 1]),
        ("odd, * 2, negate, min", [1, 2, 3], -6),
        ("sum, sort", [1], None),
        ("positive, negative, max", [1], None),
        ("square, square, square", [20], None),
        ("sum", [], 0),
    ],
)
def test_instructions_do_what_they_say(program: str, numbers: list[int], wanted: object) -> None:
    assert result(program.split(", "), numbers) == wanted


def test_no_two_functions_are_one_and_none_is_trivial() -> None:
    found = distinct()
    rng = random.Random(1)
    probes = [numbers(rng) for _ in range(200)]
    told = {repr([result(program, probe) for probe in probes]) for program in found}
    assert len(told) == len(found) > 250
    assert repr(probes) not in told
    assert all(fault_of(list(program)) == "" for program in functions())


def programs_of(tasks: Sequence[ha.Task], ids: Sequence[str]) -> set[tuple[str, ...]]:
    targets: list[Any] = [task.target for task in tasks if task.id in ids]
    return {tuple(target["program"]) for target in targets}


@pytest.mark.parametrize("fold", ["", "1/2", "2/2"])
def test_splits_share_no_function_and_examples_hold_for_the_function(fold: str) -> None:
    tasks, splits = synthesis_tasks(3, {"train": 4, "validation": 80, "test": 96}, fold=fold)
    train, validation, test = (programs_of(tasks, splits[name]) for name in ("train", "validation", "test"))
    assert not train & validation and not validation & test and not train & test
    assert len(validation) > 50
    for task in tasks:
        shown: Any = task.input
        target: Any = task.target
        assert "program" not in shown
        for value, wanted in shown["examples"] + target["examples"]:
            assert result(target["program"], value) == wanted
        assert score(task, target["program"])[0] == 1.0  # type: ignore[index]


def test_folds_share_no_function_and_are_all_of_them() -> None:
    made = [synthesis_tasks(0, SIZES | {"test": 999}, fold=fold) for fold in ("1/2", "2/2")]
    one, other = ({p for ids in splits.values() for p in programs_of(tasks, ids)} for tasks, splits in made)
    assert not one & other
    assert one | other == {*distinct()}


def test_more_tasks_are_of_functions_of_the_test_split_with_other_examples() -> None:
    tasks, splits = synthesis_tasks(1, SIZES)
    fresh = more_tasks(1, SIZES, 20)
    found = programs_of(fresh, [task.id for task in fresh])
    assert not found & programs_of(tasks, [*splits["train"], *splits["validation"]])
    assert programs_of(tasks, splits["test"]) <= found
    assert not {repr(task.input) for task in fresh} & {repr(task.input) for task in tasks}


@pytest.mark.parametrize("fold", ["3/2", "0/2", "half", "/", "\N{SUPERSCRIPT TWO}/3"])
def test_a_fold_that_is_none_is_a_mistake_of_the_user(fold: str) -> None:
    with pytest.raises(ha.UsageError, match="expected K/N"):
        load_domain("synthesis", {"fold": fold})


@pytest.mark.parametrize("fold", ["1/200", "1/298", "1/5000"])
def test_a_fold_with_fewer_functions_than_splits_is_a_mistake_of_the_user(fold: str) -> None:
    with pytest.raises(ha.UsageError, match="expected at least one for each of train, validation, test"):
        load_domain("synthesis", {"fold": fold})


def test_without_test_tasks_more_of_them_are_still_of_functions_that_nobody_else_has() -> None:
    sizes = SIZES | {"test": 0}
    tasks, splits = synthesis_tasks(1, sizes)
    fresh = more_tasks(1, sizes, 5)
    assert splits["test"] == []
    assert not programs_of(fresh, [task.id for task in fresh]) & programs_of(tasks, [task.id for task in tasks])


def test_it_takes_no_argument() -> None:
    with pytest.raises(ha.UsageError, match="synthesis:lists is unknown"):
        load_domain("synthesis:lists", {})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "not a list of 1 to 5 instructions"),
        ([], "not a list of 1 to 5 instructions"),
        (["sort"] * 6, "not a list of 1 to 5 instructions"),
        (["sort", 3], "no instruction 3"),
        (["sort", "explode"], "no instruction 'explode'"),
        (["reverse"], "of 12 hidden examples hold"),
    ],
)
def test_what_is_no_program_or_another_one_scores_0_and_says_why(answer: object, words: str) -> None:
    (task, *_), _ = synthesis_tasks(0, SIZES)
    found = score(task, answer)
    assert isinstance(found, tuple) and found[0] == 0.0 and words in found[1]


def test_runs_are_counted_and_none_is_left_beyond_them() -> None:
    task = {"examples": [[[3, 1, 2], [1, 2, 3]], [[5, 4], [4, 5]]], "runs": 3}
    handed: Any = SimpleNamespace(**tools(task))
    assert (handed.run(["sort"]).ok, handed.run(["reverse"]).passed, handed.runs_left()) == (True, 1, 1)
    assert handed.run(["square"], quick=True).passed == 0
    with pytest.raises(BudgetUsedUp):
        handed.run(["sort"])
    assert handed.families.keys() == FAMILIES.keys()


class Turncoats(list[str]):
    """A list that is another program for each example."""

    turn = -1

    def __iter__(self) -> Any:
        self.turn += 1
        return iter([["sum"], ["max"]][self.turn % 2])


class Chameleon(str):
    """A text that is another instruction for each look."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash("sort")

    def __eq__(self, other: object) -> bool:
        return True


@pytest.mark.parametrize("program", [Turncoats(["sum"]), [Chameleon("sort")], ("sum",), iter(["sum"]), "sum", None])
def test_one_run_tries_one_program(program: Any) -> None:
    task = {"examples": [[[3, 1], 4], [[5, 4], 5]], "runs": 3}
    handed: Any = SimpleNamespace(**tools(task))
    assert handed.run(program).passed == 0
    assert handed.runs_left() == 2
    assert fault_of(program)


def test_the_seed_finds_what_is_simple_within_its_runs() -> None:
    task = {"examples": [[[3, 1, 2], 6], [[5, 4], 9], [[1, 9, 2], 12]], "runs": 600}
    found: Any = seed_agent.solve(task, SimpleNamespace(rng=random.Random(0), **tools(task)))
    assert result(found, [7, 1]) == 8


def test_a_canary_has_no_answer_and_a_twin_the_same() -> None:
    domain = load_domain("synthesis", {})
    (canary,) = domain.canaries
    assert domain.twins.keys() == {f"validation-{k}" for k in range(1, 5)}
    assert all(score(canary, [name])[0] == 0.0 for name in STEPS)  # type: ignore[index]
    for id, twin in domain.twins.items():
        target: Any = domain.tasks[id].target
        assert score(twin, target["program"])[0] == 1.0  # type: ignore[index]


@pytest.mark.slow
def test_it_improves_on_functions_that_it_has_not_seen() -> None:
    domain = load_domain("synthesis", {"validation": "60"})
    *_, last = individuals = list(ha.evolve(domain, generations=40, workers=2, seed=0))
    assert last.id == 40
    best = max((one for one in individuals if "test" in one.evaluations),
               key=lambda one: one.evaluations["validation"].mean)  # fmt: skip
    assert best.evaluations["test"].mean > individuals[0].evaluations["test"].mean + 0.04
