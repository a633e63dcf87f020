"""Four classic control problems, from their published equations, in plain Python; as in gymnasium, step for step.

Cart and pole: Barto, Sutton & Anderson 1983. Acrobot: Sutton 1996, with Runge and Kutta's fourth-order step. Mountain
car: Moore 1990, with the constants of Sutton & Barto. Pendulum: the swing-up of Åström & Furuta 2000, with a bound on
the torque.

Runs on the host, and as part of the tools in the jail of an agent. Imports nothing but `math`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, isfinite, pi, sin

State = tuple[float, ...]


@dataclass(frozen=True)
class Environment:
    """One problem: how a start is drawn, what is seen, what an action does, and when it is over.

    `step` returns the next state, the reward and whether the episode ends there. `action` turns a push, any number,
    into what `step` takes. Returns from `low` to `high` are scores from 0 to 1.
    """

    start: Callable[[Callable[[float, float], float]], State]
    seen: Callable[[State], list[float]]
    action: Callable[[float], float]
    step: Callable[[State, float], tuple[State, float, bool]]
    steps: int
    low: float
    high: float


def replayed(environment: Environment, start: State, actions: list[float]) -> tuple[float, bool]:
    """The return of an episode with given actions, and whether it is over where they end."""
    state, total, over = start, 0.0, False
    for number, action in enumerate(actions, 1):
        if over:
            return total, False
        state, reward, ended = environment.step(state, action)
        total += reward
        over = ended or number == environment.steps
    return total, over


def episode(environment: Environment, start: State, act: Callable[[list[float]], object]) -> list[float]:
    """The actions of a policy that is shown what is seen and gives a push."""
    actions: list[float] = []
    state, over = start, False
    while not over and len(actions) < environment.steps:
        actions.append(environment.action(number(act(environment.seen(state)))))
        state, _, over = environment.step(state, actions[-1])
    return actions


def number(push: object) -> float:
    """The push, if it is a finite number."""
    if isinstance(push, (int, float)) and isfinite(push):
        return float(push)
    raise ValueError(f"the policy gave {push!r:.40}, expected a finite number")


def sign(push: float) -> float:
    """-1, 0 or 1."""
    return float((push > 0) - (push < 0))


def side(push: float) -> float:
    """1 to the right, -1 to the left."""
    return 1.0 if push > 0 else -1.0


def torque(push: float) -> float:
    """Between -2 and 2."""
    return clipped(push, 2.0)


def clipped(value: float, bound: float) -> float:
    """The value within plus and minus the bound."""
    return max(-bound, min(bound, value))


def cartpole_step(state: State, action: float) -> tuple[State, float, bool]:
    """A cart of 1 kg, a pole of 0.1 kg and half a metre to its centre, a force of 10 N, Euler steps of 0.02 s."""
    x, speed, angle, turn = state
    pull = (10.0 * action + 0.05 * turn * turn * sin(angle)) / 1.1
    turning = (9.8 * sin(angle) - cos(angle) * pull) / (0.5 * (4.0 / 3.0 - 0.1 * cos(angle) ** 2 / 1.1))
    moving = pull - 0.05 * turning * cos(angle) / 1.1
    after = (x + 0.02 * speed, speed + 0.02 * moving, angle + 0.02 * turn, turn + 0.02 * turning)
    return after, 1.0, abs(after[0]) > 2.4 or abs(after[2]) > 12 * pi / 180


def acrobot_step(state: State, action: float) -> tuple[State, float, bool]:
    """Two links of 1 kg and 1 m, a torque of 1 Nm between them, 0.2 s; over when the tip is 1 m above the pivot."""
    first, second, turn_one, turn_two = runge_kutta(lambda s: acrobot_slope(s, action), state, 0.2)
    after = (wrapped(first), wrapped(second), clipped(turn_one, 4 * pi), clipped(turn_two, 9 * pi))
    over = -cos(after[0]) - cos(after[1] + after[0]) > 1.0
    return after, 0.0 if over else -1.0, over


def acrobot_slope(state: State, torque: float) -> State:
    """The time derivative of the acrobot's state."""
    first, second, one, two = state
    inertia = 3.5 + cos(second)
    shared = 1.25 + 0.5 * cos(second)
    pull = 0.5 * 9.8 * cos(first + second - pi / 2)
    rest = -0.5 * two * two * sin(second) - one * two * sin(second) + 14.7 * cos(first - pi / 2) + pull
    above = torque + shared / inertia * rest - 0.5 * one * one * sin(second) - pull
    twist = above / (1.25 - shared * shared / inertia)
    return one, two, -(shared * twist + rest) / inertia, twist


def runge_kutta(slope: Callable[[State], State], state: State, time: float) -> State:
    """One classic fourth-order step."""
    a = slope(state)
    b = slope(tuple(s + time / 2 * d for s, d in zip(state, a, strict=True)))
    c = slope(tuple(s + time / 2 * d for s, d in zip(state, b, strict=True)))
    d = slope(tuple(s + time * d for s, d in zip(state, c, strict=True)))
    rates = zip(state, a, b, c, d, strict=True)
    return tuple(s + time / 6 * (k + 2 * l + 2 * m + n) for s, k, l, m, n in rates)  # noqa: E741


def wrapped(angle: float) -> float:
    """The angle between -pi and pi."""
    while angle > pi:
        angle -= 2 * pi
    while angle < -pi:
        angle += 2 * pi
    return angle


def mountaincar_step(state: State, action: float) -> tuple[State, float, bool]:
    """A car too weak for the hill between -1.2 and 0.6; over at 0.5."""
    place, speed = state
    speed = clipped(speed + 0.001 * action - 0.0025 * cos(3 * place), 0.07)
    place = max(-1.2, min(0.6, place + speed))
    if place == -1.2 and speed < 0:
        speed = 0.0
    return (place, speed), -1.0, place >= 0.5 and speed >= 0


def pendulum_step(state: State, action: float) -> tuple[State, float, bool]:
    """A rod of 1 kg and 1 m, gravity 10, a torque of at most 2 Nm, 0.05 s; never over; 0 is upright."""
    angle, turn = state
    push = torque(action)
    off = (angle + pi) % (2 * pi) - pi
    cost = off * off + 0.1 * turn * turn + 0.001 * push * push
    turn = clipped(turn + (15.0 * sin(angle) + 3.0 * push) * 0.05, 8.0)
    return (angle + 0.05 * turn, turn), -cost, False


ENVIRONMENTS = {
    "cartpole": Environment(
        start=lambda draw: tuple(draw(-0.05, 0.05) for _ in range(4)),
        seen=list, action=side, step=cartpole_step, steps=500, low=0.0, high=500.0,
    ),
    "acrobot": Environment(
        start=lambda draw: tuple(draw(-0.1, 0.1) for _ in range(4)),
        seen=lambda s: [cos(s[0]), sin(s[0]), cos(s[1]), sin(s[1]), s[2], s[3]],
        action=sign, step=acrobot_step, steps=500, low=-500.0, high=0.0,
    ),
    "mountaincar": Environment(
        start=lambda draw: (draw(-0.6, -0.4), 0.0),
        seen=list, action=sign, step=mountaincar_step, steps=200, low=-200.0, high=0.0,
    ),
    "pendulum": Environment(
        start=lambda draw: (draw(-pi, pi), draw(-1.0, 1.0)),
        seen=lambda s: [cos(s[0]), sin(s[0]), s[1]],
        action=torque, step=pendulum_step, steps=200, low=-1600.0, high=0.0,
    ),
}  # fmt: skip
