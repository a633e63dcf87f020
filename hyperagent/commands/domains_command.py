"""`hyperagent domains`: the built-in domains."""

import json

import click

from hyperagent.domains import BUILT_IN


@click.command("domains")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the built-in domains."""
    if as_json:
        click.echo(json.dumps([{"name": name, "about": about} for name, about in BUILT_IN.items()]))
        return
    for name, about in BUILT_IN.items():
        click.echo(f"{name:10} {about}")
    click.echo("\nA domain of your own: hyperagent run file.py:attribute", err=True)
