"""What was in flight when a run ended, or is while it goes: for `doctor`, `show`, and whoever goes on with it."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import leases, refusals, suspects
from archive.store import Store
from hyperagent.run import ARCHIVE
from hyperagent.science.text import visible

if TYPE_CHECKING:
    from rich.console import Console


class Flight(TypedDict):
    """A generation in flight, in JSON: who has begun it, and what its finished trials took."""

    generation: int
    holder: str
    trials: int
    seconds: float


def in_flight(folder: Path) -> tuple[list[Flight], list[str]]:
    """The generations in flight of a run, and the work that was refused, by name."""
    with closing(Store(folder / ARCHIVE, create=False)) as store:
        return flights(store), refusals(store)


def going_on(folder: Path) -> tuple[list[Flight], list[str]]:
    """What whoever goes on with a run takes over, and what of it will be refused, by name."""
    with closing(Store(folder / ARCHIVE, create=False)) as store:
        return flights(store), suspects(store)


def flights(store: Store) -> list[Flight]:
    """The generations in flight, in order."""
    return [
        Flight(generation=lease.generation, holder=lease.holder, trials=lease.trials, seconds=lease.seconds)
        for lease in leases(store)
    ]


def print_flight(console: "Console", flying: Sequence[Flight], refused: Sequence[str] = ()) -> None:
    """Which generations are in flight, and what is kept of them."""
    from rich.text import Text

    for line in told(flying, refused):
        console.print(Text(line), soft_wrap=True)


def told(flying: Sequence[Flight], refused: Sequence[str]) -> list[str]:
    """What is in flight, in words; nothing where nothing is."""
    lines = [f"{name} was not what was written; it was not used" for name in refused]
    if flying:
        ids = ", ".join(str(flight["generation"]) for flight in flying)
        holders = visible(", ".join(sorted({flight["holder"] for flight in flying})))
        trials, seconds = sum(flight["trials"] for flight in flying), sum(flight["seconds"] for flight in flying)
        lines.append(f"in flight: {ids} (begun by {holders}); {trials} trials of {seconds:.1f} s are done and kept")
    return lines
