"""What the text shows of an expression where it stands."""

from genome.bindings import OBJECT

FIXED = ("target", "func", "name", "attr", "keyword", "asname", "annotation")
"""The fields in which a name is not read as a variable."""


def is_fixed(site):
    """Whether a name is not read at a site but written, or is no variable."""
    steps = [field for field, _ in site.way]
    below = steps[len(steps) - steps[::-1].index("target") :] if "target" in steps else ["read"]
    return steps[-1] in FIXED or {"elements", "value"}.issuperset(below)


def same_kind(one, other, scope):
    """Whether two expressions may be of one kind, which they may where one of them is unknown."""
    kinds = {scope.kind(one), scope.kind(other)} - {None}
    return len(kinds) < 2 and OBJECT not in kinds


def called(node):
    """The bare name of the function or method of a call."""
    return getattr(getattr(node.func, "attr", node.func), "value", None)
