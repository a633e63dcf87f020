"""What do patches cost? One edit, a child built and gated, a difference, and a genome read at depth 1 and 1,000.

python benchmarks/patches.py [--rounds 50] [--depth 1000]

Processor time of this process, medians; the module has 500 lines. Beside each figure stands that of the plain way to
the same end: a transformer pass with libcst, a parse of the whole, a diff of lines.
"""

import argparse
import ast
import difflib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import libcst as cst

from archive import Archive, Individual
from meta import Genome, Patch, Policy, Replace, apply, block, decode, diff, encode, index, violations
from meta.tree import chunk_tree

FUNCTION = '''\
def function{k}(items, wanted, *, limit={k}):
    """Words about what function {k} does."""
    low, high = 0, len(items) - 1
    seen = {{"a": [1, 2.5], "b": (None, True)}}
    while low <= high and not seen.get("c"):
        middle = (low + high) // 2
        if items[middle] == wanted or middle > limit:
            return middle
        low = middle + {k}
    # what is left
    return [x * {k} for x in range(high) if x % 2]


'''
METHOD = '''\
    def method{k}(self, value):
        """Words about method {k}."""
        if value > {k} and self.total:
            self.total += value * {k}
        return self.total - {k}

'''
POLICY = Policy(contracts={})


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--depth", type=int, default=1000)
    options = parser.parse_args()
    text = module()
    print(f"a module of {len(text.splitlines())} lines")
    one_edit(text, options.rounds)
    children(text, options.rounds * 4)
    differences(text, options.rounds)
    depth(text, options.depth)


def module() -> str:
    """A module of functions and one class, 500 lines long."""
    functions = "".join(FUNCTION.format(k=k) for k in range(2, 34))
    methods = "".join(METHOD.format(k=k) for k in range(2, 15))
    return f'"""Words."""\n\nimport math\n\nRATE = 0.5\n\n\n{functions}class Agent:\n    total = 0\n\n{methods}'


def one_edit(text: str, rounds: int) -> None:
    """One edit of a parent that is parsed already, of a function and of a method."""
    genome = Genome({"m.py": text})
    edits = [function_edit(2 + k % 32, k) for k in range(rounds)]
    first = clocked(lambda: apply(Genome({"m.py": text + "\n"}), Patch((edits[0],))))
    warm(genome)
    plain = median(lambda k: transformed(text, edits[k]), 5)
    of_function = median(lambda k: apply(genome, Patch((edits[k],))), rounds)
    of_method = median(lambda k: apply(genome, Patch((method_edit(2 + k % 13, k),))), rounds)
    show("one edit, first parse and all", first, None)
    show("one edit of a function", of_function, 1.0, plain, "parse, transformer pass, code")
    show("one edit of a method of a class of 80 lines", of_method, 1.0, plain, "parse, transformer pass, code")
    data = encode(Patch((edits[0],)))
    show("a patch written and read as msgpack", median(lambda _: encode(decode(data)), rounds), None)


def children(text: str, count: int) -> None:
    """Children of one parent, each built and gated."""
    genome = Genome({"m.py": text, "notes.txt": "n" * 1000})
    warm(genome)
    built = [apply(genome, Patch((function_edit(2 + k % 32, k + 100),))) for k in range(count)]
    start = time.process_time()
    for k in range(count):
        child = apply(genome, Patch((function_edit(2 + k % 32, k + 1000),)))
        assert not violations(child, POLICY)
    each = (time.process_time() - start) / count * 1000
    plain = median(lambda k: [ast.parse(built[k]["m.py"]), compile(built[k]["m.py"], "m", "exec")], 20)
    show("a child built and gated", each, 5.0, plain, "parse and compile the whole")
    print(f"    children a second and core: {1000 / each:.0f} (target 200)")


