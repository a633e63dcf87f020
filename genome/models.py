"""Which of several language models writes the next patch: an upper confidence bound on wins, for what they cost."""

import math

from genome import memory

WIDTH = 0.7
THRIFT = 0.5


def choice(models, history, rng):
    """The model with the highest bound for its cost; those that were never tried go first, at random.

    UCB1 (Auer et al. 2002, section 2) over the lessons in memory, divided by a power of the mean dollars of a proposal.
    """
    lessons = memory.learned(history)
    return max(models, key=lambda model: (value(lessons, history, model, models), rng.random()))


def value(lessons, history, model, models):
    """The bound of one model."""
    tries, wins = lessons.get(topic(model), (0.0, 0.0))
    if tries < 1:
        return math.inf
    everything = sum(lessons.get(topic(other), (0.0, 0.0))[0] for other in models)
    bound = wins / tries + WIDTH * math.sqrt(math.log(everything + 1.0) / tries)
    return bound / cost(history, model) ** THRIFT


def cost(history, model):
    """The mean dollars of a proposal of a model, as far back as the history goes; a hundredth of a cent at least."""
    dollars = [child["dollars"] for child in history if topic(model) in child["operators"]]
    return max(sum(dollars) / len(dollars) if dollars else 0.0, 1e-4)


def topic(model):
    """Under which name a model's wins are remembered."""
    return f"model {model}"
