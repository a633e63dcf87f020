"""`hyperagent bisect`: where in a lineage a result first changed."""

from pathlib import Path

import click

from hyperagent.commands.bisect import by_command, by_task, print_change
from hyperagent.commands.output import emit
from hyperagent.errors import UsageError


@click.command("bisect")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("id", required=False, type=int)
@click.option("--task", metavar="TASK", help="The recorded score of this task.")
@click.option("--command", "run", metavar="CMD", help="What this shell command exits with, among a genome's files.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, id: int | None, task: str | None, run: str | None, as_json: bool) -> None:
    """Find the individual at which a result first changed, on the way from the seed to ID, or to the best.

    CMD runs as you are, unconfined; files of a genome are code that nobody has read, so let it read and not run them.
    """
    if (task is None) == (run is None):
        raise UsageError("expected one of --task TASK and --command CMD")
    found = by_task(folder, task, id) if task is not None else by_command(folder, str(run), id, tell)
    emit(found, as_json, lambda console: print_change(console, folder, found))


def tell(id: int, code: int) -> None:
    """A step of the search."""
    click.echo(f"individual {id}: exit code {code}", err=True)
