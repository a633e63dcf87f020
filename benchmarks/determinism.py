"""Is it repeatable? One digest of the whole lineage for 1, 2 and 4 workers, and through kills.

    python benchmarks/determinism.py [--generations 120] [--kills 20] [--domain repair]

Prints the digest of an undisturbed run on 1, 2 and 4 workers, then that of a run whose process is killed with signal 9
after random times and resumed each time.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

COMMAND = [sys.executable, "-c", "from hyperagent.cli import main; main()"]


def main() -> None:
    """Print one digest a line, and whether all are equal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generations", type=int, default=120)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--domain", default="repair")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="determinism-"))
    settings = [options.domain, "--generations", str(options.generations), "--seed", "3"]
    digests, seconds = [], 60.0
    for workers in (1, 2, 4):
        found = finished(["run", *settings, "--workers", str(workers), "--run", str(folder / f"w{workers}")])
        seconds = min(seconds, found["seconds"])
        digests.append(str(found["lineage"]))
        print(f"{workers} workers: {digests[-1]}", flush=True)
    digests.append(killed(settings, folder / "killed", options.kills, seconds))
    shutil.rmtree(folder)
    print("all equal" if len(set(digests)) == 1 else "DIFFERENT")
    sys.exit(len(set(digests)) != 1)


def killed(settings: list[str], run: Path, kills: int, seconds: float) -> str:
    """The digest of a run that was killed so many times on its way; `seconds` is what it takes undisturbed."""
    chance = random.Random(1)
    done = 0
    for _ in range(kills):
        begin = ["resume", str(run)] if (run / "run.toml").exists() else ["run", *settings, "--run", str(run)]
        process = subprocess.Popen([*COMMAND, *begin], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(chance.uniform(0.2, 2 + 2 * seconds / max(1, kills)))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            done += 1
    digest = str(finished(["resume", str(run)])["lineage"])
    print(f"killed {done} times: {digest}", flush=True)
    return digest


def finished(arguments: list[str]) -> dict[str, float]:
    """The JSON object that a command ends with."""
    done = subprocess.run([*COMMAND, *arguments, "--json"], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
