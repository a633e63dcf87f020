"""`hyperagent transfer`: whether what a meta agent learned on one domain helps on another."""

from pathlib import Path

import click

from hyperagent.commands import imp, transfer
from hyperagent.commands.output import emit
from hyperagent.commands.run_command import split_pair
from hyperagent.domains import lasting
from hyperagent.science.measurement import Origin
from hyperagent.settings import Settings


@click.command("transfer")
@click.option("--from", "origin", required=True, metavar="DOMAIN", help="Where meta agents evolve.")
@click.option("--to", "target", required=True, metavar="DOMAIN", help="Where they are measured, frozen.")
@click.option(
    "--generations", type=click.IntRange(1), default=300, show_default=True, help="Of each run to learn from."
)
@click.option("--k", type=click.IntRange(1), default=50, show_default=True, help="Children of each measured run.")
@click.option("--at", type=click.IntRange(1), multiple=True, help="Look at so many of them only, said beforehand.")
@click.option("--seeds", type=click.IntRange(1), default=10, show_default=True, help="Runs to learn from, and pairs.")
@click.option("--jobs", type=click.IntRange(1), help="Runs at a time [default: one a core].")
@click.option("--from-set", multiple=True, metavar="KEY=VALUE", help="An option of the domain to learn on.")
@click.option("--to-set", multiple=True, metavar="KEY=VALUE", help="An option of the domain to measure on.")
@click.option("--lessons-only", is_flag=True, help="Freeze without the definitions that a memory keeps.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the runs; what is in it is not made again.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    origin: str, target: str, generations: int, k: int, at: tuple[int, ...], seeds: int, jobs: int | None,
    from_set: tuple[str, ...], to_set: tuple[str, ...], lessons_only: bool, out: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Evolve on one domain, freeze the meta agent whose descendants grew most, and measure its imp@k on another.

    Growth is discounted by 0.6 a generation and needs three descendants, as in HyperAgents. Two parts of one family
    are two options of a domain: --from repair --from-set fold=1/2 --to repair --to-set fold=2/2.
    transfer.html and imp.json in the folder of the runs have curves, pairs, figures, and who was chosen and why.
    """
    where = imp.folder_of("transfer", out)
    of = imp.Experiment(
        where, lasting(target), k, jobs or Settings().processes, dict(map(split_pair, to_set)), at=at,
        lessons_only=lessons_only,
    )  # fmt: skip
    learnt = Origin(lasting(origin), generations, dict(map(split_pair, from_set)))
    saved = imp.save(transfer.measured(learnt, of, range(seeds), imp.tell), where)
    emit(saved, as_json, lambda console: imp.show(console, saved))
