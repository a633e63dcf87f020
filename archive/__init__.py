"""What is remembered of a run: individuals, in one SQLite file."""

from archive.archive import Archive
from archive.columns import Columns
from archive.copying import copied
from archive.errors import ArchiveError
from archive.health import Damage, Health, examined
from archive.individual import RACED, Evaluation, Individual, Pruned, PrunedGenome, Question, Trial
from archive.lineage import ancestors, lineage_digest
from archive.work import Lease, Work, leases, refusals, suspects

__all__ = [
    "RACED",
    "Archive",
    "ArchiveError",
    "Columns",
    "Damage",
    "Evaluation",
    "Health",
    "Individual",
    "Lease",
    "Pruned",
    "PrunedGenome",
    "Question",
    "Trial",
    "Work",
    "ancestors",
    "copied",
    "examined",
    "leases",
    "lineage_digest",
    "refusals",
    "suspects",
]
