"""How a job ended, from what was seen of it from outside and what it left behind."""

import os
import signal
from dataclasses import dataclass

from sandbox_runner.messages import ProtocolError, outcome_of_record
from sandbox_runner.outcome import RECORD_BYTES, Cost, Killed, Limits, Outcome, TimedOut

# Processor time is counted in ticks, and the kernel looks at the limit only then.
_CLOCK_SLACK = 0.3
# Where the kernel itself ends a job.
_BACKSTOPS: dict[int, str] = {
    signal.SIGXFSZ: "file_bytes",
    signal.SIGSYS: "a system call that no job may make (SIGSYS)",
}
_FROM_OUTSIDE = "the machine ran out of memory, or somebody sent SIGKILL from outside"
_SIGNALS = {each.value: each.name for each in signal.Signals}


@dataclass(frozen=True)
class Ended:
    """The zygote's report: did the walls stand before the payload was read, who ended the job, its wait status.

    `folder` is a descriptor of what was its private folder, if there is something to be collected.
    """

    inside: bool
    why: str
    status: int
    cost: Cost
    folder: int = -1


def fault(ended: Ended, limits: Limits) -> str:
    """Why the end of a job says nothing of the call, so that it must be run again, or "".

    Before the processor time is used up nothing but a shortage of memory on the whole machine makes the kernel send
    SIGKILL, and a job in a pid namespace of its own cannot send itself one.
    """
    if ended.why:
        return ""
    if not ended.inside:
        return "the walls could not be put up"
    shot = os.waitstatus_to_exitcode(ended.status) == -signal.SIGKILL
    return _FROM_OUTSIDE if shot and not _has_used_up(ended, limits) else ""


def verdict(ended: Ended, limits: Limits, record: bytes) -> Outcome:
    """The outcome. An exit status of 0 is no success, and a record is only believed after an orderly end."""
    cost = ended.cost
    if ended.why in ("wall_seconds", "cpu_seconds"):
        return TimedOut(ended.why, cost)
    if ended.why:
        return Killed(ended.why, cost)
    code = os.waitstatus_to_exitcode(ended.status)
    if code in (-signal.SIGKILL, -signal.SIGXCPU) and _has_used_up(ended, limits):
        return TimedOut("cpu_seconds", cost)
    if code < 0:
        return Killed(_BACKSTOPS.get(-code) or f"signal {_SIGNALS.get(-code, -code)}", cost)
    if code or not record:
        return Killed("no answer", cost)
    if len(record) > max(limits.answer_bytes, RECORD_BYTES):
        return Killed("answer_bytes", cost)
    try:
        return outcome_of_record(record, cost)
    except ProtocolError as error:
        return Killed(f"no answer but something else: {error}", cost)


def _has_used_up(ended: Ended, limits: Limits) -> bool:
    """Whether all its processor time was spent."""
    return ended.cost.cpu_seconds > limits.cpu_seconds - _CLOCK_SLACK
