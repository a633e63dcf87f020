"""`hyperagent doctor`: which walls this machine can put around a genome."""

import json
from dataclasses import asdict

import click

from hyperagent.errors import HyperagentError
from sandbox_runner import layers


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
            if not layer.present:
                click.echo(f"    {layer.how}\n    {layer.mend}")
    missing = [layer.name for layer in found if not layer.present]
    if missing:
        raise HyperagentError(f"{len(missing)} of {len(found)} layers are missing: {', '.join(missing)}")
