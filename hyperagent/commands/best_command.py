"""`hyperagent best`: what the best genome changed, and its files."""

from pathlib import Path

import click

from hyperagent.commands import best
from hyperagent.commands.output import emit
from hyperagent.domains.script import program_files
from hyperagent.run import SETTINGS
from hyperagent.settings import read_toml


@click.command("best")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the files of the genome to this new folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, out: Path | None, as_json: bool) -> None:
    """Show how the best genome of the run in DIR differs from the seed."""
    found = best.best(folder)
    if out is not None:
        written = best.write_files(best.best_individual(folder), out)
        click.echo(f"{len(written)} files written to {out}", err=True)
        for path in write_program(folder, out):
            click.echo(f"{path}: the program as it is now", err=True)
    emit(found, as_json, lambda console: best.print_best(console, found))


def write_program(folder: Path, out: Path) -> list[Path]:
    """Where the run evolved a program of the user's: its files as the best has them, in `out`/program."""
    name = str(read_toml(folder / SETTINGS)[1].get("name", "")).removeprefix("script:")
    if not Path(name).is_dir():
        return []
    agent = best.best_individual(folder).genome["task_agent.py"]
    found = {out / "program" / file: text for file, text in program_files(Path(name), str(agent)).items()}
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return list(found)
