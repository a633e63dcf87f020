"""A place in a module drawn by a walk from its top down, for which no list of all places has to be made.

At each step a statement of a block, or a part of a node, is as likely as any other.
"""

from random import Random

import libcst as cst

from meta.address import Step, parse_address
from meta.block import block_of
from meta.chunk import node_at
from meta.edit import PatchError
from meta.index import address_of, indexed
from meta.places import Place, children
from meta.tree import code_of

STOP = 0.1
"""How likely a walk ends where it has come to."""


def walked(name: str, content: bytes, rng: Random) -> Place:
    """A place in the module in the file `name`: in a top-level statement that is as likely as it is long.

    Raises `PatchError` if the file is not Python, or has no such place. Where it stands in the text is not said.
    """
    module, index = name.removesuffix(".py").replace("/", "."), indexed(name, content)
    if not index.parts:
        raise PatchError(f"{name}: no statement to be edited")
    weights = [part.end - part.start for part in index.parts]
    number = rng.choices(range(len(index.parts)), weights)[0]
    at = address_of(module, index.parts, number)
    return below(at, index.chunk(number), len(index.parts), rng)


def below(at: str, chunk: str, siblings: int, rng: Random) -> Place:
    """A place at or below a top-level statement, with blocks read as far as the walk leads."""
    steps: tuple[Step, ...] = ()
    block = block_of(chunk)
    text = chunk
    while block is not None and rng.random() >= STOP:
        number, siblings = rng.randrange(len(block.spans)), len(block.spans)
        steps = (*steps, Step("body", number))
        text = text[block.spans[number][0] : block.below(text, number)]
        block = block_of(text)
    _, node = node_at(parse_address(at), chunk, (*parse_address(at).steps[1:], *steps))
    place = Place(joined(at, *map(str, steps)), code_of(node), "statement", siblings, 0, 0)
    return place if block is not None else inner_place(node, place, rng)


def inner_place(node: cst.CSTNode, place: Place, rng: Random) -> Place:
    """A place below a statement that has no block of its own, or whose block is not read by its lines."""
    at = place.at
    while rng.random() >= STOP and (below := [*children(node)]):
        name, number, node, size = rng.choice(below)
        at = joined(at, name if number is None else f"{name}[{number}]")
        if isinstance(node, cst.BaseExpression):
            place = Place(at, code_of(node), "expression", 0, 0, 0)
        elif isinstance(node, cst.BaseStatement | cst.BaseSmallStatement):
            place = Place(at, code_of(node), "statement", size, 0, 0)
    return place


def joined(at: str, *steps: str) -> str:
    """The address that some steps lead to."""
    for step in steps:
        at = f"{at}{'.' if '/' in at else '/'}{step}"
    return at
