"""Patches and their plain-data form, which has a version; what is malformed is refused, never guessed at.

Version 1 has the five core edits, version 2 all. A patch is written in the lowest version that can hold it, so that
what an older reader can understand it does read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from meta.edit import (
    AddImport,
    Delete,
    DeleteFile,
    Edit,
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

MAX_EDITS = 10_000
KINDS: dict[str, type[Edit]] = {
    "replace": Replace,
    "insert": Insert,
    "delete": Delete,
    "write_file": WriteFile,
    "delete_file": DeleteFile,
    "move": Move,
    "rename": Rename,
    "set_constant": SetConstant,
    "add_import": AddImport,
    "remove_import": RemoveImport,
    "rename_file": RenameFile,
}
NAMES = {kind: name for name, kind in KINDS.items()}
VERSIONS = {1: frozenset([*KINDS][:5]), 2: frozenset(KINDS)}


@dataclass(frozen=True)
class Patch:
    """Edits that are applied together, with who made them and why."""

    edits: tuple[Edit, ...] = ()
    title: str = ""
    hypothesis: str = ""
    operators: tuple[str, ...] = ()

    @property
    def version(self) -> int:
        """The lowest version of the plain form that can hold this patch."""
        kinds = {NAMES[type(edit)] for edit in self.edits}
        return next(version for version, known in VERSIONS.items() if kinds <= known)

    def plain(self) -> dict[str, object]:
        """The patch as plain data that `Patch.from_plain` reads back."""
        return {
            "version": self.version,
            "edits": [plain_edit(edit) for edit in self.edits],
            "title": self.title,
            "hypothesis": self.hypothesis,
            "operators": list(self.operators),
        }

    @classmethod
    def from_plain(cls, data: object) -> "Patch":
        """The patch that `data` describes, or `PatchError`. Without a version it is read as the newest."""
        whole = _record(data, "a patch", required={"edits"}, optional={"version", "title", "hypothesis", "operators"})
        kinds = _kinds(whole.get("version", max(VERSIONS)))
        edits = _list(whole["edits"], "edits")
        if len(edits) > MAX_EDITS:
            raise PatchError(f"{len(edits)} edits, at most {MAX_EDITS} are allowed")
        return cls(
            edits=tuple(_edit(edit, kinds) for edit in edits),
            title=_text(whole.get("title", ""), "title"),
            hypothesis=_text(whole.get("hypothesis", ""), "hypothesis"),
            operators=tuple(_text(name, "operators") for name in _list(whole.get("operators", []), "operators")),
        )


def plain_edit(edit: Edit) -> dict[str, object]:
    """One edit as plain data."""
    return {"kind": NAMES[type(edit)]} | {field.name: getattr(edit, field.name) for field in fields(edit)}


def _kinds(version: object) -> frozenset[str]:
    if type(version) is not int or version not in VERSIONS:
        raise PatchError(f"patch version {version!r:.40}, expected {' or '.join(map(str, VERSIONS))}")
    return VERSIONS[version]


def _edit(data: object, kinds: frozenset[str]) -> Edit:
    found = data.get("kind") if isinstance(data, Mapping) else data
    if not isinstance(data, Mapping) or not isinstance(found, str) or found not in kinds:
        known = ", ".join(kind for kind in KINDS if kind in kinds)
        raise PatchError(f"edit kind {found!r:.80}, expected one of {known}")
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
