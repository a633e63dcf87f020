"""The built-in domain `code`: exercises as folders, with a description, files to begin with, and hidden tests.

The task agent is shown the description and the files and returns files. The tests never enter its jail.
"""

from pathlib import Path

from hyperagent.domain import Domain, Task
from hyperagent.domains.code.exercises import Exercise, read_exercises
from hyperagent.domains.code.judge import code_judge
from hyperagent.domains.sources import source
from hyperagent.errors import DomainError, UsageError
from sandbox_runner import Limits

__all__ = ["domain"]

LIMITS = Limits(wall_seconds=60.0, cpu_seconds=10, memory_bytes=512 << 20)
ABOUT = {"share": "the share of the hidden tests that hold", "all": "1 where all hidden tests hold, else 0"}


def domain(argument: str | None = None, *, score: str = "share", seconds: float = 5.0) -> Domain:
    """The domain of the exercises in the folder `argument`; the run deals them out to the splits.

    `score` is the "share" of the tests that hold, or 1 for "all" of them; a test may take `seconds`.
    """
    if argument is None:
        raise UsageError("code: expected a folder with exercises, as in code:FOLDER")
    if score not in ABOUT:
        raise UsageError(f"option score of domain code is {score!r}, expected {' or '.join(ABOUT)}")
    if not 0 < seconds <= 600:
        raise UsageError(f"option seconds of domain code is {seconds}, expected more than 0 and at most 600")
    exercises = {exercise.name: exercise for exercise in read_exercises(Path(argument))}
    for exercise in exercises.values():
        check_toolchain(exercise)
    return Domain(
        f"code:{Path(argument).resolve().name}",
        [task(exercise) for exercise in exercises.values()],
        judge=code_judge(exercises, seconds, whole=score == "all"),
        seed=source(__name__, "seed_agent.py"),
        tools=source(__name__, "tools.py"),
        limits=LIMITS,
        preload="code",
        about=f"exercises; the score is {ABOUT[score]}",
    )


def task(exercise: Exercise) -> Task:
    """What the task agent is shown, and what it is not."""
    shown = {
        "exercise": exercise.name,
        "language": exercise.language.name,
        "description": exercise.description,
        "files": dict(exercise.files),
        "names": list(exercise.files),
    }
    hidden = {"tests": dict(exercise.tests), "cases": [list(case) for case in exercise.cases]}
    return Task(exercise.name, shown, hidden)


def check_toolchain(exercise: Exercise) -> None:
    """Refuse an exercise that nobody here could solve."""
    if exercise.language.found() is None and not exercise.names:
        program = exercise.language.program
        raise DomainError(
            f"{exercise.name}: needs {program} for {exercise.language.name}, which no jail finds; "
            "`hyperagent doctor` tells which toolchains are here"
        )
