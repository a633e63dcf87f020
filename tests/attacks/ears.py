"""Servers of every kind on the loopback interface and in the file system, which note who talks to them."""

import os
import selectors
import socket
import threading
from pathlib import Path

from sandbox_runner import Plain

Address = tuple[str, int] | str


class Ears:
    """Listening until closed. What is said to one of them is `heard`."""

    def __init__(self, folder: Path, token: str) -> None:
        self.heard = b""
        self._selector = selectors.DefaultSelector()
        names = {"unix_path": str(folder / "stream"), "unix_mail": str(folder / "mail")}
        abstract = {"unix_abstract": f"\0{token}-stream", "unix_abstract_mail": f"\0{token}-mail"}
        self.addresses: dict[str, Plain] = {**names, **abstract}
        self.addresses["tcp"] = self._open(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))[1]
        self.addresses["udp"] = self._open(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))[1]
        for name, address in (names | abstract).items():
            self._open(socket.AF_UNIX, socket.SOCK_DGRAM if "mail" in name else socket.SOCK_STREAM, address)
        for path in names.values():
            Path(path).chmod(0o777)
        self._stop, self._stopped = os.pipe()
        self._selector.register(self._stop, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        os.close(self._stopped)
        self._thread.join(5)
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        os.close(self._stop)
        self._selector.close()

    def _open(self, family: int, kind: int, address: Address) -> tuple[str, int]:
        ear = socket.socket(family, kind)
        ear.bind(address)
        if kind == socket.SOCK_STREAM:
            ear.listen(16)
        self._selector.register(ear, selectors.EVENT_READ)
        return ear.getsockname()

    def _listen(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == self._stop:
                    return
                assert isinstance(key.fileobj, socket.socket)
                self._attend(key.fileobj)

    def _attend(self, ear: socket.socket) -> None:
        try:
            if ear.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                guest, _ = ear.accept()
                self._selector.register(guest, selectors.EVENT_READ)
                return
            said = ear.recv(4_000)
        except OSError:
            said = b""
        self.heard += said
        if not said and ear.type == socket.SOCK_STREAM:
            self._selector.unregister(ear)
            ear.close()
