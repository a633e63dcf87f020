"""The task agent: it steers by a weighted sum of what it sees, and all weights are 0."""

CARTPOLE_BELOW_PLACE = 0
CARTPOLE_BELOW_SPEED = 0
CARTPOLE_BELOW_ANGLE = 0
CARTPOLE_BELOW_TURN = 0
CARTPOLE_ABOVE_PLACE = 0
CARTPOLE_ABOVE_SPEED = 0
CARTPOLE_ABOVE_ANGLE = 0
CARTPOLE_ABOVE_TURN = 0
ACROBOT_BELOW_COS_ONE = 0
ACROBOT_BELOW_SIN_ONE = 0
ACROBOT_BELOW_COS_TWO = 0
ACROBOT_BELOW_SIN_TWO = 0
ACROBOT_BELOW_TURN_ONE = 0
ACROBOT_BELOW_TURN_TWO = 0
ACROBOT_ABOVE_COS_ONE = 0
ACROBOT_ABOVE_SIN_ONE = 0
ACROBOT_ABOVE_COS_TWO = 0
ACROBOT_ABOVE_SIN_TWO = 0
ACROBOT_ABOVE_TURN_ONE = 0
ACROBOT_ABOVE_TURN_TWO = 0
MOUNTAINCAR_BELOW_PLACE = 0
MOUNTAINCAR_BELOW_SPEED = 0
MOUNTAINCAR_ABOVE_PLACE = 0
MOUNTAINCAR_ABOVE_SPEED = 0
PENDULUM_BELOW_COS = 0
PENDULUM_BELOW_SIN = 0
PENDULUM_BELOW_TURN = 0
PENDULUM_ABOVE_COS = 0
PENDULUM_ABOVE_SIN = 0
PENDULUM_ABOVE_TURN = 0


def solve(task, tools):
    """Return the actions of one episode."""
    below, above = WEIGHTS[task["environment"]]()
    return tools.episode(lambda observation: act(observation, below, above))


def act(observation, below, above):
    """The push that follows on an observation; there are other weights where the first of what is seen is above 0."""
    chosen = above if observation[0] > 0 else below
    return sum(weight * value for weight, value in zip(chosen, observation))


def cartpole():
    """The weights where the first of what is seen is at most 0, and above."""
    return [CARTPOLE_BELOW_PLACE, CARTPOLE_BELOW_SPEED, CARTPOLE_BELOW_ANGLE, CARTPOLE_BELOW_TURN], [
        CARTPOLE_ABOVE_PLACE,
        CARTPOLE_ABOVE_SPEED,
        CARTPOLE_ABOVE_ANGLE,
        CARTPOLE_ABOVE_TURN,
    ]


def acrobot():
    """The weights where the first of what is seen is at most 0, and above."""
    return [
        ACROBOT_BELOW_COS_ONE,
        ACROBOT_BELOW_SIN_ONE,
        ACROBOT_BELOW_COS_TWO,
        ACROBOT_BELOW_SIN_TWO,
        ACROBOT_BELOW_TURN_ONE,
        ACROBOT_BELOW_TURN_TWO,
    ], [
        ACROBOT_ABOVE_COS_ONE,
        ACROBOT_ABOVE_SIN_ONE,
        ACROBOT_ABOVE_COS_TWO,
        ACROBOT_ABOVE_SIN_TWO,
        ACROBOT_ABOVE_TURN_ONE,
        ACROBOT_ABOVE_TURN_TWO,
    ]


def mountaincar():
    """The weights where the first of what is seen is at most 0, and above."""
    return [MOUNTAINCAR_BELOW_PLACE, MOUNTAINCAR_BELOW_SPEED], [MOUNTAINCAR_ABOVE_PLACE, MOUNTAINCAR_ABOVE_SPEED]


def pendulum():
    """The weights where the first of what is seen is at most 0, and above."""
    return [PENDULUM_BELOW_COS, PENDULUM_BELOW_SIN, PENDULUM_BELOW_TURN], [
        PENDULUM_ABOVE_COS,
        PENDULUM_ABOVE_SIN,
        PENDULUM_ABOVE_TURN,
    ]


WEIGHTS = {
    "cartpole": cartpole,
    "acrobot": acrobot,
    "mountaincar": mountaincar,
    "pendulum": pendulum,
}
