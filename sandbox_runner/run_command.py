"""Run one program, give its exit status and what it wrote: the harness of `program.command`, sent in as source.

What the program leaves running is not waited for: it dies with the call.
"""

import os
import selectors
import subprocess
from collections.abc import Sequence
from typing import Any

_CHUNK, _PATIENCE = 1 << 16, 0.02


def run(api: Any, argv: Sequence[str], stdin: bytes, limit: int) -> list[object]:
    """[exit status, what it wrote to its output, what it wrote to its errors]; more than `limit` bytes end the call."""
    pipe = subprocess.PIPE
    source = pipe if stdin else subprocess.DEVNULL
    process = subprocess.Popen(argv, stdin=source, stdout=pipe, stderr=pipe, bufsize=0)
    return _conversation(api, process, stdin, limit)


def _conversation(api: Any, process: subprocess.Popen[bytes], stdin: bytes, limit: int) -> list[object]:
    written: dict[Any, bytearray] = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in written:
            selector.register(stream, selectors.EVENT_READ)
        if process.stdin:
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
        while selector.get_map():
            over = process.poll() is not None
            ready = selector.select(0 if over else _PATIENCE)
            if over and not any(key.fileobj in written for key, _ in ready):
                break
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    stdin = _feed(process.stdin, stdin, selector)
                else:
                    _listen(key.fileobj, written[key.fileobj], selector)
            if sum(map(len, written.values())) > limit:
                api.exceed("answer_bytes")
    return [process.wait(), *map(bytes, written.values())]


def _feed(stream: Any, data: bytes, selector: selectors.BaseSelector) -> bytes:
    try:
        data = data[os.write(stream.fileno(), data[:_CHUNK]) :]
    except BrokenPipeError:
        data = b""
    if not data:
        selector.unregister(stream)
        stream.close()
    return data


def _listen(stream: Any, written: bytearray, selector: selectors.BaseSelector) -> None:
    chunk = os.read(stream.fileno(), _CHUNK)
    written += chunk
    if not chunk:
        selector.unregister(stream)
