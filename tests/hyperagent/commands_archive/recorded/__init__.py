"""A run as another machine made it, in one file, and its domain, which never changes.

`python -m tests.hyperagent.commands_archive.recorded` makes it anew, which is needed where what a run does has been
changed on purpose: runs of before can then not be replayed, and CHANGELOG.md says so.
"""

from pathlib import Path

import hyperagent as ha

FILE = Path(__file__).with_name("words.hyperagent")
GENERATIONS, SEED = 48, 5
WORDS = "stressed drawer lager diaper reward desserts live straw star repaid peels tuber".split()
AGENT = '''"""The task agent: it says every so many letters of the word."""

STEP = 2
START = 1


def solve(task, tools):
    """Some of the letters, from one on."""
    return task[START::STEP]
'''


def score(task: ha.Task, answer: object) -> float:
    """The share of letters that stand where they would in the word backwards."""
    if not isinstance(answer, str) or not isinstance(task.target, str):
        return 0.0
    same = sum(one == other for one, other in zip(answer, task.target, strict=False))
    return same / max(len(answer), len(task.target))


def words() -> ha.Domain:
    """The domain of the run."""
    return ha.Domain("words", [ha.Task(word, word, word[::-1]) for word in WORDS], score, seed=AGENT)
