"""`hyperagent confirm`: try the reported best again, on tasks that no run has used."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hyperagent.commands.output import emit
from hyperagent.confirm import TASKS, Confirmed, confirm
from hyperagent.domains import load_domain
from hyperagent.errors import UsageError
from hyperagent.run import SETTINGS
from hyperagent.science.intervals import Interval, mean_interval
from hyperagent.science.plain import nullable
from hyperagent.science.text import number, signed, span
from hyperagent.settings import read_toml

if TYPE_CHECKING:
    from rich.console import Console


@click.command("confirm")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--tasks", type=click.IntRange(1), default=TASKS, show_default=True, help="How many new tasks.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes [default: as the run].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, tasks: int, workers: int | None, as_json: bool) -> None:
    """Try the reported best of the run in DIR on tasks that no run has used, and the seed on the same ones.

    The reported best is the individual whose validation score has the highest lower bound. The result is kept in the
    run and shown in its report.
    """
    settings, spec = read_toml(folder / SETTINGS)
    options = {key.removeprefix("option_"): value for key, value in spec.items() if key.startswith("option_")}
    if settings.llm:
        raise UsageError(f"{folder}: was made with the model {settings.llm}, expected a run without one")
    domain = load_domain(str(spec.get("name", "")), options)
    found = confirm(folder, domain, settings.updated({"workers": workers} if workers else {}), tasks)
    data = as_data(found)
    emit(data, as_json, lambda console: show(console, found))


def as_data(found: Confirmed) -> dict[str, Any]:
    """The result as JSON has it."""
    intervals = {name: asdict(interval) for name, interval in figures(found).items()}
    data: dict[str, Any] = nullable({"id": found.id, "tasks": len(found.best), **intervals})
    return data


def figures(found: Confirmed) -> dict[str, Interval]:
    """The means with their intervals."""
    return {"seed": mean_interval(found.seed), "best": mean_interval(found.best), "gain": found.gain}


def show(console: "Console", found: Confirmed) -> None:
    """The result in three lines."""
    console.print(f"individual {found.id} on {len(found.best)} tasks that were never used", highlight=False)
    for name, interval in figures(found).items():
        mean = signed(interval.mean) if name == "gain" else number(interval.mean)
        console.print(f"  {name:5} {mean}  95% interval {span(interval)}", highlight=False, markup=False)
