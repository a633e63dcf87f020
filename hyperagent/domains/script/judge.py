"""The score of a program: put together on the host, run by its evaluator in a jail of its own, read as data."""

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from hyperagent.domain import Jail, JudgeFunction, Score, Task
from hyperagent.domains.script.blocks import Program
from hyperagent.domains.script.layout import Script
from hyperagent.errors import DomainError
from hyperagent.program import trusted
from sandbox_runner import Call, Limits, Module, Outcome, Plain, Raised, Returned, TimedOut

WORST = -1e18
"""The score of a program that fails; below `USABLE` a child is given up and is no parent."""

USABLE = -1e17


def script_judge(script: Script, program: Program) -> JudgeFunction:
    """A judge of agents that stand for `program`; the program as it was written must not fail."""
    own = program.agent()

    async def judge(task: Task, answer: object, jail: Jail) -> Score:
        assert isinstance(task.input, Mapping)
        made = program.files(answer) if isinstance(answer, str) else "the answer is no source"
        if isinstance(made, str):
            return WORST, made
        score, feedback = scored(script, await jail.submit(evaluation(script, made, int(task.input["seed"]))))
        if answer == own and score <= USABLE:
            raise DomainError(f"{script.folder}: the program as it stands fails: {feedback}")
        return score, feedback

    return judge


def evaluation(script: Script, made: Mapping[str, str], seed: int) -> Call:
    """The call that runs the evaluator beside a program."""
    beside: dict[str, Plain] = {**script.others, **{name: text.encode() for name, text in made.items()}}
    numbers = any(b"numpy" in content for content in beside.values() if isinstance(content, bytes))
    return Call(
        entry="run_script:main",
        harness=harness(),
        arguments=(script.kind, beside, script.evaluate, list(script.command), next(iter(made)), seed),
        limits=Limits(
            wall_seconds=2 * script.seconds + 5,
            cpu_seconds=max(1, math.ceil(script.seconds)),
            memory_bytes=script.megabytes << 20,
            file_bytes=32 << 20,
        ),
        preload="numbers" if numbers else "bare",
        profile="tools",
    )


@cache
def harness() -> dict[str, Module]:
    """The modules of ours beside an evaluator: the one that calls it, and what those of other tools import."""
    homes = {
        "run_script": "run_script",
        "openevolve.evaluation_result": "evaluation_result",
        "shinka.core": "shinka_core",
    }
    folder = files("hyperagent.domains.script").joinpath("jailed")
    return {
        name: trusted(folder.joinpath(f"{file}.py").read_text("utf-8"), f"<{file}>") for name, file in homes.items()
    }


def scored(script: Script, outcome: Outcome) -> tuple[float, str]:
    """Score and feedback; whatever the jail returned is data of unknown make."""
    match outcome:
        case Returned(value={"metrics": dict(metrics), "text": str(text), "fault": str(fault)}):
            numbers = {name: value for name, value in metrics.items() if isinstance(value, float)}
            value = chosen(script, numbers)
            shown = ", ".join(f"{name or script.metric} {number:.6g}" for name, number in list(numbers.items())[:12])
            if fault or value is None:
                return WORST, f"{fault or missing(script, numbers)}\n{text}".strip()
            return script.sign * value, f"{shown}\n{text}".strip()
        case Returned():
            return WORST, "the evaluator gave no metrics"
        case Raised(type=kind, message=message, traceback=trace):
            return WORST, f"{kind}: {message}\n{trace}"
        case TimedOut(limit=limit):
            return WORST, f"out of {limit}"
        case _:
            return WORST, f"ended by {outcome.reason}"


def chosen(script: Script, numbers: Mapping[str, float]) -> float | None:
    """The number that counts: the metric, a number without a name, and for OpenEvolve's layout the mean of all."""
    found = numbers.get(script.metric, numbers.get(""))
    if found is None and script.kind == "openevolve" and numbers:
        found = math.fsum(numbers.values()) / len(numbers)
    return found if found is not None and math.isfinite(found) and abs(found) < -USABLE else None


def missing(script: Script, numbers: Mapping[str, float]) -> str:
    """What is wrong with the numbers that were found."""
    found = ", ".join(f"{name} {number}" for name, number in list(numbers.items())[:12]) or "no metrics"
    return f"found {found}, expected a finite {script.metric}"
