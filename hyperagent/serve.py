"""The report of a run over HTTP while it goes on: loopback only, reading only.

Guarded: it answers GET and HEAD alone, for three paths, from the loopback address, and only where the host that was
asked for is that address, so that no other page a browser has open can read a run by giving its own name to 127.0.0.1.
Not guarded: other users of this machine can connect to the port.
"""

import json
import re
import sqlite3
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from archive import Archive, ArchiveError
from archive.store import Store
from hyperagent.errors import HyperagentError
from hyperagent.run import ARCHIVE, reading
from hyperagent.science.details import detail
from hyperagent.science.report import report, state

HOST = "127.0.0.1"
INDIVIDUAL = re.compile(r"/individual/(\d{1,9})")
PATIENCE = 3.0
HTML, JSON = "text/html; charset=utf-8", "application/json"


class Live:
    """What is told of a run, made anew when there is more of it, but not all the time where that takes long."""

    def __init__(self, folder: Path, title: str) -> None:
        self._folder = folder
        self._title = title
        self._made: dict[str, tuple[int, float, float, str]] = {}

    def page(self) -> str:
        """The whole page."""
        return self._fresh("page", lambda archive: report(archive, self._title, live=True))

    def news(self, have: int) -> str | None:
        """What is new for a page that has so many individuals; None where nothing is."""
        if self.count() <= have:
            return None
        return self._fresh("state", lambda archive: state(archive, self._title))

    def individual(self, id: int) -> str:
        """One individual as JSON; raises `KeyError` for one that is not there."""
        store = Store(self._folder / ARCHIVE, create=False)
        try:
            if id >= len(store):
                raise KeyError(id)
        finally:
            store.close()
        archive = reading(self._folder)
        try:
            return json.dumps(detail(archive[id]))
        finally:
            archive.close()

    def count(self) -> int:
        """How many individuals there are."""
        store = Store(self._folder / ARCHIVE, create=False)
        try:
            return len(store)
        finally:
            store.close()

    def _fresh(self, what: str, make: Callable[[Archive], str]) -> str:
        count, begun = self.count(), time.monotonic()
        if what in self._made:
            known, made_at, took, text = self._made[what]
            if known == count or begun - made_at < PATIENCE * took:
                return text
        archive = reading(self._folder)
        try:
            text = make(archive)
        finally:
            archive.close()
        self._made[what] = (count, time.monotonic(), time.monotonic() - begun, text)
        return text


def server(folder: Path, title: str, port: int = 0) -> HTTPServer:
    """A server of a run, bound to the loopback address; port 0 takes a free one."""
    reading(folder).close()
    live = Live(folder, title)
    handler = type("Handler", (_Handler,), {"live": live})
    return HTTPServer((HOST, port), handler)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    live: Live
    server_version = "hyperagent"
    sys_version = ""

    def do_GET(self) -> None:
        """Send a page, or say that there is none."""
        if self.headers.get("Host", "").rpartition(":")[0] not in (HOST, "localhost"):
            return self._send(403, "text/plain", "asked for under another name than 127.0.0.1")
        try:
            self._answer(urlsplit(self.path).path, parse_qs(urlsplit(self.path).query))
        except KeyError:
            self._send(404, "text/plain", "no such page")
        except (HyperagentError, ArchiveError, sqlite3.Error) as error:
            self._send(503, "text/plain", str(error))
        return None

    def do_HEAD(self) -> None:
        """The same without the page."""
        self.do_GET()

    def _answer(self, path: str, query: dict[str, list[str]]) -> None:
        if path == "/":
            return self._send(200, HTML, self.live.page())
        if path == "/state":
            have = query.get("have", ["0"])[0]
            news = self.live.news(int(have) if have.isdecimal() else 0)
            return self._send(204, JSON, "") if news is None else self._send(200, JSON, news)
        found = INDIVIDUAL.fullmatch(path)
        if found is None:
            raise KeyError(path)
        return self._send(200, JSON, self.live.individual(int(found[1])))

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the page asks every two seconds."""
