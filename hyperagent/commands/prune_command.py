"""`hyperagent prune`: a finished run made small."""

from pathlib import Path

import click

from hyperagent.commands.output import emit
from hyperagent.commands.prune import print_pruning, prune


@click.command("prune")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--keep", default="best,lineage", show_default=True, metavar="WHAT",
              help="best, lineage, improvements, or ids; separated by commas.")  # fmt: skip
@click.option("--drop", is_flag=True, help="Drop the rest for good, instead of keeping the whole file aside.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, keep: str, drop: bool, as_json: bool) -> None:
    """Drop the files and trials of individuals that the ones to keep do not need; every record stays.

    The kept ones can still be replayed. A pruned run does not go on.
    """
    done = prune(folder, keep.split(","), drop=drop)
    emit(done, as_json, lambda console: print_pruning(console, done))
