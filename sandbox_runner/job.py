"""A running job as its worker sees it: the files of its payload and answer, and the channel of its questions.

Everything read here was written by hostile code. It is bounded before it is read and checked before it is passed on;
nothing here waits for the job.
"""

import os
import socket
from pathlib import Path

from sandbox_runner import scratch
from sandbox_runner.launch import memory_file
from sandbox_runner.messages import ProtocolError, Run, pack, unpack
from sandbox_runner.outcome import RECORD_BYTES, Plain

_HEAD = 4


class Job:
    """The files and the channel of one run of `run`; to be closed once its zygote has reported its end.

    Where there are no walls, `base` is where it gets a folder on disk; otherwise its zygote makes it one.
    """

    def __init__(self, run: Run, base: Path | None = None) -> None:
        self.number, self.limits, self._run = run.job, run.limits, run
        self._disk = None if base is None else scratch.made_on_disk(base, run.profile)
        self._folder = -1 if self._disk is None else os.open(self._disk, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.waits = False
        self._inbox, self._outbox = bytearray(), bytearray()
        self._payload = memory_file(run.payload)
        self._answer = os.memfd_create("answer")
        self._channel, self._theirs = socket.socketpair()
        self._channel.setblocking(False)

    @property
    def fds(self) -> list[int]:
        """What the zygote hands to the job."""
        fds = [self._payload, self._answer, self._theirs.fileno()]
        return fds if self._folder < 0 else [*fds, self._folder]

    def fileno(self) -> int:
        """What to poll: for reading unless the job waits for a reply, for writing while `unsent`."""
        return self._channel.fileno()

    @property
    def unsent(self) -> bool:
        """Part of a reply has not been taken yet."""
        return bool(self._outbox)

    def question(self) -> list[Plain]:
        """Read on; the next question if it is complete. ProtocolError if it is none or too long."""
        self._inbox += self._received()
        size = int.from_bytes(self._inbox[:_HEAD], "little")
        if size > self.limits.answer_bytes:
            raise ProtocolError(f"a question of {size} bytes, more than the {self.limits.answer_bytes} allowed")
        if len(self._inbox) < _HEAD + size:
            return []
        data = bytes(self._inbox[_HEAD : _HEAD + size])
        del self._inbox[: _HEAD + size]
        self.waits = True
        return [unpack(data)]

    def reply(self, value: Plain) -> None:
        """Let the job have its reply, which it may take its time to read."""
        data = pack(value)
        self._outbox += len(data).to_bytes(_HEAD, "little") + data
        self.waits = False
        self.flush()

    def flush(self) -> None:
        """Send what the channel takes without waiting."""
        try:
            del self._outbox[: self._channel.send(self._outbox)]
        except BlockingIOError:
            pass
        except OSError:
            # The job has closed its end and will never read.
            self._outbox.clear()

    def started(self) -> None:
        """The zygote has its own copies of the descriptors."""
        self._theirs.close()

    def record(self) -> bytes:
        """What the job left as its answer, by a copy: a mapping would fault if the file were cut meanwhile."""
        size = min(os.fstat(self._answer).st_size, max(self.limits.answer_bytes, RECORD_BYTES) + 1)
        return os.pread(self._answer, size, 0)

    def files(self, folder: int, limit: int) -> dict[str, bytes]:
        """What the job left of the files to be collected; TooLarge if they are more than `limit` bytes."""
        return scratch.taken(folder, self._run.profile, self._run.collect, limit)

    def close(self) -> None:
        """Give everything back."""
        self._channel.close()
        self._theirs.close()
        os.close(self._payload)
        os.close(self._answer)
        if self._disk is not None:
            os.close(self._folder)
            scratch.remove(self._disk)

    def _received(self) -> bytes:
        try:
            data = self._channel.recv(1 << 16)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        # A closed channel stays readable for ever; from here on it is not looked at.
        self.waits = self.waits or not data
        return data
