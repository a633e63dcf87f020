"""The store against plain dictionaries: blobs, records and settings, through any number of reopenings."""

import hashlib
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from archive import ArchiveError
from archive.delta import deflated, inflated
from archive.store import Blob, Store, begun_as, chained

BASE = bytes(range(256)) * 20
contents = st.one_of(
    st.binary(max_size=40),
    st.builds(lambda at, new: BASE[:at] + new + BASE[at:], st.integers(0, len(BASE)), st.binary(max_size=8)),
)
keys = st.sampled_from(["a", "b", "domain"])


def digest_of(content: bytes) -> bytes:
    """The name of a content."""
    return hashlib.sha256(content).digest()


class StoreMachine(RuleBasedStateMachine):
    """A store on disk against dictionaries of what was put into it."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / "a")
        self.blobs: dict[bytes, bytes] = {}
        self.records: list[tuple[bytes, bytes]] = []
        self.settings: dict[str, str] = dict(self.store.settings())
        self.last = b""
        self.work: dict[bytes, int] = {}

    @rule(content=contents, more=st.lists(contents, max_size=4), data=st.data())
    def append(self, content: bytes, more: list[bytes], data: st.DataObject) -> None:
        known = st.sampled_from([*self.blobs]) if self.blobs else st.none()
        blobs = {digest_of(one): Blob(one, data.draw(st.none() | known)) for one in more}
        line = b"line %d " % len(self.records) + digest_of(content)
        self.store.append(line, content, blobs)
        before = self.last or begun_as(self.settings.get("domain"), None)
        self.last = chained(before, line)
        self.records.append((line, content))
        self.blobs.update({digest: blob.content for digest, blob in blobs.items()})
        self.work = {attempt: last for attempt, last in self.work.items() if last >= len(self.records)}

    @rule(attempt=st.sampled_from([b"a", b"b", b"c"]), ahead=st.integers(0, 3))
    def keep_work(self, attempt: bytes, ahead: int) -> None:
        generation = len(self.records) + ahead
        self.store.keep_work([(generation, b"me", b"seal")], [(b"p", attempt, generation, b"me", b"trial", b"seal")])
        self.work[attempt] = generation

    @rule(key=keys, value=st.text(max_size=3))
    def set(self, key: str, value: str) -> None:
        if key != "domain" or not self.records:
            self.store.set(key, value)
            self.settings[key] = value

    @rule(key=st.sampled_from(["a", "b"]))
    def forget(self, key: str) -> None:
        self.store.forget(key)
        self.settings.pop(key, None)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store(Path(self.folder.name) / "a", create=False)

    @rule()
    def refuse_what_is_not_there(self) -> None:
        with pytest.raises(ArchiveError, match="is missing"):
            self.store.blob(digest_of(b"never written" * 9))
        with pytest.raises(ArchiveError, match="not in the archive"):
            self.store.record(len(self.records))

    @invariant()
    def agrees(self) -> None:
        assert len(self.store) == len(self.records) and self.store.head == self.last.hex()
        assert [(line, content) for _, line, content in self.store.records()] == self.records
        assert self.store.lines() == [line for line, _ in self.records]
        assert self.store.settings() == self.settings
        assert {row[1]: row[2] for row in self.store.works()} == self.work
        assert all(generation >= len(self.records) for generation, _, _ in self.store.leases())
        assert {digest: self.store.blob(digest) for digest in self.blobs} == self.blobs

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


StoreMachine.TestCase.settings = settings(max_examples=8, stateful_step_count=8, deadline=None)
TestStoreAgainstDictionaries = StoreMachine.TestCase


def test_one_edit_of_a_file_costs_little_however_large_it_is() -> None:
    store, chance = Store(None), hashlib.shake_128(b"seed").digest(20_000)
    store.append(b"0" + digest_of(b""), b"", {digest_of(chance): Blob(chance)})
    last = chance
    for step in range(1, 30):
        new = last[: 500 * step] + b"edit" + last[500 * step :]
        store.append(b"%d" % step + digest_of(b""), b"", {digest_of(new): Blob(new, digest_of(last))})
        last = new
    sizes = [size for (size,) in store._rows("SELECT length(content) FROM blob ORDER BY id")]
    assert sizes[0] > 20_000 and max(sizes[1:]) < 1_000
    assert store.blob(digest_of(last)) == last
    assert store._rows("SELECT COUNT(*) FROM blob WHERE base IN (SELECT id FROM blob WHERE base IS NOT NULL)") == [(0,)]


def test_what_was_deflated_with_a_dictionary_needs_it() -> None:
    packed = deflated(BASE + b"more", BASE)
    assert inflated(packed, BASE) == BASE + b"more" and len(packed) < 100
    with pytest.raises(zlib.error):
        inflated(packed)
