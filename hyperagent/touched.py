"""Which files of a genome an edit changes."""

from meta import Edit
from meta.edit import DeleteFile, Move, RenameFile, WriteFile


def touched(edit: Edit) -> frozenset[str]:
    """The names of the files that an edit changes: one, or two where something goes from one to the other."""
    if isinstance(edit, RenameFile):
        return frozenset((edit.name, edit.to))
    if isinstance(edit, (WriteFile, DeleteFile)):
        return frozenset((edit.name,))
    places = (edit.at, edit.to) if isinstance(edit, Move) else (edit.at,)
    return frozenset(f"{place.partition(':')[0].replace('.', '/')}.py" for place in places)
