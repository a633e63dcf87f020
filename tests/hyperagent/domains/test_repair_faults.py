"""Faults: what is changed, and that nothing else is."""

import ast
import random
from itertools import islice

import pytest

from hyperagent.domains.repair.corpus import ENTRIES, Entry
from hyperagent.domains.repair.faults import Fault, faults, slips
from hyperagent.domains.repair.program import Program


def first(entry: Entry, number: int, seed: int = 0) -> list[Fault]:
    return list(islice(faults(entry.source, random.Random(seed)), number))


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_fault_is_another_source_that_parses(entry: Entry) -> None:
    found = [fault.source for fault in first(entry, 40)]
    assert len(set(found)) == 40
    assert entry.source not in found
    assert all(map(parses, found))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_no_byte_is_changed_outside_one_region_for_each_edit(entry: Entry) -> None:
    original = entry.source.encode()
    for fault in first(entry, 40):
        kept, position, rest = [], 0, fault.source.encode()
        for edit in sorted(fault.edits, key=lambda edit: edit.start):
            kept.append(original[position : edit.start] + edit.text.encode())
            position = edit.end
        assert b"".join(kept) + original[position:] == rest
        assert 1 <= len(fault.edits) <= 2


def test_the_same_seed_gives_the_same_faults_and_another_one_others() -> None:
    entry = ENTRIES[0]
    assert first(entry, 30, seed=1) == first(entry, 30, seed=1)
    assert first(entry, 30, seed=1) != first(entry, 30, seed=2)


def test_single_slips_are_the_rule_and_pairs_the_exception() -> None:
    edits = [len(fault.edits) for entry in ENTRIES for fault in first(entry, 30)]
    assert 0.02 < edits.count(2) / len(edits) < 0.2


def test_the_supply_goes_on_with_pairs_when_the_single_slips_are_used_up() -> None:
    entry = next(entry for entry in ENTRIES if entry.name == "leap_days")
    single = sum(map(len, slips(Program(entry.source))))
    found = first(entry, 4 * single)
    assert len({fault.source for fault in found}) == 4 * single
    assert len(found[-1].edits) == 2


def test_the_corpus_has_room_for_every_kind_of_slip() -> None:
    kinds = {edit.kind for entry in ENTRIES for group in slips(Program(entry.source)) for edit in group}
    assert len(kinds) >= 12
    for entry in ENTRIES:
        assert len(slips(Program(entry.source))) >= 6, entry.name


def test_signatures_docstrings_and_annotations_stay_as_they_are() -> None:
    for entry in ENTRIES:
        head = "".join(entry.source.splitlines(keepends=True)[:2])
        assert all(fault.source.startswith(head) for fault in first(entry, 60)), entry.name


def test_a_source_beyond_ascii_is_cut_between_its_characters() -> None:
    source = 'def größe(ä):\n    """Zählt."""\n    return "ß" + ä[0:1] if ä < "é" else ä\n'
    found = list(islice(faults(source, random.Random(1)), 25))
    assert all(parses(fault.source) for fault in found)
    assert any('"ß" - ä' in fault.source for fault in found)
