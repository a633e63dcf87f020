"""`hyperagent doctor`: which walls this machine can put around a genome, or what is wrong with a run."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from hyperagent.commands.output import emit
from hyperagent.errors import HyperagentError, UsageError
from sandbox_runner import SandboxUnavailable, layers, probes


@click.command("doctor")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--head", metavar="HASH", help="The head that the run in DIR is said to have, or its beginning.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path | None, head: str | None, as_json: bool) -> None:
    """Try every layer of the jail, and say what to do about those that are missing, and which toolchains are here.

    With DIR look at every byte of a run instead: say by name what is damaged, and what can be saved.
    """
    if folder is not None:
        run(folder, head, as_json)
    elif head is not None:
        raise UsageError("--head is of a run, expected DIR as well")
    else:
        machine(as_json)


def run(folder: Path, head: str | None, as_json: bool) -> None:
    """The archive and the settings of a run."""
    from hyperagent.commands.doctor import diagnosis, print_diagnosis

    found = diagnosis(folder, head)
    emit(found, as_json, lambda console: print_diagnosis(console, folder, found))
    if found["damage"]:
        raise HyperagentError(f"{folder}: {len(found['damage'])} things are not what was written")


def machine(as_json: bool) -> None:
    """The layers of the jail."""
    found = layers()
    if as_json:
        click.echo(json.dumps([asdict(layer) for layer in found]))
    else:
        for layer in found:
            mark = click.style("yes", fg="green") if layer.present else click.style("NO ", fg="red")
            click.echo(f"{mark} {layer.name:16} stops {layer.stops}")
            click.echo(f"    {'tried' if layer.present else 'found'}: {layer.how}")
            if not layer.present:
                click.echo(f"    to mend it: {layer.mend}")
        click.echo(f"\n{_verdict()}")
        click.echo(_languages())
    missing = [layer.name for layer in found if not layer.present]
    if missing:
        raise HyperagentError(f"{len(missing)} of {len(found)} layers are missing: {', '.join(missing)}")


def _verdict() -> str:
    try:
        level = probes.level()
    except SandboxUnavailable as error:
        return f"nothing will be run here: {error}"
    return f"calls are jailed at level {level}: {probes.LEVELS[level]}"


def _languages() -> str:
    from hyperagent.domains.code.toolchains import LANGUAGES

    places = {language.name: (language.program, language.found()) for language in LANGUAGES}
    here = ", ".join(f"{name} ({place})" for name, (_, place) in places.items() if place)
    missing = ", ".join(f"{name} ({program})" for name, (program, place) in places.items() if not place)
    return f"exercises (code:FOLDER) may be in: {here}" + (
        f"; not found where a jail looks: {missing}" if missing else ""
    )
