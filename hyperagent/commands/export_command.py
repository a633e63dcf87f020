"""`hyperagent export`: a run as a git repository, or as one file."""

from pathlib import Path

import click

from hyperagent.commands.git import to_git
from hyperagent.commands.output import emit
from hyperagent.commands.portable import to_file
from hyperagent.errors import UsageError


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--git", "repository", metavar="REPO", type=click.Path(path_type=Path), help="A new git repository.")
@click.option("--file", metavar="X", type=click.Path(path_type=Path), help="A new file; `hyperagent import` reads it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, repository: Path | None, file: Path | None, as_json: bool) -> None:
    """Write the run in DIR to a git repository, a commit for each individual, or to one file."""
    if (repository is None) == (file is None):
        raise UsageError("expected one of --git REPO and --file X")
    if repository is not None:
        found = {"repository": str(repository), **to_git(folder, repository)}
    else:
        assert file is not None
        found = {"file": str(file), "head": to_file(folder, file)}
    emit(found, as_json, lambda console: console.print(
        "\n".join(f"{name:10} {value}" for name, value in found.items()), highlight=False, soft_wrap=True))  # fmt: skip
