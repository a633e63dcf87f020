"""`hyperagent diff`: what one genome has that another has not."""

from pathlib import Path

import click

from hyperagent.commands import diff
from hyperagent.commands.output import emit


@click.command("diff")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("a", type=int)
@click.argument("b", required=False, type=int)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, a: int, b: int | None, as_json: bool) -> None:
    """Show the difference from individual A to B; with A alone, from its parent to A."""
    found = diff.diff(folder, a, b)
    emit(found, as_json, lambda console: diff.print_diff(console, found))
