"""Text and numbers, made fit to be shown. Text that came out of a genome may be written to deceive whoever reads it.

`visible` takes its power over a terminal and over the direction of writing; it is not an HTML escape.
"""

import math
import re
import unicodedata

from hyperagent.science.intervals import Interval

NOT_PLAIN = re.compile(r"[^\n\t\x20-\x7e]")
UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
LINE = 300


def visible(text: str) -> str:
    """The text with each character that steers and is not seen spelled out, as in `\\x1b`; line ends and tabs stay."""
    return NOT_PLAIN.sub(lambda found: spelled(found[0]), text)


def spelled(character: str) -> str:
    """The character, or its escape where it is a control, a format or an unassigned one."""
    if unicodedata.category(character) not in UNSEEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def line(text: str, limit: int = LINE) -> str:
    """The text on one line of bounded length."""
    short = visible(text[: 2 * limit].replace("\n", " ").replace("\t", " ")).strip()
    return short if len(short) <= limit else f"{short[: limit - 1]}…"


def number(value: float | None) -> str:
    """A score in about four digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:.6g}"


def signed(value: float | None) -> str:
    """A difference of scores, with its sign."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{'−' if value < 0 else '+'}{number(abs(value))}"


def span(interval: Interval) -> str:
    """The ends of an interval, or nothing where there are none."""
    if not math.isfinite(interval.low):
        return ""
    return f"{number(interval.low)} to {number(interval.high)}"


def finite(value: float) -> float | None:
    """The value as JSON has it: null for what is not a number."""
    return value if math.isfinite(value) else None
