"""The questions of one job and the replies they got, kept so that a second run of the job is not asked for twice.

A job that is run again after a fault of the machinery asks the same questions again; those that have been answered are
answered from here, and the host sees each question once. If it asks something else, the rest is forgotten.
"""

from sandbox_runner.outcome import Plain


class Conversation:
    """Pure bookkeeping: the caller delivers what is returned here."""

    def __init__(self) -> None:
        self._questions: list[Plain] = []
        self._replies: list[Plain] = []
        self._heard = 0
        self._waits = False

    def ask(self, question: Plain) -> bool:
        """The current run puts its next question; True if it is new to the host."""
        known = self._questions[self._heard : self._heard + 1]
        self._heard += 1
        self._waits = True
        if known == [question]:
            return False
        del self._questions[self._heard - 1 :], self._replies[self._heard - 1 :]
        self._questions.append(question)
        return True

    def answer(self, reply: Plain) -> bool:
        """Note the host's reply; False if no question is open."""
        if len(self._replies) >= len(self._questions):
            return False
        self._replies.append(reply)
        return True

    def due(self) -> list[Plain]:
        """The reply to deliver to the current run now, if it waits for one and there is one; then it waits no more."""
        if not self._waits or len(self._replies) < self._heard:
            return []
        self._waits = False
        return [self._replies[self._heard - 1]]

    def restart(self) -> None:
        """The job begins anew."""
        self._heard = 0
        self._waits = False
