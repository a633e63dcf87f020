"""`hyperagent show`: the population of a run, or one individual of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hyperagent.commands import show
from hyperagent.commands.flight import in_flight, print_flight
from hyperagent.commands.output import emit

if TYPE_CHECKING:
    from rich.console import Console


@click.command("show")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("id", required=False, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, id: int | None, as_json: bool) -> None:
    """List the population of the run in DIR, or tell all about the individual ID."""
    if id is None:
        rows = show.population(folder)
        flying, _ = in_flight(folder)

        def tell(console: "Console") -> None:
            show.print_population(console, rows)
            print_flight(console, flying)

        emit(rows, as_json, tell)
    else:
        page = show.individual(folder, id)
        emit(page, as_json, lambda console: show.print_individual(console, page))
