"""Edits drawn by a plain generator, thousands a second: for long courses over modules that nobody here wrote.

Not each edit that is drawn applies.
"""

import ast
import hashlib
from random import Random

from hyperagent.testing.meant import IMPORTS, LITERALS
from meta import (
    AddImport,
    Delete,
    DeleteFile,
    Edit,
    Genome,
    Insert,
    Move,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
)
from meta.index import indexed
from meta.places import Place
from meta.walk import walked

EXPRESSIONS = ("z", "0", "a + b", "p and q", "m if n else o", "lambda: 3", "f(1)", "[1, 2]", "not k", "u < v", "(w)")
STATEMENTS = ("z = 0", "f(1)", "if z:\n    z = 0", "def inner():\n    pass", "# said first\nz = 1", "import q")


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
    one = walked(name, genome.raw(name), rng)
    if one.kind == "expression":
        return Replace(one.at, one.text, rng.choice(EXPRESSIONS))
    kinds: list[Edit] = [Replace(one.at, one.text, rng.choice(STATEMENTS))]
    if one.siblings:
        kinds += [Insert(one.at, one.text, rng.choice(STATEMENTS)), Delete(one.at, one.text)]
        other = walked(name, genome.raw(name), rng)
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
