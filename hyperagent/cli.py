"""argv in, exit code out: 0 done, 1 an expected failure, 2 usage, 3 a bug of ours, 130 interrupted."""

import errno
import sys
import tempfile
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "run": "evolve a genome on a domain",
    "resume": "go on with a run",
    "approve": "say yes or no to the children that wait for it",
    "show": "the population of a run, or one individual of it",
    "best": "what the best genome changed, and its files",
    "log": "everything that is recorded, as JSON lines",
    "lineage": "the ancestors of an individual",
    "diff": "what one genome has that another has not",
    "replay": "make a run again from its record, and hold it against it",
    "report": "write report.html: the curve, the tree, the changes",
    "bisect": "where in a lineage a result first changed",
    "rollback": "go back to an earlier state of a run",
    "prune": "drop the files and trials that what is kept does not need",
    "export": "write a run to a git repository, or to one file",
    "import": "make a run from such a file",
    "serve": "the report in a browser, live while a run goes on",
    "imp": "how well the meta agent of an individual improves a fresh agent",
    "transfer": "whether what a meta agent learned on one domain helps on another",
    "credit": "which part of a patch did it, the task agent or the meta level",
    "confirm": "try the best again, on tasks that were never used",
    "compare": "a grid of settings by seeds, and one report",
    "domains": "the built-in domains",
    "new": "a domain of your own to begin with, and its test",
    "check": "the laws of an operator, a selection, a domain or a strategy of patches",
    "doctor": "what this machine offers for confinement, or what is wrong with a run",
}

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENAMETOOLONG}
"""What a disk may answer to anything, and is no bug of ours."""


class Lazy(click.Group):
    """A group whose commands are imported when they are called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which one needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"hyperagent.commands.{cmd_name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name and purpose of each command, without importing it."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="hyperagent")
def hyperagent() -> None:
    """A genome that improves itself, and improves the way it improves itself.

    Begin with `hyperagent run`: no key, no network, a minute or two.
    """


def main() -> None:
    """The entry point of the `hyperagent` command."""
    sys.exit(exit_code(lambda: hyperagent.main(standalone_mode=False)))


def exit_code(action: Callable[[], Any]) -> int:
    """Run a command and turn how it ended into an exit code; whatever went wrong is said here, on stderr."""
    try:
        action()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("hyperagent: interrupted", err=True)
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:  # noqa: BLE001 - the one place where everything ends up
        return failed(error)
    return 0


def failed(error: Exception) -> int:
    """Say what went wrong: one line for what can be expected, the place of a traceback for a bug of ours."""
    from archive import ArchiveError
    from hyperagent.errors import HyperagentError, UsageError
    from sandbox_runner import SandboxUnavailable

    if isinstance(error, (HyperagentError, ArchiveError, SandboxUnavailable)):
        click.echo(f"hyperagent: {error}", err=True)
        return 2 if isinstance(error, UsageError) else 1
    if isinstance(error, OSError) and error.errno in DISK:
        click.echo(f"hyperagent: {error.filename or 'a file'}: {error.strerror}", err=True)
        return 1
    with tempfile.NamedTemporaryFile("w", prefix="hyperagent-", suffix=".log", delete=False) as log:
        log.write("".join(traceback.format_exception(error)))
    click.echo(f"hyperagent: a bug of ours, {type(error).__name__}: {error}\nthe traceback is in {log.name}", err=True)
    return 3
