"""A definition renamed with its references, as one replacement for each name."""

import keyword
from dataclasses import dataclass
from typing import TypeVar

import libcst as cst

from meta.address import Address, Step, follow, names_of, parse_address
from meta.chunk import printable
from meta.edit import PatchError, Rename, Replace
from meta.genome import Genome
from meta.index import Index, indexed, place
from meta.printing import printed
from meta.scopes import SCOPES, Site, own_bindings, references
from meta.tree import at_end, way_along

NOTHING = cst.SimpleStatementLine([cst.Pass()])


@dataclass(frozen=True)
class Renaming:
    """A rename carried out: the scope that the name is bound in, and the replacement of each name."""

    edit: Rename
    file: str
    scope: tuple[Step, ...]
    names: tuple[Replace, ...]


def renaming(genome: Genome, edit: Rename) -> Renaming:
    """Every name that is the definition's own, replaced, or `PatchError` where that is not safe."""
    address = parse_address(edit.at)
    if address.file not in genome:
        raise PatchError(f"{address}: no file {address.file} in the genome")
    check_new(edit)
    index = indexed(address.file, genome.raw(address.file))
    number, steps = place(address, index)
    check_old(edit, index, number, address, steps)
    scope = scope_of(index, number, address, steps, (edit.expect, edit.new))
    sites = references(scope, edit.expect)
    check_scope(edit, scope, sites)
    prefix = f"{address.module}:/"
    places = [prefix + ".".join(map(str, steps)) for steps in dict.fromkeys(site.steps for site in sites)]
    names = tuple(Replace(place, edit.expect, edit.new) for place in places)
    return Renaming(edit, address.file, scope.steps, names)


def check_new(edit: Rename) -> None:
    """Refuse what is no name, and names that mean something else inside a class."""
    for name in (edit.expect, edit.new):
        if not name.isidentifier() or keyword.iskeyword(name):
            raise PatchError(f"{edit.at}: {name!r:.80} is not a name that a definition can have")
        if name.startswith("__") and not name.endswith("__"):
            raise PatchError(f"{edit.at}: {name!r:.80} is changed by Python itself inside a class, so not renamed")


def check_old(edit: Rename, index: Index, number: int, address: Address, steps: tuple[Step, ...]) -> None:
    """Refuse a place that does not define the name that the edit expects."""
    if number >= len(index.parts):
        raise PatchError(f"{address}: nothing there, expected a definition of {edit.expect}")
    tree = printable(str(address), index.chunk(number))
    node = at_end(way_along(tree, follow(address, tree.body[0], steps)))
    found = names_of(node) if isinstance(node, cst.CSTNode) else ()
    if edit.expect not in found:
        what = f"a definition of {found[0]}" if found else "no definition"
        raise PatchError(f"{address}: found {what}, expected a definition of {edit.expect}")


def scope_of(index: Index, number: int, address: Address, steps: tuple[Step, ...], names: tuple[str, ...]) -> Site:
    """The scope that a definition stands in: the class or function around it, or the module.

    Its steps, as those of all below it, are counted from the top of the module. Statements without any of the
    names are not looked at: something that does nothing stands for them.
    """
    tree = printable(str(address), index.chunk(number))
    trail = follow(address, tree.body[0], steps)
    for depth in range(len(trail) - 1, -1, -1):
        node = at_end(way_along(tree, trail[:depth]))
        if isinstance(node, SCOPES):
            return Site((Step("body", number), *(Step(*part) for part in trail[:depth])), thinned(node, names))
    texts = map(index.chunk, range(len(index.parts)))
    bodies = [
        thinned(printable(str(address), text).body[0], names) if any(name in text for name in names) else NOTHING
        for text in texts
    ]
    return Site((), cst.Module(bodies))


Node = TypeVar("Node", bound=cst.CSTNode)


def thinned(node: Node, names: tuple[str, ...]) -> Node:
    """A statement with something that does nothing for those in its blocks that hold none of the names."""
    block = getattr(node, "body", None)
    if not isinstance(block, cst.IndentedBlock):
        return node
    body = [thinned(inner, names) if any(name in printed(inner) for name in names) else NOTHING for inner in block.body]
    return node.with_changes(body=block.with_changes(body=body))


def check_scope(edit: Rename, scope: Site, sites: list[Site]) -> None:
    """Refuse to rename where not all of the names could change, or where the new name has a meaning already."""
    if {"import", "type"} & set(own_bindings(scope, edit.expect)):
        raise PatchError(f"{edit.at}: {edit.expect} is also bound by an import or as a type, so not renamed")
    after = Site(scope.steps, with_names(scope.node, {id(site.node) for site in sites}, edit.new))
    taken = [*own_bindings(scope, edit.new), *references(scope, edit.new)]
    if taken or {site.steps for site in references(after, edit.new)} != {site.steps for site in sites}:
        raise PatchError(f"{edit.at}: found the name {edit.new} in use where {edit.expect} is, expected it free")


def with_names(node: cst.CSTNode, chosen: set[int], new: str) -> cst.CSTNode:
    """The tree with the chosen names, given by identity, spelled anew."""
    found = node.visit(Respelled(chosen, new))
    assert isinstance(found, cst.CSTNode)
    return found


class Respelled(cst.CSTTransformer):
    """Gives chosen names another spelling."""

    def __init__(self, chosen: set[int], new: str) -> None:
        super().__init__()
        self.chosen = chosen
        self.new = new

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        """The name as it is to be."""
        return updated_node.with_changes(value=self.new) if id(original_node) in self.chosen else updated_node
