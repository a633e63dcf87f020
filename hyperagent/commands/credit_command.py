"""`hyperagent credit`: which part of a patch did it."""

import json
from pathlib import Path

import click

from hyperagent.commands import credit
from hyperagent.commands.imp import folder_of, tell
from hyperagent.commands.output import emit
from hyperagent.run import write_whole
from hyperagent.science.plain import nullable
from hyperagent.settings import Settings


@click.command("credit")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--k", type=click.IntRange(1), default=20, show_default=True, help="Children of each run.")
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Runs of each combination.")
@click.option("--most", type=click.IntRange(1), default=3, show_default=True, help="New bests, the latest ones.")
@click.option("--jobs", type=click.IntRange(1), help="Runs at a time [default: one a core].")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the runs; what is in it is not made again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    folder: Path, k: int, seeds: int, most: int, jobs: int | None, out: Path | None, as_json: bool
) -> None:  # fmt: skip
    """For new bests in DIR that changed task agent and meta level at once: combine old and new parts, and compare.

    Each of the four combinations makes k children by its frozen meta agent, and the best of these are compared.
    """
    where = folder_of("credit", out)
    data = nullable(credit.credit(folder, where, k, seeds, most, jobs or Settings().processes, tell))
    write_whole(where / "credit.json", json.dumps(data, indent=1) + "\n")
    emit(data, as_json, lambda console: credit.show(console, data))
