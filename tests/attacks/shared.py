"""Secrets in the places that all processes of a machine share: memory segments, queues, the keyring of the session."""

import ctypes
import os
from contextlib import suppress
from pathlib import Path

from sandbox_runner import Plain
from tests.attacks.weapons import raw

_IPC_CREAT, _IPC_RMID, _SESSION, _TIMEOUT, _UNLINK = 0o1000, 0, -3, 15, 9
_libc = ctypes.CDLL(None, use_errno=True)


class Shared:
    """They are there until closed; where the kernel has no keyrings, no key is."""

    def __init__(self, token: str, secret: str) -> None:
        self._key = int(token[:7], 16)
        self._segment = _libc.shmget(self._key, 4096, _IPC_CREAT | 0o666)
        _libc.shmat.restype = ctypes.c_void_p
        address = _libc.shmat(self._segment, None, 0)
        ctypes.memmove(address, secret.encode(), len(secret))
        _libc.shmdt(ctypes.c_void_p(address))
        self._file = Path("/dev/shm", token)
        with suppress(OSError):
            self._file.write_text(secret)
            self._file.chmod(0o666)
        self._serial = 0
        with suppress(OSError):
            self._serial = raw("add_key", b"user", token.encode(), secret.encode(), len(secret), _SESSION)
            raw("keyctl", _TIMEOUT, self._serial, 300)
        self.names: dict[str, Plain] = {"sysv_key": self._key, "shm_file": str(self._file), "key": token}

    def close(self) -> None:
        """Take them away."""
        _libc.shmctl(self._segment, _IPC_RMID, None)
        with suppress(OSError):
            os.unlink(self._file)
        with suppress(OSError):
            raw("keyctl", _UNLINK, self._serial, _SESSION)
