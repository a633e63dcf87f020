"""How good predictions are; a prediction of None is one that was not of the right form, and is never right."""

from collections import Counter
from collections.abc import Callable, Sequence

Labels = Sequence[str]
Predictions = Sequence[str | None]


def accuracy(labels: Labels, predictions: Predictions) -> float:
    """The share of predictions that are right."""
    return sum(a == b for a, b in zip(labels, predictions, strict=True)) / len(labels)


def macro_f1(labels: Labels, predictions: Predictions) -> float:
    """The mean over the labels of the harmonic mean of precision and recall."""
    pairs = list(zip(labels, predictions, strict=True))
    found = []
    for label in sorted(set(labels)):
        hits = sum(a == b == label for a, b in pairs)
        named = sum(b == label for _, b in pairs) + sum(a == label for a, _ in pairs)
        found.append(2 * hits / named)
    return sum(found) / len(found)


def kappa(labels: Labels, predictions: Predictions) -> float:
    """Cohen's kappa (1960): agreement beyond that of chance, 0 at chance and 1 where all agree."""
    agreed = accuracy(labels, predictions)
    true, said = Counter(labels), Counter(predictions)
    chance = sum(true[label] * said[label] for label in true) / len(labels) ** 2
    return (agreed - chance) / (1 - chance) if chance < 1 else agreed


def mean_absolute_error(labels: Sequence[float], predictions: Sequence[float | None], wrong: float) -> float:
    """The mean of how far off each prediction is; `wrong` for one that is no number."""
    return sum(wrong if b is None else min(wrong, abs(a - b)) for a, b in zip(labels, predictions, strict=True)) / len(
        labels
    )


OF_LABELS: dict[str, Callable[[Labels, Predictions], float]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "kappa": kappa,
}
