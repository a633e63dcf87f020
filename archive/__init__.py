"""What is remembered of a run: individuals, in one SQLite file."""

from archive.archive import Archive, Columns
from archive.errors import ArchiveError
from archive.individual import Evaluation, Individual, Trial
from archive.lineage import ancestors, lineage_digest

__all__ = [
    "Archive",
    "ArchiveError",
    "Columns",
    "Evaluation",
    "Individual",
    "Trial",
    "ancestors",
    "lineage_digest",
]
