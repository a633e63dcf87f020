"""`hyperagent show`: the population of a run, or one individual of it."""

from pathlib import Path

import click

from hyperagent.commands import show
from hyperagent.commands.output import emit


@click.command("show")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("id", required=False, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, id: int | None, as_json: bool) -> None:
    """List the population of the run in DIR, or tell all about the individual ID."""
    if id is None:
        rows = show.population(folder)
        emit(rows, as_json, lambda console: show.print_population(console, rows))
    else:
        page = show.individual(folder, id)
        emit(page, as_json, lambda console: show.print_individual(console, page))
