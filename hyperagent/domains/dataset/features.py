"""Numbers that say something of a row, made without a look at any label or any row that is not for training."""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence

from hyperagent.domains.dataset.table import Cell, Row

MOST_WORDS, MOST_VALUES = 20, 8
OFTEN, SELDOM = 0.6, 0.03
WORD = re.compile(r"[^\W\d_]{3,}")

Feature = tuple[str, Callable[[Row], float]]


def features(rows: Sequence[Row]) -> list[Feature]:
    """Named features, as the training rows suggest them: each column's, and a constant."""
    found: list[Feature] = [("constant", lambda _row: 1.0)]
    for column in rows[0]:
        values = [row[column] for row in rows if row[column] is not None]
        if values and all(isinstance(value, float) for value in values):
            found.append(scaled(column, [value for value in values if isinstance(value, float)]))
        elif len(set(values)) <= MOST_VALUES:
            found += [one_of(column, value) for value, _ in Counter(values).most_common()]
        else:
            found += of_text(column, [str(value) for value in values])
    return found


def scaled(column: str, values: Sequence[float]) -> Feature:
    """A number, less the mean and over the spread of the training rows; 0 where it is missing."""
    mean, spread = statistics.fmean(values), statistics.pstdev(values) or 1.0

    def feature(row: Row) -> float:
        value = row[column]
        return round((value - mean) / spread, 4) if isinstance(value, float) else 0.0

    return column, feature


def one_of(column: str, value: Cell) -> Feature:
    """Whether a column has this value."""
    return f"{column} is {value}", lambda row: float(row[column] == value)


def of_text(column: str, values: Sequence[str]) -> list[Feature]:
    """The length of a text, its figures, capitals and marks, and the words that stand in neither most nor few."""
    counts = Counter(word for value in values for word in words(value))
    usual = [w for w, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
             if SELDOM <= n / len(values) <= OFTEN][:MOST_WORDS]  # fmt: skip
    measures: dict[str, Callable[[str], float]] = {
        "length": lambda text: len(text) / 100,
        "figures": lambda text: sum(letter.isdigit() for letter in text) / 5,
        "capitals": lambda text: sum(letter.isupper() for letter in text) / 5,
        "marks": lambda text: float(sum(text.count(mark) for mark in "!?")),
        **{f"says {word}": lambda text, word=word: float(word in words(text)) for word in usual},  # type: ignore[misc]
    }
    return [(f"{column} {name}", measured(column, measure)) for name, measure in measures.items()]


def measured(column: str, measure: Callable[[str], float]) -> Callable[[Row], float]:
    """A measure of the text in a column."""
    return lambda row: round(measure(str(row[column] or "")), 4)


def words(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return set(WORD.findall(text.lower()))
