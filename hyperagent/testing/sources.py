"""Strategies for whole modules, and for single functions, statements and expressions, as text that compiles."""

import re
import sys
from dataclasses import dataclass, replace
from functools import cache

from hypothesis import strategies as st

from hyperagent.testing.grammar import GRAMMAR, WORDS, Needing

LEVELS = 2
HOLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
KINDS = ("plain", "generator", "coroutine", "stream")


@dataclass(frozen=True)
class Where:
    """What is around a piece of text, and how many levels of blocks and of expressions there may be inside it."""

    blocks: int = 2
    levels: int = LEVELS
    function: str = ""
    loop: bool = False
    group: bool = False
    klass: bool = False
    shut: bool = False
    name: str = ""

    def offers(self, need: str) -> bool:
        """Whether the place, or the running version, has what a template needs."""
        match need:
            case "walrus":
                return not self.shut and not self.klass
            case "awaits":
                return not self.shut and self.function in ("coroutine", "stream")
            case "yields":
                return not self.shut and self.function in ("generator", "stream")
            case "yields from":
                return not self.shut and self.function == "generator"
            case "returns":
                return bool(self.function) and not self.group
            case "returns a value":
                return bool(self.function) and not self.group and self.function != "stream"
            case "loop":
                return self.loop and not self.group
            case _:
                return sys.version_info >= tuple(map(int, need.split(".")))


def sources(size: int = 5) -> st.SearchStrategy[str]:
    """Modules that compile, of up to `size` top-level statements, as people write them and as they rarely do.

    Every kind of statement, expression and pattern of the running version occurs; so do comments, gaps, tabs, CRLF,
    form feeds, U+2028 in strings and files without a last line end. A failing module shrinks to a few lines.
    """
    return modules(size)


@st.composite
def modules(draw: st.DrawFn, size: int) -> str:
    """Modules of up to `size` statements."""
    parts = draw(st.lists(texts("spaced", Where()), min_size=1, max_size=size))
    text = draw(either(WORDS["head"])) + "\n".join(parts) + draw(either(("\n", "\n", "\n# the end\n")))
    return laid_out(text, draw(either(("usual", "usual", "usual", "tabs", "crlf", "open end"))))


@st.composite
def definitions(draw: st.DrawFn, name: str = "subject") -> str:
    """The text of one function of that name, with whatever may stand in a function."""
    return draw(texts("definition", Where(name=name))) + "\n"


@st.composite
def texts(draw: st.DrawFn, symbol: str, where: Where = Where()) -> str:
    """What a symbol of the grammar may be written as at a place."""
    first, *rest = pieces(draw(either(templates(symbol, where))))
    for hole, text in zip(rest[::2], rest[1::2], strict=True):
        first += draw(filling(symbol, hole, where)) + text
    return first


@cache
def filling(symbol: str, hole: str, where: Where) -> st.SearchStrategy[str]:
    """What may stand in a hole of a template of `symbol`."""
    if hole == "function" and where.name:
        return st.just(where.name)
    if hole in WORDS:
        return either(WORDS[hole])
    if hole in ("block", "rounds", "group", "cases", "default", "members", *KINDS):
        return block(hole, where)
    inside = symbol in ("expression", "atom", "leaf")
    there = replace(where, levels=where.levels - inside, shut=where.shut or hole == "shut")
    return texts("atom" if hole == "shut" else hole, there)


@st.composite
def block(draw: st.DrawFn, hole: str, where: Where) -> str:
    """A few statements or cases, indented, below the line that they belong to."""
    there = replace(inner(hole, where), blocks=where.blocks - (hole != "cases" and hole != "default"), name="")
    symbol = {"cases": "case", "default": "otherwise"}.get(hole, "spaced")
    most = 1 if hole == "default" else max(1, where.blocks)
    opening = draw(either(WORDS["opening"])) if hole in KINDS else ""
    return indented(opening + "\n".join(draw(st.lists(texts(symbol, there), min_size=1, max_size=most))))


def inner(hole: str, where: Where) -> Where:
    """What is around the statements of a block."""
    match hole:
        case "rounds":
            return replace(where, loop=True, group=False) if not where.group else where
        case "group":
            return replace(where, loop=False, group=True)
        case "members":
            return Where(where.blocks, klass=True)
        case _ if hole in KINDS:
            return Where(where.blocks, function=hole)
        case _:
            return where


@cache
def templates(symbol: str, where: Where) -> tuple[str, ...]:
    """The templates of a symbol that fit the place; where there is no more room, the simple ones."""
    if symbol in ("expression", "atom") and where.levels <= 0:
        symbol = "leaf"
    if symbol == "statement" and where.blocks <= 0:
        symbol = "simple"
    rules = [Needing(rule, ()) if isinstance(rule, str) else rule for rule in GRAMMAR[symbol]]
    return tuple(rule.template for rule in rules if all(map(where.offers, rule.needs)))


@cache
def pieces(template: str) -> list[str]:
    """Text and the names of holes, in turn."""
    found = HOLE.split(template)
    return [found[0], *(piece for k in range(1, len(found), 3) for piece in (found[k] or found[k + 1], found[k + 2]))]


@cache
def either(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    """One of some texts; it shrinks to the first."""
    return st.sampled_from(words)


def indented(text: str) -> str:
    """The lines of a text, one level further in and below what stands before them."""
    return "\n" + "\n".join(f"    {line}" if line.strip(" ") else line for line in text.split("\n"))


def laid_out(text: str, layout: str) -> str:
    """The text with tabs, with CRLF, or without its last line end."""
    match layout:
        case "tabs":
            return "\n".join(tabbed(line) for line in text.split("\n"))
        case "crlf":
            return text.replace("\n", "\r\n")
        case "open end":
            return text.rstrip("\n")
        case _:
            return text


def tabbed(line: str) -> str:
    """The line with a tab for each four spaces that it begins with."""
    rest = line.lstrip(" ")
    width = len(line) - len(rest)
    return "\t" * (width // 4) + " " * (width % 4) + rest
