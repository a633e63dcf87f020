"""`hyperagent resume`: go on with a run that was interrupted, or make it longer."""

from pathlib import Path

import click

from hyperagent.commands.session import evolve_and_tell
from hyperagent.commands.stored import stored_run
from hyperagent.errors import UsageError


@click.command("resume")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--generations", type=int, help="How many children there are to be in all [default: as begun].")
@click.option("--minutes", type=float, help="Stop after so many minutes.")
@click.option("--workers", type=int, help="Worker processes [default: as begun].")
@click.option("--cluster", metavar="ADDRESS", help="Ray cluster, '' for this machine [default: as begun].")
@click.option("--dollars", type=float, help="What the model may cost in all [default: as begun].")
@click.option("--approve", type=click.Choice(["always", "meta", "never"]), help="Ask before a child runs.")
@click.option("--json", "as_json", is_flag=True, help="End with one JSON object on stdout.")
def command(folder: Path, as_json: bool, **options: object) -> None:
    """Go on with the run in DIR, to the same end as if it had never stopped."""
    if options["workers"] == 0:
        raise UsageError("--workers is 0, expected at least 1")
    stored = stored_run(folder)
    settings = stored.settings.updated({name: value for name, value in options.items() if value is not None})
    evolve_and_tell(stored.domain, folder, settings, stored.spec, None, as_json=as_json)
