"""The live view of a run: how far, how good, how fast, and what has helped last."""

import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from archive import Individual
from hyperagent.science.text import line
from hyperagent.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LAST = 6
WINDOW = 200
PLAIN_EVERY = 50


class LiveView:
    """Draws the state of a run; on a stream that is no terminal it prints a line now and then."""

    def __init__(self, console: "Console", domain: str, folder: Path, settings: Settings) -> None:
        self._console = console
        self._where = f"{domain} in {folder}"
        self._settings = settings
        self._begun = time.monotonic()
        self._times: deque[float] = deque(maxlen=WINDOW)
        self._improved: deque[str] = deque(maxlen=LAST)
        self._generation = 0
        self._alive = 0
        self._best = float("-inf")
        self._live: object = None

    def __enter__(self) -> "LiveView":
        from rich.live import Live

        self._live = Live(console=self._console, get_renderable=self._drawn, refresh_per_second=5, transient=True)
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from rich.live import Live

        assert isinstance(self._live, Live)
        self._live.__exit__(kind, error, trace)

    def note(self, individual: Individual) -> None:
        """Take in one more individual."""
        self._times.append(time.monotonic())
        self._generation = individual.generation
        self._alive += not individual.stillborn and not individual.culled
        if individual.score > self._best:
            self._best = individual.score
            what = individual.patch.title if individual.patch else "the seed"
            self._improved.append(f"{individual.id:5}  {individual.score:.3f}  {line(what)}")
        if self._live is None and individual.generation % PLAIN_EVERY == 0:
            self._console.print("; ".join(self._state()), highlight=False)

    def _drawn(self) -> "Table":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        grid = Table.grid(padding=(0, 0))
        grid.add_row(Text(self._where, style="bold"))
        grid.add_row(ProgressBar(total=max(1, self._settings.generations), completed=self._generation, width=64))
        for row in self._state():
            grid.add_row(row)
        grid.add_row(Text("last improvements: generation, validation, what changed", style="dim"))
        for improved in self._improved:
            grid.add_row(Text(improved, no_wrap=True, overflow="ellipsis"))
        return grid

    def _state(self) -> tuple[str, str]:
        left = self._settings.generations - self._generation
        rate = self._rate()
        remaining = f", about {left / rate:.0f} s left" if rate and left else ""
        return (
            f"generation {self._generation} of {self._settings.generations}, {rate:.1f} offspring/s{remaining}",
            f"best on validation {self._best:.3f}, archive {self._generation + 1}, {self._alive} of them alive",
        )

    def _rate(self) -> float:
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(1e-9, self._times[-1] - self._times[0])
