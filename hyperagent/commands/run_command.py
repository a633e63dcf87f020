"""`hyperagent run`: a new run, watched as it goes."""

from datetime import datetime
from pathlib import Path

import click

from hyperagent.commands.origin import ORIGIN, PARTS, Origin, origin, with_reset
from hyperagent.commands.session import evolve_and_tell
from hyperagent.commands.stored import stored_run
from hyperagent.domains import lasting, load_domain
from hyperagent.errors import RunError, UsageError
from hyperagent.run import ARCHIVE, SETTINGS
from hyperagent.seeds import read_genome, seed_genome
from hyperagent.settings import ABLATIONS, Settings

DEFAULT_GENERATIONS = 600


@click.command("run")
@click.argument("domain", required=False)
@click.option("--run", "folder", type=click.Path(path_type=Path), help="Folder of the run [default: runs/DOMAIN-TIME].")
@click.option("--generations", type=int, help=f"How many children to make [default: {DEFAULT_GENERATIONS}].")
@click.option("--minutes", type=float, help="Stop after so many minutes.")
@click.option("--seed", type=int, help="Seed of every random choice [default: 0].")
@click.option("--workers", type=int, help="Worker processes [default: one a core].")
@click.option("--cluster", metavar="ADDRESS", help="Ray cluster to run jails on (see docs/scale.md).")
@click.option("--llm", metavar="MODEL", help="Let a model write the patches, or recorded:DIR (see docs/llm.md).")
@click.option("--operators", type=float, metavar="SHARE", help="Share of children proposed without the model.")
@click.option("--dollars", type=float, help="What the model may cost in all [default: 5].")
@click.option("--constitution", metavar="FILE", help="Principles for the model, in Markdown.")
@click.option("--base-url", metavar="URL", help="Server of the model, if not Anthropic's.")
@click.option("--sandbox", type=click.Choice(["auto", "none"]), help="none: run genomes UNCONFINED, at your own risk.")
@click.option("--ablate", type=click.Choice(list(ABLATIONS)), help="Take a part of the system away.")
@click.option("--genome", type=click.Path(path_type=Path), help="Folder of the genome to begin with.")
@click.option("--from", "source", metavar="DIR[:ID]", help="Begin with the best of an earlier run, or with its ID.")
@click.option(
    "--reset", type=click.Choice(list(PARTS)), multiple=True, help="With --from: this part as the seed has it."
)
@click.option(
    "--approve",
    type=click.Choice(["always", "meta", "never"]),
    help="Ask before a child runs: each, or those that change more than the task agent [default: never].",
)
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Any setting, or domain.OPTION=VALUE.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def command(domain: str | None, folder: Path | None, genome: Path | None, source: str | None, reset: tuple[str, ...],
            pairs: tuple[str, ...], as_json: bool, **options: object) -> None:  # fmt: skip
    """Evolve a genome on DOMAIN: a built-in's name (see `hyperagent domains`), a folder, or file.py:attribute.

    Without DOMAIN it is repair, or with --from that of the earlier run.
    """
    given = {name: value for name, value in options.items() if value is not None}
    chosen = dict(split_pair(pair) for pair in pairs)
    of_domain = {k.removeprefix("domain."): v for k, v in chosen.items() if k.startswith("domain.")}
    of_run = {k: v for k, v in chosen.items() if not k.startswith("domain.")}
    settings = Settings(generations=DEFAULT_GENERATIONS).updated({**of_run, **given})
    if options["workers"] == 0:
        raise UsageError("--workers is 0, expected at least 1")
    if options["workers"] and options["cluster"]:
        raise UsageError("found --workers and --cluster, expected one of them: Ray counts the workers")
    # A run that was killed before it had written down how it was begun is begun again.
    if folder is not None and (folder / ARCHIVE).exists() and (folder / SETTINGS).exists():
        raise RunError(f"{folder}: holds a run already, go on with: hyperagent resume {folder}")
    begun = begin(genome, source, reset)
    if domain is None and begun is not None and not of_domain:
        stored = stored_run(begun.folder)
        loaded, named = stored.domain, dict(stored.spec)
    else:
        loaded = load_domain(domain or "repair", of_domain)
        named = {"name": lasting(domain or "repair"), **{f"option_{name}": value for name, value in of_domain.items()}}
    where = folder or default_folder(loaded.name)
    seed = None if genome is None else read_genome(genome)
    if begun is not None:
        seed = with_reset(begun.genome, seed_genome(loaded), reset)
        named = {**{name: value for name, value in named.items() if name not in ORIGIN}, **begun.spec(reset)}
    evolve_and_tell(loaded, where, settings, named, seed, as_json=as_json)


def begin(genome: Path | None, source: str | None, reset: tuple[str, ...]) -> Origin | None:
    """The individual of an earlier run to begin with, if there is to be one."""
    if source is None and reset:
        raise UsageError("--reset is of an earlier run's genome, expected --from as well")
    if source is not None and genome is not None:
        raise UsageError("found --genome and --from, expected one of them")
    return None if source is None else origin(source)


def split_pair(pair: str) -> tuple[str, str]:
    """KEY=VALUE as a pair."""
    key, equals, value = pair.partition("=")
    if not equals or not key:
        raise UsageError(f"--set {pair!r}: expected KEY=VALUE")
    return key, value


def default_folder(name: str) -> Path:
    """A new folder under runs/, named for the domain and the time."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    first = Path("runs") / f"{plain}-{stamp}"
    return next(path for path in (first, *(first.with_name(f"{first.name}-{k}") for k in range(2, 99)))
                if not path.exists())  # fmt: skip
