"""An edit in words, on one line, as a person wants to read it."""

from meta.edit import (
    AddImport,
    Delete,
    DeleteFile,
    Edit,
    Insert,
    Move,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
)

LONGEST = 120


def said(edit: Edit) -> str:
    """What an edit does, in words; long texts are cut."""
    match edit:
        case Replace(at=at, expect=expect, new=new):
            return f"{at}: replace {short(expect)} by {short(new)}"
        case Insert(at=at, new=new):
            return f"{at}: insert {short(new)} before it"
        case Delete(at=at, expect=expect):
            return f"{at}: delete {short(expect)}"
        case Move(at=at, to=to):
            return f"{at}: move to before {to}"
        case Rename(at=at, expect=expect, new=new):
            return f"{at}: rename {expect} to {new}"
        case SetConstant(at=at, expect=expect, new=new):
            return f"{at}: set to {short(new)}, was {short(expect)}"
        case AddImport(at=at, new=new):
            return f"{at} add {short(new)}"
        case RemoveImport(at=at, expect=expect):
            return f"{at} remove {short(expect)}"
        case WriteFile(name=name, expect=expect, content=content):
            return f"{name}: {'write' if expect else 'create'}, {len(content)} bytes"
        case DeleteFile(name=name):
            return f"{name}: delete"
        case RenameFile(name=name, to=to):
            return f"{name}: rename to {to}"


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return repr(line if len(line) <= LONGEST else line[: LONGEST - 3] + "...")
