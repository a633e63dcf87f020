"""Reward design: `control:reward` and `control:reward-acrobot` evolve what a learner is rewarded for.

The task agent is a module with `reward(observation, action)`. A learner that never changes trains on it in a clean jail
and gives weights; the host lets them steer from starts that neither was shown, and counts the true return.
"""

import random
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import fsum, isfinite

from hyperagent.domain import Domain, Jail, Score, Task
from hyperagent.domains.control.dynamics import ENVIRONMENTS, episode, replayed
from hyperagent.domains.control.learner import policy
from hyperagent.errors import UsageError
from hyperagent.program import trusted
from sandbox_runner import Call, Limits, Module, Outcome, Raised, Returned, TimedOut

MARK, DEFAULT = "reward", "pendulum"
STARTS = 4
LIMITS = Limits(wall_seconds=20.0, cpu_seconds=5, memory_bytes=256 << 20, steps=1_000_000)
PACKAGE = "hyperagent.domains.control"
AGENT = '''"""The task agent: what a learner is rewarded for, which is nothing yet."""

{constants}

def solve(task, tools):
    """Nothing: the host hands `reward` to the learner."""


def reward(observation, action):
    """How good it is to see this after an action."""
    weights = [{weights}]
    return sum(weight * value for weight, value in zip(weights, observation))
'''


def reward_domain(argument: str, seed: int, sizes: Mapping[str, int]) -> Domain:
    """The domain of `reward`, or of `reward-NAME` for another environment; so many tasks are in each split."""
    name = argument.removeprefix(MARK).removeprefix("-") or DEFAULT
    if name not in ENVIRONMENTS:
        raise UsageError(f"control:{argument} is unknown, expected control:reward-NAME, of {', '.join(ENVIRONMENTS)}")
    splits = {split: [f"{split}-{k}" for k in range(1, size + 1)] for split, size in sizes.items()}
    return Domain(
        f"control:{argument}",
        [task(id, name, seed) for ids in splits.values() for id in ids],
        judge=judge,
        seed=agent(name),
        tools=files("hyperagent.domains.script").joinpath("tools.py").read_text("utf-8"),
        splits=splits,
        limits=LIMITS,
        about="reward design; the score is that of the true return of what a fixed learner learnt by the reward",
    )


def agent(name: str) -> str:
    """The seed agent: a reward that is the weighted sum of what is seen, and all weights are 0."""
    names = [f"SEEN_{k}" for k in range(1, observations(name) + 1)]
    constants = "".join(f"{constant} = 0\n" for constant in names)
    return AGENT.format(constants=constants, weights=", ".join(names))


def observations(name: str) -> int:
    """How many numbers are seen."""
    environment = ENVIRONMENTS[name]
    return len(environment.seen(environment.start(random.Random(0).uniform)))


def task(id: str, name: str, seed: int) -> Task:
    """One training, with a random stream of its own, and the starts from which it is tried."""
    rng = random.Random(f"{id} {seed}")
    shown = {"environment": name, "seed": rng.getrandbits(30)}
    return Task(id, shown, {"starts": [list(ENVIRONMENTS[name].start(rng.uniform)) for _ in range(STARTS)]})


async def judge(task: Task, answer: object, jail: Jail) -> Score:
    """The true return of the policy that was learnt, on the way from the worst to the best there could be."""
    assert isinstance(task.input, Mapping) and isinstance(task.target, Mapping)
    if not isinstance(answer, str):
        return 0.0, "the answer is no source"
    name = task.input["environment"]
    weights = proper(name, await jail.submit(training(answer, name, task.input["seed"])))
    if isinstance(weights, str):
        return 0.0, weights
    returns = [true_return(name, weights, tuple(start)) for start in task.target["starts"]]
    low, high = ENVIRONMENTS[name].low, ENVIRONMENTS[name].high
    mean = fsum(returns) / len(returns)
    return max(0.0, (mean - low) / (high - low)), f"true return {mean:.1f} after training on the reward"


def training(source: str, name: str, seed: int) -> Call:
    """The call that lets the learner train on the reward of an agent's source."""
    return Call(
        entry="train:main",
        harness=harness(),
        foreign={"agent": Module(source)},
        arguments=(name, seed),
        limits=LIMITS,
    )


@cache
def harness() -> dict[str, Module]:
    """The learner and the dynamics, as modules of the jail."""
    modules = {
        f"{PACKAGE}.{part}": trusted(files(PACKAGE).joinpath(f"{part}.py").read_text("utf-8"), f"<{part}>")
        for part in ("dynamics", "learner")
    }
    main = f"from {PACKAGE}.learner import learnt\n\n\ndef main(_api, name, seed):\n    import agent\n\n"
    return {**modules, "train": trusted(f"{main}    return learnt(name, agent.reward, seed)\n", "<train>")}


def proper(name: str, outcome: Outcome) -> list[float] | str:
    """The weights that a training gave, or why it gave none."""
    count = 2 * observations(name)
    match outcome:
        case Returned(value=list() as found) if len(found) == count:
            weights = [weight for weight in found if isinstance(weight, float) and isfinite(weight)]
            return weights if len(weights) == count else "the weights are no finite numbers"
        case Raised(type=kind, message=message):
            return f"{kind}: {message}"
        case TimedOut(limit=limit):
            return f"out of {limit}"
    return "the training gave no weights"


def true_return(name: str, weights: list[float], start: tuple[float, ...]) -> float:
    """The return that the environment itself gives to a policy."""
    environment = ENVIRONMENTS[name]
    try:
        return replayed(environment, start, episode(environment, start, policy(weights)))[0]
    except ValueError:
        # A sum of huge weights that is no number steers nothing.
        return environment.low
