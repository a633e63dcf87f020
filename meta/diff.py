"""The patch that turns one genome into another, by definition where it can and by file where it must."""

import difflib
import hashlib

from meta.apply import apply
from meta.edit import CodeEdit, Delete, DeleteFile, Edit, Insert, PatchError, Replace, WriteFile
from meta.genome import Genome
from meta.patch import Patch
from meta.source import Chunk, chunks, decoded


def diff(old: Genome, new: Genome) -> Patch:
    """A patch with `apply(old, diff(old, new)) == new`, byte for byte."""
    edits: list[Edit] = []
    for name in sorted({*old, *new}):
        if name not in new:
            edits.append(DeleteFile(name, sha256(old.raw(name))))
        elif name not in old:
            edits.append(WriteFile(name, "", new.raw(name)))
        elif old.raw(name) != new.raw(name):
            edits += file_edits(name, old.raw(name), new.raw(name))
    return Patch(tuple(edits), title=f"{len(edits)} edits")


def file_edits(name: str, old: bytes, new: bytes) -> list[Edit]:
    """The edits of one file: by statement if they bring back every byte, else the whole file."""
    whole: list[Edit] = [WriteFile(name, sha256(old), new)]
    if not name.endswith(".py") or not all(part.isidentifier() for part in name.removesuffix(".py").split("/")):
        return whole
    try:
        edits = statement_edits(name, old, new)
        rebuilt = apply(Genome({name: old}), Patch(tuple(edits)))
    except PatchError:
        return whole
    return [*edits] if rebuilt.raw(name) == new else whole


def statement_edits(name: str, old: bytes, new: bytes) -> list[CodeEdit]:
    """Edits of top-level statements, from the longest matching of their texts."""
    before, after = decoded(name, old), decoded(name, new)
    old_parts, new_parts = chunks(name, before.text), chunks(name, after.text)
    old_texts = [before.text[part.start : part.end] for part in old_parts]
    new_texts = [after.text[part.start : part.end] for part in new_parts]
    module = name.removesuffix(".py").replace("/", ".")
    edits: list[CodeEdit] = []
    matcher = difflib.SequenceMatcher(None, old_texts, new_texts, autojunk=False)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = min(i_end - i, j_end - j)
        for k in range(paired):
            at = place(module, old_parts, i + k)
            edits.append(Replace(at, old_texts[i + k].strip("\r\n"), new_texts[j + k].strip("\r\n")))
        edits += [Delete(place(module, old_parts, k), old_texts[k]) for k in range(i + paired, i_end)]
        expect = old_texts[i_end] if i_end < len(old_texts) else ""
        edits += [Insert(f"{module}:/body[{i_end}]", expect, new_texts[k]) for k in range(j + paired, j_end)]
    return edits


def place(module: str, parts: list[Chunk], index: int) -> str:
    """The address of a top-level statement: by name where that is unique, else by position."""
    names = parts[index].names
    if len(names) == 1 and sum(names[0] in part.names for part in parts) == 1:
        return f"{module}:{names[0]}"
    return f"{module}:/body[{index}]"


def sha256(content: bytes) -> str:
    """The digest that whole-file edits expect."""
    return hashlib.sha256(content).hexdigest()
