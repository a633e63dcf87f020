"""The task agent: it steers by a weighted sum of what it sees, and all weights are 0."""

CARTPOLE_ALONE_PLACE = 0
CARTPOLE_ALONE_SPEED = 0
CARTPOLE_ALONE_ANGLE = 0
CARTPOLE_ALONE_TURN = 0
CARTPOLE_TIMES_PLACE = 0
CARTPOLE_TIMES_SPEED = 0
CARTPOLE_TIMES_ANGLE = 0
CARTPOLE_TIMES_TURN = 0
ACROBOT_ALONE_COS_ONE = 0
ACROBOT_ALONE_SIN_ONE = 0
ACROBOT_ALONE_COS_TWO = 0
ACROBOT_ALONE_SIN_TWO = 0
ACROBOT_ALONE_TURN_ONE = 0
ACROBOT_ALONE_TURN_TWO = 0
ACROBOT_TIMES_COS_ONE = 0
ACROBOT_TIMES_SIN_ONE = 0
ACROBOT_TIMES_COS_TWO = 0
ACROBOT_TIMES_SIN_TWO = 0
ACROBOT_TIMES_TURN_ONE = 0
ACROBOT_TIMES_TURN_TWO = 0
MOUNTAINCAR_ALONE_PLACE = 0
MOUNTAINCAR_ALONE_SPEED = 0
MOUNTAINCAR_TIMES_PLACE = 0
MOUNTAINCAR_TIMES_SPEED = 0
PENDULUM_ALONE_COS = 0
PENDULUM_ALONE_SIN = 0
PENDULUM_ALONE_TURN = 0
PENDULUM_TIMES_COS = 0
PENDULUM_TIMES_SIN = 0
PENDULUM_TIMES_TURN = 0


def solve(task, tools):
    """Return the actions of one episode."""
    alone, times = WEIGHTS[task["environment"]]()
    return tools.episode(lambda observation: act(observation, alone, times))


def act(observation, alone, times):
    """The push that follows on an observation: a weighted sum of what is seen, alone and times the first of it."""
    first = observation[0]
    return sum((weight + factor * first) * value for weight, factor, value in zip(alone, times, observation))


def cartpole():
    """The weights of what is seen, alone and times the first of it."""
    return [CARTPOLE_ALONE_PLACE, CARTPOLE_ALONE_SPEED, CARTPOLE_ALONE_ANGLE, CARTPOLE_ALONE_TURN], [
        CARTPOLE_TIMES_PLACE,
        CARTPOLE_TIMES_SPEED,
        CARTPOLE_TIMES_ANGLE,
        CARTPOLE_TIMES_TURN,
    ]


def acrobot():
    """The weights of what is seen, alone and times the first of it."""
    return [
        ACROBOT_ALONE_COS_ONE,
        ACROBOT_ALONE_SIN_ONE,
        ACROBOT_ALONE_COS_TWO,
        ACROBOT_ALONE_SIN_TWO,
        ACROBOT_ALONE_TURN_ONE,
        ACROBOT_ALONE_TURN_TWO,
    ], [
        ACROBOT_TIMES_COS_ONE,
        ACROBOT_TIMES_SIN_ONE,
        ACROBOT_TIMES_COS_TWO,
        ACROBOT_TIMES_SIN_TWO,
        ACROBOT_TIMES_TURN_ONE,
        ACROBOT_TIMES_TURN_TWO,
    ]


def mountaincar():
    """The weights of what is seen, alone and times the first of it."""
    return [MOUNTAINCAR_ALONE_PLACE, MOUNTAINCAR_ALONE_SPEED], [MOUNTAINCAR_TIMES_PLACE, MOUNTAINCAR_TIMES_SPEED]


def pendulum():
    """The weights of what is seen, alone and times the first of it."""
    return [PENDULUM_ALONE_COS, PENDULUM_ALONE_SIN, PENDULUM_ALONE_TURN], [
        PENDULUM_TIMES_COS,
        PENDULUM_TIMES_SIN,
        PENDULUM_TIMES_TURN,
    ]


WEIGHTS = {
    "cartpole": cartpole,
    "acrobot": acrobot,
    "mountaincar": mountaincar,
    "pendulum": pendulum,
}
