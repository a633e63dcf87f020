"""`hyperagent approve`: the children of a run that wait for a yes or no."""

import sys
from pathlib import Path

import click

from hyperagent.commands import approve
from hyperagent.commands.output import emit
from hyperagent.errors import UsageError
from hyperagent.science.text import line


@click.command("approve")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--yes", "accepted", type=int, multiple=True, metavar="ID", help="Let this child run.")
@click.option("--no", "refused", type=int, multiple=True, metavar="ID", help="Do not let this child run.")
@click.option(
    "--edit", "edited", type=int, multiple=True, metavar="ID", help="Open it in $VISUAL or $EDITOR, let that run."
)
@click.option("--reason", help="With --no: why not; later proposals are shown it.")
@click.option("--json", "as_json", is_flag=True, help="Print those that still wait, as JSON.")
def command(
    folder: Path,
    accepted: tuple[int, ...],
    refused: tuple[int, ...],
    edited: tuple[int, ...],
    reason: str | None,
    as_json: bool,
) -> None:
    """Work through the children of the run in DIR that wait for a yes or no: each with its diff and its reason.

    With --yes, --no or --edit nothing is asked. Go on with `hyperagent resume` afterwards.
    """
    if refused and not (reason or "").strip():
        raise UsageError("--no without a reason, expected --reason TEXT")
    if len({*accepted, *refused, *edited}) < len([*accepted, *refused, *edited]):
        raise UsageError("a child is named twice by --yes, --no and --edit")
    for id in edited:
        approve.edit(folder, id)
    if accepted or refused:
        approve.decide(folder, {**dict.fromkeys(accepted, ""), **dict.fromkeys(refused, reason or "")})
    elif not edited and not as_json and sys.stdin.isatty():
        from rich.console import Console

        approve.work_through(Console(stderr=True), folder)
    left = approve.waiting(folder)
    emit(left, as_json, lambda console: console.print(
        "\n".join([*(f"{one['id']:6}  child of {one['parent']}: {line(one['title'])}" for one in left),
                   f"{len(left)} wait"]), highlight=False, markup=False))  # fmt: skip
