"""What the host and its workers say to each other, and its form in msgpack.

`decode` takes any bytes at all and returns a message or raises ProtocolError; so does everything here that reads.
Covered: types, depth, 64 bits, trailing bytes, text that is not UTF-8, extension types. Not covered: what a value
means, and memory in proportion to the data (up to eighty times its size, for a list of empty lists).
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from typing import TypeAlias, cast

import msgpack

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

MESSAGE_BYTES = 256 << 20
DEPTH = 128
_COUNTS = len(fields(Limits)) - 1


class ProtocolError(Exception):
    """Bytes that are no message, or a value that cannot be put into one."""


@dataclass(frozen=True)
class Hello:
    """A worker is ready to be told its duties."""


@dataclass(frozen=True)
class Welcome:
    """The duties of a worker: the level of its jails and what its zygotes preload."""

    level: str
    preloads: Mapping[str, Preload] = field(default_factory=dict)


@dataclass(frozen=True)
class Ping:
    """Is the worker there? It answers with a Pong, whatever it is doing."""


@dataclass(frozen=True)
class Pong:
    """The worker is there."""


@dataclass(frozen=True)
class Run:
    """A job; `payload` is the part that only the jail reads."""

    job: int
    preload: str
    profile: Profile
    limits: Limits
    collect: tuple[str, ...]
    payload: bytes


@dataclass(frozen=True)
class Cancel:
    """Forget the job, or end it if it runs; no answer is expected."""

    job: int


@dataclass(frozen=True)
class Reply:
    """The host's reply to the question that the job waits with."""

    job: int
    value: Plain


@dataclass(frozen=True)
class Done:
    """The job has ended."""

    job: int
    outcome: Outcome


@dataclass(frozen=True)
class Asked:
    """The job waits for a reply to `question`; its clock stands still meanwhile."""

    job: int
    question: Plain


@dataclass(frozen=True)
class Fault:
    """The machinery failed, not the job: it has to be run again."""

    job: int
    why: str


@dataclass(frozen=True)
class Broken:
    """A zygote cannot be started, now or ever."""

    why: str


Message: TypeAlias = Hello | Welcome | Ping | Pong | Run | Cancel | Reply | Done | Asked | Fault | Broken


def encode(message: Message) -> bytes:
    """The bytes of `message`; ProtocolError if it carries something that is not plain data."""
    return pack(_form(message))


def decode(data: bytes) -> Message:
    """The message that `data` stands for; ProtocolError if there is none."""
    match unpack(data):
        case ["hello"]:
            return Hello()
        case ["ping"]:
            return Ping()
        case ["pong"]:
            return Pong()
        case ["welcome", str(level), dict(preloads)]:
            return Welcome(level, {name: _preload(form) for name, form in preloads.items()})
        case ["run", int(job), str(preload), "pure" | "tools" as profile, list(limits), list(collect), bytes(payload)]:
            return Run(job, preload, profile, _limits(limits), tuple(map(str, collect)), payload)
        case ["cancel", int(job)]:
            return Cancel(job)
        case ["reply", int(job), value]:
            return Reply(job, value)
        case ["done", int(job), outcome]:
            return Done(job, _outcome(outcome))
        case ["asked", int(job), question]:
            return Asked(job, question)
        case ["fault", int(job), str(why)]:
            return Fault(job, why)
        case ["broken", str(why)]:
            return Broken(why)
    raise ProtocolError("no such message")


def payload_of(call: Call, preload: Preload | None = None) -> bytes:
    """What the jail needs of `call`, where it finds a `preload`; it is read by `guest.outcome`."""
    known = preload or Preload()
    foreign = {name: None if known.holds(name, m) else [m.source, m.code] for name, m in call.foreign.items()}
    limits = call.limits
    return pack([
        call.entry, _sources_form(call.harness), foreign, known.readies(call.foreign), list(call.arguments),
        list(call.without), limits.steps, limits.answer_bytes, dict(call.files),
    ])  # fmt: skip


def outcome_of_record(record: bytes, cost: Cost) -> Outcome:
    """What a jail wrote down as its outcome, which may be anything; ProtocolError if it is no outcome."""
    match unpack(record):
        case ["returned", value]:
            return Returned(value, cost)
        case ["raised", str(kind), str(message), str(traceback)]:
            return Raised(kind[:200], message[:2_000], traceback[-4_000:], cost)
        case ["steps"]:
            return TimedOut("steps", cost)
        case ["memory_bytes" | "answer_bytes" | "file_bytes" | "files" | "processes" as limit]:
            return Killed(limit, cost)
    raise ProtocolError("no outcome")


