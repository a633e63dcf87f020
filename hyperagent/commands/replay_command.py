"""`hyperagent replay`: a run made again from its record, and held against it."""

import sys
from pathlib import Path

import click

from hyperagent.commands.output import emit
from hyperagent.commands.replay import print_result, replayed
from hyperagent.errors import HyperagentError


@click.command("replay")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--evaluations", is_flag=True, help="Try every genome again, and say which scores moved by how much.")
@click.option("--workers", type=click.IntRange(min=1), help="Worker processes [default: as begun].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, evaluations: bool, workers: int | None, as_json: bool) -> None:
    """Make the run in DIR again from its seed and its record: every choice, patch, genome and score.

    Exits with 1 at the first thing that comes out otherwise, and shows both sides.
    """
    found = replayed(folder, workers or 0, evaluations, progress)
    emit(found, as_json, lambda console: print_result(console, found))
    first = found["divergence"]
    if first is not None:
        where = "the record" if first["individual"] is None else f"individual {first['individual']}"
        raise HyperagentError(f"{folder}: {where} is not what a replay gives: {first['what']}")


def progress(done: int, total: int) -> None:
    """A line that is written over, on a terminal alone."""
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total} replayed", nl=done >= total, err=True)
