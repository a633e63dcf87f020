"""docs/commands.md, made out of the commands: `python -m tests.docs.commands_page > docs/commands.md`."""

import inspect
import sys
from collections.abc import Iterator

import click

from hyperagent.cli import COMMANDS, hyperagent

HEAD = """# Commands

Data goes to stdout and words go to stderr. With `--json` a command ends with one JSON object, list or line for each
item, for programs. Exit codes: 0 done; 1 an expected failure, told in one line; 2 wrong usage; 3 a bug of ours, with
the path of a traceback; 130 interrupted, and a run can then be resumed.

This page is made by `python -m tests.docs.commands_page > docs/commands.md`.
"""


def page() -> str:
    """The page."""
    context = click.Context(hyperagent, info_name="hyperagent")
    return "\n".join([HEAD, *(line for name in COMMANDS for line in section(context, name))])


def section(context: click.Context, name: str) -> Iterator[str]:
    """What is to be known of a command."""
    command = hyperagent.get_command(context, name)
    assert command is not None
    arguments = [place(each) for each in command.params if isinstance(each, click.Argument)]
    yield f"## {name}\n"
    yield f"    {' '.join(['hyperagent', name, '[OPTIONS]', *arguments])}\n"
    yield inspect.cleandoc(command.help or COMMANDS[name]) + "\n"
    yield "| option | |\n|---|---|"
    yield from (row(each) for each in command.params if isinstance(each, click.Option))
    yield ""


def place(argument: click.Argument) -> str:
    """An argument, in brackets where it may be left out."""
    shown = argument.metavar or (argument.name or "").upper()
    return shown if argument.required or shown.startswith("[") else f"[{shown}]"


def row(option: click.Option) -> str:
    """An option, what it takes, and what it is for."""
    words = " ".join([*option.opts, *value(option)])
    return f"| `{words}` | {' '.join([option.help or '', *remarks(option)])} |"


def value(option: click.Option) -> list[str]:
    """What stands behind the name of an option."""
    return [] if option.is_flag else [option.metavar or option.type.name.split(" ")[0].upper()]


def remarks(option: click.Option) -> Iterator[str]:
    """What its help does not say."""
    if isinstance(option.type, click.Choice):
        yield f"One of {', '.join(f'`{choice}`' for choice in option.type.choices)}."
    if option.show_default:
        yield f"[default: {option.default}]"
    if option.multiple:
        yield "May be given several times."


if __name__ == "__main__":
    sys.stdout.write(page())
