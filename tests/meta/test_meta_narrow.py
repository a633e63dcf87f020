"""What an edit makes of the statements right around it is what it makes of the whole, to the byte."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import STATEMENTS, sources, spots

from meta import Delete, Genome, Insert, Move, Patch, PatchError, Replace, apply, invert
from meta.address import parse_address
from meta.block import block_of
from meta.chunk import edited_text
from meta.edit import CodeEdit
from meta.index import indexed, place
from meta.narrow import Inside, narrowed
from meta.turn import turned

CLASS = '''\
class A(Base):
    # above the first
    limit = 3

    @cached
    def f(self, x):
        """Words
  at the margin."""
        if x:
            y = 1; z = 2
            # below the last of a block
        # below the if
        return y

    # above g

    def g(self):
        for a in b:
            if a: break
        else:
            return 1
        # the end of g
    # the end of A
'''
INDENTS = ("    ", "\t", "  ", "        ")


def tried(make, text: str, found: list[Inside]) -> str | None:
    """What comes of edits of a statement: its text, or what the refusal says."""
    try:
        return make(text, found)
    except PatchError as error:
        return f"refused: {error}"


def edits_of(text: str) -> list[CodeEdit]:
    """Every edit of one kind and another at every statement of a text."""
    found: list[CodeEdit] = []
    for spot in spots(text):
        at, old = spot.at, text_of(text, spot.at)
        if old is not None and spot.siblings:
            found += [Delete(at, old), Insert(at, old, STATEMENTS[2]), Replace(at, old, STATEMENTS[4])]
            found += [Insert(at, "", STATEMENTS[4]), Replace(at, "no such text", "pass")]
        elif old is not None:
            found += [Replace(at, old, "a + b"), Replace(at, old, "lambda: 3")]
    return found


def text_of(text: str, at: str) -> str | None:
    """What an edit has to expect at a place, as the refusal of another says it."""
    try:
        apply(Genome({"m.py": text}), Patch((Replace(at, "\0", "pass"),)))
    except PatchError as error:
        found = re.search(r": found ('.*'|\".*\"), expected '", str(error))
        return None if found is None or len(found[1]) > 190 else str(eval(found[1]))
    return None


@given(sources(), st.sampled_from(INDENTS), st.booleans())
@example(CLASS, "    ", False)
@example(CLASS, "\t", True)
@example(CLASS, "        ", False)
def test_an_edit_gives_in_a_frame_what_it_gives_in_the_whole(text: str, indent: str, carriage: bool) -> None:
    text = re.sub(r"(?m)^(?:    )+", lambda found: indent * (len(found[0]) // 4), text.replace("\r\n", "\n"))
    text = text.replace("\n", "\r\n") if carriage else text
    try:
        index = indexed("m.py", text.encode())
    except PatchError:
        assume(False)
    for edit in edits_of(text)[:120]:
        address = parse_address(edit.at)
        number, steps = place(address, index)
        found = [(edit, address, steps)]
        narrow = tried(lambda *given: narrowed(*given, edited_text), index.chunk(number), found)
        assert narrow is None or narrow == tried(edited_text, index.chunk(number), found)


def test_a_block_of_a_changed_text_is_kept_as_it_would_be_read() -> None:
    text = CLASS
    for at, old, new in (("m:A.f/body[1].body[0].body[0].value", "1", "12"), ("m:A/limit", "", "")):
        if "/limit" not in at:
            text = str(apply(Genome({"m.py": text}), Patch((Replace(at, old, new),)))["m.py"])
    text = text.removesuffix("    # the end of A\n").removesuffix("        # the end of g\n")
    block = block_of(text)
    assert block is not None and block.names == (("limit",), ("f",), ("g",))
    assert [text[slice(*span)].split()[0] for span in block.spans] == ["limit", "@cached", "def"]


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (Delete("m:A/body[0]", "# above the first\nlimit = 3"), Insert),
        (Delete("m:A.f/body[2]", "return y"), Insert),
        (Insert("m:A/body[1]", "", "def new(self):\n    pass"), Delete),
        (Insert("m:last", "", "new = 1"), Delete),
        (Move("m:A/body[2]", "", "m:A/body[0]", ""), Move),
    ],
)
def test_an_edit_of_statements_is_taken_back_by_one_of_its_own_kind(edit, kind: type) -> None:
    genome = Genome({"m.py": f"{CLASS}\nlast = 1\n"})
    if isinstance(edit, Move) and not edit.expect:
        edit = Move(edit.at, text_of(str(genome["m.py"]), edit.at) or "", edit.to, edit.before)
    back = invert(genome, Patch((edit,)))
    assert [type(each) for each in back.edits] == [kind]
    alone = Patch(tuple(turned(genome, edit) or ()))
    assert all(apply(apply(genome, Patch((edit,))), each) == genome for each in (back, alone))
