"""`hyperagent check`: do the laws hold for what a file defines?"""

import json
from dataclasses import asdict

import click

from hyperagent.errors import HyperagentError


@click.command("check")
@click.argument("place", metavar="FILE.py:NAME")
@click.option("--examples", type=click.IntRange(min=1), default=100, show_default=True, help="Cases of each law.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(place: str, examples: int, as_json: bool) -> None:
    """Check the laws of an operator, a selection, a domain or a strategy of patches.

    Operators and selections are run in jails. A file with a domain or a strategy is imported.
    """
    try:
        from hyperagent.testing import LawBroken, check
    except ModuleNotFoundError as error:
        raise HyperagentError(str(error)) from None
    try:
        report = check(place, examples=examples)
    except LawBroken as broken:
        if as_json:
            found = {"place": place, "holds": False, "law": broken.law, "counterexample": broken.counterexample}
            click.echo(json.dumps(found))
            raise HyperagentError(f"{place}: {broken.law}: this does not hold") from None
        raise HyperagentError(f"{place}: {broken.law}: this does not hold\n\n{broken.counterexample}") from None
    click.echo(json.dumps({"place": place, "holds": True, **asdict(report)}) if as_json else str(report))
