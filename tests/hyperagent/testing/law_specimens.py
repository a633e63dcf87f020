"""A small library of operators in the shape of a genome's, with operators that break a law each."""

import random

import libcst as cst
from libcst import parse_expression

from genome.registry import OPERATORS, applicable, operator

FINE = (("3", "6"),)


@operator("number", cst.Integer, cases=FINE, never=())
def specimen_double(site, scope):
    """Twice the number."""
    value = int(site.node.value, 0)
    if value:
        yield cst.Integer(str(2 * value))


@operator("number", cst.Integer, cases=(("3", "0"),), never=())
def specimen_same(site, scope):
    """A number that may be the one that is there."""
    yield cst.Integer("0")


@operator("number", cst.Integer, cases=FINE, never=())
def specimen_unfit(site, scope):
    """A statement in the place of a number."""
    yield cst.Integer("6")
    yield cst.Pass()


@operator("number", cst.Integer, cases=FINE, never=())
def specimen_elsewhere(site, scope):
    """An edit of another site than the one that was asked about."""
    if int(site.node.value, 0) == 3:
        yield cst.Integer("6")
    for other in scope.sites:
        if isinstance(other.node, cst.Return) and other.node.value is not None:
            site.path, site.way, site.node = f"{other.path}.value", (*other.way, ("value", None)), other.node.value
            yield parse_expression("elsewhere")
            return


@operator("number", cst.Integer, cases=FINE, never=())
def specimen_random(site, scope):
    """A number by the global random state."""
    yield cst.Integer("6")
    yield cst.Integer(str(random.randrange(1000, 10**6)))


@operator("number", cst.Integer, cases=(("3", "7"),), never=())
def specimen_raising(site, scope):
    """Nothing for a number that is written in another base."""
    yield cst.Integer(str(2 * int(site.node.value) + 1))


@operator("number", cst.Integer, cases=(("3", "7"),), never=())
def specimen_miscased(site, scope):
    """A case that does not hold."""
    yield cst.Integer("6")


@operator("number", cst.Integer, cases=(), never=())
def specimen_caseless(site, scope):
    """No case."""
    yield cst.Integer("6")


@operator("number", cst.Integer, cases=FINE, never=())
def specimen_overeager(site, scope):
    """An INVALID case that does not hold."""
    yield cst.Integer("6")


specimen_overeager.INVALID = ("0",)
# What was asked for before these were there would not find them.
OURS = {name: OPERATORS.pop(name) for name in list(OPERATORS) if name.startswith("specimen_")}
"""Registered only while a test asks for them, so that other tests do not meet them."""


def register():
    """Put the specimens among the operators."""
    OPERATORS.update(OURS)
    applicable.cache_clear()


def unregister():
    """Take them out again."""
    for name in OURS:
        OPERATORS.pop(name, None)
    applicable.cache_clear()
