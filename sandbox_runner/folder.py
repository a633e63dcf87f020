"""The private folder that holds the pool's socket, and the sweeping of folders whose pool was killed.

A pool holds a lock in its folder as long as it lives, and the folder has its name only once the lock is held: so a
folder of that name that somebody else can lock belongs to no living pool. A host that is killed has its folder removed
by its workers; only if they are killed with it does it wait for the next pool to sweep.
"""

import fcntl
import os
import shutil
import stat
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

_PREFIX, _UNLOCKED_PREFIX = "sandbox-runner-", "sandbox-runner.new-"
# A socket's address has room for 107 bytes.
_PATH_BYTES = 90
# Between the making of a folder and its locking.
_YOUNG_SECONDS = 60.0


class Folder:
    """A new folder that only this user can enter; removed by `close`, or at the latest when Python ends."""

    def __init__(self) -> None:
        base = _base()
        sweep(base)
        unlocked = Path(tempfile.mkdtemp(prefix=_UNLOCKED_PREFIX, dir=base))
        self._lock = _lock(unlocked)
        self.path = unlocked.rename(base / unlocked.name.replace(_UNLOCKED_PREFIX, _PREFIX))
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def close(self) -> None:
        """Remove it and all that is in it."""
        self._remove()
        os.close(self._lock)


def sweep(base: Path) -> None:
    """Remove the folders of this user's pools that were killed, and no others."""
    for path in base.glob(f"{_PREFIX}*"):
        # Folders of others, those of living pools, and those another pool is sweeping right now stay.
        with suppress(OSError):
            if _is_own_folder(path.lstat()):
                lock = _lock(path)
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)
    for path in base.glob(f"{_UNLOCKED_PREFIX}*"):
        with suppress(OSError):
            if _is_own_folder(path.lstat()) and time.time() - path.lstat().st_mtime > _YOUNG_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _base() -> Path:
    chosen = Path(tempfile.gettempdir())
    return chosen if len(os.fsencode(chosen)) < _PATH_BYTES - len(_UNLOCKED_PREFIX) else Path("/tmp")


def _is_own_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()


def _lock(path: Path) -> int:
    """A descriptor that holds the lock; BlockingIOError if somebody else does."""
    fd = os.open(path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise
    return fd
