"""`hyperagent doctor`: which walls this machine can put around a genome, and what is to be had with them."""

import json
from dataclasses import asdict

import click

from hyperagent.errors import HyperagentError
from sandbox_runner import SandboxUnavailable, layers, probes


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """Try every layer of the jail, and say what to do about those that are missing."""
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
    missing = [layer.name for layer in found if not layer.present]
    if missing:
        raise HyperagentError(f"{len(missing)} of {len(found)} layers are missing: {', '.join(missing)}")


def _verdict() -> str:
    try:
        level = probes.level()
    except SandboxUnavailable as error:
        return f"nothing will be run here: {error}"
    return f"calls are jailed at level {level}: {probes.LEVELS[level]}"
