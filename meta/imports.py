"""Imports of a module, added and removed as edits of its top-level statements."""

import ast

from meta.address import parse_address
from meta.edit import AddImport, CodeEdit, Delete, Insert, PatchError, RemoveImport, Replace
from meta.index import Index
from meta.source import parsed

Import = ast.Import | ast.ImportFrom


def added(index: Index, edit: AddImport) -> Insert:
    """The insertion of an import in front of the first others, or below the docstring where there are none."""
    new = import_statement(edit.at, edit.new)
    taken = {name for number in range(len(index.parts)) for name in bound(index, number)}
    clash = [bound_name(alias) for alias in new.names if bound_name(alias) in taken]
    if clash:
        raise PatchError(f"{edit.at}: found {clash[0]} bound in the module, expected it free for {edit.new!r:.120}")
    number = place_for(index, new)
    following = index.chunk(number)
    first = number == len(index.parts) or import_at(index, number) is not None
    gap = "" if first else "\n\n\n" if following.startswith(("def ", "class ", "async ", "@")) else "\n\n"
    return Insert(f"{module(edit.at)}:/body[{number}]", following, edit.new.strip() + gap)


def removed(index: Index, edit: RemoveImport) -> list[CodeEdit]:
    """The edits that take names out of the imports of a module; a statement that has no others goes as a whole."""
    gone = import_statement(edit.at, edit.expect)
    found: dict[int, list[int]] = {}
    for alias in gone.names:
        places = [place for number in range(len(index.parts)) for place in places_of(index, number, gone, alias)]
        if len(places) != 1:
            raise PatchError(f"{edit.at}: found {len(places)} imports of {edit.expect!r:.120}, expected 1")
        found.setdefault(places[0][0], []).append(places[0][1])
    return [without(index, edit.at, number, aliases) for number, aliases in found.items()]


def import_statement(at: str, text: str) -> Import:
    """The one import statement that a text spells."""
    address = parse_address(at)
    if address.name or address.steps:
        raise PatchError(f"{at}: expected a module, as in {address.module}:")
    body = parsed(f"{at} {text!r:.120}", text.strip()).body
    if len(body) != 1 or not isinstance(body[0], Import):
        raise PatchError(f"{at}: found {text!r:.120}, expected one import statement")
    return body[0]


def bound(index: Index, number: int) -> list[str]:
    """The names that a top-level statement binds as an import or a definition."""
    statement = import_at(index, number)
    if statement is None:
        return [*index.parts[number].names]
    return [bound_name(alias) for alias in statement.names]


def bound_name(alias: ast.alias) -> str:
    """The name that an import binds, dotted for a module of a package: there may be several of one package."""
    return alias.asname or alias.name


def import_at(index: Index, number: int) -> Import | None:
    """The import that a top-level statement is, or None."""
    text = index.chunk(number)
    if not text.startswith(("import", "from")):
        return None
    body = parsed("", text).body
    return body[0] if len(body) == 1 and isinstance(body[0], Import) else None


def place_for(index: Index, new: Import) -> int:
    """Before which statement a new import goes: after the docstring, and after imports from the future."""
    number = 1 if index.parts and is_document(index.chunk(0)) else 0
    if isinstance(new, ast.ImportFrom) and new.module == "__future__":
        return number
    while number < len(index.parts) and index.chunk(number).startswith("from __future__"):
        number += 1
    first = number
    while number < len(index.parts) and import_at(index, number) is None:
        number += 1
    return (
        number if number < len(index.parts) and not any(index.parts[k].names for k in range(first, number)) else first
    )


def is_document(text: str) -> bool:
    """Whether a statement is a string alone."""
    body = parsed("", text).body
    return isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def places_of(index: Index, number: int, gone: Import, alias: ast.alias) -> list[tuple[int, int]]:
    """Where a top-level statement imports the same name from the same module in the same way."""
    found = import_at(index, number)
    if found is None or origin(found) != origin(gone):
        return []
    same = [(each.name, each.asname) == (alias.name, alias.asname) for each in found.names]
    return [(number, place) for place, equal in enumerate(same) if equal]


def origin(statement: Import) -> tuple[str | None, int] | None:
    """The module that names are imported from."""
    return (statement.module, statement.level) if isinstance(statement, ast.ImportFrom) else None


def without(index: Index, at: str, number: int, aliases: list[int]) -> CodeEdit:
    """One import statement without some of its names."""
    place, old, found = f"{module(at)}:/body[{number}]", index.chunk(number), import_at(index, number)
    assert found is not None
    if len(aliases) == len(found.names):
        return Delete(place, old)
    left = [ast.unparse(alias) for k, alias in enumerate(found.names) if k not in aliases]
    start = found.names[0]
    lines = old.splitlines(keepends=True)[: start.lineno - 1]
    before = "".join(lines) + old.splitlines(keepends=True)[start.lineno - 1].encode()[: start.col_offset].decode()
    return Replace(place, old, before + ", ".join(left) + after(old, found))


def after(old: str, found: Import) -> str:
    """What follows the last name of an import in its text."""
    last = found.names[-1]
    lines = old.splitlines(keepends=True)
    assert last.end_lineno is not None and last.end_col_offset is not None
    line = lines[last.end_lineno - 1].encode()[last.end_col_offset :].decode()
    return line + "".join(lines[last.end_lineno :])


def module(at: str) -> str:
    """The module of an address."""
    return parse_address(at).module
