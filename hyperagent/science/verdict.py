"""What a measurement of imp@k comes to, in words that claim no more than the corrected p-values allow."""

import math
from collections.abc import Sequence

from hyperagent.science.imp import Row
from hyperagent.science.measurement import Measurement
from hyperagent.science.text import number, signed

LEVEL = 0.05


def verdict(of: Measurement) -> str:
    """Better, worse, both at different k, or a null result; and whether so few pairs could have shown anything."""
    sure = [row for row in of.rows if row.corrected < LEVEL]
    better = [row for row in sure if row.comparison.difference > 0]
    worse = [row for row in sure if row.comparison.difference < 0]
    if not sure:
        return f"A null result: no difference beyond chance. {largest(of.rows)} {power(of.pairs, len(of.rows))}".strip()
    said = [f"The frozen meta agent improves a fresh agent {how} than the seed's does: {', '.join(map(told, rows))}."
            for how, rows in (("more", better), ("less", worse)) if rows]  # fmt: skip
    rest = "" if len(sure) == len(of.rows) else " At the other k looked at, the difference is not beyond chance."
    return " ".join(said) + rest


def told(row: Row) -> str:
    """One k whose difference is beyond chance."""
    gains = f"{signed(row.frozen.mean)} beside {signed(row.seed.mean)}"
    return f"{gains} at k = {row.k} (p {number(row.corrected)} after correction)"


def largest(rows: Sequence[Row]) -> str:
    """The difference at the last k, which is no finding."""
    row = rows[-1]
    pair = row.comparison
    if not math.isfinite(pair.difference):
        return "No pair has a score on held-out tasks."
    ends = f", 95% interval {signed(pair.low)} to {signed(pair.high)}" if math.isfinite(pair.low) else ""
    return f"At k = {row.k} the mean difference is {signed(pair.difference)}{ends}."


def power(pairs: int, looks: int) -> str:
    """That so few pairs could not have shown a difference, where that is so."""
    least = min(1.0, looks * 2.0 ** (1 - pairs))
    if least < LEVEL:
        return ""
    of = f"{pairs} pair{'' if pairs == 1 else 's'} and {looks} look{'' if looks == 1 else 's'}"
    return f"With {of} p cannot be below {number(least)}: more seeds are needed to tell."
