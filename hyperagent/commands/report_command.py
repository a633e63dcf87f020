"""`hyperagent report`: the run as one page to look at."""

from pathlib import Path

import click

from hyperagent.commands import figures, report, tracking
from hyperagent.commands.output import emit


@click.command("report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--csv", "csv_path", metavar="FILE", type=click.Path(path_type=Path), help="Every individual as CSV too.")
@click.option("--png", "png_path", metavar="FILE", type=click.Path(path_type=Path), help="A picture of the page too.")
@click.option("--mlflow", "uri", metavar="URI", help="Log the same figures to MLflow: a server, or sqlite:///FILE.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folder: Path, csv_path: Path | None, png_path: Path | None, uri: str | None, as_json: bool) -> None:
    """Write report.html into DIR: the improvement curve, the lineage tree, every individual, what it cost."""
    written = {"report": report.report(folder)}
    if csv_path is not None:
        figures.write_csv(folder, csv_path)
        written["csv"] = csv_path
    if png_path is not None:
        figures.write_png(written["report"], png_path)
        written["png"] = png_path
    data = {name: str(path) for name, path in written.items()}
    if uri is not None:
        data["mlflow"] = tracking.write_mlflow(folder, written["report"], uri)
    paths = "\n".join(data.values())
    emit(data, as_json, lambda console: console.print(paths, soft_wrap=True, highlight=False))
