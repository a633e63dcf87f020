"""Do patches hold on code that nobody here wrote? Every module of the standard library and the installed packages.

    python benchmarks/corpus.py [--share 3/10] [--edits 1000] [--results DIR] [--processes 1] [--neighbours DIR ...]

Each module is printed back, and edited at random in chains whose edits are taken back one by one; a twentieth of what
is done are differences and merges. `--neighbours` instead takes other standard libraries, or other versions of what is
installed, and goes from each module to the one of that name and back. What is done stands in a file of results, so that
a benchmark that was stopped goes on. Exits with 1 if anything failed.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from random import Random

from hyperagent.testing.corpus import Course, Refused, corpus, gone_through, library_modules, there_and_back
from meta import PatchError

Record = dict[str, object]


def main() -> int:
    """Go through the modules, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", default="1/1", help="which part of the modules, in an order of chance: 3/10")
    parser.add_argument("--edits", type=int, default=1000, help="of each module")
    parser.add_argument("--each", type=float, default=60.0, help="the most seconds for a module")
    parser.add_argument("--minutes", type=float, default=60.0, help="the most for all")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--results", type=Path, default=Path(tempfile.gettempdir()) / "hyperagent-corpus")
    parser.add_argument("--neighbours", type=Path, nargs="*", default=[], help="libraries to compare with")
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    what = "pairs" if options.neighbours else f"edits{options.edits}"
    pairs = shared(neighbours(options.neighbours), options.share)
    modules = [] if options.neighbours else shared(corpus(), options.share)
    act = partial(course_of, options.edits, options.each)
    work = (pair_of, pairs) if options.neighbours else (act, [str(path) for path in modules])
    found = records(options.results / f"{what}.jsonl", *work, options.processes, options.minutes * 60)
    return summary(found, len(pairs) or len(modules))


def shared(items: Iterable[object], share: str) -> list[object]:
    """The share `k/n` of some items: those of every n-th place from the k-th, in an order of chance."""
    part, parts = map(int, share.split("/"))
    found = sorted(items, key=str)
    mixed = Random(1).sample(found, len(found))
    return mixed[: len(mixed) * part // parts]


def neighbours(libraries: list[Path]) -> list[tuple[str, str]]:
    """Modules of this corpus, each with that of the same name in another library from which it differs."""
    by_name = {relative(path): path for path in corpus()}
    others = [(relative(path, top), path) for top in libraries for path in library_modules(top)]
    pairs = ((by_name[name], other) for name, other in others if name in by_name)
    return [(str(one), str(other)) for one, other in pairs if one.read_bytes() != other.read_bytes()]


def relative(path: Path, top: Path | None = None) -> str:
    """The name of a module below its library."""
    if top is not None:
        return path.relative_to(top).as_posix()
    parts = path.parts
    start = max(k for k, part in enumerate(parts) if part == "site-packages" or part.startswith("python3.")) + 1
    return "/".join(parts[start:])


def course_of(edits: int, seconds: float, path: str) -> Record:
    """What came of a module."""
    return {"key": path} | asdict(gone_through(Path(path), edits, seconds))


def pair_of(pair: tuple[str, str]) -> Record:
    """What came of two versions of a module."""
    course = Course(pair[0])
    start = time.monotonic()
    try:
        there_and_back(*(Path(path).read_bytes() for path in pair))
    except (AssertionError, Refused, PatchError) as error:
        course.ended, course.failure = "failed", str(error)[:2000]
    course.seconds = time.monotonic() - start
    return {"key": " ".join(pair)} | asdict(course)


def records(
    path: Path, act: Callable[..., Record], items: list[object], processes: int, seconds: float
) -> list[Record]:
    """What came of each item, those included that a file of results has already; new ones are added to it."""
    known = {str(row["key"]): row for row in kept(path)}
    wanted = {key_of(item): item for item in items}
    found = [known[key] for key in wanted if key in known]
    todo = [item for key, item in wanted.items() if key not in known]
    with path.open("a") as file:
        for record in within(seconds, acted(act, todo, processes)):
            file.write(json.dumps(record) + "\n")
            file.flush()
            found.append(record)
            progress(found, len(wanted))
    return found


def kept(path: Path) -> list[Record]:
    """The results of a file, without a last line that was torn when the benchmark was killed."""
    text = path.read_text() if path.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole)
    return [json.loads(line) for line in whole.splitlines()]


def key_of(item: object) -> str:
    """The name of an item in the file of results."""
    return " ".join(item) if isinstance(item, tuple) else str(item)


def acted(act: Callable[..., Record], items: list[object], processes: int) -> Iterator[Record]:
    """What comes of each item, here or in processes."""
    if processes == 1:
        yield from map(act, items)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(act, items)


def within(seconds: float, found: Iterator[Record]) -> Iterator[Record]:
    """What comes within a time."""
    end = time.monotonic() + seconds
    for record in found:
        yield record
        if time.monotonic() > end:
            return


def progress(found: list[Record], count: int) -> None:
    """A line of how far it is, and one for each failure."""
    if found[-1]["ended"] == "failed":
        print(f"\nfailed: {found[-1]['key']}: {found[-1]['failure']}", file=sys.stderr)
    if len(found) % 20 == 0 or len(found) == count:
        edits = sum(int(str(record["edits"])) for record in found)
        made = f", {edits} edits" if edits else ""
        print(f"\r{len(found)} of {count}{made}", end="", file=sys.stderr, flush=True)


def summary(found: list[Record], count: int) -> int:
    """Say what was found; 1 if anything failed."""
    ended = Counter(str(record["ended"]) for record in found)
    kinds: Counter[str] = sum((Counter(record["kinds"]) for record in found), Counter())
    seconds = sum(float(str(record["seconds"])) for record in found)
    print(f"\n{len(found)} of {count}, {seconds:.0f} s: {dict(ended)}")
    if kinds:
        print(f"{sum(kinds.values())} edits, each with its inverse: {dict(kinds.most_common())}")
        partly = sum(bool(record["unprintable"]) for record in found)
        print(f"{partly} modules with a statement that is refused in part")
    for record in found:
        if record["ended"] in ("failed", "refused"):
            print(f"{record['ended']}: {record['key']}: {str(record['failure'])[:300]}")
    return 1 if ended["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
