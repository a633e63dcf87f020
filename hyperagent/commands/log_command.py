"""`hyperagent log`: everything that is recorded of a run, as JSON lines."""

import json
from pathlib import Path

import click

from hyperagent.commands.log import log


@click.command("log")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The same: it is JSON in any case.")
def command(folder: Path, as_json: bool) -> None:
    """Print a line of JSON for each individual of the run in DIR.

    Parents, steward and fallbacks, the patch with its reason, what the gate said, trials, costs, questions, the link.
    """
    del as_json
    for entry in log(folder):
        click.echo(json.dumps(entry, allow_nan=False))
