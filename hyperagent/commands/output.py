"""Where results go: data to stdout, as JSON or as text for people."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console


def emit(data: object, as_json: bool, show: Callable[["Console"], None]) -> None:
    """Print the data as JSON, or let `show` print it on a console."""
    if as_json:
        click.echo(json.dumps(data, allow_nan=False))
        return
    from rich.console import Console

    show(Console())
