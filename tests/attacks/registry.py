"""What an attack is, and the list of all of them.

An attack is a function of the module of its category. It is never called here: its source is sent into the jail, where
it finds the names of `weapons` and is given the bait. Whether it succeeded is decided by its proof, on the host.
"""

import ast
import inspect
import platform
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from sandbox_runner import Limits, Outcome, Profile, Returned
from tests.attacks.scene import Scene

CATEGORIES = ("reading", "writing", "processes", "network", "kernel", "denial", "evaluation")
PURE: Profile = "pure"
TOOLS: Profile = "tools"
SMALL = Limits(wall_seconds=2.0, cpu_seconds=1, memory_bytes=64 << 20, answer_bytes=1 << 16, file_bytes=1 << 20)

Weapon = Callable[[SimpleNamespace], Any]
Proof = Callable[[Scene, "Attack", Outcome], bool]


@dataclass(frozen=True)
class Attack:
    """One attack: what it `tries`, its source, and its `proof`, which is True if it succeeded."""

    name: str
    category: str
    tries: str
    source: str
    proof: Proof
    then: str
    """The function that looks, in the next call of the same worker, for what the attack left behind; or nothing."""
    limits: Limits
    profiles: frozenset[Profile]
    bare: bool
    """It may be run without a jail by an ordinary user."""
    victim: bool
    """It wants a process to aim at, which is its own."""
    slow: bool
    """It takes seconds."""
    tag: str = field(default="", compare=False)
    """What its processes are called, so that they can be recognized from outside."""


def told(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It returned something true: its own word, where nothing can be seen from outside."""
    return isinstance(outcome, Returned) and bool(outcome.value)


def attack(
    proof: Proof = told,
    *,
    then: Weapon | None = None,
    only: Profile | None = None,
    bare: bool = True,
    victim: bool = False,
    slow: bool = False,
    machine: str = "",
    **limits: Any,
) -> Callable[[Weapon], Weapon]:
    """Put a function on the list. `only` names the one profile, `machine` the one processor that it is meant for."""

    def enlist(function: Weapon) -> Weapon:
        if machine in ("", platform.machine()):
            _ALL.append(
                Attack(
                    name=function.__name__,
                    category=function.__module__.rpartition(".")[2],
                    tries=" ".join((function.__doc__ or "").split()),
                    source=_source(function) + (_source(then) if then else ""),
                    proof=proof,
                    then=then.__name__ if then else "",
                    limits=replace(SMALL, **limits),
                    profiles=frozenset([only] if only else [PURE, TOOLS]),
                    bare=bare,
                    victim=victim,
                    slow=slow,
                )
            )
        return function

    return enlist


def attacks(categories: Iterable[str] = CATEGORIES) -> list[Attack]:
    """The attacks of these categories, in the order in which they are written."""
    for category in CATEGORIES:
        import_module(f"tests.attacks.{category}")
    wanted = set(categories)
    return [replace(each, tag=f"atk{at:03}") for at, each in enumerate(_ALL) if each.category in wanted]


_ALL: list[Attack] = []


def _source(function: Weapon) -> str:
    """The function without its decorator."""
    text = textwrap.dedent(inspect.getsource(function))
    [node] = ast.parse(text).body
    return "\n".join(text.splitlines()[node.lineno - 1 :]) + "\n"
