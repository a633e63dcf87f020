"""Comparisons of two arms over the same seeds, pair by pair."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from hyperagent.science.intervals import bootstrap

EXACT = 16
SAMPLES = 20_000
PERMUTATION_SEED = 1935


@dataclass(frozen=True)
class Comparison:
    """Mean difference of `count` pairs with a bootstrap interval, a two-sided p-value, and Cohen's d of the pairs.

    What cannot be told from so few pairs is NaN.
    """

    difference: float
    low: float
    high: float
    p: float
    effect: float
    count: int


def compared(ours: Mapping[int, float], theirs: Mapping[int, float], confidence: float = 0.95) -> Comparison:
    """The first arm less the second, over the seeds that both have."""
    pairs = [(ours[seed], theirs[seed]) for seed in sorted(ours) if seed in theirs]
    differences = [a - b for a, b in pairs if math.isfinite(a) and math.isfinite(b)]
    if not differences:
        return Comparison(math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    low, high = bootstrap(differences, confidence) if len(differences) > 1 else (math.nan, math.nan)
    mean = math.fsum(differences) / len(differences)
    return Comparison(mean, low, high, sign_flip(differences), paired_effect(differences), len(differences))


def sign_flip(differences: Sequence[float]) -> float:
    """The two-sided p-value of a sign-flip permutation test of the mean (Fisher, The Design of Experiments, 1935, 21).

    Exact for up to 16 pairs: the share of all ways to sign the differences whose mean is as far from 0. So n pairs
    cannot give less than 2 / 2**n. More pairs are sampled.
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) <= EXACT:
        signs = np.array(list(product((1.0, -1.0), repeat=len(values))))
    else:
        rng = np.random.default_rng(PERMUTATION_SEED)
        signs = np.vstack([np.ones(len(values)), rng.choice((1.0, -1.0), (SAMPLES - 1, len(values)))])
    found = np.abs(signs @ values)
    return float(np.mean(found >= abs(values.sum()) - 1e-12))


def paired_effect(differences: Sequence[float]) -> float:
    """Cohen's d of paired differences: their mean over their standard deviation; NaN where they do not vary."""
    if len(differences) < 2:
        return math.nan
    spread = float(np.std(differences, ddof=1))
    return float(np.mean(differences)) / spread if spread > 0 else math.nan


def holm(values: Sequence[float]) -> list[float]:
    """P-values corrected for their number (Holm, Scandinavian Journal of Statistics 6, 1979); NaN stays and is not
    counted."""
    order = sorted((place for place, p in enumerate(values) if math.isfinite(p)), key=lambda place: values[place])
    corrected = [math.nan] * len(values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * values[place]))
        corrected[place] = highest
    return corrected
