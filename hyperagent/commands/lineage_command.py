"""`hyperagent lineage`: the ancestors of an individual."""

from pathlib import Path

import click

from hyperagent.commands import lineage
from hyperagent.commands.output import emit


@click.command("lineage")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("id", required=False, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, id: int | None, as_json: bool) -> None:
    """Tell how the individual ID, or the best one, came about, from the seed down."""
    rows = lineage.lineage(folder, id)
    emit(rows, as_json, lambda console: lineage.print_lineage(console, rows))
