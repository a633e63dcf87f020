"""A run as a git repository: a commit for each individual, its parents as parents.

Times are no part of what is written: a commit's date is its id, in seconds, so the same run gives the same commits.
Branches `seed` and `best`, a tag for each improvement, and refs/individuals/ID for each that has no child, so that
`git log --all` shows the whole population. Git runs nothing of what a genome holds; paths that git itself would
read are refused.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from archive import Archive, Individual
from hyperagent.errors import RunError
from hyperagent.names import refuse_for_git
from hyperagent.run import reading
from hyperagent.science.members import mean, status
from hyperagent.science.text import visible
from meta import Genome, Patch

WHO = "hyperagent <hyperagent@localhost>"
WORKING = "refs/hyperagent/population"
FIRST_DATE = 1_000_000_000
NO_GENOME = Genome({})


def to_git(folder: Path, repository: Path) -> dict[str, str]:
    """Write a run to a new git repository, check out its best, and return the commits of the seed and the best."""
    if repository.exists() and (not repository.is_dir() or any(repository.iterdir())):
        raise RunError(f"{repository}: is there and not empty, expected a new folder")
    with closing(reading(folder)) as archive:
        if archive.is_pruned:
            raise RunError(f"{folder}: was pruned, expected a run with the files of every individual")
        best = archive.best()
        if best is None:
            raise RunError(f"{folder}: no individual was evaluated, expected at least the seed")
        git("init", "--quiet", "--initial-branch=best", str(repository))
        feed(repository, stream(archive, best.id))
    within = ("-C", str(repository))
    git(*within, "update-ref", "-d", WORKING)
    git(*within, "config", "core.autocrlf", "false")
    git(*within, "reset", "--quiet", "--hard", "best")
    return {name: git(*within, "rev-parse", name) for name in ("seed", "best")}


def git(*arguments: str) -> str:
    """What a git command prints."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False, env=surroundings())
    except FileNotFoundError:
        raise RunError("git is not installed, expected it for this export") from None
    if done.returncode:
        raise RunError(f"git {arguments[0]}: {done.stderr.strip()[:300]}")
    return done.stdout.strip()


def surroundings() -> dict[str, str]:
    """The environment without what names another repository, as in a hook: git would write there, whatever -C says."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def feed(repository: Path, commands: Iterator[bytes]) -> None:
    """Hand a stream to `git fast-import`."""
    arguments = ["git", "-C", str(repository), "fast-import", "--quiet", "--date-format=raw"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings()) as process:
        assert process.stdin is not None and process.stderr is not None
        try:
            process.stdin.writelines(commands)
            process.stdin.close()
        except BrokenPipeError:
            pass
        said = process.stderr.read().decode(errors="replace")
    if process.returncode:
        raise RunError(f"git fast-import: {said.strip()[:300]}")


def stream(archive: Archive, best: int) -> Iterator[bytes]:
    """The whole population for `git fast-import`; the mark of an individual is its id + 1."""
    highest = float("-inf")
    for individual in archive:
        before = None if individual.parent is None else archive[individual.parent].genome
        yield commit(individual, before)
        if not archive.children(individual.id):
            yield reference(f"refs/individuals/{individual.id}", individual.id)
        if individual.id and individual.score > highest:
            yield reference(f"refs/tags/improvement-{individual.id}", individual.id)
        highest = max(highest, individual.score)
    yield reference("refs/heads/seed", 0) + reference("refs/heads/best", best)


def commit(individual: Individual, before: Genome | None) -> bytes:
    """One commit: the message, the parents, and the files that are not as in the first parent."""
    date = f"{FIRST_DATE + individual.id} +0000"
    text = message(individual).encode()
    head = f"commit {WORKING}\nmark :{individual.id + 1}\nauthor {WHO} {date}\ncommitter {WHO} {date}\n"
    kin = "".join(
        f"{'merge' if number else 'from'} :{parent + 1}\n" for number, parent in enumerate(individual.parents)
    )
    if not individual.parents:
        head = f"reset {WORKING}\n{head}"
    return b"%sdata %d\n%s\n%s%s\n" % (head.encode(), len(text), text, kin.encode(), changes(individual, before))


def changes(individual: Individual, before: Genome | None) -> bytes:
    """The files that differ from those of the first parent."""
    genome, old = individual.genome, before or NO_GENOME
    gone = [f"D {quoted(name)}\n".encode() for name in old if name not in genome]
    new = [name for name in genome if name not in old or old.raw(name) != genome.raw(name)]
    return b"".join([*gone, *(b"M 100644 inline %s\ndata %d\n%s\n" % (
        quoted(name).encode(), len(genome.raw(name)), genome.raw(name)) for name in new)])  # fmt: skip


def quoted(name: str) -> str:
    """A path as git reads it; one that means something to git itself is refused."""
    refuse_for_git(name)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def message(individual: Individual) -> str:
    """Title and reason, and the rest as trailers; an individual's own text cannot pass for one."""
    patch = individual.patch or Patch()
    title = flat(patch.title)[:120] or ("the seed" if not individual.parents else "no patch")
    reason = "".join(f"{flat(text)}\n\n" for text in (patch.hypothesis,) if text.strip())
    trailers = [
        ("Individual", str(individual.id)),
        ("Parents", " ".join(map(str, individual.parents))),
        ("Steward", str(individual.steward) if individual.parents else ""),
        ("Status", status(individual)),
        *((f"Score-{split}", f"{mean(individual, split):.6g}") for split in individual.evaluations),
        ("Operators", flat(" ".join(patch.operators))),
        *(("Stillborn", flat(text)) for text in individual.stillborn),
        *(("Fallback", flat(text)) for text in individual.fallbacks),
        ("Genome", individual.digest),
    ]
    return f"{title}\n\n{reason}" + "".join(f"{name}: {value}\n" for name, value in trailers if value)


def flat(text: str) -> str:
    """Text on one line, with what steers a terminal spelled out."""
    return visible(" ".join(text.split())).strip()


def reference(name: str, id: int) -> bytes:
    """A ref that points at an individual."""
    return f"reset {name}\nfrom :{id + 1}\n\n".encode()
