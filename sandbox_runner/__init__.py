"""One call in a jail: hostile code in, an outcome out. It knows nothing of evolution.

    with Pool(workers=2) as pool:
        pool.submit(Call("main:run", {"main": Module("def run(api, x): return x + 1")}, arguments=(1,)))
        [done] = pool.wait()          # Done(job=0, outcome=Returned(2, cost))

What the jail covers, and what it does not, is written at the head of `jail`, `seccomp`, `landlock` and `guest`.
"""

from typing import TYPE_CHECKING, Any

from sandbox_runner.outcome import (
    Call,
    Cost,
    Killed,
    Limits,
    Module,
    Outcome,
    Plain,
    Profile,
    Raised,
    Returned,
    TimedOut,
)
from sandbox_runner.preload import Preload

if TYPE_CHECKING:
    from sandbox_runner.messages import Asked, Done, ProtocolError
    from sandbox_runner.pool import Pool
    from sandbox_runner.probes import Layer, SandboxUnavailable, layers
    from sandbox_runner.program import Finished, command, finished

__all__ = [
    "Asked",
    "Call",
    "Cost",
    "Done",
    "Finished",
    "Killed",
    "Layer",
    "Limits",
    "Module",
    "Outcome",
    "Plain",
    "Pool",
    "Preload",
    "Profile",
    "ProtocolError",
    "Raised",
    "Returned",
    "SandboxUnavailable",
    "TimedOut",
    "command",
    "finished",
    "layers",
]

_ELSEWHERE = {
    "Asked": "messages",
    "Done": "messages",
    "Finished": "program",
    "Layer": "probes",
    "Pool": "pool",
    "ProtocolError": "messages",
    "SandboxUnavailable": "probes",
    "command": "program",
    "finished": "program",
    "layers": "probes",
}


def __getattr__(name: str) -> Any:
    """The names whose modules cost something to import, ZeroMQ above all, on first use."""
    from importlib import import_module

    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE[name]}"), name)
