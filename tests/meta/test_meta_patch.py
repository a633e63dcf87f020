"""Patches as plain data, and the addresses in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta import Delete, DeleteFile, Insert, Patch, PatchError, Replace, WriteFile
from meta.address import Address, Step, parse_address

words = st.text(st.characters(codec="utf-8"), max_size=20)
edits = st.one_of(
    st.builds(Replace, words, words, words),
    st.builds(Insert, words, words, words),
    st.builds(Delete, words, words),
    st.builds(WriteFile, words, words, st.binary()),
    st.builds(DeleteFile, words, words),
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
