"""Attacks run through real pools, and what came of each."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox_runner import Asked, Call, Cost, Done, Module, Outcome, Plain, Pool, Preload, Raised
from tests.attacks.proofs import machinery_broken, overdrawn
from tests.attacks.registry import PURE, Attack
from tests.attacks.scene import Scene

_HARNESS = Module("""
from types import SimpleNamespace
from weapons import call_me
import attack

def run(api, name, bait):
    call_me(bait["tag"])
    return getattr(attack, name)(SimpleNamespace(api=api, **bait))
""")
_ARMED = Preload(modules={"weapons": Module(Path(__file__).with_name("weapons.py").read_text())})
_PATIENCE = 60.0
# So long do processes that outlive their job have time to show themselves.
_LINGERING = 0.8
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
    """What came of an attack: how it `succeeded`, which is empty if it was contained, and how its call ended."""

    attack: str
    category: str
    succeeded: str
    ended: str
    misfired: bool


def besiege(attacks: Sequence[Attack], *, profile: str = PURE, sandbox: str = "auto", shares: int = 4) -> list[Verdict]:
    """Run the attacks that are meant for the profile against pools of one worker each, `shares` of them at a time."""
    chosen = [each for each in attacks if profile in each.profiles and (each.bare or sandbox != "none")]
    with Scene() as scene, ThreadPoolExecutor(shares) as threads:
        parts = [chosen[at::shares] for at in range(shares)]
        outcomes: dict[str, list[Outcome]] = {}
        for part in threads.map(lambda part: _besiege(scene, part, profile, sandbox), parts):
            outcomes |= part
        time.sleep(_LINGERING)
        return [_verdict(scene, each, outcomes.get(each.name, [])) for each in chosen]


def _besiege(scene: Scene, attacks: Iterable[Attack], profile: str, sandbox: str) -> dict[str, list[Outcome]]:
    """The outcomes of each attack and of what follows it; all run in one worker, one after the other."""
    outcomes: dict[str, list[Outcome]] = {}
    with Pool(1, {"armed": _ARMED}, sandbox=sandbox) as pool:  # type: ignore[arg-type]  # a word checked by the pool
        for each in attacks:
            bait = {**scene.bait(each.tag, each.victim), "pool": f"{pool._folder.path}/pool"}
            functions = [each.name, each.then] if each.then else [each.name]
            calls = [_call(each, function, bait, profile) for function in functions]
            outcomes[each.name] = _ended(pool, calls)
    return outcomes


def _call(attack: Attack, function: str, bait: dict[str, Plain], profile: str) -> Call:
    source = Module("from weapons import *\n" + attack.source)
    call = Call("harness:run", {"harness": _HARNESS}, {"attack": source}, (function, bait), attack.limits, "armed")
    return call if profile == PURE else replace(call, profile=profile)


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


def _verdict(scene: Scene, attack: Attack, outcomes: Sequence[Outcome]) -> Verdict:
    last = outcomes[-1] if outcomes else Raised("Nothing", "", "")
    claims = {
        "the call has not ended, or ended twice": len(outcomes) != 1 + bool(attack.then),
        "the machinery broke": any(map(machinery_broken, outcomes)),
        "a process has outlived its call": bool(scene.survivors(attack.tag)),
        "a limit was exceeded": any(overdrawn(scene, attack, outcome) for outcome in outcomes),
        " ".join((attack.proof.__doc__ or "its proof").split()): attack.proof(scene, attack, last),
    }
    succeeded = "; ".join(claim for claim, holds in claims.items() if holds)
    misfired = any(map(_is_misfire, outcomes))
    return Verdict(attack.name, attack.category, succeeded, " / ".join(map(_briefly, outcomes)), misfired)


def _is_misfire(outcome: Outcome) -> bool:
    is_mistake = isinstance(outcome, Raised) and outcome.type in _MISFIRES
    return is_mistake and "is not plain data" not in outcome.message


def _briefly(outcome: Outcome) -> str:
    if isinstance(outcome, Raised):
        return f"{outcome.type}: {outcome.message}"[:100]
    return str(replace(outcome, cost=Cost())).replace(f", cost={Cost()}", "")[:100]
