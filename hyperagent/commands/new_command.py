"""`hyperagent new`: a domain to begin with, and its test."""

import keyword
from importlib.resources import files
from pathlib import Path

import click

from hyperagent.errors import UsageError


@click.command("new")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to write [default: here].")
def command(name: str, folder: Path) -> None:
    """Write NAME.py, a domain that works, and test_NAME.py, a test that passes."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"{name!r} is no name for a Python module, expected letters, digits and underscores")
    written = {folder / f"{name}.py": "domain.txt", folder / f"test_{name}.py": "test.txt"}
    for path in written:
        if path.exists():
            raise UsageError(f"{path}: is there already")
    folder.mkdir(parents=True, exist_ok=True)
    for path, template in written.items():
        text = files("hyperagent.commands").joinpath("templates", template).read_text("utf-8")
        path.write_text(text.replace("NAME", name), "utf-8")
    here = folder / f"{name}.py"
    click.echo(f"{here} and its test are written. What next:", err=True)
    click.echo(f"  hyperagent run {here} --generations 200\n  python -m pytest {folder / f'test_{name}.py'}", err=True)
