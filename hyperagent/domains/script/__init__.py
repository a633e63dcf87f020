"""The domain of a folder: any program with one metric, as users of AutoResearch, OpenEvolve and ShinkaEvolve have it.

The program is the task agent of the genome, or the marked blocks of it are; the host puts them back between the parts
that never change, and the author's evaluator runs the whole in a jail of its own.
"""

import hashlib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from hyperagent.domain import Domain, Task
from hyperagent.domains.script.blocks import Program
from hyperagent.domains.script.judge import USABLE, WORST, script_judge
from hyperagent.domains.script.layout import Script, read_script
from hyperagent.errors import UsageError

__all__ = ["domain", "program_files"]


def domain(
    argument: str | None = None,
    *,
    metric: str = "",
    direction: str = "",
    seconds: float = 0.0,
    repeats: int = 0,
) -> Domain:
    """The domain of the folder `argument`; what is given beside it goes before what the folder says."""
    if argument is None:
        raise UsageError("script: expected a folder, as in script:FOLDER")
    given = {"metric": metric, "direction": direction, "seconds": seconds, "repeats": repeats}
    script = replace(read_script(Path(argument)), **{name: value for name, value in given.items() if value})  # type: ignore[arg-type]
    if script.direction not in ("maximize", "minimize"):
        raise UsageError(f"direction is {script.direction!r}, expected maximize or minimize")
    program = Program(script.files)
    tasks = [
        Task(f"run-{k}", {"program": program.kept(), "seed": k}, digest(script)) for k in range(1, script.repeats + 1)
    ]
    sense = "" if script.sign > 0 else ", negated since less is better"
    return Domain(
        script.folder.resolve().name,
        tasks,
        judge=script_judge(script, program),
        seed=program.agent(),
        tools=files(__name__).joinpath("tools.py").read_text("utf-8"),
        stages=((1, USABLE),),
        worst=WORST,
        about=f"{script.folder}: the score is {script.metric}{sense}; the evaluator decides what is held out",
    )


def digest(script: Script) -> str:
    """A digest of all that a program is measured by."""
    whole = hashlib.sha256(repr((script.kind, script.evaluate, script.command, script.metric, script.sign)).encode())
    for name, content in script.others.items():
        whole.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()


def program_files(folder: Path, agent: str) -> dict[str, str]:
    """The files of the program in a folder as a task agent has them."""
    made = Program(read_script(folder).files).files(agent)
    if isinstance(made, str):
        raise UsageError(f"{folder}: {made}")
    return made
