import json
import re
import time
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest
from populations import HOSTILE, child, crowd, hostile, patch, seed, six

from archive import Archive
from hyperagent.errors import UsageError
from hyperagent.science.page import own_scripts
from hyperagent.science.report import report

VOID = {"meta", "br", "link", "img", "input"}


class Outline(HTMLParser):
    """The elements of a page with their attributes, its scripts and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.scripts: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.words += data

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    @property
    def figures(self) -> dict[str, dict[str, list[dict[str, object]]]]:
        drawn = "".join(self.scripts)
        figures: dict[str, dict[str, list[dict[str, object]]]]
        figures, _ = json.JSONDecoder().raw_decode(drawn, drawn.index("const FIGURES = ") + len("const FIGURES = "))
        return figures


def test_the_page_is_whole_and_loads_nothing() -> None:
    page = Outline(report(six(), "words"))
    assert page.open == []
    assert page.tags.count("script") == 2
    assert not [(tag, name) for tag, attrs in page.elements for name in attrs if name in ("src", "href", "srcset")]
    assert not set(page.tags) & {"link", "img", "iframe", "object"}


def test_the_page_tells_the_result() -> None:
    page = Outline(report(six(), "words"))
    words = " ".join(page.words.split())
    assert "In 5 generations the score on held-out tasks went from 0.250 to 0.500." in words
    assert "95% interval +0.046 to +0.699" in words
    assert "the winner" in words
    assert "+ step = 5" in words


def test_headings_descend_one_at_a_time() -> None:
    levels = [int(tag[1]) for tag in Outline(report(six(), "words")).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_every_individual_is_in_the_tree() -> None:
    traces = Outline(report(six(), "words")).figures["tree-plot"]["data"]
    marked = [text for trace in traces if trace.get("name") != "the best" for text in trace.get("text") or ()]  # type: ignore[attr-defined]
    assert sorted(text[: text.index("</b>")] for text in marked) == [f"<b>{id}" for id in range(6)]


def test_text_of_a_genome_adds_no_element_and_no_attribute() -> None:
    page, tame = Outline(report(hostile(), HOSTILE)), Outline(report(six(), "words"))
    assert page.open == []
    assert page.tags.count("script") == 2
    assert set(page.tags) <= set(tame.tags)
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "src"]
    assert page.words.count("<script>alert(1)</script>") >= 6


def test_text_of_a_genome_is_escaped_where_plotly_reads_it() -> None:
    html = report(hostile(), HOSTILE)
    assert "<script>alert" not in html
    hovers = [text for figure in Outline(html).figures.values() for trace in figure["data"]
              for text in trace.get("text") or ()]  # type: ignore[attr-defined]  # fmt: skip
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in text for text in hovers)
    assert set(re.findall("<[^>]*>", "".join(hovers))) <= {"<b>", "</b>", "<br>"}


def test_what_steers_a_reader_is_spelled_out() -> None:
    html = report(hostile(), HOSTILE)
    page = html[: html.index("<script>")]
    assert not set(page) & {"\x1b", "\x07", "\u202e", "\x0c", "\r"}
    assert "\\u202eevil" in page


def test_a_figure_cannot_close_its_script() -> None:
    figure = SimpleNamespace(to_json=lambda: '{"title": "</script>"}')
    assert "</script>" not in own_scripts({"plot": figure})[1]


def test_the_policy_names_the_scripts_of_the_page_and_no_other() -> None:
    page = Outline(report(six(), "words"))
    (rule,) = [str(attrs["content"]) for _, attrs in page.elements if "http-equiv" in attrs]
    assert "default-src 'none'" in rule
    assert rule.count("'sha256-") == 2
    assert "unsafe-inline" not in rule.partition("script-src")[2]


def test_a_seed_alone_makes_a_page() -> None:
    archive = Archive()
    archive.add(seed(train=(1, 0), validation=(1, 0), test=(1, 0)))
    assert "Only the seed has been evaluated: it scores 0.500" in " ".join(Outline(report(archive, "x")).words.split())


def test_a_run_without_an_improvement_makes_a_page() -> None:
    archive = Archive()
    archive.add(seed(train=(), validation=(), test=()))
    assert Outline(report(archive, "x")).open == []
    assert "no child did better" in Outline(report(unimproved(), "x")).words


def test_an_improvement_without_a_held_out_score_claims_none() -> None:
    assert "it has no score on held-out tasks" in Outline(report(crowd(2), "x")).words


def unimproved() -> Archive:
    """A seed and a child that is no better."""
    archive = Archive()
    archive.add(seed(train=(1,), validation=(1,), test=(1,)))
    child(archive, 0, patch(1), train=(1,), validation=(1,))
    return archive


def test_a_page_of_a_large_run_is_made_soon_and_stays_small() -> None:
    archive = crowd(2000)
    begun = time.monotonic()
    page = report(archive, "a crowd")
    assert time.monotonic() - begun < 30
    assert len(page.encode()) < 7_000_000


def test_an_empty_archive_has_no_report() -> None:
    with pytest.raises(UsageError, match="expected at least the seed"):
        report(Archive(), "x")
