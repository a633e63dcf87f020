"""Attacks run through real pools, and what came of each."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox_runner import Asked, Call, Cost, Done, Killed, Module, Outcome, Plain, Pool, Preload, Profile, Raised
from tests.attacks.proofs import machinery_broken, overdrawn
from tests.attacks.registry import PURE, Attack
from tests.attacks.scene import Scene

_HARNESS = Module("""
import os
from contextlib import suppress
from types import SimpleNamespace
from weapons import call_me
import attack

def run(api, name, bait):
    call_me(bait["tag"])
    with suppress(OSError):
        os.chdir(bait["desk"])
    return getattr(attack, name)(SimpleNamespace(api=api, **bait))
""")
_SOBER = Module("def run(api): return 1")
_ARMED = Preload(modules={"weapons": Module(Path(__file__).with_name("weapons.py").read_text())})
_PATIENCE = 60.0
# So long do processes that outlive their job have time to show themselves.
_LINGERING = 1.0
# An attack that ends like this has not been tried at all.
_MISFIRES = (
    "NameError",
    "AttributeError",
    "SyntaxError",
    "TypeError",
    "ImportError",
    "ModuleNotFoundError",
    "KeyError",
)


@dataclass(frozen=True)
class Verdict:
    """What came of an attack: how it `succeeded`, which is empty if it was contained, and how its call ended.

    Where the jail itself is `broken` nothing was contained, and nothing is known of what was to be tried.
    """

    attack: str
    category: str
    succeeded: str
    ended: str
    misfired: bool
    broken: bool


@dataclass(frozen=True)
class End:
    """The outcomes of an attack and of what follows it, and the processes that are still there some time later."""

    outcomes: Sequence[Outcome]
    survivors: Sequence[int]
    littered: bool
    """The worker has been left with more open files than before."""


def besiege(
    attacks: Sequence[Attack], *, profile: Profile = PURE, sandbox: str = "auto", shares: int = 4
) -> list[Verdict]:
    """Run the attacks that are meant for the profile against pools of one worker each, `shares` of them at a time."""
    chosen = [each for each in attacks if profile in each.profiles and (each.bare or sandbox != "none")]
    with Scene() as scene, ThreadPoolExecutor(shares) as threads:
        parts = [chosen[at::shares] for at in range(shares)]
        fallen = threads.map(lambda part: _besiege(scene, part, profile, sandbox), parts)
        outcomes = {name: ended for part in fallen for name, ended in part.items()}
        return [_verdict(scene, each, outcomes[each.name]) for each in chosen]


def _besiege(scene: Scene, attacks: Sequence[Attack], profile: Profile, sandbox: str) -> dict[str, End]:
    """How each attack ended; all run in one worker, one after the other."""
    outcomes: dict[str, list[Outcome]] = {}
    littered: set[str] = set()
    with Pool(1, {"armed": _ARMED}, sandbox=sandbox) as pool:  # type: ignore[arg-type]  # a word checked by the pool
        worker = next(iter(pool._workers.values())).pid
        _ended(pool, [Call("sober:run", {"sober": _SOBER}, preload="armed", profile=profile)])
        for each in attacks:
            before = _open_files(worker)
            bait = {**scene.bait(each.tag, each.victim), "pool": f"{pool._folder.path}/pool"}
            functions = [each.name, each.then] if each.then else [each.name]
            outcomes[each.name] = _ended(pool, [_call(each, function, bait, profile) for function in functions])
            if not _eventually(lambda: _open_files(worker) <= before):
                littered.add(each.name)
        # Afterwards whatever they have left dies with the pool.
        time.sleep(_LINGERING)
        return {
            each.name: End(outcomes[each.name], scene.survivors(each.tag), each.name in littered) for each in attacks
        }


def _eventually(claim: Callable[[], bool]) -> bool:
    """Whether it comes true within a second."""
    for _ in range(100):
        if claim():
            return True
        time.sleep(0.01)
    return False


def _open_files(worker: int) -> int:
    """How many descriptors the worker has; 0 if it is gone."""
    with suppress(OSError):
        return len(os.listdir(f"/proc/{worker}/fd"))
    return 0


def _call(attack: Attack, function: str, bait: dict[str, Plain], profile: Profile) -> Call:
    source = Module("from weapons import *\n" + attack.source)
    return Call(
        "harness:run",
        {"harness": _HARNESS},
        {"attack": source},
        (function, bait),
        attack.limits,
        "armed",
        profile=profile,
    )


def _ended(pool: Pool, calls: Sequence[Call]) -> list[Outcome]:
    """The outcomes of the calls; what is missing has not ended, and what is too much has ended twice."""
    jobs = {pool.submit(call): at for at, call in enumerate(calls)}
    ended: list[tuple[int, Outcome]] = []
    deadline = time.monotonic() + _PATIENCE
    while len(ended) < len(calls) and time.monotonic() < deadline:
        for event in pool.wait(deadline - time.monotonic()):
            match event:
                case Asked(job, _):
                    pool.answer(job, None)
                case Done(job, outcome):
                    ended.append((jobs[job], outcome))
    return [outcome for _, outcome in sorted(ended, key=lambda end: end[0])]


def _verdict(scene: Scene, attack: Attack, end: End) -> Verdict:
    last = end.outcomes[-1] if end.outcomes else Raised("Nothing", "", "")
    broken = any(map(machinery_broken, end.outcomes))
    claims = {
        "the call has not ended, or ended twice": len(end.outcomes) != 1 + bool(attack.then),
        "the machinery broke": broken,
        "a process has outlived its call": bool(end.survivors),
        "the worker was left with open files": end.littered,
        "a limit was exceeded": any(overdrawn(scene, attack, outcome) for outcome in end.outcomes),
        " ".join((attack.proof.__doc__ or "").split()): attack.proof(scene, attack, last),
    }
    succeeded = "; ".join(claim for claim, holds in claims.items() if holds)
    misfired = any(map(_is_misfire, end.outcomes))
    return Verdict(attack.name, attack.category, succeeded, " / ".join(map(_briefly, end.outcomes)), misfired, broken)


def _is_misfire(outcome: Outcome) -> bool:
    is_mistake = isinstance(outcome, Raised) and outcome.type in _MISFIRES
    return is_mistake and "is not plain data" not in outcome.message


def _briefly(outcome: Outcome) -> str:
    if isinstance(outcome, Raised):
        return f"{outcome.type}: {outcome.message}"[:100]
    words = str(replace(outcome, cost=Cost())).replace(f", cost={Cost()}", "").replace(", files={}", "")
    return f"{words[:100]}, {outcome.cost.peak_bytes >> 20} MiB" if isinstance(outcome, Killed) else words[:100]
