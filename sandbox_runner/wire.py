"""The one door to ZeroMQ. Its sockets have threads behind them: never imported in a process that forks jobs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import zmq

from sandbox_runner.messages import MESSAGE_BYTES

Socket: TypeAlias = "zmq.Socket[bytes]"

READABLE, WRITABLE = int(zmq.POLLIN), int(zmq.POLLOUT)


class Unreachable(Exception):
    """Nobody of that name is connected."""


def endpoint(folder: Path) -> str:
    """The address of the pool whose private folder this is."""
    return f"ipc://{folder}/pool"


def folder(endpoint: str) -> Path:
    """The private folder of the pool with that address."""
    return Path(endpoint.removeprefix("ipc://")).parent


def router(endpoint: str) -> Socket:
    """The host's end, which knows its peers by name; it complains when a peer is not there."""
    socket = zmq.Context().socket(zmq.ROUTER)
    socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
    socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    socket.bind(endpoint)
    return socket


def dealer(endpoint: str, identity: str) -> Socket:
    """A worker's end, known as `identity`."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.setsockopt(zmq.IDENTITY, identity.encode())
    socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(endpoint)
    return socket


def send(socket: Socket, *frames: bytes) -> None:
    """Send a message; Unreachable if its addressee is gone."""
    try:
        socket.send_multipart(frames)
    except zmq.ZMQError as error:
        raise Unreachable from error


def received(socket: Socket) -> Iterator[list[bytes]]:
    """All messages that have arrived by now."""
    while True:
        try:
            frames = socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return
        yield frames


def ready(interests: Sequence[tuple[object, int]], seconds: float | None) -> set[object]:
    """Those of the sockets and descriptors that have something to say within `seconds`; None waits for ever."""
    patience = -1 if seconds is None else int(max(0.0, seconds) * 1000) + 1
    return {who for who, _ in zmq.zmq_poll(interests, patience)}  # type: ignore[arg-type]


def close(socket: Socket) -> None:
    """Drop what is unsent, and the threads."""
    context = socket.context
    socket.close(linger=0)
    context.term()
