"""The page in a real browser: what is there, what clicks and keys do, and that nothing goes wrong on the way."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import BROWSER, Page, browser
from populations import child, crowd, hostile, patch, seed, six

from archive import Archive
from hyperagent.commands.figures import write_png
from hyperagent.science.report import report
from hyperagent.serve import server

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")]
SHOWN = "document.querySelector('#detail h3')?.textContent ?? ''"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def opened(page: Page, archive: Archive, folder: Path, **how: object) -> None:
    (folder / "page.html").write_text(report(archive, "words"), "utf-8")
    page.said.clear()
    page.open((folder / "page.html").as_uri(), **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("archive", [six, lambda: crowd(1)])
def test_every_plot_is_drawn(page: Page, tmp_path: Path, archive: Callable[[], Archive]) -> None:
    opened(page, archive(), tmp_path)
    for plot in ("curve-plot", "tree-plot"):
        assert page.run(f"document.querySelectorAll('#{plot} .main-svg .point').length") > 0
    assert page.said == []


def test_a_click_in_the_tree_shows_the_individual(page: Page, tmp_path: Path) -> None:
    opened(page, six(), tmp_path)
    page.run("byId('tree-plot').scrollIntoView()")
    x, y = page.run(
        "(() => { const all = [...document.querySelectorAll('#tree-plot .scatterlayer .trace')];"
        " const boxes = all.flatMap((trace) => [...trace.querySelectorAll('.point')]).map((p) => ["
        "   p.__data__.data ?? p.__data__.id, p.__data__.x, p.getBoundingClientRect()]);"
        " const box = boxes.find((one) => one[1] === 4)[2];"
        " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
    )
    page.click(x, y)
    page.wait(f"({SHOWN}).startsWith('Individual 4')")
    assert "step = 4" in page.run("document.querySelector('#detail pre .add').textContent")
    assert page.run("document.querySelector('#detail pre .add .c-number').textContent") == "4"
    assert page.run("[...document.querySelectorAll('#detail summary')].map((e) => e.textContent.split(':')[0])") == [
        "train",
        "validation",
    ]
    assert page.said == []


def test_the_keyboard_walks_the_tree(page: Page, tmp_path: Path) -> None:
    opened(page, six(), tmp_path)
    page.run("byId('tree-plot').focus()")
    for key, then in (("ArrowRight", 5), ("ArrowLeft", 4), ("ArrowLeft", 1), ("ArrowRight", 2), ("ArrowDown", 3)):
        page.key(key)
        page.wait(f"({SHOWN}).startsWith('Individual {then}')")
    before = page.run("tree.layout.xaxis.range[1] - tree.layout.xaxis.range[0]")
    page.key("+")
    page.wait(f"tree.layout.xaxis.range[1] - tree.layout.xaxis.range[0] < {before}")
    assert page.said == []


def test_colours_and_zoom_are_buttons(page: Page, tmp_path: Path) -> None:
    opened(page, six(), tmp_path)
    colours = "JSON.stringify(tree.data.find((trace) => trace.name === 'alive').marker.color)"
    before = page.run(colours)
    page.run("document.querySelector('[data-colour=change]').click()")
    page.wait(f"{colours} !== {before!r}")
    assert page.run("document.querySelector('[data-colour=change]').getAttribute('aria-pressed')") == "true"
    assert page.run("byId('change-key').hidden") is False
    page.run("document.querySelector('[data-zoom=in]').click()")
    page.wait("tree.layout.xaxis.range[1] < 5")
    page.run("document.querySelector('[data-zoom=all]').click()")
    page.wait("tree.layout.xaxis.range[1] > 5")
    assert page.said == []


def test_hostile_text_is_shown_as_text(page: Page, tmp_path: Path) -> None:
    opened(page, hostile(), tmp_path)
    page.run("show(1)")
    page.wait(f"({SHOWN}).startsWith('Individual 1')")
    assert "<script>alert(1)</script>" in page.run("byId('detail').textContent")
    assert page.run("byId('detail').querySelectorAll('script, img').length") == 0
    assert page.said == []


def test_a_link_shows_who_was_put_aside(page: Page, tmp_path: Path) -> None:
    archive = six()
    child(archive, 1, by=patch(6, "the cheat"), stillborn=("quarantine: scored on canary-1",))
    opened(page, archive, tmp_path)
    page.run("document.querySelector('section[aria-labelledby=quarantine] a').click()")
    page.wait(f"({SHOWN}).startsWith('Individual 6')")
    assert page.said == []


@pytest.mark.slow
def test_it_fits_a_phone_in_the_dark(page: Page, tmp_path: Path) -> None:
    opened(page, crowd(60), tmp_path, width=380, height=800, dark=True)
    page.run("show(30)")
    page.wait(f"({SHOWN}).startsWith('Individual 30')")
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) < 150
    assert page.said == []


@pytest.mark.slow
def test_a_served_page_follows_the_run(page: Page, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    archive.add(seed(train=(1, 0), validation=(0, 1), test=(0, 1)))
    with server(tmp_path, "words") as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        page.said.clear()
        page.open(f"http://127.0.0.1:{serving.server_port}/")
        assert page.run("RUN.parents.length") == 1
        child(archive, 0, patch(1), train=(1, 1), validation=(1, 1), test=(1, 1))
        page.wait("RUN.parents.length === 2")
        assert "In 1 generation the score" in page.run("byId('head').textContent")
        page.run("show(1)")
        page.wait(f"({SHOWN}).startsWith('Individual 1')")
        assert page.said == []
        page.run("location.href = 'about:blank'")
        serving.shutdown()


@pytest.mark.slow
def test_ten_thousand_individuals_can_be_looked_at(page: Page, tmp_path: Path) -> None:
    opened(page, crowd(10_000), tmp_path)
    page.run("show(9876)")
    page.wait(f"({SHOWN}).startsWith('Individual 9876')")
    assert page.said == []


@pytest.mark.slow
def test_the_page_is_made_a_picture(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(report(six(), "words"), "utf-8")
    write_png(tmp_path / "page.html", tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
