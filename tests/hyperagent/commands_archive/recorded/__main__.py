"""Make the run, and write it to its file."""

import sys
import tempfile
from pathlib import Path

import hyperagent as ha
from hyperagent.commands.portable import to_file
from tests.hyperagent.commands_archive.recorded import FILE, GENERATIONS, SEED, words

with tempfile.TemporaryDirectory() as folder:
    run = Path(folder) / "words"
    kinds = [child.stillborn for child in ha.evolve(words(), run, generations=GENERATIONS, workers=1, seed=SEED)]
    FILE.unlink(missing_ok=True)
    sys.stdout.write(f"{len(kinds)} individuals, {sum(map(bool, kinds))} stillborn; head {to_file(run, FILE)}\n")
