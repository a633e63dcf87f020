"""The places in a definition where an edit can be made, and what the definition has to offer to an edit there."""

import functools

import libcst as cst

from genome import bindings
from genome.tree import open_parts, spans

BLOCKS = (cst.IndentedBlock, cst.SimpleStatementSuite)
STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)


class Site:
    """A node, the way to it as (field, index) steps and as the path of an address, and the steps to its statement."""

    __slots__ = ("node", "path", "steps", "way")

    def __init__(self, way, path, node, steps):
        self.way = way
        self.path = path
        self.node = node
        self.steps = steps


class Scope:
    """What one definition has to offer to an edit: its sites, conditions and statements, its names and their kinds.

    A scope that is not aware offers every name everywhere, and knows no kinds.
    """

    def __init__(self, text, aware=True):
        self.tree = cst.parse_module(text)
        self.source = text
        self.aware = aware
        self.reads = functools.cache(bindings.reads)
        self.names = functools.cache(self.names_at)
        self.sites = []
        walk(self.tree, (), "", 0, self.sites)

    @functools.cached_property
    def spans(self):
        """Where each node stands in the text, as (start, end)."""
        return spans(self.tree)

    @functools.cached_property
    def bindings(self):
        """Every binding of a name, in the order of the text."""
        return [found for site in self.sites for found in bindings.made_at(site)]

    @functools.cached_property
    def bound(self):
        """The names that are bound somewhere."""
        return {found.name for found in self.bindings}

    @functools.cached_property
    def kinds(self):
        """The kind of value that a name stands for, where that can be told."""
        return bindings.kinds(self.sites) if self.aware else {}

    @functools.cached_property
    def functions(self):
        """The parameters of the functions that the text defines, by name."""
        found = (site.node for site in self.sites if isinstance(site.node, cst.FunctionDef))
        return {node.name.value: node.params for node in found}

    @functools.cached_property
    def conditions(self):
        """The conditions of the definition, as sites."""
        return [site for site in self.sites if site.way[-1][0] == "test"]

    @functools.cached_property
    def statements(self):
        """The simple statements of the definition, as sites."""
        return [site for site in self.sites if isinstance(site.node, cst.SimpleStatementLine)]

    @functools.cached_property
    def results(self):
        """The return statements of the definition that give a value, as sites."""
        return [site for site in self.sites if isinstance(site.node, cst.Return) and site.node.value is not None]

    @functools.cached_property
    def by_way(self):
        """The sites by the way to them."""
        return {site.way: site for site in self.sites}

    def parent(self, site):
        """The node that a site is a part of; None where that is no site itself."""
        above = self.by_way.get(site.way[:-1])
        return None if above is None else above.node

    def names_at(self, site):
        """The names that are bound whenever control comes to a site, in the order of their bindings."""
        seen = (found.name for found in self.bindings if not self.aware or found.reaches(site))
        return list(dict.fromkeys(seen))

    def kind(self, node):
        """The kind of value that an expression gives: number, text, list, boolean, callable, or None if unknown."""
        return bindings.kind_of(node, self.kinds) if self.aware else None

    def fits(self, node, *kinds):
        """Whether an expression is of one of these kinds, as far as the scope looks at kinds."""
        return not self.aware or self.kind(node) in kinds

    def at_home(self, node, site):
        """A copied node with its unbound names exchanged for names bound at the site; None where there is none."""
        return bindings.rebound(node, self, site) if self.aware else node


@functools.lru_cache(256)
def scope_of(text):
    """The scope of a definition, made once for all who edit it and change nothing in it."""
    return Scope(text)


def walk(node, way, path, steps, found):
    """Add the sites below a node to those found, from the top down."""
    for name in open_parts(type(node)):
        value = getattr(node, name)
        kind = kind_of(type(value))
        if kind == "block":
            walk_items(value.body, (*way, (name, None)), "body", path, steps, found)
        elif kind == "list":
            walk_items(value, way, name, path, steps, found)
        elif kind:
            arrive(value, (*way, (name, None)), f"{path}.{name}" if path else name, steps, found)


@functools.cache
def kind_of(kind):
    """How a walk takes what is of some type: asked once a type, since libcst's abstract classes are slow to tell."""
    kinds = {"block": BLOCKS, "statement": STATEMENTS, "node": cst.CSTNode, "list": (list, tuple)}
    return next((name for name, types in kinds.items() if issubclass(kind, types)), "")


def walk_items(items, way, name, path, steps, found):
    """Add the sites at and below the items of a list."""
    for index, item in enumerate(items):
        here = f"{path}.{name}[{index}]" if path else f"{name}[{index}]"
        arrive(item, (*way, (name, index)), here, steps, found)


def arrive(node, way, path, steps, found):
    """Add a site and the sites below it; a line with one small statement is passed through."""
    if kind_of(type(node)) == "statement":
        steps = len(way)
    found.append(Site(way, path, node, steps))
    if type(node) is cst.SimpleStatementLine and len(node.body) == 1:
        node, way = node.body[0], (*way, ("body", 0))
        found.append(Site(way, path, node, steps))
    walk(node, way, path, steps, found)
