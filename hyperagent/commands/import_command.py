"""`hyperagent import`: a run from one file."""

from pathlib import Path

import click

from hyperagent.commands.output import emit
from hyperagent.commands.portable import from_file


@click.command("import")
@click.argument("file", metavar="X", type=click.Path(path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(file: Path, folder: Path, as_json: bool) -> None:
    """Make the folder DIR of the run in the file X, which `hyperagent export DIR --file X` wrote."""
    head = from_file(file, folder)
    emit({"run": str(folder), "head": head}, as_json,
         lambda console: console.print(f"{folder}, head {head}", highlight=False, soft_wrap=True))  # fmt: skip
