"""Where a new run comes from: an individual of an earlier one, with a part of it taken from the seed where asked."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive import PrunedGenome
from hyperagent.errors import UsageError
from hyperagent.run import ARCHIVE, reading
from hyperagent.science.members import known
from meta import Genome

TASK_FILES = ("task_agent.py",)
META_FILES = ("meta_agent.py", "operators.py", "memory.py", "selection.py", "prompts.py")
ORIGIN = ("from", "from_head", "reset")
PARTS = {"task": TASK_FILES, "meta": META_FILES}


@dataclass(frozen=True)
class Origin:
    """The individual that a run begins with: of which run, who, and the head of the archive that it was read from."""

    folder: Path
    id: int
    head: str
    genome: Genome

    def spec(self, reset: tuple[str, ...]) -> dict[str, object]:
        """What run.toml says of it."""
        said: dict[str, object] = {"from": f"{self.folder.resolve()}:{self.id}", "from_head": self.head}
        return {**said, "reset": [*reset]} if reset else said


def origin(text: str) -> Origin:
    """The individual that DIR:ID names, or the best of DIR."""
    folder, id = parsed(text)
    with closing(reading(folder)) as archive:
        found = known(archive, id)
        if isinstance(found.genome, PrunedGenome):
            raise UsageError(f"individual {found.id} of {folder} was pruned: its files are gone")
        return Origin(folder, found.id, archive.store.head, found.genome)


def parsed(text: str) -> tuple[Path, int | None]:
    """DIR[:ID]; a folder that is there by the whole name comes first."""
    head, colon, tail = text.rpartition(":")
    if colon and not (Path(text) / ARCHIVE).exists():
        if not tail.isdigit():
            raise UsageError(f"--from {text!r}: expected DIR or DIR:ID")
        return Path(head), int(tail)
    return Path(text), None


def with_reset(genome: Genome, seed: Genome, parts: tuple[str, ...]) -> Genome:
    """The genome with the files of some parts as the seed has them, or without them where it has none."""
    names = [name for part in parts for name in PARTS[part]]
    return genome.with_files({name: seed.raw(name) if name in seed else None for name in names})
