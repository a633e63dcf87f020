"""What is remembered of a run: individuals, in one SQLite file."""

from archive.archive import Archive
from archive.columns import Columns
from archive.errors import ArchiveError
from archive.individual import Evaluation, Individual, Question, Trial
from archive.lineage import ancestors, lineage_digest

__all__ = [
    "Archive",
    "ArchiveError",
    "Columns",
    "Evaluation",
    "Individual",
    "Question",
    "Trial",
    "ancestors",
    "lineage_digest",
]
