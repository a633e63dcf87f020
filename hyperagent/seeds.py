"""The genome that a run begins with: the shipped one, or a folder's, found and checked without being run."""

import importlib.util
from pathlib import Path

from hyperagent.domain import Domain
from hyperagent.errors import GenomeError
from meta import Genome, GenomeFileError, Policy, violations
from meta.gate import limitless


def seed_genome(domain: Domain | None = None) -> Genome:
    """The built-in seed, with the domain's task agent if it has one of its own."""
    found = importlib.util.find_spec("hyperagent.seed")
    assert found is not None and found.submodule_search_locations is not None
    genome = read_genome(Path(next(iter(found.submodule_search_locations))))
    return genome if domain is None or domain.seed is None else genome.with_files({"task_agent.py": domain.seed})


def read_genome(folder: Path) -> Genome:
    """The files of a folder as a genome; hidden ones, byte code and package markers are left out.

    GenomeError where there is no folder, for a symbolic link in it, and for a name that no genome can have.
    """
    if not folder.is_dir():
        raise GenomeError(f"{folder}: no such folder, expected the files of a genome")
    found = [path for path in sorted(folder.rglob("*")) if path.name != "__init__.py"]
    seen = [p for p in found if not any(part.startswith((".", "__pycache__")) for part in p.relative_to(folder).parts)]
    for path in seen:
        if path.is_symlink():
            raise GenomeError(f"{path}: a symbolic link to {path.readlink()}, expected a file or a folder of its own")
    kept = [path for path in seen if path.is_file()]
    try:
        return Genome({path.relative_to(folder).as_posix(): path.read_bytes() for path in kept})
    except (GenomeFileError, OSError) as error:
        raise GenomeError(f"{folder}: {error}") from None


def checked_seed(genome: Genome) -> Genome:
    """The genome, if it parses and has the three contract functions; what it imports is its author's business.

    How large it may be is for the settings of a run to say.
    """
    everything = limitless(Policy(imports=_Everything(), forbidden_names=()))
    broken = [v for v in violations(genome, everything) if v.rule in ("syntax", "contract")]
    if broken:
        raise GenomeError(f"the seed genome cannot run: {broken[0]}")
    return genome


class _Everything(frozenset[str]):
    """The set that has every name in it."""

    def __contains__(self, name: object) -> bool:
        return True
