"""The way from the seed to an individual."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archive import ancestors
from hyperagent.commands.show import SPLITS, Row, bare_table, row
from hyperagent.run import reading
from hyperagent.science.members import known, member
from hyperagent.science.text import line, number, signed

if TYPE_CHECKING:
    from rich.console import Console


def lineage(folder: Path, id: int | None = None) -> list[Row]:
    """An individual (the best where no id is given) and its first parents, from the seed down."""
    archive = reading(folder)
    try:
        return [row(member(individual)) for individual in ancestors(archive, known(archive, id).id)]
    finally:
        archive.close()


def print_lineage(console: "Console", rows: Sequence[Row]) -> None:
    """The way as a table, with what each step gained on validation."""
    from rich.text import Text

    table = bare_table("id", *SPLITS, "gain", "patch", numbers={"id", *SPLITS, "gain"})
    for before, here in zip([None, *rows], rows, strict=False):
        means = [number(mean) for mean in (here["train"], here["validation"], here["test"])]
        title = line(here["title"], 120) if here["parents"] else "the seed"
        cells = [str(here["id"]), *means, signed(gain(before, here)), title]
        table.add_row(*map(Text, cells))
    console.print(table)


def gain(before: Row | None, here: Row) -> float | None:
    """The validation score less that of the step before; None where one of them was not measured."""
    if before is None or before["validation"] is None or here["validation"] is None:
        return None
    return here["validation"] - before["validation"]
