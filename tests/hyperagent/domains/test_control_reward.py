"""Reward design: a fixed learner trains on the genome's reward in a jail, and the true return scores it."""

import asyncio
from collections.abc import Iterator
from statistics import fmean

import pytest

import hyperagent as ha
from hyperagent.domain import Domain
from hyperagent.domains import load_domain
from hyperagent.domains.control.learner import learnt
from hyperagent.domains.control.reward import true_return
from sandbox_runner import Pool
from tests.hyperagent.domains.code_answers import judged

UPRIGHT = "def reward(observation, action):\n    return observation[0]\n"
SIZES = {"train": "2", "validation": "4", "test": "6"}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1) as pool:
        yield pool


@pytest.fixture(scope="module")
def domain() -> Domain:
    return load_domain("control:reward", SIZES)


def test_the_same_reward_teaches_the_same_weights_and_none_teaches_nothing() -> None:
    assert learnt("pendulum", lambda seen, _: seen[0], 3) == learnt("pendulum", lambda seen, _: seen[0], 3)
    assert set(learnt("pendulum", lambda *_: 0, 3)) == {0.0}
    assert learnt("pendulum", lambda seen, _: seen[0], 3) != learnt("pendulum", lambda seen, _: -seen[0], 3)


def test_a_reward_for_standing_upright_raises_the_true_return(pool: Pool, domain: Domain) -> None:
    nothing = "def reward(observation, action):\n    return 0\n"
    scores = {
        source: fmean(judged(pool, domain, f"test-{k}", source)[0] for k in range(1, 4))
        for source in (UPRIGHT, nothing)
    }
    assert scores[UPRIGHT] > scores[nothing] + 0.2


def test_the_score_is_the_return_that_the_host_finds(pool: Pool, domain: Domain) -> None:
    task = domain.tasks["test-1"]
    weights = learnt("pendulum", lambda seen, _: seen[0], task.input["seed"])  # type: ignore[index]
    returns = [true_return("pendulum", weights, tuple(start)) for start in task.target["starts"]]  # type: ignore[index]
    assert judged(pool, domain, "test-1", UPRIGHT)[0] == pytest.approx(max(0.0, 1 + fmean(returns) / 1600))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def reward(observation, action):\n    return 'high'\n", "ValueError: the reward is 'high', expected"),
        ("def reward(observation, action):\n    return float('inf')\n", "ValueError: the reward is inf, expected"),
        ("x = 1\n", "AttributeError"),
        ("def reward(observation, action):\n    while True: pass\n", "out of steps"),
        ("import sys\nsys.modules['hyperagent.domains.control.learner'].policy = 1\ndef reward(o, a): return 1\n", ""),
        ("import sys\nsys.modules['train'].learnt = lambda *_: [float('nan')] * 6\n", ""),
    ],
)
def test_a_reward_that_is_none_scores_nothing(pool: Pool, domain: Domain, source: str, fault: str) -> None:
    score, feedback = judged(pool, domain, "train-1", source)
    assert score == 0.0 and feedback.startswith(fault)


def test_the_judge_takes_no_weights_from_an_agent(domain: Domain) -> None:
    assert asyncio.run(domain.judge(domain.tasks["train-1"], [1.0] * 6, None)) == (0.0, "the answer is no source")  # type: ignore[misc, arg-type]


@pytest.mark.slow
def test_rewards_evolve() -> None:
    population = list(ha.evolve(load_domain("control:reward", SIZES), generations=30, workers=2))
    best = max(population, key=lambda child: child.score)
    assert best.evaluations["test"].mean > population[0].evaluations["test"].mean + 0.1


def test_an_unknown_environment_of_a_reward_is_a_mistake_of_the_user() -> None:
    with pytest.raises(ha.UsageError, match="control:reward-hopper is unknown, expected control:reward-NAME, of cart"):
        load_domain("control:reward-hopper", {})
