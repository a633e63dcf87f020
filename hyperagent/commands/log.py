"""Everything that is recorded of a run, an individual at a time."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hyperagent.commands.show import Account, account
from hyperagent.run import reading
from hyperagent.science.plain import Plain, jsonable


class Entry(Account):
    """One individual in JSON: who made it and how, its patch with the edits as they were proposed, and its link."""

    patch: Plain
    link: str


def log(folder: Path) -> Iterator[Entry]:
    """The individuals of a run in the order of ids."""
    with closing(reading(folder)) as archive:
        for individual in archive:
            patch = None if individual.patch is None else jsonable(individual.patch.plain())
            yield Entry(**account(individual), patch=patch, link=archive.store.link(individual.id))
