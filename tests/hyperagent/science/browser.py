"""A headless Chromium driven over a pair of pipes: pages, clicks, keys, screenshots, and what its console said."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-pipe"
).split()


class Page:
    """One tab. `said` holds errors of the console and exceptions that nobody caught."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._rest, self._number, self._session = b"", 0, ""
        self.said: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Page", "Runtime", "Log"):
            self._ask(f"{part}.enable")

    def open(self, url: str, *, width: int = 1200, height: int = 900, dark: bool = False, still: bool = False,
             drawn: str = "#tree-plot") -> None:  # fmt: skip
        """Load a page and wait until one of its figures is drawn, the tree where no other is named."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        motion = {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme, motion])
        self._ask("Page.navigate", url=url)
        ready = " && typeof tree !== 'undefined'" if drawn == "#tree-plot" else ""
        self.wait(f"document.querySelector('{drawn} .main-svg') !== null{ready}")

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition: str, seconds: float = 30) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + seconds
        while not self.run(condition):
            assert time.monotonic() < end, f"not within {seconds} s: {condition}"
            time.sleep(0.05)

    def click(self, x: float, y: float) -> None:
        """Press and release the mouse, where it has been moved to."""
        self._ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        time.sleep(0.3)
        for kind in ("mousePressed", "mouseReleased"):
            self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def key(self, name: str) -> None:
        """Press a key."""
        typed = {"text": "\r", "windowsVirtualKeyCode": 13} if name == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, **typed)

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        shot = self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = os.read(self._back, 1 << 16)
            assert data, "the browser ended"
            self._rest += data
        first, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(first))

    def _note(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            self.said.append(json.dumps(parameters["exceptionDetails"])[:500])
        if event["method"] == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
            self.said.append(json.dumps(parameters["args"])[:500])
        if event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.said.append(parameters["entry"]["text"])


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A browser with a profile of its own, ended with the block."""
    (theirs, to), (back, mine) = os.pipe(), os.pipe()
    os.set_inheritable(theirs, True)
    os.set_inheritable(mine, True)

    def place() -> None:
        # Chromium reads commands from descriptor 3 and answers on 4.
        kept_in, kept_out = os.dup(theirs), os.dup(mine)
        os.dup2(kept_in, 3)
        os.dup2(kept_out, 4)

    command = [str(BROWSER), *FLAGS, f"--user-data-dir={folder / 'profile'}"]
    process = subprocess.Popen(
        command, preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(theirs)
    os.close(mine)
    try:
        yield Page(to, back)
    finally:
        process.terminate()
        process.wait(timeout=20)
        os.close(to)
        os.close(back)
