"""Measurements of imp@k made by hand."""

from collections.abc import Sequence

from hyperagent.science import imp
from hyperagent.science.changes import Change
from hyperagent.science.growth import Growth
from hyperagent.science.imp import Improvement
from hyperagent.science.measurement import Measurement, Origin, Taken

DIFF = "--- a/memory.py\n+++ b/memory.py\n@@ -1 +1 @@\n-LESSONS = {}\n+LESSONS = {'<i>': [1.0, 1.0]}\n"


def measurement(ours: Sequence[float], theirs: Sequence[float], ks: Sequence[int] = (2, 4)) -> Measurement:
    """Transfer whose arms gain so much with each child, by seed."""
    found = {"frozen": [run(s, gain, ks) for s, gain in enumerate(ours)],
             "seed": [run(s, gain, ks) for s, gain in enumerate(theirs)]}  # fmt: skip
    return Measurement(
        "control:acrobot", {"test": "9"}, max(ks), found, imp.rows(found, ks), {s: taken(s) for s in range(len(ours))},
        {"from-99": "<b>lost</b>"}, Origin("control:cartpole+pendulum", 300), "seed = 0\nlag = 8\n",
    )  # fmt: skip


def run(seed: int, gain: float, ks: Sequence[int]) -> Improvement:
    """A run that gains the same with each child."""
    curve = tuple(gain * at for at in range(max(ks) + 1))
    return Improvement(seed, 0.25, {k: curve[k] for k in ks}, curve, f"{seed:064x}")


def taken(seed: int) -> Taken:
    """The one that was chosen from the run of a seed."""
    changed = (Change("memory.py", DIFF, 1, 1),)
    return Taken(f"from-{seed}", 20 + seed, "cd" * 32, "", "ef" * 32, changed, Growth(20 + seed, 0.0625, 40, 17))
