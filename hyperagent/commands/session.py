"""A run seen from the terminal: a live view while it goes, a table at its end, or JSON."""

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stdout
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive import Archive, Evaluation, Individual
from hyperagent.commands.approve import ask
from hyperagent.commands.flight import going_on, print_flight
from hyperagent.commands.live import LiveView
from hyperagent.domain import SPLITS, Domain
from hyperagent.errors import ApprovalNeeded, BudgetExhausted
from hyperagent.evolution import evolve
from hyperagent.gateway import SPENT
from hyperagent.run import ARCHIVE, reading
from hyperagent.science.curves import curves_of
from hyperagent.science.intervals import mean_interval
from hyperagent.science.members import census
from hyperagent.science.plain import nullable
from hyperagent.science.summary import Summary, summary_of
from hyperagent.science.text import finite
from hyperagent.settings import Settings
from meta import Genome

if TYPE_CHECKING:
    from rich.console import Console


def evolve_and_tell(
    domain: Domain,
    folder: Path,
    settings: Settings,
    spec: Mapping[str, object],
    genome: Genome | None,
    *,
    as_json: bool,
) -> None:
    """Evolve until the settings are met, show it going, and say how it ended and what to type next."""
    from rich.console import Console

    words = Console(stderr=True)
    if settings.sandbox == "none":
        words.print("[bold red]no sandbox: code that nobody has read runs unconfined on this machine[/]")
    if (folder / ARCHIVE).exists():
        print_flight(words, *going_on(folder))
    begun, born = time.monotonic(), 0
    view = LiveView(words, domain.name, folder, settings)
    asking = settings.approve != "never" and words.is_terminal and sys.stdin.isatty() and not as_json
    try:
        # Ray and a user's own domain may print, and stdout is for data.
        with view if words.is_terminal and not asking else nullcontext(), redirect_stdout(sys.stderr):
            for individual in evolve(domain, folder, genome=genome, spec=spec, settings=settings,
                                     review=partial(ask, words) if asking else None):  # fmt: skip
                born += individual.id > 0
                view.note(individual)
    except ApprovalNeeded as waiting:
        words.print(f"stopped: {waiting} {folder}", highlight=False, soft_wrap=True)
    except BudgetExhausted as spent:
        words.print(f"stopped: {spent}", highlight=False)
    except KeyboardInterrupt:
        words.print(f"\ninterrupted; go on with:  {typed()} resume {folder}", highlight=False)
        raise
    seconds = time.monotonic() - begun
    archive = reading(folder)
    if as_json:
        click.echo(json.dumps(result(archive, domain, folder, settings, born, seconds), allow_nan=False))
    else:
        tell(words, archive, domain, folder, born, seconds)
    archive.close()


def result(
    archive: Archive, domain: Domain, folder: Path, settings: Settings, born: int, seconds: float
) -> dict[str, Any]:
    """The run as one JSON object."""
    best, found = archive.best(), census(archive)
    assert best is not None
    return {
        "run": str(folder),
        "domain": domain.name,
        "generations": len(archive) - 1,
        "random_seed": settings.seed,
        "seed": standing(archive[0]),
        "best": standing(best),
        "lineage": found.lineage,
        "head": archive.store.head,
        "offspring_per_second": born / seconds if seconds else 0.0,
        "seconds": seconds,
        "dollars": float(archive.store.setting(SPENT) or 0.0),
        "course": course(summary_of(archive, found, curves_of(found.members))),
    }


def course(found: Summary) -> dict[str, Any]:
    """How the run went: area, velocity, price, plateaus, regressions, gap and noise."""
    noise = None if found.noise is None else found.noise.floor
    gap = {"gap": found.alarms.gap.best, "seed_gap": found.alarms.gap.seed, "noise_floor": noise}
    data: dict[str, Any] = nullable({"area": found.area, **asdict(found.dynamics), **gap})
    return data


def standing(individual: Individual) -> dict[str, Any]:
    """The id, the digest and the mean of each split."""
    means = {split: mean(individual.evaluations.get(split)) for split in SPLITS}
    return {"id": individual.id, "digest": individual.digest, **means}


def mean(evaluation: Evaluation | None) -> float | None:
    """The mean score, or None where there is none."""
    return None if evaluation is None else finite(evaluation.mean)


def tell(words: "Console", archive: Archive, domain: Domain, folder: Path, born: int, seconds: float) -> None:
    """The table at the end of a run, and the commands that come next."""
    from rich.table import Table

    best = archive.best()
    assert best is not None
    table = Table("", *SPLITS, title=f"{len(archive) - 1} children, {born} of them in {seconds:.0f} s")
    for name, individual in (("seed", archive[0]), (f"best ({best.id})", best)):
        table.add_row(name, *(cell(individual.evaluations.get(split)) for split in SPLITS))
    words.print(table)
    words.print("means with 95 % intervals; test tasks were used for no decision", style="dim", highlight=False)
    if domain.about:
        words.print(domain.about, style="dim", highlight=False)
    words.print(f"head {archive.store.head}", style="dim", highlight=False, soft_wrap=True)
    words.print(f"\nThe run lies in {folder}. What next:", highlight=False)
    program = typed()
    for command, purpose in (
        ("best", "what the best genome changed"),
        ("report", "the run as a page to look at"),
        ("lineage", "how it came about"),
    ):
        words.print(f"  {program} {command} {folder}", highlight=False, soft_wrap=True, end="")
        words.print(f"   {purpose}", style="dim", highlight=False)


def typed() -> str:
    """How this command is to be typed: by name where it is on the path, else as it was typed."""
    found = shutil.which("hyperagent")
    here = Path(sys.argv[0])
    if here.name != "hyperagent" or (found is not None and Path(found).resolve() == here.resolve()):
        return "hyperagent"
    return os.path.relpath(here) if here.is_relative_to(Path.cwd()) else str(here)


def cell(evaluation: Evaluation | None) -> str:
    """A mean with its interval."""
    if evaluation is None or not evaluation.trials:
        return "-"
    found = mean_interval(evaluation.scores)
    return f"{found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]".replace("[", r"\[")
