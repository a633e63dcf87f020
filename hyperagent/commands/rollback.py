"""Going back to an earlier state of a run: the later individuals are kept aside, or dropped where that is asked for."""

import itertools
import json
import os
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import Archive, copied
from archive.store import Store
from hyperagent.errors import RunError, UsageError
from hyperagent.run import ARCHIVE, locked

if TYPE_CHECKING:
    from rich.console import Console

ROLLED_BACK = "rolled back"


class Rollback(TypedDict):
    """What was done, in JSON; `aside` is where the file with all individuals lies, null where it was dropped."""

    individuals: int
    removed: int
    head: str
    before: str
    aside: str | None


def rollback(folder: Path, id: int, *, drop: bool = False) -> Rollback:
    """Keep the individuals up to `id`. What comes after them may be damaged."""
    path = folder / ARCHIVE
    if not path.is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    with locked(folder):
        count, before = whole_file(path)
        if not 0 <= id < count - 1:
            raise UsageError(f"{folder}: has individuals 0 to {count - 1}, expected an id before the last, not {id}")
        part = folder / f".{ARCHIVE}.part"
        part.unlink(missing_ok=True)
        head = copied(path, part, id + 1)
        remember(part, id, before)
        aside = replaced(path, part, before, drop)
    return Rollback(individuals=id + 1, removed=count - id - 1, head=head, before=before, aside=aside)


def whole_file(path: Path) -> tuple[int, str]:
    """How many individuals a file holds, and its head; afterwards the file is all there is of it."""
    with closing(Store(path, create=False)) as store:
        found = len(store), store.head
    if path.with_name(f"{path.name}-wal").exists():
        raise RunError(f"{path}: is being read by another process, expected nobody else to have it open")
    return found


def remember(part: Path, id: int, before: str) -> None:
    """Note in the new file what it was made from."""
    with closing(Archive(part, create=False)) as archive:
        known = json.loads(archive.store.setting(ROLLED_BACK) or "[]")
        archive.store.set(ROLLED_BACK, json.dumps([*known, {"to": id, "from": before}]))


def replaced(path: Path, part: Path, before: str, drop: bool) -> str | None:
    """Put `part` in the place of `path` in one step, which is kept aside first."""
    aside = None if drop else put_aside(path, before)
    part.replace(path)
    return None if aside is None else str(aside)


def put_aside(path: Path, head: str) -> Path:
    """Give a file a second name, by its head; a taken one stays as it is: a pruned run has the head of the whole."""
    names = itertools.chain([head[:12]], (f"{head[:12]}-{number}" for number in itertools.count(2)))
    for aside in (path.with_name(f"archive-{name}.sqlite") for name in names):
        with suppress(FileExistsError):
            os.link(path, aside)
            return aside
    raise AssertionError("names do not end")


def print_rollback(console: "Console", folder: Path, done: Rollback) -> None:
    """What was done, and what comes next."""
    where = "dropped" if done["aside"] is None else f"kept in {done['aside']}"
    console.print(f"{done['individuals']} individuals, head {done['head']}", highlight=False, soft_wrap=True)
    console.print(f"the {done['removed']} after them are {where}", highlight=False, soft_wrap=True)
    console.print(f"go on with:  hyperagent resume {folder}", highlight=False, soft_wrap=True)
