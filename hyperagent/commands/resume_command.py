"""`hyperagent resume`: go on with a run that was interrupted, or make it longer."""

from pathlib import Path

import click

from hyperagent.commands.session import evolve_and_tell
from hyperagent.domains import load_domain
from hyperagent.errors import RunError, UsageError
from hyperagent.run import ARCHIVE, SETTINGS
from hyperagent.settings import read_toml


@click.command("resume")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--generations", type=int, help="How many children there are to be in all [default: as begun].")
@click.option("--minutes", type=float, help="Stop after so many minutes.")
@click.option("--workers", type=int, help="Worker processes [default: as begun].")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def command(folder: Path, as_json: bool, **options: object) -> None:
    """Go on with the run in DIR, to the same end as if it had never stopped."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    if options["workers"] == 0:
        raise UsageError("--workers is 0, expected at least 1")
    settings, spec = read_toml(folder / SETTINGS)
    settings = settings.updated({name: value for name, value in options.items() if value is not None})
    choices = {k.removeprefix("option_"): v for k, v in spec.items() if k.startswith("option_")}
    try:
        domain = load_domain(str(spec["name"]), choices)
    except (KeyError, UsageError) as error:
        raise RunError(f"{folder}: its domain cannot be loaded ({error}); go on with evolve(domain, run=...)") from None
    evolve_and_tell(domain, folder, settings, spec, None, as_json=as_json)