def differences(text: str, rounds: int) -> None:
    """The difference of two modules in ten places, in functions and methods, and in one."""
    rng = random.Random(1)
    times: list[float] = []
    for number in (1, 10):
        for k in range(rounds):
            places = rng.sample(range(2, 34), number - number // 5)
            edits = [function_edit(place, 1000 * k + place) for place in places]
            edits += [method_edit(place, 1000 * k + place) for place in rng.sample(range(2, 15), number // 5)]
            old = Genome({"m.py": text + f"LAST = {k}\n"})
            new = apply(old, Patch(tuple(edits)))
            fresh()
            times.append(clocked(lambda old=old, new=new: diff(old, new)))
        lines = [str(genome["m.py"]).splitlines() for genome in (old, new)]
        plain = clocked(lambda lines=lines: [*difflib.unified_diff(*lines)])
        show(
            f"the difference in {number} places, both parsed anew",
            statistics.median(times),
            50.0,
            plain,
            "a diff of lines",
        )
        times.clear()


def depth(text: str, deepest: int) -> None:
    """A genome read from an archive at depth 1 and far down a line of children, each with one edit."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite"
        archive = Archive(path)
        genome = Genome({"m.py": text})
        archive.add(Individual(0, genome))
        for k in range(1, deepest + 1):
            patch = Patch((Replace("m:RATE/value", "0.5" if k == 1 else f"{k - 1}", f"{k}"),))
            genome = apply(genome, patch)
            archive.add(Individual(k, genome, (k - 1,), patch))
        archive.close()
        near, far = (statistics.median(read(path, d) for _ in range(15)) for d in (1, deepest))
    show("a genome read at depth 1", near, None)
    show(f"a genome read at depth {deepest}", far, None, near, "depth 1")


def read(path: Path, id: int) -> float:
    """The time to read a genome from an archive that was just opened, which has nothing in memory yet."""
    archive = Archive(path)
    try:
        return clocked(lambda: archive[id].genome.digest)
    finally:
        archive.close()


def function_edit(place: int, number: int) -> Replace:
    """Another number in one function."""
    return Replace(f"m:function{place}/body[3].body[2].value.right", str(place), str(number + 100))


def method_edit(place: int, number: int) -> Replace:
    """Another number in one method."""
    return Replace(f"m:Agent.method{place}/body[2].value.right", str(place), str(number + 100))


def transformed(text: str, edit: Replace) -> str:
    """The plain way: parse, pass over the whole tree, print."""
    return cst.parse_module(text).visit(Numbered(edit.expect, edit.new)).code


class Numbered(cst.CSTTransformer):
    """Replaces a number wherever it stands."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self.old, self.new = old, new

    def leave_Integer(self, _: cst.Integer, updated: cst.Integer) -> cst.Integer:
        """The number as it is to be."""
        return updated.with_changes(value=self.new) if updated.value == self.old else updated


def warm(genome: Genome) -> None:
    """Parse a parent: each function and the class have been edited once."""
    for edit in (*(function_edit(k, 1) for k in range(2, 34)), *(method_edit(k, 1) for k in range(2, 15))):
        apply(genome, Patch((edit,)))


def fresh() -> None:
    """Forget all that is kept of what was read."""
    chunk_tree.cache_clear()
    block._kept.clear()
    index._kept.clear()


def median(action: Callable[[int], object], rounds: int) -> float:
    """The median processor time of an action, in milliseconds."""
    return statistics.median(clocked(lambda k=k: action(k)) for k in range(rounds))


def clocked(action: Callable[[], object]) -> float:
    """The processor time of an action, in milliseconds."""
    start = time.process_time()
    action()
    return (time.process_time() - start) * 1000


def show(what: str, found: float, target: float | None, plain: float | None = None, way: str = "") -> None:
    """Print one figure."""
    goal = "" if target is None else f" (target {target:g}: {'met' if found <= target else 'missed'})"
    beside = "" if plain is None else f"; {way} {plain:.2f} ms, ratio {found / plain:.2f}"
    print(f"{what}: {found:.2f} ms{goal}{beside}")


if __name__ == "__main__":
    main()
