"""A "programmer" behind a local server: it answers as a model would that knows its way about one small domain."""

from typing import Any

from tests.hyperagent.messages_server import Answer, Body, Message, uses

USAGE = (300, 40, 2000, 100)

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("read", {"at": "task_agent:answer"}),
    ("replace", {"at": "task_agent:answer/body[0]", "source": "result = task[::-1"}),
    ("replace", {"at": "task_agent:answer/body[0]", "source": "result = task[::-1]"}),
    ("try_out", {"tasks": ["lager"]}),
    ("note", {"text": "the expected answers are the words backwards"}),
    ("submit", {"title": "turn the word round", "hypothesis": "every expected answer is the word backwards"}),
)
"""Read, a slip that does not parse, the same without it, try, remember, submit."""

AGENT = (
    "def solve(task, tools):\n    return answer(task)\n\n\ndef answer(task):\n    result = task\n    return result\n"
)
"""The task agent that these steps are for. It asks no model, so that proposals alone cost money."""


def programmer(body: Body) -> Answer:
    """The next step of a proposal, the second look at one, or a guess at a task."""
    first = words(body["messages"][0])
    if "tools" in body:
        return step(body["messages"])
    if first.startswith("A patch is about to be submitted"):
        return Message(({"type": "text", "text": "SUBMIT"},), usage=USAGE)
    return Message(({"type": "text", "text": "OK"},), usage=USAGE)


def step(messages: list[dict[str, Any]]) -> Answer:
    """The step after those that the conversation holds already."""
    taken = sum(message["role"] == "assistant" for message in messages)
    name, arguments = STEPS[min(taken, len(STEPS) - 1)]
    if name == "try_out":
        arguments = {"tasks": [train_task(messages)]}
    return uses(name, USAGE, **arguments)


def train_task(messages: list[dict[str, Any]]) -> str:
    """The name of the first train task in the opening."""
    return words(messages[0]).partition("task ")[2].partition(":")[0]


def words(message: dict[str, Any]) -> str:
    """The text of a message."""
    return "".join(block.get("text", "") for block in message["content"])
