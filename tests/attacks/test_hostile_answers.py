"""Answers made to break whoever reads them end the call that gave them, and a task agent finds no target anywhere.

What is read of a job, and of any bytes at all, is tried in tests/sandbox_runner too: premature ends, records that are
none, nonsense on the channel (test_sandbox_outcomes, test_sandbox_pool), the wire (test_sandbox_messages).
"""

import math
import struct

import pytest

import hyperagent as ha
from sandbox_runner import Call, Done, Killed, Limits, Module, Outcome, Pool, Raised, Returned

FORGER = Module("""
import os
def run(api, record, times):
    for fd in range(3, 64):
        try:
            os.pwrite(fd, record * times, 0)
        except OSError:
            pass
    os._exit(0)
""")
RETURNED = b"\x92\xa8returned"
RAISED = b"\x94\xa6raised"
NAN = b"\xcb" + struct.pack(">d", math.nan)
# What is written, how often, and what is made of it.
RECORDS = {
    "an answer": (RETURNED + b"\x01", 1, Returned),
    "NaN": (RETURNED + NAN, 1, Returned),
    "a key that is NaN": (RETURNED + b"\x81" + NAN + b"\x01", 1, Killed),
    "two answers": (RETURNED + b"\x01", 2, Killed),
    "an answer and a half": (RETURNED + b"\x01" + RETURNED, 1, Killed),
    "half an answer": (RETURNED, 1, Killed),
    "a list of four thousand million": (RETURNED + b"\xdd\xff\xff\xff\xff", 1, Killed),
    "a text that is promised": (RETURNED + b"\xdb\x7f\xff\xff\xff", 1, Killed),
    "lists in lists": (RETURNED + b"\x91" * 500 + b"\xc0", 1, Killed),
    "lists in lists, sixty thousand": (b"\x91", 60_000, Killed),
    "a timestamp": (RETURNED + b"\xd6\xff\x00\x00\x00\x01", 1, Killed),
    "an extension": (RETURNED + b"\xd4\x05x", 1, Killed),
    "text that is none": (RETURNED + b"\xa1\xff", 1, Killed),
    "an exception without a name": (b"\x92\xa6raised\xc0", 1, Killed),
    "an exception of a long name": (RAISED + b"\xda\x75\x30" + b"x" * 30_000 + b"\xa0\xa0", 1, Raised),
    "a key given twice": (RETURNED + b"\x82\xa1k\x01\xa1k\x02", 1, Returned),
    "a message to the host": (b"\x93\xa4done\x00\x92" + RETURNED, 1, Killed),
    "zeros": (b"\0", 60_000, Killed),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """How the call that wrote each record ended."""
    limits = Limits(wall_seconds=5.0, cpu_seconds=2, memory_bytes=64 << 20, answer_bytes=1 << 16)
    with Pool(2) as pool:
        jobs = {
            pool.submit(Call("forger:run", {"forger": FORGER}, arguments=(record, times), limits=limits)): name
            for name, (record, times, _) in RECORDS.items()
        }
        found: dict[str, Outcome] = {}
        while len(found) < len(jobs):
            events = pool.wait(30.0)
            assert events, "a call has not ended"
            # Nonsense on the channel is told as such: only the file of the answer is of interest here.
            found |= {jobs[event.job]: event.outcome for event in events if isinstance(event, Done)}
    return found


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_written_as_an_answer_is_one_or_ends_the_call(outcomes: dict[str, Outcome], name: str) -> None:
    outcome = outcomes[name]
    assert isinstance(outcome, RECORDS[name][2]), outcome
    assert len(str(outcome)) < 10_000
    assert not isinstance(outcome, Killed) or outcome.reason.startswith("no answer"), outcome


ROBBER = '''
import gc
import re


def solve(task, tools):
    """Everything in memory that looks like a question or a target, and whatever the frames above know."""
    import sys

    found = [each for each in gc.get_objects() if isinstance(each, (list, dict, tuple))]
    seen = [str(each)[:100_000] for each in found]
    frame = sys._getframe()
    while frame is not None:
        seen.append(str(frame.f_locals)[:100_000])
        frame = frame.f_back
    return sorted(set(re.findall("(?:question|treasure) [0-9]", " ".join(seen))))
'''


def test_a_task_agent_that_takes_its_interpreter_apart_finds_no_target() -> None:
    tasks = [ha.Task(f"task-{at}", input=f"question {at}", target=f"treasure {at}") for at in range(6)]
    domain = ha.Domain("robbed", tasks, lambda task, answer: float(task.target in str(answer)), seed=ROBBER)
    [seed] = ha.evolve(domain, generations=0, workers=1)
    trials = [trial for evaluation in seed.evaluations.values() for trial in evaluation.trials]
    assert len(trials) == len(tasks)
    questions = {task.id: task.input for task in tasks}
    assert {trial.task: trial.answer for trial in trials} == {name: [asked] for name, asked in questions.items()}
