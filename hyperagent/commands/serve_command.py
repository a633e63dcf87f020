"""`hyperagent serve`: the report of a run in a browser, live while it goes on."""

from pathlib import Path

import click

from hyperagent.commands.report import title
from hyperagent.errors import UsageError
from hyperagent.serve import HOST, server


@click.command("serve")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, 65535), default=8642, show_default=True, help="0 takes a free one.")
def command(folder: Path, port: int) -> None:
    """Show the run in DIR under http://127.0.0.1:PORT, live while it goes on. It reads and changes nothing."""
    try:
        serving = server(folder, title(folder), port)
    except OSError as error:
        raise UsageError(f"port {port} cannot be had: {error.strerror}, expected another --port") from None
    with serving:
        click.echo(f"http://{HOST}:{serving.server_port}/   (control-c ends it)")
        serving.serve_forever()
