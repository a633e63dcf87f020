"""`hyperagent best`: what the best genome changed, and its files."""

from pathlib import Path

import click

from hyperagent.commands import best
from hyperagent.commands.output import emit


@click.command("best")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the files of the genome to this new folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, out: Path | None, as_json: bool) -> None:
    """Show how the best genome of the run in DIR differs from the seed."""
    found = best.best(folder)
    if out is not None:
        written = best.write_files(best.best_individual(folder), out)
        click.echo(f"{len(written)} files written to {out}", err=True)
    emit(found, as_json, lambda console: best.print_best(console, found))
