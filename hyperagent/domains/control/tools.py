"""What a task agent steers with. The source of this module runs in the jail of the agent, behind that of `dynamics`.

Not guarded: an agent may work out what its actions will do, as it is shown all there is to see. What it answers, the
actions, is played again on the host.
"""

from collections.abc import Callable
from typing import Any

from hyperagent.domains.control.dynamics import ENVIRONMENTS, episode


def tools(task: dict[str, Any]) -> dict[str, object]:
    """`episode(act)`: the actions of one episode, where `act(observation)` gives a push for each."""
    environment, start = ENVIRONMENTS[task["environment"]], tuple(task.pop("start"))

    def run(act: Callable[[list[float]], object]) -> list[float]:
        return episode(environment, start, act)

    return {"episode": run}
