"""What can go wrong with an archive."""


class ArchiveError(Exception):
    """An archive that cannot be opened, written or trusted; stops the run."""
