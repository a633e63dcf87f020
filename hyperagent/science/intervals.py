"""How far a mean of scores can be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

RESAMPLES = 2000
BOOTSTRAP_SEED = 1979


@dataclass(frozen=True)
class Interval:
    """A mean of `count` scores and the ends of its confidence interval; NaN where there is nothing to tell it from."""

    mean: float
    low: float
    high: float
    count: int


def mean_interval(scores: Sequence[float], confidence: float = 0.95) -> Interval:
    """The mean with Wilson's interval where every score is 0 or 1, else with a percentile bootstrap.

    Equal scores on any other scale give an interval of no width: a sample without spread says nothing of the spread.
    One such score gives no interval at all. The resamples are the same at every call.
    """
    count = len(scores)
    if not count:
        return Interval(math.nan, math.nan, math.nan, 0)
    mean = math.fsum(scores) / count
    if all(score in (0.0, 1.0) for score in scores):
        low, high = wilson(mean, count, confidence)
    elif count == 1:
        low, high = math.nan, math.nan
    else:
        low, high = bootstrap(scores, confidence)
    return Interval(mean, low, high, count)


def interval_over_runs(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """The mean of one figure of several runs, with a percentile bootstrap over them whatever their values.

    Gains that all happen to be 0 or 1 are no rate, so Wilson's interval would be wrong. One run gives no interval.
    """
    count = len(values)
    mean = math.fsum(values) / count if count else math.nan
    low, high = bootstrap(values, confidence) if count > 1 else (math.nan, math.nan)
    return Interval(mean, low, high, count)


def wilson(rate: float, count: int, confidence: float) -> tuple[float, float]:
    """The score interval of a rate (E. B. Wilson, JASA 22, 1927, pages 209-212)."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    shrink = 1 + z * z / count
    centre = (rate + z * z / (2 * count)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    return max(0.0, min(rate, centre - half)), min(1.0, max(rate, centre + half))


def bootstrap(scores: Sequence[float], confidence: float) -> tuple[float, float]:
    """The percentile interval of the mean (Efron and Tibshirani, Introduction to the Bootstrap, 1993, chapter 13)."""
    sample = np.asarray(scores, dtype=np.float64)
    if sample.min() == sample.max():
        return float(sample[0]), float(sample[0])
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    means = [sample[rng.integers(len(sample), size=len(sample))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
