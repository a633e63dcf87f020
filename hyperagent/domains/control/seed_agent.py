"""The task agent: it steers by a weighted sum of what it sees, and all weights are 0."""

CARTPOLE = [0, 0, 0, 0]
CARTPOLE_ABOVE = [0, 0, 0, 0]
ACROBOT = [0, 0, 0, 0, 0, 0]
ACROBOT_ABOVE = [0, 0, 0, 0, 0, 0]
MOUNTAINCAR = [0, 0]
MOUNTAINCAR_ABOVE = [0, 0]
PENDULUM = [0, 0, 0]
PENDULUM_ABOVE = [0, 0, 0]


def solve(task, tools):
    """Return the actions of one episode."""
    below, above = weights(task["environment"])
    return tools.episode(lambda observation: act(observation, below, above))


def act(observation, below, above):
    """The push that follows on an observation; there are other weights where the first of what is seen is above 0."""
    chosen = above if observation[0] > 0 else below
    return sum(weight * value for weight, value in zip(chosen, observation))


def weights(environment):
    """The weights of an environment."""
    return {
        "cartpole": (CARTPOLE, CARTPOLE_ABOVE),
        "acrobot": (ACROBOT, ACROBOT_ABOVE),
        "mountaincar": (MOUNTAINCAR, MOUNTAINCAR_ABOVE),
        "pendulum": (PENDULUM, PENDULUM_ABOVE),
    }[environment]
