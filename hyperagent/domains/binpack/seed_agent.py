"""The task agent: it packs items into bins as they come, each where the room that it leaves is worth most."""

WORTH = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
TIGHTNESS = 1


def solve(task, tools):
    """Return the bin of each item; the items come one at a time."""
    capacity = task["capacity"]
    return tools.pack(lambda item, spaces: choose(item, spaces, capacity))


def choose(item, spaces, capacity):
    """The space to put an item into: one of `spaces`, the last of which is a new bin."""
    return max(spaces, key=lambda space: priority(space - item, capacity))


def priority(left, capacity):
    """How good it is to leave so much room in a bin: less is better, but for what its tenth of a bin is worth."""
    part = left * len(WORTH) // (capacity + 1)
    return WORTH[part] - TIGHTNESS * left * len(WORTH) / capacity