def pack(value: object) -> bytes:
    """The bytes of plain data; ProtocolError for all else."""
    try:
        data: bytes = msgpack.packb(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ProtocolError(f"not plain data: {error}") from error
    if len(data) > MESSAGE_BYTES:
        raise ProtocolError(f"{len(data)} bytes are more than the {MESSAGE_BYTES} of a message")
    return data


def unpack(data: bytes) -> Plain:
    """The plain data in `data`; ProtocolError if it holds anything else, or more."""
    try:
        value = msgpack.unpackb(data)
    except (TypeError, ValueError, OverflowError, msgpack.UnpackException) as error:
        raise ProtocolError(f"not msgpack: {type(error).__name__}") from error
    _check_plain(value)
    return cast(Plain, value)


def _check_plain(value: object) -> None:
    """Level by level rather than recursively: hostile data may be nested as deep as it is long."""
    level = [value]
    for _ in range(DEPTH):
        if not level:
            return
        level = [inner for outer in level for inner in _inner(outer)]
    raise ProtocolError(f"nested more than {DEPTH} deep")


_SCALARS = frozenset((type(None), bool, int, float, str, bytes))


def _inner(value: object) -> Sequence[object]:
    if type(value) in _SCALARS:
        return ()
    if type(value) is list:
        return [item for item in value if type(item) not in _SCALARS]
    if type(value) is dict and all(type(key) is str for key in value):
        return [item for item in value.values() if type(item) not in _SCALARS]
    raise ProtocolError(f"{type(value).__name__} is not plain data, or a dict has keys other than str")


def _form(message: Message) -> list[object]:
    match message:
        case Welcome(level, preloads):
            return ["welcome", level, {name: _preload_form(preload) for name, preload in preloads.items()}]
        case Run(job, preload, profile, limits, collect, payload):
            return ["run", job, preload, profile, list(astuple(limits)), list(collect), payload]
        case Done(job, outcome):
            return ["done", job, _outcome_form(outcome)]
        case Reply(job, value) | Asked(job, value) | Fault(job, value):
            return [type(message).__name__.lower(), job, value]
        case Cancel(job):
            return ["cancel", job]
        case Broken(why):
            return ["broken", why]
        case Hello() | Ping() | Pong():
            return [type(message).__name__.lower()]


def _preload_form(preload: Preload) -> list[object]:
    sides = (preload.modules, preload.warming, preload.held)
    return [list(preload.imports), *map(_sources_form, sides), list(preload.ready)]


def _sources_form(modules: Mapping[str, Module]) -> dict[str, object]:
    return {name: [module.source, module.code] for name, module in modules.items()}


def _preload(form: Plain) -> Preload:
    match form:
        case [list(imports), dict(modules), dict(warming), dict(held), list(ready)] if all(
            name in held for name in ready
        ):
            parts = [{name: _module(module) for name, module in part.items()} for part in (modules, warming, held)]
            return Preload(tuple(map(str, imports)), parts[0], parts[1], parts[2], tuple(map(str, ready)))
    raise ProtocolError("no preload")


def _module(form: Plain) -> Module:
    match form:
        case [str(source), None | bytes() as code]:
            return Module(source, code)
    raise ProtocolError("no module")


def _limits(form: list[Plain]) -> Limits:
    match form:
        case [float() | int() as wall, *counts] if len(counts) == _COUNTS and all(type(n) is int for n in counts):
            return Limits(wall, *cast(list[int], counts))
    raise ProtocolError("no limits")


def _outcome_form(outcome: Outcome) -> list[object]:
    cost = list(astuple(outcome.cost))
    match outcome:
        case Returned(value, _, files):
            return ["returned", value, cost, dict(files)]
        case Raised(kind, message, traceback):
            return ["raised", kind, message, traceback, cost]
        case TimedOut(limit):
            return ["timed_out", limit, cost]
        case Killed(reason):
            return ["killed", reason, cost]


def _outcome(form: Plain) -> Outcome:
    match form:
        case ["returned", value, list(cost), dict(files)]:
            return Returned(value, _cost(cost), {name: _content(content) for name, content in files.items()})
        case ["raised", str(kind), str(message), str(traceback), list(cost)]:
            return Raised(kind, message, traceback, _cost(cost))
        case ["timed_out", str(limit), list(cost)]:
            return TimedOut(limit, _cost(cost))
        case ["killed", str(reason), list(cost)]:
            return Killed(reason, _cost(cost))
    raise ProtocolError("no outcome")


def _content(form: Plain) -> bytes:
    if isinstance(form, bytes):
        return form
    raise ProtocolError("no content of a file")


def _cost(form: list[Plain]) -> Cost:
    match form:
        case [float() | int() as cpu, float() | int() as wall, int(peak), int(refused)]:
            return Cost(cpu, wall, peak, refused)
    raise ProtocolError("no cost")
