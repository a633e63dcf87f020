"""Control: the published dynamics, episodes played again on the host, and policies that improve."""

import math
import random
from typing import Any

import numpy
import pytest

import hyperagent as ha
from hyperagent.domains import load_domain
from hyperagent.domains.control import agent, score
from hyperagent.domains.control.dynamics import ENVIRONMENTS, State, episode, replayed

NAMES = {"cartpole": "CartPole-v1", "acrobot": "Acrobot-v1", "mountaincar": "MountainCar-v0", "pendulum": "Pendulum-v1"}
GOOD = {
    "cartpole": lambda o: o[0] + 2 * o[1] + 20 * o[2] + 4 * o[3],
    "acrobot": lambda o: o[5],
    "mountaincar": lambda o: o[1],
    "pendulum": lambda o: -10 * o[1] - 2 * o[2] if o[0] > 0 else o[2],
}
# Two steps of gymnasium 1.4.0 from a state: action, state after it, reward.
STEPS = {
    "cartpole": ((0.1, -0.2, 0.05, 0.3), (1, (0.096, -0.005625, 0.056, 0.023496), 1.0),
                 (-1, (0.095887, -0.201504, 0.05647, 0.333308), 1.0)),
    "acrobot": ((0.3, -0.4, 0.5, -0.6), (1, (0.340216, -0.414324, -0.105261, 0.461953), -1.0),
                (-1, (0.285742, -0.28803, -0.425286, 0.773683), -1.0)),
    "mountaincar": ((-0.45, 0.02), (1, (-0.429548, 0.020452), -1.0), (-1, (-0.410791, 0.018756), -1.0)),
    "pendulum": ((2.0, -1.5), (1.2, (1.968099, -0.638027), -4.22644), (-2.0, (1.955776, -0.246446), -3.91812)),
}  # fmt: skip
LEAST = {"cartpole": 500.0, "acrobot": -130.0, "mountaincar": -140.0, "pendulum": -450.0}


def start(name: str, seed: int = 0) -> State:
    return ENVIRONMENTS[name].start(random.Random(seed).uniform)


