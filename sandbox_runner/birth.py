"""What a job says to its zygote once: that its walls stand, and where its forbidden calls are asked about."""

import socket

from sandbox_runner.refusals import Refusals


class Birth:
    """Both ends of the line on which it is said; the job keeps neither.

    `inside` tells whether the walls stood: an end before that is our fault, an end after it the call's.
    """

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self.inside = False
        self.refusals = Refusals()

    def fileno(self) -> int:
        """What to poll before `hear`."""
        return self._ours.fileno()

    def say(self, listener: int) -> None:
        """In the job: the walls stand, and `listener` is asked from now on, unless it is -1."""
        socket.send_fds(self._theirs, [b"r"], [listener] if listener >= 0 else [])

    def leave(self) -> None:
        """In the zygote: only the job can still say something."""
        self._theirs.close()

    def hear(self) -> None:
        """In the zygote: take what the job has said, or that it has died without a word."""
        data, fds, _, _ = socket.recv_fds(self._ours, 1, 1)
        self.inside = self.inside or data == b"r"
        if fds:
            self.refusals = Refusals(fds[0])

    def close(self) -> None:
        """Nobody is asked any more."""
        self._ours.close()
        self.refusals.close()
