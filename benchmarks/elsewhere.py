"""Is it the same elsewhere? One run under conditions as different as one machine has, and a run that is carried there.

    python benchmarks/elsewhere.py [--generations 24] [--domain repair] [--python /usr/bin/python3] [-- OPTIONS of run]

Makes the same run as it is made here; with another locale, time zone, hash seed, umask, home and folder; on one core
with more workers; with 2 GiB of addresses for each process; in a jail without namespaces; with another interpreter of
the same minor version; and, as the super-user, as another user with that interpreter. Then the first run is exported,
imported by the last of these and replayed there with `--evaluations`. Prints a digest a line, and exits with 1 if one
differs. A condition that cannot be had here is named, as where another user may not read the packages.

What it cannot vary is the processor: see docs/archive.md.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "genome", "hyperagent", "meta", "sandbox_runner")
CODE = "from hyperagent.cli import main; main()"
CLEAN = {"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
FOREIGN = {**CLEAN, "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7"}
NO_NAMESPACES = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
NOBODY = 65534
LEAST_MEMORY = 2 << 30


@dataclass(frozen=True)
class Condition:
    """Where and as whom a run is made: words before the command, the environment, options, and the umask."""

    name: str
    before: tuple[str, ...] = ()
    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    options: tuple[str, ...] = ()
    umask: int = 0o022


def main() -> None:
    """Make the runs, carry one over, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generations", type=int, default=24)
    parser.add_argument("--domain", default="repair")
    parser.add_argument("--python", default="/usr/bin/python3", help="another interpreter")
    parser.add_argument("more", nargs="*", help="options of each run, after --")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="elsewhere-"))
    folder.chmod(0o777)
    sources = copied(folder / "sources")
    there = [condition for condition in conditions(options.python, sources, folder) if possible(condition)]
    run = ["run", options.domain, "--generations", str(options.generations), "--json", *options.more]
    digests = {condition.name: made(condition, [*run, *condition.options], folder / f"place {number}")
               for number, condition in enumerate(there)}  # fmt: skip
    carried = replayed(there[-1], folder, str(digests[there[0].name][1]))
    shutil.rmtree(folder)
    equal = len({digest for digest, _ in digests.values()}) == 1
    print("all equal" if equal and carried else "DIFFERENT")
    sys.exit(not (equal and carried))


def conditions(python: str, sources: Path, folder: Path) -> list[Condition]:
    """As it is here first."""
    other = {"PYTHONPATH": f"{sources}:{sysconfig.get_path('purelib')}", "HOME": str(folder)}
    return [
        Condition("as it is here"),
        Condition("other locale, time zone, hash seed, umask, home", environment={**FOREIGN, "HOME": str(folder)},
                  umask=0o077),
        Condition("one core, four workers", before=("taskset", "-c", "0"), options=("--workers", "4")),
        Condition("2 GiB of addresses for each process", before=("prlimit", f"--as={LEAST_MEMORY}")),
        Condition("a jail without namespaces", before=("unshare", "-Ur", "sh", "-c", NO_NAMESPACES, "sh")),
        Condition("another interpreter", python=python, environment={**CLEAN, **other}),
        Condition("another user with that interpreter", before=("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                  "--clear-groups"), python=python, environment={**FOREIGN, **other}),
    ]  # fmt: skip


def copied(target: Path) -> Path:
    """The sources at another place, where everybody may read them."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "hyperagent" / "seed").symlink_to("../genome")
    return target


def possible(condition: Condition) -> bool:
    """Whether a condition can be had here; if not, that is said."""
    words = [
        *condition.before,
        condition.python,
        "-c",
        "import click, hyperagent, libcst, numpy, sys; print(sys.version_info[:2])",
    ]
    done = called(words, condition, ROOT.parent)
    same = done.stdout.strip() == str(sys.version_info[:2])
    if not same:
        print(f"cannot be had here: {condition.name}: {(done.stdout + done.stderr).strip()[-200:]}", flush=True)
    return same


def made(condition: Condition, arguments: list[str], place: Path) -> tuple[str, Path]:
    """The lineage digest of a run, and its folder."""
    place.mkdir()
    place.chmod(0o777)
    found = json.loads(spoken(condition, [*arguments, "--run", str(place / "run")], place))
    print(f"{found['lineage']}  {condition.name}", flush=True)
    return found["lineage"], place / "run"


def replayed(there: Condition, folder: Path, run: str) -> bool:
    """Whether a run that is exported here replays elsewhere with all its evaluations."""
    place, here = folder / "carried", Condition("here")
    place.mkdir()
    place.chmod(0o777)
    spoken(here, ["export", run, "--file", str(place / "file")], place)
    spoken(there, ["import", str(place / "file"), str(place / "run")], place)
    done = called(
        [*there.before, there.python, "-c", CODE, "replay", str(place / "run"), "--evaluations"], there, place
    )
    told = (done.stdout or done.stderr).strip().splitlines()
    print(f"exported, imported and replayed by: {there.name}: {told[-1] if told else ''}", flush=True)
    return done.returncode == 0


def spoken(condition: Condition, arguments: list[str], place: Path) -> str:
    """What a command prints; where it fails that is the end."""
    done = called([*condition.before, condition.python, "-c", CODE, *arguments], condition, place)
    if done.returncode:
        sys.exit(f"{condition.name}: {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def called(words: list[str], condition: Condition, place: Path) -> "subprocess.CompletedProcess[str]":
    """A command, made under a condition at a place."""
    if shutil.which(words[0]) is None:
        return subprocess.CompletedProcess(words, 127, "", f"no {words[0]}")
    return subprocess.run(
        words, cwd=place, env=condition.environment, umask=condition.umask, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    main()
