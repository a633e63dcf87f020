"""Which individual becomes the next parent."""

import numpy

EXPLORATION = 0.1


def select(candidates, rng):
    """Return the id of the candidate with the highest upper confidence bound (UCB1, Auer et al. 2002, section 2).

    `candidates` has arrays of one length: id, score, visits, depth, size. A visit is a child, born or stillborn.
    """
    value = exploitation(candidates.score) + EXPLORATION * exploration(candidates.visits)
    best = numpy.flatnonzero(value >= value.max() - 1e-9)
    return candidates.id[rng.choice(list(best))]


def exploitation(score):
    """The scores, moved and scaled to between 0 and 1."""
    spread = score.max() - score.min()
    return (score - score.min()) / (spread if spread > 0 else 1.0)


def exploration(visits):
    """The width of the confidence interval around each score."""
    return numpy.sqrt(numpy.log(visits.sum() + 1.0) / (visits + 1.0))
