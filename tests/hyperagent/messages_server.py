"""A small server that speaks the Messages API: every request is answered by a function of its body.

An answer is text, a `Message` with tools and usage, or one of the things that go wrong on the way: `Status`, `Cut`,
`Garbled`, `Slow`. Answers are streamed where the request asks for it.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Message:
    """A whole answer. Usage is what the server counts: input, output, read from the cache, written to it."""

    content: tuple[dict[str, Any], ...]
    stop_reason: str = "end_turn"
    usage: tuple[int, int, int, int] = (100, 20, 0, 0)


@dataclass(frozen=True)
class Status:
    """An HTTP error, with what the server wishes to be waited."""

    code: int
    kind: str = "api_error"
    text: str = "busy"
    retry_after: str | None = "0"


@dataclass(frozen=True)
class Cut:
    """The connection is reset: before the answer, or in the middle of it."""

    middle: bool = False


@dataclass(frozen=True)
class Garbled:
    """A body that is no message."""

    body: bytes = b'{"id": "msg_1", "content": ['


@dataclass(frozen=True)
class Slow:
    """An answer after some seconds."""

    seconds: float
    answer: "Answer"


Answer: TypeAlias = str | Message | Status | Cut | Garbled | Slow
Body: TypeAlias = dict[str, Any]


@dataclass
class Record:
    """What the server has seen: the requests with their keys, the most at once, and the tokens it has answered with."""

    requests: list[Body] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0


@contextmanager
def messages_server(answer: Callable[[Body], Answer]) -> Iterator[tuple[str, Record]]:
    """The address of a running server, and its record."""
    record, lock = Record(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            # Headers and body are two writes; without this the second waits for the client's acknowledgement.
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            key = str(self.headers["authorization"] or self.headers["x-api-key"]).removeprefix("Bearer ")
            with lock:
                record.requests.append({**body, "key": key})
                record.at_once += 1
                record.most_at_once = max(record.most_at_once, record.at_once)
            found = answer(body)
            if isinstance(found, Slow):
                time.sleep(found.seconds)
                found = found.answer
            with lock:
                record.at_once -= 1
                record.answers.append(found)
            self.give(found, body)

        def give(self, found: Answer, body: Body) -> None:
            match found:
                case Status(code, kind, text, wish):
                    wished = {} if wish is None else {"retry-after": wish}
                    error = {"type": "error", "error": {"type": kind, "message": text}}
                    self.reply(code, json.dumps(error).encode(), wished)
                case Cut(middle=False):
                    self.reset()
                case Cut():
                    self.reply(200, whole("half an answer", body), {}, cut=True)
                case Garbled(content):
                    self.reply(200, content, {})
                case _:
                    self.reply(200, whole(found, body), {})

        def reply(self, status: int, payload: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
            streamed = payload.startswith(b"event:")
            self.send_response(status)
            self.send_header("content-type", "text/event-stream" if streamed else "application/json")
            self.send_header("content-length", str(len(payload)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload[: len(payload) // 2] if cut else payload)
            if cut:
                self.wfile.flush()
                self.reset()

        def reset(self) -> None:
            """End the connection at once, as a lost network does."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None:
            """A client that has gone away is no news."""

    server = Quiet(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", record
    finally:
        server.shutdown()
        server.server_close()


def uses(name: str, usage: tuple[int, int, int, int] = (100, 20, 0, 0), /, **arguments: Any) -> Message:
    """An answer that uses one tool."""
    block = {"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": arguments}
    return Message((block,), "tool_use", usage)


def whole(found: Any, body: Body) -> bytes:
    """A complete answer as it goes over the wire, streamed or not."""
    answer = found if isinstance(found, Message) else Message(({"type": "text", "text": found},))
    return (
        streamed(answer, body["model"]) if body.get("stream") else json.dumps(message(answer, body["model"])).encode()
    )


def message(answer: Message, model: str) -> dict[str, Any]:
    """An answer in the form of the API."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": list(answer.content),
        "stop_reason": answer.stop_reason,
        "stop_sequence": None,
        "usage": usage(answer),
    }


def usage(answer: Message) -> dict[str, int]:
    """What the server counted."""
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return dict(zip(names, answer.usage, strict=True))


def streamed(answer: Message, model: str) -> bytes:
    """An answer as server-sent events."""
    start = {**message(answer, model), "content": [], "stop_reason": None}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(answer.content):
        empty, deltas = parts(block)
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    end = {"stop_reason": answer.stop_reason, "stop_sequence": None}
    events += [{"type": "message_delta", "delta": end, "usage": usage(answer)}, {"type": "message_stop"}]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()


def parts(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A block as it is begun, and what is added to it in two pieces."""
    if block["type"] == "text":
        text = block["text"]
        halves = text[: len(text) // 2], text[len(text) // 2 :]
        return {"type": "text", "text": ""}, [{"type": "text_delta", "text": half} for half in halves]
    if block["type"] == "tool_use":
        text = json.dumps(block["input"])
        halves = text[: len(text) // 2], text[len(text) // 2 :]
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": half} for half in halves]
    return block, []