def task_with(name: str, seed: int = 0) -> ha.Task:
    return ha.Task("t", {"environment": name, "start": list(start(name, seed))})


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_good_policy_is_as_good_as_it_should_be_and_none_is_not(name: str) -> None:
    environment = ENVIRONMENTS[name]
    returns = {}
    for label, policy in {"good": GOOD[name], "none": lambda _: 0}.items():
        ends = [replayed(environment, s, episode(environment, s, policy)) for s in (start(name, k) for k in range(10))]
        assert all(over for _, over in ends)
        returns[label] = sum(total for total, _ in ends) / 10
    assert returns["good"] >= LEAST[name] > returns["none"]
    assert environment.low <= returns["none"] <= returns["good"] <= environment.high


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_two_steps_are_as_recorded(name: str) -> None:
    state, *steps = STEPS[name]
    for action, after, reward in steps:
        state, found, over = ENVIRONMENTS[name].step(state, action)
        assert (state, found, over) == (pytest.approx(after, abs=2e-6), pytest.approx(reward, abs=2e-6), False)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_dynamics_are_those_of_gymnasium(name: str) -> None:
    gymnasium = pytest.importorskip("gymnasium")
    theirs, ours, rng = gymnasium.make(NAMES[name]).unwrapped, ENVIRONMENTS[name], random.Random(3)
    for seed in range(5):
        theirs.reset(seed=seed)
        state = start(name, seed)
        theirs.state = list(state) if name == "cartpole" else numpy.array(state)
        for _ in range(ours.steps):
            action = ours.action(rng.uniform(-3, 3))
            given: Any = [action] if name == "pendulum" else {"cartpole": (action + 1) // 2}.get(name, action + 1)
            seen, reward, over, _, _ = theirs.step(given if name == "pendulum" else int(given))
            state, ours_reward, ours_over = ours.step(state, action)
            assert list(seen) == pytest.approx(ours.seen(state), rel=1e-4, abs=1e-4)
            assert (float(reward), bool(over)) == (pytest.approx(ours_reward, abs=1e-6), ours_over)
            theirs.state = list(state) if name == "cartpole" else numpy.array(state)
            if over:
                break


def test_a_rod_that_hangs_still_and_one_that_stands_stay_so() -> None:
    step = ENVIRONMENTS["pendulum"].step
    assert step((0.0, 0.0), 0.0) == ((0.0, 0.0), 0.0, False)
    (angle, turn), reward, _ = step((math.pi, 0.0), 0.0)
    assert (angle, turn, reward) == (pytest.approx(math.pi), pytest.approx(0, abs=1e-12), pytest.approx(-(math.pi**2)))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_score_is_that_of_the_episode_played_again(name: str) -> None:
    environment, task = ENVIRONMENTS[name], task_with(name)
    actions = episode(environment, start(name), GOOD[name])
    found, words = score(task, actions)  # type: ignore[misc]
    total, _ = replayed(environment, start(name), actions)
    assert found == pytest.approx((total - environment.low) / (environment.high - environment.low))
    assert words.startswith(f"return {total:.1f} in {len(actions)} steps")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_answer_that_is_no_episode_scores_nothing(name: str) -> None:
    task, actions = task_with(name), episode(ENVIRONMENTS[name], start(name), GOOD[name])
    wrong = [None, [], actions[:-1], [*actions, 1.0], ["1"] * 5, [True] * len(actions), [9.0, *actions[1:]]]
    wrong += [[math.nan, *actions[1:]], [int(a) for a in actions], {"actions": actions}]
    for answer in wrong:
        assert score(task, answer)[0] == 0.0, answer  # type: ignore[index]


@pytest.mark.parametrize("push", [math.nan, math.inf, None, "left"])
def test_a_push_that_is_no_number_is_refused(push: object) -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        episode(ENVIRONMENTS["cartpole"], start("cartpole"), lambda _: push)


def test_the_seed_of_one_environment_speaks_of_no_other() -> None:
    for name in ENVIRONMENTS:
        source = agent([name])
        assert f"{name.upper()}_ALONE_" in source and f"def {name}():" in source
        assert not [other for other in ENVIRONMENTS if other != name and other in source.lower()]
    assert all(name.upper() in agent(list(ENVIRONMENTS)) for name in ENVIRONMENTS)


def test_the_seed_pushes_always_the_same() -> None:
    (seed,) = ha.evolve(load_domain("control", {"train": 1, "validation": 1, "test": 1}), generations=0, workers=1)
    for trial in (trial for evaluation in seed.evaluations.values() for trial in evaluation.trials):
        assert trial.outcome == "Returned" and len(set(trial.answer)) == 1  # type: ignore[call-overload]
        assert trial.feedback.startswith("return")


@pytest.mark.slow
def test_a_policy_for_the_mountain_car_is_found() -> None:
    sizes = {"train": "1", "validation": "3", "test": "3"}
    population = ha.evolve(load_domain("control:mountaincar", sizes), generations=120, workers=1)
    assert next(population).score == 0.0
    assert next(child for child in population if child.score > 0.2).evaluations["test"].mean > 0.2


def test_an_unknown_environment_is_a_mistake_of_the_user() -> None:
    with pytest.raises(ha.UsageError, match="control:hopper is unknown, expected control, or control:cartpole"):
        load_domain("control:hopper", {})


def test_some_environments_share_one_agent_that_knows_no_other() -> None:
    sizes = {"train": "1", "validation": "2", "test": "3"}
    found = load_domain("control:cartpole+pendulum", sizes)
    assert [task.id for task in found.split(0)["test"]][:2] == ["cartpole-test-1", "pendulum-test-1"]
    assert len(found.tasks) == 2 * 6
    assert "PENDULUM" in str(found.seed) and "CARTPOLE" in str(found.seed) and "ACROBOT" not in str(found.seed)
    with pytest.raises(ha.UsageError, match="or some with"):
        load_domain("control:cartpole+cartpole", {})
