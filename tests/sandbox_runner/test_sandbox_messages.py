"""The wire: what is encoded is decoded, and whatever else arrives is refused."""

import math
from contextlib import suppress

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox_runner import Call, Cost, Killed, Limits, Module, Plain, Preload, ProtocolError, Raised, Returned, TimedOut
from sandbox_runner.messages import (
    DEPTH,
    Asked,
    Broken,
    Cancel,
    Done,
    Fault,
    Hello,
    Message,
    Ping,
    Pong,
    Reply,
    Run,
    Welcome,
    decode,
    encode,
    outcome_of_record,
    payload_of,
    unpack,
)

integers = st.integers(-(2**63), 2**64 - 1)
words = st.text(st.characters(codec="utf-8"))
scalars = st.none() | st.booleans() | integers | st.floats(allow_nan=False) | words | st.binary()
plain = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(words, inner), max_leaves=20)
counts = st.integers(0, 2**40)
seconds = st.floats(0, 1e6)
costs = st.builds(Cost, seconds, seconds, counts)
outcomes = (
    st.builds(Returned, plain, costs, st.dictionaries(words, st.binary()))
    | st.builds(Raised, words, words, words, costs)
    | st.builds(TimedOut, words, costs)
    | st.builds(Killed, words, costs)
)
sources = st.builds(Module, words, st.none() | st.binary())
preloads = st.builds(
    Preload, st.lists(words).map(tuple), st.dictionaries(words, sources), st.dictionaries(words, sources)
)
limits = st.builds(Limits, seconds, counts, counts, counts, counts, counts, counts, counts)
profiles = st.sampled_from(["pure", "tools"])
messages = st.one_of(
    st.sampled_from([Hello(), Ping(), Pong()]),
    st.builds(Welcome, words, st.dictionaries(words, preloads)),
    st.builds(Run, counts, words, profiles, limits, st.lists(words).map(tuple), st.binary()),
    st.builds(Cancel, counts),
    st.builds(Reply, counts, plain),
    st.builds(Done, counts, outcomes),
    st.builds(Asked, counts, plain),
    st.builds(Fault, counts, words),
    st.builds(Broken, words),
)


@given(messages)
def test_what_is_encoded_is_decoded(message: Message) -> None:
    assert decode(encode(message)) == message


@given(st.binary())
def test_any_bytes_are_a_message_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        decode(data)


@given(messages, st.data())
def test_a_damaged_message_is_a_message_or_a_protocol_error(message: Message, data: st.DataObject) -> None:
    whole = bytearray(encode(message))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    with suppress(ProtocolError):
        decode(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


@given(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(scalars, inner), max_leaves=10))
def test_any_form_is_a_message_or_a_protocol_error(value: object) -> None:
    for form in (value, ["done", 1, value], ["welcome", "x", value], ["run", 1, "x", value, b""], ["done", 1, [value]]):
        with suppress(ProtocolError):
            decode(msgpack.packb(form))


@given(st.binary())
def test_any_record_is_an_outcome_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        outcome_of_record(data, Cost())


@pytest.mark.parametrize(
    "value", [2**64, -(2**63) - 1, "\ud800", {1, 2}, object(), 1j, [b"", [2**70]]], ids=lambda value: str(type(value))
)
def test_what_is_not_plain_data_is_refused_on_the_way_out(value: Plain) -> None:
    with pytest.raises(ProtocolError, match="not plain data"):
        encode(Reply(1, value))
    with pytest.raises(ProtocolError, match="not plain data"):
        payload_of(Call("a:b", {}, arguments=(value,)))


@pytest.mark.parametrize(
    "data",
    [
        msgpack.packb({1: 2}),
        msgpack.packb(msgpack.ExtType(5, b"x")),
        msgpack.packb(msgpack.Timestamp(1, 1)),
        msgpack.packb("x") + b"\xc0",
        b"\xa1\xff",
        b"\x91" * (DEPTH + 1) + b"\xc0",
        b"\x91" * 1_000_000 + b"\xc0",
        b"\xdd\xff\xff\xff\xff",
        b"",
    ],
    ids=["keys", "extension", "timestamp", "trailing", "utf8", "deep", "abyss", "promise", "nothing"],
)
def test_what_is_not_plain_data_is_refused_on_the_way_in(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        unpack(data)


def test_nan_and_infinity_pass() -> None:
    message = decode(encode(Reply(1, [math.nan, math.inf])))
    assert isinstance(message, Reply)
    assert isinstance(message.value, list)
    assert str(message.value) == "[nan, inf]"
