"""Genomes and AST-level patches: source in, source out. Nothing here runs what it edits."""

from meta.apply import apply
from meta.diff import diff
from meta.edit import Delete, DeleteFile, Edit, Insert, Patch, PatchError, Replace, WriteFile
from meta.gate import Policy, Violation, violations
from meta.genome import Genome, GenomeFileError
from meta.invert import invert
from meta.merge import Conflict, merge

__all__ = [
    "Conflict",
    "Delete",
    "DeleteFile",
    "Edit",
    "Genome",
    "GenomeFileError",
    "Insert",
    "Patch",
    "PatchError",
    "Policy",
    "Replace",
    "Violation",
    "WriteFile",
    "apply",
    "diff",
    "invert",
    "merge",
    "violations",
]
