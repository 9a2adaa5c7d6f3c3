"""A model server's meter: passes everything on, and counts the tokens of whoever asks.

Both sides are counted here and alike. What a client itself is told does not do: an answer that is
cut short has no count, though its tokens were made all the same.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

#: A model that is loaded from a slow disk says nothing for minutes.
TIMEOUT = httpx.Timeout(600.0, connect=10.0)
#: Paths whose answers are a model's.
SPEAKING = ("/api/chat", "/api/generate")
#: Said of one connection, not of what goes over it.
_HOP = frozenset({"connection", "host", "content-length", "transfer-encoding", "keep-alive"})


@dataclass
class Answer:
    """What came of one prompt.

    :param output_tokens: as the server says at the end; until then, and of answers that were cut,
        the pieces that came, each of which is a token.
    :param prompt_tokens: as the server says; 0 of answers that were cut.
    """

    prompt: str
    text: str = ""
    output_tokens: int = 0
    prompt_tokens: int = 0
    whole: bool = False

    def hear(self, line: bytes) -> None:
        """Take a line of a streamed answer, or all of another."""
        try:
            said = json.loads(line)
        except ValueError:
            return
        message = said.get("message", {})
        piece = message.get("content") or said.get("response") or ""
        self.text += piece
        if piece or message.get("thinking"):
            self.output_tokens += 1
        if said.get("done"):
            self.whole = True
            self.output_tokens = said.get("eval_count") or self.output_tokens
            self.prompt_tokens = said.get("prompt_eval_count") or 0


@dataclass
class Meter:
    """What went through; threads may read it at any time."""

    url: str = ""
    _answers: list[Answer] = field(default_factory=list)
    _open: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def reset(self, *, patience: float = 30.0) -> list[Answer]:
        """Wait until no answer is under way, and return all since the last time.

        :raises TimeoutError: when one goes on for longer than ``patience`` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._open, timeout=patience):
                raise TimeoutError(f"{self._open} prompts are still under way")
            answers, self._answers = self._answers, []
            return answers

    @property
    def output_tokens(self) -> int:
        """All that were made since the last reset, those of answers under way included."""
        return sum(answer.output_tokens for answer in list(self._answers))

    @contextmanager
    def _answering(self, body: bytes) -> Iterator[Answer]:
        answer = Answer(_prompt(body))
        with self._changed:
            self._answers.append(answer)
            self._open += 1
        try:
            yield answer
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()


def _prompt(body: bytes) -> str:
    try:
        said: dict[str, Any] = json.loads(body)
    except ValueError:
        return ""
    return "\n\n".join(each["content"] for each in said.get("messages", [])) or said.get(
        "prompt", ""
    )


@contextmanager
def metered(target: str) -> Iterator[Meter]:
    """Serve on a free port of this machine what the server at ``target`` serves."""
    meter = Meter()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    with (
        httpx.Client(base_url=target, timeout=TIMEOUT, limits=limits, trust_env=False) as client,
        ThreadingHTTPServer(("127.0.0.1", 0), _handler(meter, client)) as server,
    ):
        server.daemon_threads = True
        meter.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield meter
        finally:
            server.shutdown()
            thread.join()


def _handler(meter: Meter, client: httpx.Client) -> type[BaseHTTPRequestHandler]:
    class Passing(BaseHTTPRequestHandler):
        """One connection of a client."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def pass_on(self) -> None:
            """Send a request on, and its answer back as it comes."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = client.build_request(
                self.command,
                self.path,
                content=body,
                headers={k: v for k, v in self.headers.items() if k.lower() not in _HOP},
            )
            try:
                response = client.send(request, stream=True)
            except httpx.HTTPError as error:
                self.send_error(HTTPStatus.BAD_GATEWAY, str(error))
                return
            with closing(response):
                self.send_response(response.status_code)
                for name, value in response.headers.items():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.close_connection = not self._speak(response, body)

        def _speak(self, response: httpx.Response, body: bytes) -> bool:
            """Pass an answer on; False when it broke off on either side."""
            try:
                if self.path in SPEAKING and response.status_code == HTTPStatus.OK:
                    with meter._answering(body) as answer:
                        self._pass_lines(response, answer)
                else:
                    for chunk in response.iter_raw():
                        self._write(chunk)
                self.wfile.write(b"0\r\n\r\n")
            except (OSError, httpx.HTTPError):
                return False
            return True

        def _pass_lines(self, response: httpx.Response, answer: Answer) -> None:
            rest = b""
            for chunk in response.iter_raw():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    answer.hear(line)
                self._write(chunk)
            answer.hear(rest)

        def _write(self, chunk: bytes) -> None:
            if chunk:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

        do_GET = do_HEAD = do_POST = do_DELETE = pass_on

    return Passing
