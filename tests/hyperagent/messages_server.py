"""A small server that speaks the Messages API: every request is answered by a function of its prompt."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def messages_server(answer: Callable[[str], str | int]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """The address of a running server and the requests that it got; an answer that is a number is an HTTP status."""
    requests: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            key = str(self.headers["authorization"] or self.headers["x-api-key"]).removeprefix("Bearer ")
            requests.append({**body, "key": key})
            found = answer(body["messages"][0]["content"])
            if isinstance(found, int):
                self.reply(found, {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}})
            else:
                self.reply(200, message(body["model"], found))

        def reply(self, status: int, data: object) -> None:
            payload = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            if status != 200:
                self.send_header("retry-after", "0")
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", requests
    finally:
        server.shutdown()
        server.server_close()


def message(model: str, text: str) -> dict[str, object]:
    """A complete answer."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 20},
    }
