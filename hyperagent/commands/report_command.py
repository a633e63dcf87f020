"""`hyperagent report`: the run as one page to look at."""

from pathlib import Path

import click

from hyperagent.commands import report
from hyperagent.commands.output import emit


@click.command("report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, as_json: bool) -> None:
    """Write report.html into DIR: the improvement curve, the lineage tree, every change that helped."""
    path = report.report(folder)
    emit({"report": str(path)}, as_json, lambda console: console.print(str(path), soft_wrap=True, highlight=False))
