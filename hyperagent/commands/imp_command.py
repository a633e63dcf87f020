"""`hyperagent imp`: how well the meta agent of an individual improves a fresh agent."""

from pathlib import Path

import click

from hyperagent.commands import imp
from hyperagent.commands.output import emit
from hyperagent.commands.run_command import split_pair
from hyperagent.domains import lasting
from hyperagent.errors import UsageError
from hyperagent.run import SETTINGS
from hyperagent.settings import Settings, read_toml


@click.command("imp")
@click.argument("source", metavar="DIR[:ID]")
@click.option("--domain", help="Where it is measured [default: the run's own].")
@click.option("--k", type=click.IntRange(1), default=50, show_default=True, help="Children of each run.")
@click.option("--at", type=click.IntRange(1), multiple=True, help="Look at so many of them only, said beforehand.")
@click.option("--seeds", type=click.IntRange(1), default=10, show_default=True, help="Pairs of runs.")
@click.option("--jobs", type=click.IntRange(1), help="Runs at a time [default: one a core].")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="An option of the domain.")
@click.option("--lessons-only", is_flag=True, help="Freeze without the definitions that a memory keeps.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the runs; what is in it is not made again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    source: str, domain: str | None, k: int, at: tuple[int, ...], seeds: int, jobs: int | None,
    pairs: tuple[str, ...], lessons_only: bool, out: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Freeze the meta agent of individual ID (the best by default) of the run in DIR, and measure imp@k.

    It gets the domain's own seed agent and makes k children; the best on validation is compared with the start on the
    test tasks. The same is done with the meta agent of the seed genome, on the same tasks and random streams. imp.html
    and imp.json in the folder of the runs have curves, pairs and figures.
    """
    folder, id = imp.source(source)
    where = imp.folder_of("imp", out)
    found = imp.freeze(folder, id, where / "frozen-genome", lessons_only=lessons_only)
    of = imp.Experiment(
        where, lasting(domain or domain_of(folder)), k, jobs or Settings().processes, dict(map(split_pair, pairs)),
        at=at, lessons_only=lessons_only,
    )  # fmt: skip
    each = range(seeds)
    measured = imp.measured(of, dict.fromkeys(each, found), dict.fromkeys(each, where / "frozen-genome"), imp.tell)
    saved = imp.save(measured, where)
    emit(saved, as_json, lambda console: imp.show(console, saved))


def domain_of(folder: Path) -> str:
    """The domain that a run was begun with."""
    name = read_toml(folder / SETTINGS)[1].get("name")
    if not isinstance(name, str):
        raise UsageError(f"{folder / SETTINGS} names no domain, expected --domain")
    return name
