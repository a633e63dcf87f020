"""The built-in domain `control`: programs that steer a cart with a pole, an acrobot, a car in a valley and a pendulum.

`control` has all four, `control:pendulum` one of them, `control:acrobot+pendulum` two. An answer is the list of actions
of one episode, which the host plays again: a score is the return, as gymnasium counts it, between what is worst and
best in the environment.
`control:reward` evolves what a learner is rewarded for instead; see `reward`.
"""

import random
import re
from collections.abc import Mapping, Sequence

from hyperagent.domain import Domain, Score, Task
from hyperagent.domains.control.dynamics import ENVIRONMENTS, Environment, replayed
from hyperagent.domains.control.reward import MARK, reward_domain
from hyperagent.domains.sources import source
from hyperagent.errors import UsageError
from sandbox_runner import Limits

__all__ = ["domain"]

LIMITS = Limits(wall_seconds=20.0, cpu_seconds=5, memory_bytes=256 << 20, steps=200_000)


def domain(
    argument: str | None = None, *, seed: int = 0, train: int = 3, validation: int = 12, test: int = 24
) -> Domain:
    """The domain with all environments, or with those that `argument` names, with "+" between them.

    `seed` draws the starts; there are as many of each environment in each split.
    """
    if argument is not None and argument.partition("-")[0] == MARK:
        return reward_domain(argument, seed, {"train": train, "validation": validation, "test": test})
    names = list(ENVIRONMENTS) if argument is None else argument.split("+")
    if not set(names) <= set(ENVIRONMENTS) or len(set(names)) < len(names):
        each = ", ".join(ENVIRONMENTS)
        raise UsageError(f"control:{argument} is unknown, expected control, or control:{each}, or some with + between")
    sizes = {"train": train, "validation": validation, "test": test}
    splits = {
        split: [f"{name}-{split}-{k}" for k in range(1, size + 1) for name in names] for split, size in sizes.items()
    }
    tasks = [task(id, seed) for ids in splits.values() for id in ids]
    return Domain(
        "control" if argument is None else f"control:{argument}",
        tasks,
        score,
        seed=agent(names),
        tools=jailed_tools(),
        splits=splits,
        limits=LIMITS,
        about="control; the score is the share of the way from the worst return to the best there could be",
    )


def task(id: str, seed: int) -> Task:
    """One episode, from a start of its own."""
    name = id.split("-")[0]
    start = ENVIRONMENTS[name].start(random.Random(f"{id} {seed}").uniform)
    return Task(id, {"environment": name, "start": list(start)})


def score(task: Task, answer: object) -> Score:
    """How far the return of the actions is from the worst towards the best."""
    assert isinstance(task.input, Mapping)
    environment = ENVIRONMENTS[task.input["environment"]]
    actions = proper(environment, answer)
    if isinstance(actions, str):
        return 0.0, actions
    total, over = replayed(environment, tuple(task.input["start"]), actions)
    if not over:
        return 0.0, f"{len(actions)} actions, which are not one whole episode"
    share = (total - environment.low) / (environment.high - environment.low)
    return max(0.0, share), f"return {total:.1f} in {len(actions)} steps"


def proper(environment: Environment, answer: object) -> list[float] | str:
    """The answer as actions, or why it is none: a number that is no action would be more than the agent may do."""
    if not isinstance(answer, list) or len(answer) > environment.steps:
        return f"the answer is not a list of at most {environment.steps} actions"
    if not all(type(action) is float and environment.action(action) == action for action in answer):
        return "the answer holds what is no action"
    return answer


def agent(names: Sequence[str]) -> str:
    """The seed agent, without the definitions and lines that speak of other environments."""
    found = source(__name__, "seed_agent.py")
    for name in set(ENVIRONMENTS) - set(names):
        found = re.sub(rf"\n\ndef {name}\(\):\n(?: .*\n)+", "", found)
        found = re.sub(rf"^.*{name}.*\n", "", found, flags=re.MULTILINE | re.IGNORECASE)
    return found


def jailed_tools() -> str:
    """The tools and the dynamics as one module, since the jail has no package of ours for a domain's tools."""
    lines = source(__name__, "tools.py").splitlines(keepends=True)
    own = "".join(line for line in lines if not line.startswith("from hyperagent."))
    return f"{source(__name__, 'dynamics.py')}\n\n{own}"
