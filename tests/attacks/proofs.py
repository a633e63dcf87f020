"""How it is decided, outside the jail, whether an attack has succeeded."""

import os
import sys
from pathlib import Path

import sandbox_runner
from sandbox_runner import Killed, Outcome, Plain, Returned
from tests.attacks.registry import Attack, Proof
from tests.attacks.scene import Scene

_PACKAGE = Path(sandbox_runner.__file__).parent
# What a limit may be exceeded by on a busy machine. The memory of a tree of processes is looked at from time to time.
_CPU_SLACK, _WALL_SLACK, _MEMORY_SLACK = 1.5, 3.0, 256 << 20


def secret_told(scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """The secret is in what it returned."""
    return isinstance(outcome, Returned) and scene.secret.encode() in _flat(outcome.value)


def heard(scene: Scene, attack: Attack, _outcome: Outcome) -> bool:
    """One of the servers heard its name."""
    return (scene.token + attack.tag).encode() in scene.ears.heard


def marked(scene: Scene, attack: Attack, _outcome: Outcome) -> bool:
    """There is a file on the host that it made."""
    return scene.marked(attack.tag)


def spoiled(scene: Scene, attack: Attack, _outcome: Outcome) -> bool:
    """A file on the host is not what it was."""
    return scene.spoiled(attack.tag)


def spilled(scene: Scene, _attack: Attack, _outcome: Outcome) -> bool:
    """The host's open file was written to."""
    return scene.spilled_on()


def victim_hurt(scene: Scene, attack: Attack, _outcome: Outcome) -> bool:
    """The process it aimed at is dead or not what it was."""
    return scene.victim_hurt(attack.tag)


def as_on_the_host(path: str) -> Proof:
    """It returned the content of a file of the host, which is read for comparison."""

    def proof(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
        """It returned what a file of the host holds."""
        content = Path(path).read_bytes()[:4_000]
        return isinstance(outcome, Returned) and bool(content) and content in _flat(outcome.value)

    return proof


def name_of_the_host(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It returned the host's name."""
    return isinstance(outcome, Returned) and outcome.value == os.uname().nodename


def listing_told(scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It returned the name of something that the host has and no interpreter needs."""
    return isinstance(outcome, Returned) and scene.landmark.name.encode() in _flat(outcome.value)


def folder_told(scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It returned where on the host this project, its interpreter or its packages lie."""
    told = _flat(outcome.value) if isinstance(outcome, Returned) else b""
    prefixes = {sys.prefix, sys.base_prefix} - {"/usr", "/usr/local"}
    return any(os.fsencode(folder) in told for folder in (_PACKAGE, scene.folder / "site-packages", *prefixes))


def size_told(scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It returned the size of a file, which was drawn at random."""
    return isinstance(outcome, Returned) and outcome.value == scene.size


def more_than(bound: int) -> Proof:
    """It returned a larger number."""

    def proof(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
        """It got more than it may have."""
        return isinstance(outcome, Returned) and isinstance(outcome.value, int | float) and outcome.value > bound

    return proof


def returned_at_all(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It was taken for a call that ended well."""
    return isinstance(outcome, Returned)


def group_told(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It returned the place of the host's processes among the groups."""
    paths = {line.rpartition(":")[2] for line in Path("/proc/self/cgroup").read_text().splitlines()} - {"/"}
    return isinstance(outcome, Returned) and any(path.encode() in _flat(outcome.value) for path in paths)


def longer_than_allowed(_scene: Scene, attack: Attack, outcome: Outcome) -> bool:
    """An answer was passed on that is longer than it may be."""
    return isinstance(outcome, Returned) and len(_flat(outcome.value)) > attack.limits.answer_bytes


def forged(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """Its forgery was taken for the real thing, or the host has lost track of what it costs."""
    return outcome.cost.cpu_seconds == 0 or (isinstance(outcome, Returned) and outcome.value == "forged")


def cost_hidden(_scene: Scene, _attack: Attack, outcome: Outcome) -> bool:
    """It was charged less than the quarter of a second that it had used."""
    return isinstance(outcome, Returned) and outcome.cost.cpu_seconds < 0.25


def overdrawn(_scene: Scene, attack: Attack, outcome: Outcome) -> bool:
    """It used more than it was granted, as measured outside."""
    limits, cost = attack.limits, outcome.cost
    return (
        cost.cpu_seconds > limits.cpu_seconds + _CPU_SLACK
        or cost.wall_seconds > limits.wall_seconds + _WALL_SLACK
        or cost.peak_bytes > limits.memory_bytes + _MEMORY_SLACK
    )


def machinery_broken(outcome: Outcome) -> bool:
    """It took its zygote or its worker with it, or got the blame for their failure."""
    return isinstance(outcome, Killed) and outcome.reason.startswith(("the machinery", "worker died"))


def _flat(value: Plain) -> bytes:
    """All text and bytes in a value."""
    match value:
        case str():
            return value.encode(errors="replace")
        case bytes():
            return value
        case list():
            return b"\n".join(map(_flat, value))
        case dict():
            return _flat([*value, *value.values()])
    return b""
