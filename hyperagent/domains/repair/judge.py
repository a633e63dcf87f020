"""The score of a repaired source: every hidden test or nothing, run in a clean jail and compared on the host."""

from collections import OrderedDict
from collections.abc import Mapping

from hyperagent.domain import Jail, JudgeFunction, Score, Task
from hyperagent.domains.repair import tools
from sandbox_runner import Killed, Outcome, Raised, Returned, TimedOut

REMEMBERED = 20_000
"""Answers whose scores one judge keeps; the oldest are forgotten first."""


def remembering_judge() -> JudgeFunction:
    """A judge that runs no answer twice: populations give the same one often, and its score is a fact."""
    memory: OrderedDict[tuple[str, str], Score] = OrderedDict()

    async def judge(task: Task, answer: object, jail: Jail) -> Score:
        if not isinstance(answer, str):
            return 0.0, f"the answer is a {type(answer).__name__}, expected the source as text"
        refused = refusal(task, answer)
        if refused:
            return 0.0, refused
        key = (task.id, answer)
        if key not in memory:
            outcome = await tried(task, answer, jail)
            if by_the_clock(outcome):
                return score(task, outcome)
            memory[key] = score(task, outcome)
            if len(memory) > REMEMBERED:
                memory.popitem(last=False)
        return memory[key]

    return judge


def refusal(task: Task, answer: str) -> str:
    """Why an answer scores 0 without being run; empty if it has to be."""
    try:
        size = len(answer.encode())
    except UnicodeEncodeError:
        return "the answer is text that cannot be encoded"
    if size > tools.SOURCE_BYTES:
        return f"the answer has {size} bytes, expected at most {tools.SOURCE_BYTES}"
    if answer == shown(task)["source"]:
        return "the answer is the faulty source, unchanged"
    return ""


async def tried(task: Task, answer: str, jail: Jail) -> Outcome:
    """The answer run on the hidden arguments; what is expected of them stays here."""
    arguments = [test.arguments() for test in hidden(task)]
    return await jail.call(answer, str(shown(task)["function"]), arguments)


def score(task: Task, outcome: Outcome) -> tuple[float, str]:
    """1 if every hidden test holds, else 0; the feedback counts and shows no value."""
    tests = hidden(task)
    match outcome:
        case Returned(value=list() as items) if len(items) == len(tests):
            passed = sum(holds(item, test) for item, test in zip(items, tests, strict=True))
            return float(passed == len(tests)), f"{passed} of {len(tests)} hidden tests"
        case Returned():
            return 0.0, "the jail did not return a result for every hidden test"
        case Raised(type=kind):
            return 0.0, f"the answer cannot be loaded: {kind:.40}"
        case TimedOut(limit=limit):
            return 0.0, f"out of {limit} on the hidden tests"
        case Killed(reason=reason):
            return 0.0, f"ended by {reason:.40} on the hidden tests"


def holds(item: object, test: tools.Test) -> bool:
    """The item of one call is a value, and the expected one."""
    return isinstance(item, dict) and "value" in item and tools.same(item["value"], test.expected)


def by_the_clock(outcome: Outcome) -> bool:
    """How the call ended may depend on the machine, so that it is not to be remembered."""
    return isinstance(outcome, Killed) or (isinstance(outcome, TimedOut) and outcome.limit != "steps")


def shown(task: Task) -> Mapping[str, object]:
    """What the task agent was shown."""
    assert isinstance(task.input, Mapping)
    return task.input


def hidden(task: Task) -> list[tools.Test]:
    """The tests that decide."""
    assert isinstance(task.target, Mapping)
    return tools.checks(task.target["tests"])
