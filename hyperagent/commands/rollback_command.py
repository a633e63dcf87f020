"""`hyperagent rollback`: go back to an earlier state of a run."""

from pathlib import Path

import click

from hyperagent.commands.output import emit
from hyperagent.commands.rollback import print_rollback, rollback


@click.command("rollback")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("id", type=int)
@click.option("--drop", is_flag=True, help="Drop the later individuals for good, instead of keeping them aside.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, id: int, drop: bool, as_json: bool) -> None:
    """Take the run in DIR back to where ID was the last individual, to go on from there.

    The later individuals may be damaged: what is whole before them is saved.
    """
    done = rollback(folder, id, drop=drop)
    emit(done, as_json, lambda console: print_rollback(console, folder, done))
