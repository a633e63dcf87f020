"""A replay told: how far it is, where it parts from the record, and which scores moved."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import ArchiveError
from hyperagent.commands.stored import stored_run
from hyperagent.replay import Divergence, replay
from hyperagent.run import reading
from hyperagent.science.plain import Plain, jsonable
from hyperagent.science.text import line

if TYPE_CHECKING:
    from rich.console import Console

MOST_MOVES = 40


class Side(TypedDict):
    """One divergence in JSON, with both sides; `individual` is null where it is of the whole file."""

    individual: int | None
    what: str
    recorded: Plain
    replayed: Plain


class Result(TypedDict):
    """A replay in JSON: `moved` are the scores that came out otherwise."""

    individuals: int
    head: str
    divergence: Side | None
    moved: list[Side]


def replayed(folder: Path, workers: int, evaluations: bool, tell: Callable[[int, int], None]) -> Result:
    """Replay a run up to where it parts from the record, or to its end where `evaluations` are made anew."""
    total, head = size_and_head(folder)
    done, found = 0, list[Divergence]()
    for done, new in replay(stored_run(folder).domain, folder, workers=workers, evaluations=evaluations):
        tell(done, total)
        found += new
        if found and not (evaluations and all(moved(divergence) for divergence in found)):
            break
    return Result(
        individuals=done,
        head=head,
        divergence=side(found[0]) if found else None,
        moved=[side(divergence) for divergence in found if moved(divergence)],
    )


def size_and_head(folder: Path) -> tuple[int, str]:
    """How many individuals there are, and the last link; zero where the file cannot be opened, which is told later."""
    try:
        with closing(reading(folder)) as archive:
            return len(archive), archive.store.head
    except ArchiveError:
        return 0, ""


def moved(divergence: Divergence) -> bool:
    """Whether it is a score that came out otherwise."""
    return divergence.what.startswith("score of ")


def side(divergence: Divergence) -> Side:
    """A divergence in JSON."""
    return Side(
        individual=divergence.individual,
        what=divergence.what,
        recorded=jsonable(divergence.recorded),
        replayed=jsonable(divergence.replayed),
    )


def print_result(console: "Console", found: Result) -> None:
    """The first divergence with both sides, and the scores that moved."""
    from rich.text import Text

    first = found["divergence"]
    if first is None:
        console.print(f"{found['individuals']} individuals replayed, no difference, head {found['head']}",
                      highlight=False, soft_wrap=True)  # fmt: skip
        return
    where = "" if first["individual"] is None else f"individual {first['individual']}: "
    console.print(Text.assemble((where, "bold"), (f"{first['what']} differs", "bold red")))
    console.print(Text(f"  recorded  {line(str(first['recorded']), 2000)}"))
    console.print(Text(f"  replayed  {line(str(first['replayed']), 2000)}"))
    for move in found["moved"][:MOST_MOVES]:
        console.print(Text(f"  individual {move['individual']}: {move['what']} moved by {shift(move)}"))
    if len(found["moved"]) > MOST_MOVES:
        console.print(f"  and {len(found['moved']) - MOST_MOVES} more; see --json", highlight=False)


def shift(move: Side) -> str:
    """By how much a score moved, and between which."""
    old, new = move["recorded"], move["replayed"]
    if isinstance(old, (int, float)) and isinstance(new, (int, float)):
        return f"{new - old:+.4g}, from {old:.4g} to {new:.4g}"
    return f"{old} to {new}"
