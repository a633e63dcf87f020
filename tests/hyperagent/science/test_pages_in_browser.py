"""The pages of imp@k, transfer and comparisons in a real browser."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import BROWSER, Page, browser
from measurements import measurement

from hyperagent.science.comparison import Comparisons, Run, paired, row
from hyperagent.science.comparison_page import comparison_page
from hyperagent.science.experiment import experiment
from hyperagent.science.imp_page import imp_page

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def opened(page: Page, text: str, folder: Path, drawn: str, **how: object) -> None:
    (folder / "page.html").write_text(text, "utf-8")
    page.said.clear()
    page.open((folder / "page.html").as_uri(), drawn=drawn, **how)  # type: ignore[arg-type]


def transfer() -> str:
    return imp_page(measurement([0.02, 0.03, 0.05], [0.01, 0.02, 0.02]))


def comparison() -> str:
    arms = {"full": {}, "chain": {"ablate": "no-archive"}}
    of = experiment({"domain": "repair", "generations": 1, "seeds": 2, "arms": arms}, "x")
    runs = {arm: [Run(s, (0.1, 0.5), (0.1, end), 0.3, 2.0, 0.0, 1) for s in (0, 1)]
            for arm, end in (("full", 0.6), ("chain", 0.4))}  # fmt: skip
    pair = paired(runs["chain"], runs["full"], {}, "chain")
    rows = (row("full", runs["full"], None, math.nan), row("chain", runs["chain"], pair, pair.p))
    return comparison_page(of, Comparisons(rows, runs, {}))


def test_curves_and_pairs_are_drawn_without_an_error(page: Page, tmp_path: Path) -> None:
    opened(page, transfer(), tmp_path, "#pairs-plot")
    assert page.run("document.querySelectorAll('#gain-plot .scatterlayer .lines path').length") >= 2
    assert page.run("document.querySelectorAll('#pairs-plot .scatterlayer .point').length") == 3 * 2 + 2
    assert page.run("[...document.querySelectorAll('#pairs-plot .xtick text')].map((e) => e.textContent)") == [
        "k = 2",
        "k = 4",
    ]
    assert page.said == []


def test_what_is_folded_away_opens_by_keyboard(page: Page, tmp_path: Path) -> None:
    opened(page, transfer(), tmp_path, "#pairs-plot")
    page.run("document.querySelector('details summary').focus()")
    page.key("Enter")
    page.wait("document.querySelector('details').open")
    assert page.run("document.querySelector('details table').rows.length") == 4
    assert page.said == []


def test_a_frozen_genome_is_shown_as_text(page: Page, tmp_path: Path) -> None:
    opened(page, transfer(), tmp_path, "#pairs-plot")
    assert "LESSONS = {'<i>'" in page.run("document.querySelector('pre .add').textContent")
    assert page.run("document.querySelectorAll('main i').length") == 0


@pytest.mark.parametrize(("text", "drawn"), [(transfer, "#pairs-plot"), (comparison, "#validation-plot")])
def test_the_pages_fit_a_phone_in_the_dark(page: Page, tmp_path: Path, text: object, drawn: str) -> None:
    opened(page, text(), tmp_path, drawn, width=400, height=800, dark=True)  # type: ignore[operator]
    assert page.run("document.documentElement.scrollWidth <= innerWidth")
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) < 150
    assert page.said == []


def test_a_comparison_draws_every_arm(page: Page, tmp_path: Path) -> None:
    opened(page, comparison(), tmp_path, "#validation-plot")
    names = "[...document.querySelectorAll('#test-plot .legendtext')].map((e) => e.textContent)"
    assert page.run(names) == ["full", "chain"]
    assert page.said == []
