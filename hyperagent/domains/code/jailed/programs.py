"""In a jail: a program built of the answer, and run afresh for each of some inputs.

The stages of a build bring their files when their turn comes, and the sources are gone before the program runs. What
the program should write is not known here.
"""

import os
import subprocess
import sys

TAIL = 600
MOST_BYTES = 1 << 20
MOST_LATE = 3


def main(_api, stages, argv, keep, inputs, seconds):
    """[[status, what it wrote, its errors] for each input], or why it cannot be built. Status None: too late."""
    for files, build in stages:
        put(files)
        if build:
            done = subprocess.run(build, capture_output=True, check=False)
            if done.returncode:
                return text(done.stderr + done.stdout)[:TAIL] or f"exit status {done.returncode}"
    for name in () if keep else {name for files, _ in stages for name in files}:
        os.unlink(name)
    argv = [sys.executable, *argv[1:]] if argv[0] == "python3" else argv
    results, late = [], 0
    for arguments, given in inputs:
        results.append([None, b"", b""] if late >= MOST_LATE else ran([*argv, *arguments], given, seconds))
        late += results[-1][0] is None
    return results


def put(files):
    for name, content in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)


def ran(argv, given, seconds):
    """How one run of the program ended."""
    try:
        done = subprocess.run(argv, input=given, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return [None, b"", b""]
    return [done.returncode, done.stdout[:MOST_BYTES], done.stderr[-TAIL:]]


def text(data):
    return data.decode(errors="replace")
