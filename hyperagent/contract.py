"""The three calls that a host may make into a genome: select, propose, solve; and the two it makes around them.

Each is made here as a `Call` and its answer is read here, from plain data to what the host works with. An answer that
is not of the right shape is the genome's failure and is named as such.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from archive import Columns
from hyperagent.program import Program, Unit, guest
from meta import Genome, Patch, PatchError, Policy, Violation
from sandbox_runner import Call, Killed, Limits, Module, Outcome, Plain, Raised, Returned, TimedOut

PROPOSE_LIMITS = Limits(wall_seconds=60, cpu_seconds=10, steps=5_000_000)
SELECT_LIMITS = Limits(wall_seconds=20, cpu_seconds=5, steps=5_000_000)
BUILD_LIMITS = Limits(wall_seconds=60, cpu_seconds=20, answer_bytes=16 << 20)
JUDGE_LIMITS = Limits(wall_seconds=20, cpu_seconds=2)


@dataclass(frozen=True)
class Failure:
    """Why a call gave nothing that can be used: one line, and the traceback if there was one."""

    text: str
    traceback: str = ""


@dataclass(frozen=True)
class Built:
    """A child as the build made it: its genome, the units that are new, and why it may not run."""

    genome: Genome
    units: Mapping[str, Unit]
    violations: tuple[Violation, ...]


def select_call(program: Program, columns: Columns, seeds: Sequence[int], brood: int = 1) -> Call:
    """Ask the selection of `program` for one id a seed; a pick counts as `brood` visits for the picks after it."""
    shown: Plain = {
        "id": columns.id.astype("<i8").tobytes(),
        "score": columns.score.astype("<f8").tobytes(),
        "visits": columns.visits.astype("<i8").tobytes(),
        "depth": columns.depth.astype("<i8").tobytes(),
        "size": columns.size.astype("<i8").tobytes(),
    }
    return Call(
        entry="choose:main",
        harness={"choose": guest("choose")},
        foreign=program.closure("selection.py"),
        arguments=(shown, list(seeds), brood),
        limits=SELECT_LIMITS,
        preload="numbers",
    )


def selected(outcome: Outcome, columns: Columns, count: int) -> list[int] | Failure:
    """The ids that were picked, each of them one that was offered."""
    if not isinstance(outcome, Returned):
        return failure(outcome)
    picks = outcome.value
    offered = set(columns.id.tolist())
    if not isinstance(picks, list) or len(picks) != count:
        return Failure(f"select gave {picks!r:.80}, expected {count} ids")
    ids = [pick for pick in picks if isinstance(pick, int) and pick in offered]
    if len(ids) != count:
        return Failure(f"select gave {picks!r:.80}, which are not all among the {len(offered)} ids that it was offered")
    return ids


def propose_call(
    program: Program, parent: Plain, history: Plain, donors: Plain, seed: int, model: Plain = None
) -> Call:
    """Ask the meta agent of `program` for a patch of its own genome; `model` is what it is told of models, if any."""
    return Call(
        entry="propose:main",
        harness={"propose": guest("propose")} | ({"bench": guest("bench")} if model else {}),
        foreign=program.closure("meta_agent.py"),
        arguments=(parent, history, donors, seed, model),
        limits=PROPOSE_LIMITS,
        preload="code",
    )


def litter_call(
    program: Program, parent: Plain, history: Plain, donors: Mapping[str, Plain], drawn: Sequence[Plain], seeds: Plain
) -> Call:
    """Ask for a patch for each of the `seeds`; `drawn` names those of the `donors` that each is shown.

    Together they have the time of one, a hundred times what they need: a litter that hangs is given up as soon.
    """
    return Call(
        entry="propose:litter",
        harness={"propose": guest("propose")},
        foreign=program.closure("meta_agent.py"),
        arguments=(parent, history, dict(donors), list(drawn), seeds, PROPOSE_LIMITS.steps),
        limits=replace(PROPOSE_LIMITS, steps=PROPOSE_LIMITS.steps * len(drawn)),
        preload="code",
    )


def litter_proposed(outcome: Outcome, count: int) -> list[Patch | Failure] | Failure:
    """The patches that were proposed, each for itself; a failure where the call as a whole gave none."""
    if not isinstance(outcome, Returned):
        return failure(outcome)
    if not isinstance(outcome.value, list) or len(outcome.value) != count:
        return Failure(f"{outcome.value!r:.80} was proposed, expected {count} patches")
    return [proposed(Returned(patch)) for patch in outcome.value]


def proposed(outcome: Outcome) -> Patch | Failure:
    """The patch that was proposed."""
    if not isinstance(outcome, Returned):
        return failure(outcome)
    try:
        patch = brief(Patch.from_plain(outcome.value))
    except PatchError as error:
        return Failure(f"not a patch: {error}"[:500])
    return patch if patch.edits else Failure(patch.title or "a patch without edits")


def brief(patch: Patch) -> Patch:
    """The patch with its words cut: they are kept, and shown to every later proposal."""
    return replace(
        patch,
        title=patch.title[:300],
        hypothesis=patch.hypothesis[:2000],
        operators=tuple(name[:100] for name in patch.operators[:20]),
    )


def build_call(genome: Genome, patch: Patch | None, policy: Policy, known: Sequence[str]) -> Call:
    """Apply a patch, check the result and compile what is not among the `known` files."""
    return builds_call(genome, [patch], policy, known)


def builds_call(genome: Genome, patches: Sequence[Patch | None], policy: Policy, known: Sequence[str]) -> Call:
    """The same for each of some patches."""
    files: Plain = {name: genome.raw(name) for name in genome}
    plain: list[Plain] = [None if patch is None else patch.plain() for patch in patches]  # type: ignore[misc]  # plain data
    return Call(
        entry="build:main",
        harness={"build": guest("build")},
        arguments=(files, plain, rules(policy), [*known]),
        limits=BUILD_LIMITS,
        preload="code",
    )


def compare_call(before: Genome, after: Genome) -> Call:
    """Ask for the patch that leads from one genome to another."""
    files: list[Plain] = [{name: genome.raw(name) for name in genome} for genome in (before, after)]
    return Call(
        entry="compare:main",
        harness={"compare": guest("compare")},
        arguments=tuple(files),
        limits=BUILD_LIMITS,
        preload="code",
    )


def rules(policy: Policy) -> Plain:
    """What a policy allows and forbids, for a jail in which sources are checked against it."""
    return policy.plain()  # type: ignore[return-value]  # a dict of plain data


def built(outcome: Outcome, genome: Genome) -> Built | Failure:
    """The child that a build made, from the data that it returned."""
    made = all_built(outcome, genome)
    return made if isinstance(made, Failure) else made[0]


def all_built(outcome: Outcome, genome: Genome) -> list[Built | Failure] | Failure:
    """The children that a build of several made; a failure where one of them crashed it."""
    if not isinstance(outcome, Returned):
        return failure(outcome)
    assert isinstance(outcome.value, list), "the build is our own code"
    return [_built(answer, genome) for answer in outcome.value]


def _built(answer: Plain, genome: Genome) -> Built | Failure:
    assert isinstance(answer, dict), "the build is our own code"
    if "error" in answer:
        return Failure(str(answer["error"]))
    files, units, violations = answer["files"], answer["units"], answer["violations"]
    assert isinstance(files, dict) and isinstance(units, dict) and isinstance(violations, list)
    changed = {name: content if isinstance(content, bytes) else None for name, content in files.items()}
    return Built(
        genome=genome.with_files(changed),
        units={name: unit(data) for name, data in units.items()},
        violations=tuple(Violation(*map(str, item)) for item in violations if isinstance(item, list)),
    )


def unit(data: Plain) -> Unit:
    """One compiled file."""
    assert isinstance(data, dict)
    source, code, imports = data["source"], data["code"], data["imports"]
    assert isinstance(source, str) and isinstance(code, bytes) and isinstance(imports, list)
    return Unit(Module(source, code), tuple(map(str, imports)))


def solve_call(
    program: Program,
    task: Plain,
    seed: int,
    *,
    limits: Limits,
    preload: str,
    without: tuple[str, ...],
    models: Sequence[str],
    has_tools: bool,
) -> Call:
    """Ask the task agent of `program` for its answer to one task."""
    return Call(
        entry="solve:main",
        harness={"solve": guest("solve")},
        foreign=program.closure("task_agent.py"),
        arguments=(task, seed, [*models], has_tools),
        limits=limits,
        preload=preload,
        without=without,
    )


def run_call(source: str, function: str, inputs: Plain) -> Call:
    """Run a function of an answer that is code, on inputs, in a jail that never held the genome."""
    return Call(
        entry="run_function:main",
        harness={"run_function": guest("run_function")},
        arguments=(source, function, inputs),
        limits=JUDGE_LIMITS,
        preload="bare",
    )


def failure(outcome: Outcome) -> Failure:
    """A call that ended without an answer, on one line."""
    match outcome:
        case Raised(type=kind, message=message, traceback=traceback):
            return Failure(f"{kind}: {message}"[:500], traceback)
        case TimedOut(limit=limit):
            return Failure(f"ran out of {limit}")
        case Killed(reason=reason):
            return Failure(f"killed: {reason}")
        case Returned(value=value):
            return Failure(f"returned {value!r:.80}")
