"""A program as a call: run in the private folder of a jail, with what it wrote and how it ended as the answer.

    pool.submit(command(["cc", "-o", "a.out", "a.c"], files={"a.c": source}, collect=("a.out",)))

The answer is read with `finished`. What a program wrote is hostile data of bounded size.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox_runner.outcome import Call, Limits, Module, Outcome, Returned

_HARNESS = Path(__file__).with_name("run_command.py")


@dataclass(frozen=True)
class Finished:
    """A program that ended by itself: its exit status, minus the number of a signal, and what it wrote."""

    status: int
    stdout: bytes
    stderr: bytes


def command(
    argv: Sequence[str],
    *,
    files: Mapping[str, bytes] | None = None,
    collect: Sequence[str] = (),
    stdin: bytes = b"",
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Call:
    """Run the program `argv` beside `files`. What it writes to its streams counts as part of the answer.

    This interpreter goes by another path in a jail: "python3" there, which is put in the place of `sys.executable`.
    """
    argv = ["python3" if word == sys.executable else word for word in argv[:1]] + list(argv[1:])
    return Call(
        entry="run_command:run",
        harness={"run_command": Module(_HARNESS.read_text())},
        arguments=(list(argv), stdin, limits.answer_bytes // 2),
        limits=limits,
        profile="tools",
        files=files or {},
        collect=tuple(collect),
    )


def finished(outcome: Outcome) -> Finished | None:
    """What became of the program, if the call returned and its answer is one that a program can give."""
    match outcome:
        case Returned([int(status), bytes(stdout), bytes(stderr)]):
            return Finished(status, stdout, stderr)
    return None
