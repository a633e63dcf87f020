"""Genomes and AST-level patches: source in, source out. Nothing here runs what it edits."""

from meta.apply import apply
from meta.compose import compose
from meta.crossover import crossover
from meta.diff import diff
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
from meta.gate import Policy, Violation
from meta.gated import violations
from meta.genome import Genome, GenomeFileError
from meta.hunks import from_unified
from meta.invert import invert
from meta.merge import Conflict, merge
from meta.minimise import minimise
from meta.patch import Patch
from meta.region import Region
from meta.unified import to_unified
from meta.wire import decode, encode
from meta.words import said

__all__ = [
    "AddImport",
    "Conflict",
    "Delete",
    "DeleteFile",
    "Edit",
    "Genome",
    "GenomeFileError",
    "Insert",
    "Move",
    "Patch",
    "PatchError",
    "Policy",
    "Region",
    "RemoveImport",
    "Rename",
    "RenameFile",
    "Replace",
    "SetConstant",
    "Violation",
    "WriteFile",
    "apply",
    "compose",
    "crossover",
    "decode",
    "diff",
    "encode",
    "from_unified",
    "invert",
    "merge",
    "minimise",
    "said",
    "to_unified",
    "violations",
]
