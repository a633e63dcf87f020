"""A model that gives the answers of an earlier run: neither key nor network is needed."""

from pathlib import Path

from archive import Archive
from archive.store import Store
from hyperagent.errors import LLMError, RunError
from hyperagent.llm.exchanges import Exchange, Exchanges
from hyperagent.llm.protocol import Completion, Request

ARCHIVE = "archive.sqlite"


class Recorded:
    """Answers each request as it was answered in a run, in a folder or a store; `models` are those of that run."""

    def __init__(self, run: Path | str | Store) -> None:
        self._where = str(run.path if isinstance(run, Store) else run)
        self._exchanges = Exchanges(run if isinstance(run, Store) else opened(Path(run)))
        self.models: tuple[str, ...] = self._exchanges.models
        if not self.models:
            raise RunError(f"{self._where}: no answer of a model is recorded there")

    def exchange(self, request: Request) -> Exchange:
        """What was answered, with what it cost; `LLMError` if this was never asked."""
        found = self.find(request)
        if found is None:
            raise LLMError(f"{self._where}: no recording of this request of {request.place!r} to {request.model}; "
                           "expected a run with the seed, settings and genome of the recorded one")  # fmt: skip
        return found

    def find(self, request: Request) -> Exchange | None:
        """What was answered, if this was asked."""
        return self._exchanges.find(request)

    def complete(self, request: Request) -> Completion:
        """What was answered."""
        return self.exchange(request).completion


def opened(folder: Path) -> Store:
    """The store of the run in a folder, to be read."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run whose answers are recorded")
    return Archive(folder / ARCHIVE, create=False).store
