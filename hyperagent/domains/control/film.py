"""Episodes of `control` as films: the best of a run and its seed, on held-out starts."""

from collections.abc import Mapping
from math import cos, pi, sin

from archive import Archive, Individual, Trial
from hyperagent.domains.control import proper, score, task
from hyperagent.domains.control.dynamics import ENVIRONMENTS, Environment, State
from hyperagent.science.film import Film, Shape

DIGITS = 3
SECONDS = {"cartpole": 0.02, "acrobot": 0.05, "mountaincar": 0.04, "pendulum": 0.05}
VIEWS = {
    "cartpole": (-2.6, 1.3, 5.2, 1.7),
    "acrobot": (-3.6, 2.2, 7.2, 4.4),
    "mountaincar": (-1.35, 1.25, 2.1, 1.35),
    "pendulum": (-2.2, 1.25, 4.4, 2.5),
}


def films(archive: Archive, seed: int) -> list[Film]:
    """For each environment the best individual's episodes with the lowest and the highest score, and the seed's first.

    `seed` is the one that drew the tasks.
    """
    first, best = archive[0], archive.best()
    found: list[Film] = []
    for name in ENVIRONMENTS:
        found += filmed(best, name, seed, both=True) if best is not None else []
        found += filmed(first, name, seed, both=False) if best is None or best.id != first.id else []
    return found


def filmed(individual: Individual, name: str, seed: int, *, both: bool) -> list[Film]:
    """Episodes of an individual in one environment: the first, or those with the lowest and the highest score."""
    evaluation = individual.evaluations.get("test") or individual.evaluations.get("validation")
    trials = [trial for trial in evaluation.trials if trial.task.split("-")[0] == name] if evaluation else []
    if both:
        trials = sorted(trials, key=lambda trial: trial.score)
        trials = trials[:1] + trials[1:][-1:]
    return [one for trial in trials[: 1 + both] if (one := film(individual.id, trial, seed)) is not None]


def film(id: int, trial: Trial, seed: int) -> Film | None:
    """One episode; None where the answer was none, or where the host would not score it now as it did then."""
    made = task(trial.task, seed)
    assert isinstance(made.input, Mapping)
    if score(made, trial.answer) != (trial.score, trial.feedback):
        return None
    name = made.input["environment"]
    actions = proper(ENVIRONMENTS[name], trial.answer)
    if isinstance(actions, str):
        return None
    frames = [SHAPES[name](state) for state in states(ENVIRONMENTS[name], tuple(made.input["start"]), actions)]
    who = "the seed" if id == 0 else f"individual {id}"
    return Film(f"{trial.task}, {who}: {trial.feedback}", SECONDS[name], VIEWS[name], STILL[name],
                [[rounded(shape) for shape in frame] for frame in frames])  # fmt: skip


def states(environment: Environment, start: State, actions: list[float]) -> list[State]:
    """All states that an episode goes through."""
    found = [start]
    for action in actions:
        found.append(environment.step(found[-1], action)[0])
    return found


def rounded(shape: Shape) -> Shape:
    """A shape with as many digits as can be seen."""
    return shape[0], tuple(round(number, DIGITS) for number in shape[1])


def cartpole(state: State) -> list[Shape]:
    """The cart and its pole."""
    place, angle = state[0], state[2]
    return [("path", (place - 0.25, 0.0, place + 0.25, 0.0)), ("path", (place, 0.0, place + sin(angle), cos(angle)))]


def acrobot(state: State) -> list[Shape]:
    """Both links."""
    x, y = sin(state[0]), -cos(state[0])
    angle = state[0] + state[1]
    return [("path", (0.0, 0.0, x, y, x + sin(angle), y - cos(angle))), ("disc", (x, y))]


def mountaincar(state: State) -> list[Shape]:
    """The car on its hill."""
    return [("disc", (state[0], hill(state[0]) + 0.05))]


def pendulum(state: State) -> list[Shape]:
    """The rod; its angle is 0 upright."""
    x, y = -sin(state[0]), cos(state[0])
    return [("path", (0.0, 0.0, x, y)), ("disc", (x, y))]


def hill(place: float) -> float:
    """The height of the road."""
    return 0.45 * sin(3 * place) + 0.55


SHAPES = {"cartpole": cartpole, "acrobot": acrobot, "mountaincar": mountaincar, "pendulum": pendulum}
ROAD = tuple(value for k in range(61) for value in (round(-1.2 + 0.03 * k, 2), round(hill(-1.2 + 0.03 * k), 3)))
CIRCLE = tuple(round(f(k * pi / 30), 3) for k in range(61) for f in (sin, cos))
STILL: Mapping[str, tuple[Shape, ...]] = {
    "cartpole": (("path", (-2.4, -0.05, 2.4, -0.05)), ("path", (-2.4, -0.15, -2.4, 0.05)),
                 ("path", (2.4, -0.15, 2.4, 0.05))),
    "acrobot": (("path", (-2.0, 1.0, 2.0, 1.0)), ("disc", (0.0, 0.0))),
    "mountaincar": (("path", ROAD), ("path", (0.5, round(hill(0.5), 3), 0.5, round(hill(0.5) + 0.15, 3)))),
    "pendulum": (("path", CIRCLE), ("disc", (0.0, 0.0))),
}  # fmt: skip
