"""A small learner that never changes: a climb over the weights of a policy, by whatever reward it is given.

The policy pushes by a weighted sum of what is seen, with other weights where the first of what is seen is above 0. The
climb begins at weights of 0, changes all of them a little at random, and keeps what was rewarded more.

Runs in a jail beside a reward of foreign make, and on the host in tests.
"""

import random
from collections.abc import Callable, Sequence
from math import isfinite

from hyperagent.domains.control.dynamics import ENVIRONMENTS, Environment, episode

ROUNDS, STARTS, WIDTH = 40, 3, 1.0

Reward = Callable[[list[float], float], object]


def learnt(name: str, reward: Reward, seed: int) -> list[float]:
    """The weights to which a reward leads in an environment."""
    environment, rng = ENVIRONMENTS[name], random.Random(f"learner {seed}")
    best = [0.0] * (2 * len(environment.seen(environment.start(rng.uniform))))
    most = rewarded(environment, best, reward, seed)
    for _ in range(ROUNDS):
        other = [weight + rng.gauss(0.0, WIDTH) for weight in best]
        gained = rewarded(environment, other, reward, seed)
        if gained > most:
            best, most = other, gained
    return best


def rewarded(environment: Environment, weights: Sequence[float], reward: Reward, seed: int) -> float:
    """The sum of the rewards on the learner's own episodes."""
    rng, total = random.Random(f"starts {seed}"), 0.0
    for _ in range(STARTS):
        state = environment.start(rng.uniform)
        for action in episode(environment, state, policy(weights)):
            state = environment.step(state, action)[0]
            value = reward(environment.seen(state), action)
            if not isinstance(value, (int, float)) or not isfinite(value):
                raise ValueError(f"the reward is {value!r:.40}, expected a finite number")
            total += value
    return total


def policy(weights: Sequence[float]) -> Callable[[list[float]], float]:
    """What weights do with an observation."""
    half = len(weights) // 2

    def act(observation: list[float]) -> float:
        chosen = weights[half:] if observation[0] > 0 else weights[:half]
        return sum(weight * value for weight, value in zip(chosen, observation, strict=True))

    return act
