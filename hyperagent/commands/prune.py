"""Dropping what is not needed: the files and trials of most individuals, and of nobody the record.

What a replay of the kept individuals needs stays: their parents, the stewards and donors of their generations. So the
chain of hashes is whole, every choice and title can still be read, and the kept ones can be made again from the record.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import Archive, ancestors, copied, examined
from archive.store import PRUNED, Store
from hyperagent.commands.rollback import replaced, whole_file
from hyperagent.errors import RunError, UsageError
from hyperagent.nursery import steward_ids
from hyperagent.population import block_of
from hyperagent.run import ARCHIVE, locked, settings_of
from hyperagent.science.members import census
from hyperagent.settings import Settings
from hyperagent.showing import donor_ids

if TYPE_CHECKING:
    from rich.console import Console


class Pruning(TypedDict):
    """What was done, in JSON: `kept` can be replayed, `supporting` are whole since these need them."""

    individuals: int
    kept: int
    supporting: int
    bytes_before: int
    bytes_after: int
    head: str
    aside: str | None


def prune(folder: Path, keep: Sequence[str], *, drop: bool = False) -> Pruning:
    """Keep whole what `keep` names ("best", "lineage", "improvements" or ids) and what a replay of it needs."""
    path = folder / ARCHIVE
    if not path.is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    with locked(folder):
        damage = examined(path).damage
        if damage:
            raise RunError(f"{folder}: {damage[0]}, expected a whole run: see hyperagent doctor")
        count, before = whole_file(path)
        size = path.stat().st_size
        with closing(Archive(path, create=False)) as archive:
            if archive.is_pruned:
                raise RunError(f"{folder}: was pruned already")
            kept = chosen(archive, keep)
            supporting = support(archive, settings_of(archive, folder), kept) - kept
            lineage = census(archive).lineage
        head = written(path, kept, supporting, lineage)
        aside = replaced(path, part_of(path), before, drop)
    return Pruning(individuals=count, kept=len(kept), supporting=len(supporting), bytes_before=size,
                   bytes_after=path.stat().st_size, head=head, aside=aside)  # fmt: skip


def written(path: Path, kept: set[int], supporting: set[int], lineage: str) -> str:
    """Write the smaller file beside the whole one, and return its head, which is the same."""
    part = part_of(path)
    part.unlink(missing_ok=True)
    head = copied(path, part, whole=kept | supporting)
    with closing(Store(part, create=False)) as store:
        store.set(PRUNED, json.dumps({"kept": sorted(kept), "whole": sorted(kept | supporting)}))
        store.set("lineage", lineage)
    return head


def part_of(path: Path) -> Path:
    """Where the smaller file is written."""
    return path.with_name(f".{path.name}.part")


def chosen(archive: Archive, keep: Iterable[str]) -> set[int]:
    """The ids that are meant; the seed and the best are always among them."""
    best = archive.best()
    kept = {0} if best is None else {0, best.id}
    for word in keep:
        if word == "lineage":
            kept |= {member.id for member in ancestors(archive, max(kept) if best is None else best.id)}
        elif word == "improvements":
            kept |= improvements(archive)
        elif word.isdigit() and int(word) < len(archive):
            kept.add(int(word))
        elif word != "best":
            raise UsageError(f"--keep {word!r}: expected best, lineage, improvements, or an id below {len(archive)}")
    return kept


def improvements(archive: Archive) -> set[int]:
    """Those that were the best when they were born."""
    columns, highest, found = archive.candidates(), float("-inf"), set[int]()
    for id, score in zip(columns.id.tolist(), columns.score.tolist(), strict=True):
        if score > highest:
            highest = score
            found.add(id)
    return found


def support(archive: Archive, settings: Settings, kept: Iterable[int]) -> set[int]:
    """Whose files or trials the choice or the proposal of one of the kept was shown."""
    settings = settings.updated({"generations": max(0, len(archive) - 1)})
    found: set[int] = {0}
    for id in kept:
        if id:
            block = block_of((id - 1) // settings.lag, archive, settings)
            child = archive[id]
            found |= {*child.parents, child.steward, *steward_ids(block.columns, archive[block.count - 1])}
            found |= {*donor_ids(settings.seed, id, child.parents[0], block.columns)}
    return found


def print_pruning(console: "Console", done: Pruning) -> None:
    """What was done."""
    where = "dropped" if done["aside"] is None else f"kept in {done['aside']}"
    for said in (
        f"{done['kept']} individuals kept, and {done['supporting']} that they need, of {done['individuals']}",
        f"{done['bytes_before']:,} bytes before, {done['bytes_after']:,} after; head {done['head']}, as before",
        f"the whole file is {where}",
    ):
        console.print(said, highlight=False, soft_wrap=True)
