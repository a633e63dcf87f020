"""Everything that is recorded of a run, an individual at a time."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hyperagent.commands.show import Account, account
from hyperagent.run import reading
from hyperagent.science.plain import Plain, jsonable


class Entry(Account):
    """One individual in JSON: who made it and how, its patch with all edits, and its link.

    Where a person edited a child, `proposed_patch` is what the meta agent had proposed; else it is null.
    """

    patch: Plain
    proposed_patch: Plain
    link: str


def log(folder: Path) -> Iterator[Entry]:
    """The individuals of a run in the order of ids."""
    with closing(reading(folder)) as archive:
        for individual in archive:
            patch, proposed = (
                None if one is None else jsonable(one.plain()) for one in (individual.patch, individual.proposed)
            )
            link = archive.store.link(individual.id)
            yield Entry(**account(individual), patch=patch, proposed_patch=proposed, link=link)
