"""What is wrong with a run, by name, and what of it can be saved."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import ArchiveError, Damage, Health, examined
from hyperagent.commands.flight import Flight, in_flight, print_flight
from hyperagent.errors import HyperagentError, RunError
from hyperagent.run import ARCHIVE, SETTINGS
from hyperagent.science.text import visible
from hyperagent.settings import read_toml

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 50


class Wrong(TypedDict):
    """One thing that is wrong, in JSON."""

    where: str
    what: str


class Diagnosis(TypedDict):
    """A run examined, in JSON: the first `intact` individuals are whole without a gap.

    `refused` names the work in flight that was found edited when the run went on, and hence was done again.
    """

    individuals: int
    whole: int
    intact: int
    head: str
    damage: list[Wrong]
    in_flight: list[Flight]
    refused: list[str]


def diagnosis(folder: Path, head: str | None = None) -> Diagnosis:
    """Look at everything in a run; with `head`, also whether that is its last link."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    health = examined(folder / ARCHIVE)
    damage = [*settings_damage(folder), *health.damage, *head_damage(health, head)]
    flights, refused = flying(folder)
    return Diagnosis(
        individuals=health.individuals,
        whole=health.whole,
        intact=health.intact,
        head=health.head,
        damage=[Wrong(where=found.where, what=found.what) for found in damage],
        in_flight=flights,
        refused=refused,
    )


def flying(folder: Path) -> tuple[list[Flight], list[str]]:
    """What is in flight, as far as it can be read: where it cannot, that is among the damage."""
    try:
        return in_flight(folder)
    except ArchiveError:
        return [], []


def settings_damage(folder: Path) -> list[Damage]:
    """What is wrong with run.toml."""
    try:
        read_toml(folder / SETTINGS)
    except HyperagentError as error:
        return [Damage(SETTINGS, str(error))]
    return []


def head_damage(health: Health, head: str | None) -> list[Damage]:
    """What is wrong where the run does not end as it is said to."""
    if head is None or (head and health.head.startswith(head.lower())):
        return []
    return [Damage("the head", f"found {health.head or 'none'}, expected {head}")]


def print_diagnosis(console: "Console", folder: Path, found: Diagnosis) -> None:
    """What is wrong, a line each, and what can be saved."""
    from rich.text import Text

    for wrong in found["damage"][:MOST_SHOWN]:
        console.print(Text.assemble((wrong["where"], "bold red"), ": ", visible(wrong["what"])), soft_wrap=True)
    more = len(found["damage"]) - MOST_SHOWN
    if more > 0:
        console.print(f"and {more} more; see --json", highlight=False)
    console.print(f"{found['whole']} of {found['individuals']} individuals are whole, head {found['head'][:16]}",
                  highlight=False)  # fmt: skip
    print_flight(console, found["in_flight"], found["refused"])
    if found["damage"] and found["intact"]:
        last = found["intact"] - 1
        console.print(
            f"0 to {last} can be saved; go on from there with:  hyperagent rollback {folder} {last}",
            highlight=False,
            soft_wrap=True,
        )
