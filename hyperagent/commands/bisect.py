"""Where in a lineage a result first changed: the result of a task, as it was recorded, or of a user's command.

The command is run as it is, unconfined, in a new folder with the files of a genome: let it read them, not run them.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import Individual, PrunedGenome, Trial, ancestors
from hyperagent.commands.best import write_files
from hyperagent.errors import UsageError
from hyperagent.run import reading
from hyperagent.science.members import known
from hyperagent.science.text import line

if TYPE_CHECKING:
    from rich.console import Console

NOT_RUN = (126, 127)
"""What a shell answers for a command that it could not start: no result of a genome."""


class Change(TypedDict):
    """Where a result changed, in JSON: the last individual with the old one and the first with the new one.

    `unknown` are those between the two that have no result. `first` is null where nothing changed.
    """

    lineage: list[int]
    last: int
    before: float
    unknown: list[int]
    first: int | None
    after: float | None
    title: str


def by_task(folder: Path, task: str, id: int | None) -> Change:
    """Where the score of a task first changed on the way from the seed to an individual, the best if none is given."""
    with closing(reading(folder)) as archive:
        lineage = ancestors(archive, known(archive, id).id)
    scores = {member.id: trial.score for member in lineage for trial in trials(member) if trial.task == task}
    if lineage[0].id not in scores:
        known_tasks = ", ".join(sorted(trial.task for trial in trials(lineage[0])))
        raise UsageError(f"the seed has not tried task {task!r}, expected one of {known_tasks:.400}")
    tried = [member for member in lineage if member.id in scores]
    first = next((k for k, member in enumerate(tried) if scores[member.id] != scores[0]), None)
    return change(lineage, tried[-1 if first is None else first - 1], None if first is None else tried[first], scores)


def trials(individual: Individual) -> list[Trial]:
    """All trials of an individual."""
    return [trial for evaluation in individual.evaluations.values() for trial in evaluation.trials]


def by_command(folder: Path, command: str, id: int | None, tell: Callable[[int, int], None]) -> Change:
    """Where the exit code of a command changed, by halving: if it changed more than once, at one of the places."""
    with closing(reading(folder)) as archive:
        lineage = ancestors(archive, known(archive, id).id)
    codes: dict[int, float] = {}

    def code(position: int) -> float:
        member = lineage[position]
        codes[member.id] = exit_code(member, command)
        tell(member.id, int(codes[member.id]))
        return codes[member.id]

    low, high = 0, len(lineage) - 1
    if code(low) == code(high):
        return change(lineage, lineage[high], None, codes)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if code(middle) == codes[lineage[0].id] else (low, middle)
    return change(lineage, lineage[low], lineage[high], codes)


def exit_code(individual: Individual, command: str) -> int:
    """What a command exits with in a folder that holds the files of a genome, and HYPERAGENT_ID in its environment."""
    with tempfile.TemporaryDirectory(prefix="hyperagent-") as place:
        if isinstance(individual.genome, PrunedGenome):
            raise UsageError(f"individual {individual.id} was pruned: its files are gone")
        folder = Path(place) / "genome"
        write_files(individual, folder)
        environment = {**os.environ, "HYPERAGENT_ID": str(individual.id)}
        # What the command says goes to stderr, so that stdout is left for the result.
        code = subprocess.run(command, shell=True, cwd=folder, env=environment, stdout=2, check=False).returncode
    if code in NOT_RUN:
        raise UsageError(
            f"{command!r}: exit code {code} at individual {individual.id}, expected a command that can be run"
        )
    return code


def change(
    lineage: Sequence[Individual], last: Individual, first: Individual | None, results: dict[int, float]
) -> Change:
    """The change in JSON."""
    between = [m.id for m in lineage if first is not None and last.id < m.id < first.id and m.id not in results]
    return Change(
        lineage=[member.id for member in lineage],
        last=last.id,
        before=results[last.id],
        unknown=between,
        first=None if first is None else first.id,
        after=None if first is None else results[first.id],
        title=first.patch.title if first is not None and first.patch else "",
    )


def print_change(console: "Console", folder: Path, found: Change) -> None:
    """Where it changed, and how to look at it."""
    from rich.text import Text

    steps = f"{len(found['lineage'])} individuals from {found['lineage'][0]} to {found['lineage'][-1]}"
    if found["first"] is None:
        console.print(f"{found['before']:g} in all that have a result, of {steps}", highlight=False)
        return
    console.print(
        Text.assemble((f"individual {found['first']}", "bold"), f" is the first with {found['after']:g}, ",
                      f"{found['last']} the last with {found['before']:g}, of {steps}")
    )  # fmt: skip
    if found["unknown"]:
        console.print(f"between them without a result: {' '.join(map(str, found['unknown']))}", highlight=False)
    console.print(Text(line(found["title"])))
    console.print(f"look at it with:  hyperagent diff {folder} {found['first']}", highlight=False, soft_wrap=True)
