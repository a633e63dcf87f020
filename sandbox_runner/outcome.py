"""What a call asks for and how it can end: `Returned`, `Raised`, `TimedOut` or `Killed`, and nothing else.

A call that fails is a value. Only a fault of the machinery itself is an exception, and no outcome is made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Profile: TypeAlias = Literal["pure", "tools"]
Plain: TypeAlias = "bool | int | float | str | bytes | list[Plain] | dict[str, Plain] | None"

# The record of an exception may need this much, however small the answer must be.
RECORD_BYTES = 32 << 10


@dataclass(frozen=True)
class Limits:
    """What one call and all that it starts may use together. Exceeding any ends the call with an outcome that names it.

    `answer_bytes` bounds all that comes out: the answer, a question, the files that are collected. `file_bytes` and
    `files` bound the private folder, `processes` counts threads too.
    """

    wall_seconds: float = 20.0
    cpu_seconds: int = 10
    memory_bytes: int = 512 << 20
    answer_bytes: int = 4 << 20
    file_bytes: int = 8 << 20
    steps: int = 20_000_000
    """Loop rounds and function entries of instrumented code: the deterministic limit; see `sandbox_runner.steps`."""
    files: int = 1024
    processes: int = 64


@dataclass(frozen=True)
class Module:
    """The source of one module and, if a trusted compiler has seen it, its marshalled code object."""

    source: str
    code: bytes | None = None


@dataclass(frozen=True)
class Call:
    """One call in a jail: `entry` of the harness, with the foreign modules beside it and plain arguments.

    `harness` and `foreign` map dotted module names to modules; they are importable in the jail under those names,
    in memory, and nothing on disk can stand in for one that is missing. The harness is the caller's own code and
    runs first; the foreign code is hostile by assumption. `without` names builtins that foreign modules do not see.

    The profile "pure" is for code that computes; "tools" is for code that must start programs, such as compilers.
    `files` are put into the private folder beforehand, and those named by `collect` are taken from it if the call
    returns; both by relative paths.
    """

    entry: str
    harness: Mapping[str, Module]
    foreign: Mapping[str, Module] = field(default_factory=dict)
    arguments: tuple[Plain, ...] = ()
    limits: Limits = Limits()
    preload: str = "bare"
    without: tuple[str, ...] = ()
    profile: Profile = "pure"
    files: Mapping[str, bytes] = field(default_factory=dict)
    collect: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cost:
    """What a call used, measured outside the jail."""

    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_bytes: int = 0
    refused: int = 0
    """Forbidden system calls that it tried: at least so many; see `sandbox_runner.refusals`."""


@dataclass(frozen=True)
class Returned:
    """The entry returned `value`, which is plain data, and left `files`: those to be collected that are there."""

    value: Plain
    cost: Cost = Cost()
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Raised:
    """The entry, or the loading of a module, raised an exception."""

    type: str
    message: str
    traceback: str
    cost: Cost = Cost()


@dataclass(frozen=True)
class TimedOut:
    """The call used up `limit`: "wall_seconds", "cpu_seconds" or "steps"."""

    limit: str
    cost: Cost = Cost()


@dataclass(frozen=True)
class Killed:
    """The call ended without an answer: a limit such as "memory_bytes", a signal, or an answer that is no answer."""

    reason: str
    cost: Cost = Cost()


Outcome: TypeAlias = Returned | Raised | TimedOut | Killed
