"""Patches as plain data, and the addresses in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta import (
    AddImport,
    Delete,
    DeleteFile,
    Insert,
    Move,
    Patch,
    PatchError,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
    decode,
    encode,
)
from meta.address import Address, Step, parse_address

words = st.text(st.characters(codec="utf-8"), max_size=20)
edits = st.one_of(
    st.builds(Replace, words, words, words),
    st.builds(Insert, words, words, words),
    st.builds(Delete, words, words),
    st.builds(WriteFile, words, words, st.binary()),
    st.builds(DeleteFile, words, words),
    st.builds(Move, words, words, words, words),
    st.builds(Rename, words, words, words),
    st.builds(SetConstant, words, words, words),
    st.builds(AddImport, words, words),
    st.builds(RemoveImport, words, words),
    st.builds(RenameFile, words, words, words),
)
patches = st.builds(Patch, st.lists(edits).map(tuple), words, words, st.lists(words).map(tuple))
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.sampled_from(("replace", "edits", "kind")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
)
REPLACE = {"kind": "replace", "at": "m:f", "expect": "", "new": ""}


@given(patches)
def test_a_patch_is_read_back_from_its_plain_data(patch: Patch) -> None:
    assert Patch.from_plain(patch.plain()) == patch
    assert decode(encode(patch)) == patch


@given(st.binary(max_size=60) | patches.map(encode), st.data())
def test_any_bytes_are_a_patch_or_refused_as_one(content: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(content)))
    for spoiled in (content, content[:cut], content[:cut] + data.draw(st.binary(max_size=3)) + content[cut + 1 :]):
        try:
            patch = decode(spoiled)
        except PatchError:
            continue
        assert decode(encode(patch)) == patch


@pytest.mark.parametrize(
    "content",
    [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\x91" * 5000, b"\xc7\x04\xff1234", b"\x80\x80", b"", b"\xc1"],
    ids=["a huge list", "a huge mapping", "a nest", "a time", "two values", "nothing", "a byte of no meaning"],
)
def test_bytes_made_to_break_a_reader_are_refused(content: bytes) -> None:
    with pytest.raises(PatchError):
        decode(content)


def test_a_patch_is_written_in_the_lowest_version_that_can_hold_it() -> None:
    core, meant = Delete("m:f", "x"), Rename("m:f", "f", "g")
    assert [Patch(edits).plain()["version"] for edits in ((), (core,), (core, meant))] == [1, 1, 2]


def test_a_patch_of_the_first_version_is_read_and_holds_no_later_edit() -> None:
    old = {"version": 1, "edits": [REPLACE], "title": "t", "hypothesis": "", "operators": []}
    assert Patch.from_plain(old) == Patch((Replace("m:f", "", ""),), "t")
    later = {"version": 1, "edits": [{"kind": "rename", "at": "m:f", "expect": "f", "new": "g"}]}
    with pytest.raises(PatchError, match="edit kind 'rename', expected one of replace, insert, delete, write_file"):
        Patch.from_plain(later)


@pytest.mark.parametrize("version", [0, 3, True, 1.0, "1", None, []])
def test_an_unknown_version_is_refused(version: object) -> None:
    with pytest.raises(PatchError, match=r"patch version .*, expected 1 or 2"):
        Patch.from_plain({"version": version, "edits": []})


@given(anything | st.lists(anything).map(lambda edits: {"edits": edits}))
def test_any_data_is_a_patch_or_refused_as_one(data: object) -> None:
    try:
        patch = Patch.from_plain(data)
    except PatchError:
        return
    assert Patch.from_plain(patch.plain()) == patch


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "a patch is NoneType, expected a mapping"),
        ({}, "a patch has the fields , expected edits, hypothesis"),
        ({"edits": [], "extra": 1}, "a patch has the fields edits, extra, expected"),
        ({"edits": {}}, "edits is dict, expected a list"),
        ({"edits": [], "version": 3}, "patch version 3, expected 1 or 2"),
        ({"edits": [], "title": 3}, "title is int, expected text"),
        ({"edits": [], "operators": "swap"}, "operators is str, expected a list"),
        ({"edits": [], "title": "\ud800"}, "title is not valid Unicode"),
        ({"edits": ["x"]}, "edit kind 'x', expected one of replace, insert"),
        ({"edits": [{"kind": "run"}]}, "edit kind 'run', expected one of"),
        ({"edits": [{"kind": ["replace"]}]}, "edit kind"),
        (
            {"edits": [{"kind": "delete", "at": "m:f"}]},
            "edit delete has the fields at, kind, expected at, expect, kind",
        ),
        ({"edits": [REPLACE | {"new": 3}]}, "new is int, expected text"),
        ({"edits": [REPLACE | {"new": b"x"}]}, "new is bytes, expected text"),
        ({"edits": [REPLACE | {"mode": "r"}]}, "edit replace has the fields"),
        ({"edits": [REPLACE] * 10_001}, "10001 edits, at most 10000 are allowed"),
    ],
)
def test_malformed_data_is_refused_with_what_was_found_and_expected(data: object, message: str) -> None:
    with pytest.raises(PatchError) as caught:
        Patch.from_plain(data)
    assert message in str(caught.value)


def test_the_content_of_a_file_may_come_as_text() -> None:
    edit = {"kind": "write_file", "name": "a", "expect": "", "content": "é"}
    assert Patch.from_plain({"edits": [edit]}).edits == (WriteFile("a", "", "é".encode()),)


def test_an_address_is_a_file_a_name_and_steps() -> None:
    address = parse_address("pkg.mod:Agent.solve/body[2].test")
    assert address == Address("pkg.mod", "Agent.solve", (Step("body", 2), Step("test")))
    assert address.file == "pkg/mod.py"


@pytest.mark.parametrize("text", ["m:f", "m:/body[0]", "pkg.mod:C.f/body[2].test.left"])
def test_an_address_is_spelled_as_it_was_read(text: str) -> None:
    assert str(parse_address(text)) == text


@pytest.mark.parametrize(
    "text", ["", "m", ":f", "m:f/body[", "m:f/body[x]", "m:f/BODY", "m:f/body[-1]", "../m:f", "m:f\n"]
)
def test_what_is_no_address_is_refused_by_its_text(text: str) -> None:
    with pytest.raises(PatchError, match="expected"):
        parse_address(text)
