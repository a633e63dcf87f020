"""The best individual of a run, and its files in a folder of their own."""

from pathlib import Path
from typing import TYPE_CHECKING

from archive import Individual
from hyperagent.commands.diff import FileDiff, file_diffs, print_diffs
from hyperagent.commands.show import SPLITS, Row, row
from hyperagent.errors import RunError
from hyperagent.names import refuse_for_git
from hyperagent.run import reading
from hyperagent.science.members import known, member
from hyperagent.science.text import line, number

if TYPE_CHECKING:
    from rich.console import Console


class Best(Row):
    """The best individual in JSON; `changes` are from the seed's genome to its own."""

    seed: dict[str, float | None]
    changes: list[FileDiff]


def best_individual(folder: Path) -> Individual:
    """The individual with the highest validation score, the seed where nobody has one."""
    archive = reading(folder)
    try:
        return known(archive, None)
    finally:
        archive.close()


def best(folder: Path) -> Best:
    """The best individual, the seed's scores beside it, and every file in which the two differ."""
    archive = reading(folder)
    try:
        found, seed = known(archive, None), archive[0]
        before = row(member(seed))
        return Best(
            **row(member(found)),
            seed={"train": before["train"], "validation": before["validation"], "test": before["test"]},
            changes=file_diffs(seed.genome, found.genome),
        )
    finally:
        archive.close()


def print_best(console: "Console", found: Best) -> None:
    """The best individual: its scores beside the seed's, then its whole difference from the seed."""
    from rich.text import Text

    console.print(Text(f"individual {found['id']}", "bold"), Text(found["digest"], "dim"))
    if found["title"]:
        console.print(Text(line(found["title"])))
    for split, score in zip(SPLITS, (found["train"], found["validation"], found["test"]), strict=True):
        console.print(Text.assemble((f"{split:12}", "dim"), number(found["seed"][split]), " → ", number(score)))
    console.print()
    if not found["changes"]:
        console.print(Text("its genome is the seed's"))
    print_diffs(console, found["changes"])


def write_files(individual: Individual, out: Path) -> list[Path]:
    """Write the files of a genome into a new or empty folder, and return their paths.

    Raises `RunError` if there is something in the way, or if a file's name leads out of the folder.
    """
    targets = {name: inside(out, name) for name in individual.genome}
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise RunError(f"{out}: is there and not empty, expected a new folder")
        out.mkdir(parents=True, exist_ok=True)
        for name, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(individual.genome.raw(name))
    except OSError as error:
        raise RunError(f"{out}: cannot be written: {error.strerror}") from None
    return list(targets.values())


def inside(out: Path, name: str) -> Path:
    """The path of a file in a folder; a genome checks its names, and this does not rely on it.

    What would make a git repository of the folder is refused, since its settings can name commands to be run.
    """
    refuse_for_git(name)
    root = out.resolve()
    target = (root / name).resolve()
    if target == root or not target.is_relative_to(root):
        raise RunError(f"{out}: file {name!r:.80} would lie outside of it, expected a path within")
    return target
