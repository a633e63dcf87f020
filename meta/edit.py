"""The closed union of edits, and the patch that holds them.

A code edit is addressed as `module:qualified.name/path`: the module by its dotted name, a definition (function, class
or assigned name) in it, then steps of the form `field` or `field[index]` from there, in the words of libcst's nodes
with its block and line wrappers left out, as in `meta_agent:propose/body[2].test`. Either part may be empty:
`task_agent:solve` is the whole definition and `task_agent:/body[0]` the first statement of the module.
Every edit carries what it expects to find, and every address speaks of the genome before the patch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

VERSION = 1
MAX_EDITS = 10_000


class PatchError(ValueError):
    """A patch that cannot be applied or read; the genome is unchanged."""


@dataclass(frozen=True)
class Replace:
    """Put `new` in the place of the expression, statement or definition at `at`, which now reads `expect`."""

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
    """Remove the statement at `at`, which now reads `expect`."""

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


CodeEdit: TypeAlias = Replace | Insert | Delete
FileEdit: TypeAlias = WriteFile | DeleteFile
Edit: TypeAlias = CodeEdit | FileEdit

KINDS: dict[str, type[Edit]] = {
    "replace": Replace,
    "insert": Insert,
    "delete": Delete,
    "write_file": WriteFile,
    "delete_file": DeleteFile,
}
NAMES = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Patch:
    """Edits that are applied together, with who made them and why."""

    edits: tuple[Edit, ...] = ()
    title: str = ""
    hypothesis: str = ""
    operators: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """The patch as plain data that `Patch.from_plain` reads back."""
        return {
            "version": VERSION,
            "edits": [{"kind": NAMES[type(edit)]} | {f.name: getattr(edit, f.name) for f in fields(edit)}
                      for edit in self.edits],
            "title": self.title,
            "hypothesis": self.hypothesis,
            "operators": list(self.operators),
        }  # fmt: skip

    @classmethod
    def from_plain(cls, data: object) -> "Patch":
        """The patch that `data` describes, or `PatchError`: nothing is guessed at."""
        whole = _record(data, "a patch", required={"edits"}, optional={"version", "title", "hypothesis", "operators"})
        if whole.get("version", VERSION) != VERSION:
            raise PatchError(f"patch version {whole['version']!r:.40}, expected {VERSION}")
        edits = _list(whole["edits"], "edits")
        if len(edits) > MAX_EDITS:
            raise PatchError(f"{len(edits)} edits, at most {MAX_EDITS} are allowed")
        return cls(
            edits=tuple(_edit(edit) for edit in edits),
            title=_text(whole.get("title", ""), "title"),
            hypothesis=_text(whole.get("hypothesis", ""), "hypothesis"),
            operators=tuple(_text(name, "operators") for name in _list(whole.get("operators", []), "operators")),
        )


def _edit(data: object) -> Edit:
    found = data.get("kind") if isinstance(data, Mapping) else data
    if not isinstance(data, Mapping) or not isinstance(found, str) or found not in KINDS:
        raise PatchError(f"edit kind {found!r:.80}, expected one of {', '.join(KINDS)}")
    kind = KINDS[found]
    values = _record(data, f"edit {found}", required={"kind"} | {f.name for f in fields(kind)}, optional=set())
    texts = {f.name: _text(values[f.name], f.name) for f in fields(kind) if f.name != "content"}
    if kind is WriteFile:
        return WriteFile(texts["name"], texts["expect"], _content(values["content"]))
    return kind(**texts)  # type: ignore[arg-type]  # mypy still counts WriteFile among the kinds


def _content(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return _text(value, "content").encode()


def _record(data: object, what: str, required: set[str], optional: set[str]) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise PatchError(f"{what} is {type(data).__name__}, expected a mapping")
    if not required <= set(data) <= required | optional:
        found = ", ".join(sorted(map(str, data)))[:200]
        raise PatchError(f"{what} has the fields {found}, expected {', '.join(sorted(required | optional))}")
    return data


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise PatchError(f"{name} is {type(value).__name__}, expected a list")
    return list(value)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise PatchError(f"{name} is {type(value).__name__}, expected text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PatchError(f"{name} is not valid Unicode") from None
    return value
