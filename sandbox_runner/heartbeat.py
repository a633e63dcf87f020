"""Who has been silent for too long: a table of workers and moments, with no socket and no clock.

A worker that has said nothing for `interval` seconds is asked; one that leaves that unanswered for `patience` seconds
is silent, whether it is stopped, hangs or is only very slow. The owner hears out what has arrived before it judges, so
that a host that was busy itself does not take its own silence for that of others.
"""

import math


class Heartbeats:
    """The moments are those of any one clock that does not run backwards."""

    def __init__(self, interval: float = 1.0, patience: float = 10.0) -> None:
        self._interval, self._patience = interval, patience
        self._heard: dict[str, float] = {}
        self._asked: dict[str, float] = {}

    def heard(self, worker: str, now: float) -> None:
        """The worker has said something, or has been hired and will speak from `now` on."""
        self._heard[worker] = now
        self._asked.pop(worker, None)

    def lost(self, worker: str) -> None:
        """The worker is no more."""
        self._heard.pop(worker, None)
        self._asked.pop(worker, None)

    def to_ask(self, now: float) -> list[str]:
        """Those to be asked now, and taken as asked."""
        quiet = [name for name, at in self._heard.items() if name not in self._asked and now - at >= self._interval]
        self._asked.update(dict.fromkeys(quiet, now))
        return quiet

    def silent(self, now: float) -> list[str]:
        """Those to be given up now."""
        return [name for name, at in self._asked.items() if now - at >= self._patience]

    def until_next(self, now: float) -> float:
        """Seconds until somebody is to be asked or given up; infinity if there is nobody."""
        asking = [at + self._interval for name, at in self._heard.items() if name not in self._asked]
        moments = asking + [at + self._patience for at in self._asked.values()]
        return max(0.0, min(moments, default=math.inf) - now)
