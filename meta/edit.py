"""The closed union of edits.

A code edit is addressed as `module:qualified.name/path`: the module by its dotted name, a definition (function, class
or assigned name) in it, then steps of the form `field` or `field[index]` from there, in the words of libcst's nodes
with its block and line wrappers left out, as in `meta_agent:propose/body[2].test`. Either part may be empty:
`task_agent:solve` is the whole definition, `task_agent:/body[0]` the first statement of the module, and `task_agent:`
the module itself. Every edit carries what it expects to find, and every address speaks of the genome before the patch.

Replace, Insert, Delete, WriteFile and DeleteFile are the core. The others say what is meant, are kept and shown as
such, and are carried out as core edits of the genome that they are applied to (`meta.lowering`).
"""

from dataclasses import dataclass
from typing import TypeAlias


class PatchError(ValueError):
    """A patch that cannot be applied or read; the genome is unchanged."""


@dataclass(frozen=True)
class Replace:
    """Put `new` in the place of the expression, statement or definition at `at`, which now reads `expect`.

    A place that ends in `leading_lines` is the comments and blank lines above a statement.
    """

    at: str
    expect: str
    new: str


@dataclass(frozen=True)
class Insert:
    """Put the statement `new` before the place `at`, an address that ends in `body[index]` or in the next free index.

    `expect` is the statement that stands there now, or "" at the end of the block.
    """

    at: str
    expect: str
    new: str


@dataclass(frozen=True)
class Delete:
    """Remove the statement at `at`, which now reads `expect`.

    At the top of a module the blank lines and comments that `expect` begins with are removed too, and no others; in a
    block all those above the statement are.
    """

    at: str
    expect: str


@dataclass(frozen=True)
class Move:
    """Take the statement at `at`, which reads `expect`, to before the place `to`, which reads `before`.

    It takes along what `Delete` would remove; a top-level statement that brings lines from above itself comes to stand
    above those of the other. `to` and `before` are as the place and `expect` of `Insert`.
    """

    at: str
    expect: str
    to: str
    before: str


@dataclass(frozen=True)
class Rename:
    """Give the definition at `at`, now called `expect`, the name `new`, and with it every reference that is its own.

    Its own are the names in this module that Python's scope rules resolve to the scope that the definition stands in.
    Attributes (`self.solve`), keywords of calls, other modules and words in strings are left as they are.
    """

    at: str
    expect: str
    new: str


@dataclass(frozen=True)
class SetConstant:
    """Assign the literal `new` to the name at `at`, whose value now reads `expect`."""

    at: str
    expect: str
    new: str


@dataclass(frozen=True)
class AddImport:
    """Put the import statement `new` after the first imports of the module `at`, which binds none of its names."""

    at: str
    new: str


@dataclass(frozen=True)
class RemoveImport:
    """Take the names that `expect` imports out of the top-level imports of the module `at`."""

    at: str
    expect: str


@dataclass(frozen=True)
class WriteFile:
    """Replace a whole file, or create it. `expect` is the SHA-256 of what it held, or "" if there was none."""

    name: str
    expect: str
    content: bytes


@dataclass(frozen=True)
class DeleteFile:
    """Remove a whole file, whose content has the SHA-256 `expect`."""

    name: str
    expect: str


@dataclass(frozen=True)
class RenameFile:
    """Call a file, whose content has the SHA-256 `expect`, by the name `to`, which no file has."""

    name: str
    expect: str
    to: str


CodeEdit: TypeAlias = Replace | Insert | Delete
MeantEdit: TypeAlias = Move | Rename | SetConstant | AddImport | RemoveImport
FileEdit: TypeAlias = WriteFile | DeleteFile | RenameFile
Edit: TypeAlias = CodeEdit | MeantEdit | FileEdit
