"""An operator and a selection for a genome, and how to know that they hold.

    hyperagent check examples/doubling.py:double
    hyperagent check examples/doubling.py:roulette

Both run in jails, as part of the built-in genome; put into a folder with a genome of your own, as part of that one.
"""

import libcst as cst

from genome.registry import operator


@operator("number", cst.Integer, cases=(("3", "6"),), never=(("0", "0"),))
def double(site, scope):
    """Twice a number."""
    value = int(site.node.value, 0)
    if value:
        yield cst.Integer(str(2 * value))


def roulette(candidates, rng):
    """Return the id of a candidate, drawn in proportion to how far its score lies above the lowest."""
    above = candidates.score - candidates.score.min()
    if not above.any():
        return rng.choice(list(candidates.id))
    return rng.choices(list(candidates.id), list(above))[0]
