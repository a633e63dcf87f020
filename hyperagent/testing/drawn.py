"""Edits drawn by a plain generator, thousands a second: for long courses over modules that nobody here wrote.

An edit's place is found by a walk from the top of a module down, a child of a node being as likely as any other, so
that no list of all places is needed. Not each edit that is drawn applies.
"""

import ast
import hashlib
from random import Random

import libcst as cst

from hyperagent.testing.meant import IMPORTS, LITERALS
from meta import (
    AddImport,
    Delete,
    DeleteFile,
    Edit,
    Genome,
    Insert,
    Move,
    PatchError,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
)
from meta.address import Step, parse_address
from meta.block import block_of
from meta.chunk import node_at
from meta.index import address_of, indexed
from meta.places import Place, children
from meta.tree import code_of

EXPRESSIONS = ("z", "0", "a + b", "p and q", "m if n else o", "lambda: 3", "f(1)", "[1, 2]", "not k", "u < v", "(w)")
STATEMENTS = ("z = 0", "f(1)", "if z:\n    z = 0", "def inner():\n    pass", "# said first\nz = 1", "import q")
STOP = 0.1
"""How likely a walk ends at a statement that it comes to."""


def drawn_edit(genome: Genome, name: str, rng: Random) -> Edit:
    """An edit of one module, at a place that it has and expecting what stands there; it may be refused.

    Raises `PatchError` where the module has no such place.
    """
    module = name.removesuffix(".py").replace("/", ".")
    lot = rng.random()
    if lot < 0.02:
        return file_edit(genome, name, rng)
    if lot < 0.05:
        return import_edit(genome, name, module, rng)
    one = drawn_place(genome, name, module, rng)
    if one.kind == "expression":
        return Replace(one.at, one.text, rng.choice(EXPRESSIONS))
    kinds: list[Edit] = [Replace(one.at, one.text, rng.choice(STATEMENTS))]
    if one.siblings:
        kinds += [Insert(one.at, one.text, rng.choice(STATEMENTS)), Delete(one.at, one.text)]
        other = drawn_place(genome, name, module, rng)
        kinds += [Move(one.at, one.text, other.at, other.text)] if other.siblings else []
        kinds += named_edits(one, rng)
    return rng.choice(kinds)


def file_edit(genome: Genome, name: str, rng: Random) -> Edit:
    """An edit of a whole file: written anew, deleted, called otherwise, or another one created."""
    content = genome.raw(name)
    expect = hashlib.sha256(content).hexdigest()
    new = content + rng.choice((b"", b"\n", b"# more\r\n", b"\xff\x00"))
    kinds = (WriteFile(name, expect, new), DeleteFile(name, expect), RenameFile(name, expect, f"renamed/{name}"))
    return rng.choice((*kinds, WriteFile("new/file.bin", "", new)))


def import_edit(genome: Genome, name: str, module: str, rng: Random) -> Edit:
    """An import added, or one taken out."""
    index = indexed(name, genome.raw(name))
    found = [text for text in map(index.chunk, range(len(index.parts))) if text.startswith(("import ", "from "))]
    if found and rng.random() < 0.5:
        return RemoveImport(f"{module}:", rng.choice(found).strip("\r\n"))
    return AddImport(f"{module}:", rng.choice(IMPORTS))


def named_edits(one: Place, rng: Random) -> list[Edit]:
    """What can be done with a definition by its name."""
    try:
        statement = ast.parse(one.text).body[0]
    except (SyntaxError, ValueError, IndexError):
        return []
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return [Rename(one.at, statement.name, "fresh_name_of_it")]
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        value = ast.get_source_segment(one.text, statement.value) or ""
        constant = SetConstant(one.at, value, rng.choice(LITERALS))
        return [constant, Rename(one.at, statement.targets[0].id, "fresh_name_of_it")]
    return []


def drawn_place(genome: Genome, name: str, module: str, rng: Random) -> Place:
    """A place in a module: a top-level statement, as likely as it is long, or one in it."""
    index = indexed(name, genome.raw(name))
    if not index.parts:
        raise PatchError(f"{name}: no statement to be edited")
    weights = [part.end - part.start for part in index.parts]
    number = rng.choices(range(len(index.parts)), weights)[0]
    at = address_of(module, index.parts, number)
    return walked(at, index.chunk(number), len(index.parts), rng)


def walked(at: str, chunk: str, siblings: int, rng: Random) -> Place:
    """A place at or below a top-level statement, as a walk comes to it; blocks are read as far as it leads."""
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
