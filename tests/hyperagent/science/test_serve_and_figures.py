"""The server and the exports, without a browser."""

import csv
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import HTTPServer
from pathlib import Path

import pytest
from populations import HOSTILE, child, patch, seed

from archive import Archive
from hyperagent.commands import figures
from hyperagent.commands.figures import write_csv, write_png
from hyperagent.errors import RunError
from hyperagent.serve import server


@pytest.fixture
def run(tmp_path: Path) -> Path:
    archive = Archive(tmp_path / "archive.sqlite")
    archive.add(seed(train=(1, 0), validation=(0, 1), test=(0, 1)))
    child(archive, 0, patch(1, f"={HOSTILE}"), train=(1, 1), validation=(1, 1))
    archive.close()
    return tmp_path


@pytest.fixture
def serving(run: Path) -> Iterator[HTTPServer]:
    with server(run, "words") as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()


def asked(serving: HTTPServer, path: str, method: str = "GET", host: str | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", serving.server_port, timeout=20)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_server_listens_on_the_loopback_address_alone(serving: HTTPServer) -> None:
    assert serving.server_address[0] == "127.0.0.1"


def test_the_server_gives_the_page_what_is_new_and_individuals(serving: HTTPServer) -> None:
    assert "<h1>words</h1>" in asked(serving, "/")[1]
    assert asked(serving, "/state?have=2") == (204, "")
    status, text = asked(serving, "/state?have=1")
    assert status == 200
    assert set(json.loads(text)) == {"run", "head", "figures"}
    assert json.loads(asked(serving, "/individual/1")[1])["parents"] == [0]


@pytest.mark.parametrize("path", ["/individual/2", "/individual/x", "/archive.sqlite", "/../archive.sqlite"])
def test_anything_else_is_not_there(serving: HTTPServer, path: str) -> None:
    assert asked(serving, path)[0] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(serving: HTTPServer, method: str) -> None:
    assert asked(serving, "/", method)[0] == 501


def test_a_page_elsewhere_cannot_read_it_under_another_name(serving: HTTPServer) -> None:
    assert asked(serving, "/", host=f"evil.example:{serving.server_port}")[0] == 403


def test_a_folder_without_a_run_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="expected the folder of a run"):
        server(tmp_path / "none", "x")


def test_csv_has_every_individual_and_no_formula(run: Path, tmp_path: Path) -> None:
    write_csv(run, tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8", newline="")))
    assert [row["id"] for row in rows] == ["0", "1"]
    assert rows[0]["validation"] == "0.5"
    assert rows[1]["test"] == ""
    assert rows[1]["changed"] == "task"
    assert rows[1]["title"].startswith("'=")


def test_a_picture_without_a_browser_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "BROWSERS", ("no-such-browser",))
    with pytest.raises(RunError, match="--png needs a browser, found none of no-such-browser"):
        write_png(tmp_path / "a.html", tmp_path / "a.png")
