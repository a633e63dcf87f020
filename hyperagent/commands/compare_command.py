"""`hyperagent compare`: a grid of settings by seeds, and one report."""

from pathlib import Path

import click

from hyperagent.commands import compare
from hyperagent.commands.imp import tell
from hyperagent.commands.output import emit
from hyperagent.science.experiment import read_experiment
from hyperagent.settings import Settings


@click.command("compare")
@click.argument("file", metavar="EXPERIMENT.toml", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the runs [default: runs/NAME of the file].")
@click.option("--jobs", type=click.IntRange(1), help="Runs at a time [default: one a core].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(file: Path, out: Path | None, jobs: int | None, as_json: bool) -> None:
    """Make every run of an experiment that is not there yet, and write compare.html: curves, figures, exclusions.

    The file names a domain, seeds and arms; each arm is a table of settings, as ablate = "no-archive". See
    docs/science.md.
    """
    experiment = read_experiment(file)
    data = compare.compare(experiment, out or Path("runs") / file.stem, jobs or Settings().processes, tell)
    emit(data, as_json, lambda console: compare.show(console, data))
