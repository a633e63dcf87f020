"""Several domains as one: as many tasks of each, one scale, one agent that is each of the agents."""

import ast
from collections import Counter

import pytest

import hyperagent as ha
from hyperagent.domains import lasting, load_domain
from hyperagent.domains.several import one_agent, renamed, together
from tests.hyperagent.conftest import domain_with, score, specimen

pytestmark = pytest.mark.slow

SMALL = {"train": "1", "validation": "2", "test": "2"}
NAMES = {"repair": SMALL, "binpack": SMALL, "control:mountaincar": SMALL, "dataset": {"rows": "150"}}


def test_each_domain_has_as_many_tasks_in_each_split() -> None:
    splits = load_domain("binpack, control:pendulum,dataset", {}).split(0)
    for tasks in splits.values():
        counts = Counter(task.id.split("/")[0] for task in tasks)
        assert set(counts) == {"binpack", "control:pendulum", "dataset"} and len(set(counts.values())) == 1


def test_the_seed_does_in_each_domain_what_its_own_agent_does() -> None:
    parts = {name: load_domain(name, options) for name, options in NAMES.items()}
    (seed,) = ha.evolve(together(list(parts.values())), generations=0, workers=1)
    found = {trial.task: trial for evaluation in seed.evaluations.values() for trial in evaluation.trials}
    assert len(found) == 20 and {trial.outcome for trial in found.values()} == {"Returned"}
    for name in ("binpack", "control:mountaincar", "dataset"):
        (alone,) = ha.evolve(parts[name], generations=0, workers=1)
        own = {f"{name}/{t.task}": t for evaluation in alone.evaluations.values() for t in evaluation.trials}
        low, high = parts[name].span
        shared = own.keys() & found.keys()
        assert len(shared) == 5
        for id in shared:
            assert found[id].answer == own[id].answer
            assert found[id].score == pytest.approx((own[id].score - low) / (high - low))
            assert found[id].feedback.endswith(own[id].feedback)


def test_a_name_is_changed_wherever_it_is_used_and_nowhere_else() -> None:
    source = 'LIMIT = 3\n\n\ndef ask(x, limit=LIMIT):\n    """LIMIT."""\n'
    source += '    é = x.LIMIT; y = "ask"; return ask(é, LIMIT), y\n'
    assert renamed(source, "one") == (
        'ONE_LIMIT = 3\n\n\ndef one_ask(x, limit=ONE_LIMIT):\n    """LIMIT."""\n'
        '    é = x.LIMIT; y = "ask"; return one_ask(é, ONE_LIMIT), y\n'
    )


def test_agents_that_share_names_do_not_meet() -> None:
    first = '"""One."""\n\nimport math\n\nA = 1\n\n\ndef solve(task, tools):\n    return A + math.floor(task)\n'
    second = "import math\nA = 2\n\n\ndef solve(task, tools):\n    return A\n"
    source = one_agent({"first": first, "se-cond": second})
    assert source.count("import math") == 1
    namespace: dict[str, object] = {}
    exec(compile(ast.parse(source), "agent", "exec"), namespace)
    solve = namespace["solve"]
    assert callable(solve)
    assert solve({"domain": "first", "task": 7.5}, None) == 8
    assert solve({"domain": "se-cond", "task": 7.5}, None) == 2


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("binpack,binpack", {}, "expected domains that differ"),
        ("binpack,dataset", {"seed": "1"}, "only a single domain has options"),
        ("binpack,nowhere", {}, "domain 'nowhere' is unknown"),
    ],
)
def test_what_cannot_stand_together_is_refused(name: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(ha.UsageError, match=message):
        load_domain(name, options)


def test_a_domain_needs_an_agent_of_its_own_and_no_stages() -> None:
    with pytest.raises(ha.UsageError, match="has no seed agent of its own"):
        together([domain_with(), load_domain("binpack", {})])
    staged = ha.Domain("staged", [ha.Task("a", 1, 1)], score, seed=specimen("honest"), stages=[(1, 0.5)])
    with pytest.raises(ha.UsageError, match="domain staged has stages of its own"):
        together([staged, load_domain("binpack", {})])


def test_a_span_that_is_none_is_refused() -> None:
    with pytest.raises(ha.DomainError, match=r"span is \(1, 0\), expected \(low, high\)"):
        domain_with(span=(1, 0))


def test_several_mean_the_same_from_anywhere() -> None:
    assert lasting("repair, binpack:uniform") == "repair,binpack:uniform"
