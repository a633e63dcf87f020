"""A worker process as the pool sees it."""

import json
import os
import subprocess
import sys
from pathlib import Path

_BOOT = """
import sys, json
endpoint, identity, host, lifeline, found = sys.argv[1:]
sys.path[:], sys.prefix, sys.exec_prefix = json.loads(found)
from sandbox_runner.worker import main
main(endpoint, identity, int(host), int(lifeline))
"""
# Without the site module, for what it would find out is handed over, and it would take two mebibytes.
_FLAGS = ("-s", "-S", "-P", "-c")
_INHERITED = ("LD_LIBRARY_PATH", "TMPDIR")
_COMPLAINT_BYTES = 4_000


class WorkerProcess:
    """Start a worker with an environment that holds nothing of the host's, in a session that Ctrl-C does not reach."""

    def __init__(self, endpoint: str, identity: str, host: int, lifeline: int) -> None:
        self._errors = os.memfd_create("errors")
        self._process = subprocess.Popen(
            [sys.executable, *_FLAGS, _BOOT, endpoint, identity, str(host), str(lifeline), _found()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            pass_fds=(host, lifeline),
            env={"PATH": os.defpath, "LANG": "C.UTF-8"} | {k: os.environ[k] for k in _INHERITED if k in os.environ},
            cwd="/",
            start_new_session=True,
        )
        self.pid = self._process.pid
        self.pidfd = os.pidfd_open(self.pid)

    def close(self) -> str:
        """Kill it if it lives, and tell the last line that it wrote to its standard error."""
        self._process.kill()
        self._process.wait()
        size = os.fstat(self._errors).st_size
        text = os.pread(self._errors, _COMPLAINT_BYTES, max(0, size - _COMPLAINT_BYTES)).decode(errors="replace")
        os.close(self._errors)
        os.close(self.pidfd)
        return next(reversed(text.strip().splitlines()), "it gave no reason")


def _found() -> str:
    """The host's sys.path and prefixes, for an interpreter that starts elsewhere and without PYTHONPATH."""
    package = str(Path(__file__).resolve().parents[1])
    entries = [str(Path(entry).absolute()) for entry in sys.path]
    path = [*entries, *([] if package in entries else [package])]
    return json.dumps([path, sys.prefix, sys.exec_prefix])
