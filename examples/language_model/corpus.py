"""Sentences of a small made-up language, drawn by a seed: the same text everywhere."""

import random

SUBJECTS = ("the miller", "a sailor", "the old clock", "our neighbour", "the youngest of them")
VERBS = ("mends", "carries", "forgets", "sells", "looks for")
OBJECTS = ("the boat", "a lantern", "two heavy sacks", "the letter", "some bread and salt")
PLACES = ("by the river", "in the evening", "behind the mill", "before the rain comes")


def text(seed, sentences):
    """So many sentences in a row."""
    rng = random.Random(seed)
    return " ".join(" ".join(map(rng.choice, (SUBJECTS, VERBS, OBJECTS, PLACES))) + "." for _ in range(sentences))
