"""The private folder that holds the pool's socket, and the sweeping of folders whose pool was killed.

A pool holds a lock in its folder as long as it lives; a folder that can be locked by somebody else has no pool.
"""

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_PREFIX = "sandbox-runner-"
# A socket's address has room for 107 bytes.
_PATH_BYTES = 90
# Between the making of a folder and its locking.
_YOUNG_SECONDS = 60.0


class Folder:
    """A new folder that only this user can enter; removed by `close`, or with a warning when Python ends without."""

    def __init__(self) -> None:
        base = _base()
        _sweep(base)
        self._folder = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=base, ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self._lock = _lock(self.path)

    def close(self) -> None:
        """Remove it and all that is in it."""
        self._folder.cleanup()
        os.close(self._lock)


def _base() -> Path:
    chosen = Path(tempfile.gettempdir())
    return chosen if len(os.fsencode(chosen)) < _PATH_BYTES - len(_PREFIX) else Path("/tmp")


def _sweep(base: Path) -> None:
    for path in base.glob(f"{_PREFIX}*"):
        # Folders of others, and those another pool is sweeping right now, are theirs to remove.
        with suppress(OSError):
            if path.stat().st_uid == os.geteuid() and time.time() - path.stat().st_mtime > _YOUNG_SECONDS:
                os.close(_lock(path))
                shutil.rmtree(path, ignore_errors=True)


def _lock(path: Path) -> int:
    """A descriptor that holds the lock; BlockingIOError if somebody else does."""
    fd = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise
    return fd
