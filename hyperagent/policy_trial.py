"""The selection policies that a population invented, each asked again in a jail at some moments of its run."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from archive import Archive, Columns
from hyperagent.confirm import compiled
from hyperagent.contract import Failure, select_call, selected
from hyperagent.flow import Flow
from hyperagent.parents import RULES
from hyperagent.program import guest, package_sources
from hyperagent.science.members import Member
from hyperagent.science.policies import PICKS, Scored, moments, scored
from hyperagent.streams import stream_seed
from meta import Genome
from sandbox_runner import Pool, Preload

FILE = "selection.py"
MOST = 12
BESIDE = {"paper": "the rule of the paper", "uniform": "a uniform draw"}


def policies(archive: Archive, members: tuple[Member, ...]) -> list[Scored]:
    """The seed's selection, the changed ones that most of the living have, and two rules beside them.

    Empty where nobody changed the selection, or the run is too short to tell.
    """
    found, carriers = changed_selections(archive, members)
    at = moments(len(members) - 1)
    if len(found) < 2 or not at:
        return []
    picks: dict[str, dict[int, list[int] | None]] = {}
    for rule, name in BESIDE.items():
        picks[name] = {count: beside(rule, archive, members, count) for count in at}
    with Pool(1, preloads()) as jails:
        flow = Flow(jails)
        for digest, (name, genome) in found.items():
            future = flow.spawn(asked(flow, archive, genome, at))
            while not future.done:
                flow.advance(1.0)
            picks[name] = future.result()
            carriers[name] = carriers.pop(digest)
    order = [*(name for name, _ in found.values()), *BESIDE.values()]
    return [scored(name, carriers.get(name, 0), picks[name], members) for name in order]


def changed_selections(
    archive: Archive, members: tuple[Member, ...]
) -> tuple[dict[str, tuple[str, Genome]], Counter[str]]:
    """The selections to ask by digest, the seed's first, and how many of the living have each."""
    first: dict[str, int] = {}
    carriers: Counter[str] = Counter()
    for id, digest in digests(archive, members):
        first.setdefault(digest, id)
        carriers[digest] += 1
    seed = next(iter(first), None)
    if seed is None:
        return {}, carriers
    kept = [seed, *(digest for digest, _ in carriers.most_common() if digest != seed)][:MOST]
    names = {seed: "the seed's selection", **{digest: f"that of individual {first[digest]}" for digest in kept[1:]}}
    return {digest: (names[digest], archive[first[digest]].genome) for digest in kept}, carriers


def digests(archive: Archive, members: tuple[Member, ...]) -> Iterator[tuple[int, str]]:
    """The digest of the selection of each of the living whose files were not pruned."""
    for member in members:
        if member.status == "alive" and archive.has(member.id):
            genome = archive[member.id].genome
            if FILE in genome:
                yield member.id, hashlib.sha256(genome.raw(FILE)).hexdigest()


def preloads() -> dict[str, Preload]:
    """What building and selecting need."""
    code = Preload(
        ("ast", "libcst", "libcst.metadata"), {**package_sources("meta"), "agent_tools": guest("agent_tools")}
    )
    return {"bare": Preload(), "code": code, "numbers": Preload(("numpy", "numpy.random"))}


async def asked(flow: Flow, archive: Archive, genome: Genome, at: list[int]) -> dict[int, list[int] | None]:
    """The picks of a genome's selection at each moment, None where it gave no valid ids."""
    program = await compiled(flow, genome)
    found: dict[int, list[int] | None] = {}
    for count in at:
        columns = archive.candidates(count)
        picks = selected(await flow.call(select_call(program, columns, seeds(count))), columns, PICKS)
        found[count] = None if isinstance(picks, Failure) else picks
    return found


def beside(rule: str, archive: Archive, members: tuple[Member, ...], count: int) -> list[int]:
    """The picks of a rule of our own."""
    columns: Columns = archive.candidates(count)
    children = Counter(m.parent for m in members[:count] if m.parent is not None and m.status != "stillborn")
    return RULES[rule](columns, children, seeds(count))


def seeds(count: int) -> list[int]:
    """The random streams of the picks at a moment, the same for every policy."""
    return [stream_seed(count, "policy", number) for number in range(PICKS)]
