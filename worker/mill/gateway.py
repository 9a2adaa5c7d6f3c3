"""One model server: Ollama's REST API, through its own client library.

What can go wrong is told apart by what it means for the work::

    GatewayError
    ├── GatewayBusy     503, 429, or no first token in time: the work waits, nothing is wasted
    ├── GatewayDown     nobody answers at the address: likewise
    ├── ModelMissing    404: likewise; the work goes to servers that have the model
    ├── PromptRefused   this prompt was refused, or failed: it counts as wasted
    └── Interrupted     we ended the call ourselves
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx
import ollama
from pydantic import ValidationError

from shared.errors import ValuemillError
from worker.mill.prompts import Prompt

#: Longest part of a server's error text that is passed on, in characters.
ERROR_CHARACTERS = 500

#: No context window is longer.
MOST_TOKENS = 100_000_000

LATEST = ":latest"

BUSY_CODES = frozenset({429, 502, 503, 504})


class GatewayError(ValuemillError):
    """A call to a model server did not bring an answer."""


class GatewayBusy(GatewayError):
    """The server says, or shows, that it cannot take the prompt now."""


class GatewayDown(GatewayError):
    """The server cannot be reached."""


class ModelMissing(GatewayError):
    """The server does not have the model."""


class PromptRefused(GatewayError):
    """The server answered with an error, or broke off in the middle."""


class Interrupted(GatewayError):
    """The call was ended by :meth:`Call.interrupt`."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of the answer; the last one carries the counts."""

    text: str
    prompt_tokens: int = 0
    output_tokens: int = 0


class Call:
    """A call under way, so that another thread can see how it stands and end it.

    Closing the connection is also what makes Ollama stop working on the answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.interrupted_because: str | None = None

    def interrupt(self, reason: str) -> None:
        """End the call: whoever waits for its answer gets :class:`Interrupted`."""
        with self._lock:
            self.interrupted_because = self.interrupted_because or reason
            self._shut()

    def attach(self, connection: socket.socket) -> None:
        """Use this connection; called by the HTTP client when it has opened one."""
        with self._lock:
            self._socket = connection
            if self.interrupted_because:
                self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            # Wakes a thread that is blocked in recv(), which close() would not. The peer, or we,
            # may have closed it a moment ago.
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


_current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)


class Gateway:
    """One Ollama server; used by many threads at once."""

    def __init__(self, url: str, *, connect_timeout: float, context_tokens: int) -> None:
        self.url = url
        self.context_tokens = context_tokens
        self._client = ollama.Client(
            host=url,
            # How long an answer may take is the heart's business: it can tell a queue and a
            # model that loads from a server that hangs.
            timeout=httpx.Timeout(None, connect=connect_timeout),
            follow_redirects=False,
            # Straight to the server in the house, whatever proxy the environment names.
            trust_env=False,
            # A connection for each call, so that its socket is known and can be shut.
            limits=httpx.Limits(max_keepalive_connections=0),
            event_hooks={"request": [_trace_connection]},
        )
        self._probe = ollama.Client(
            host=url, timeout=connect_timeout, follow_redirects=False, trust_env=False
        )

    def models(self) -> list[str]:
        """Names of the models that the server has, its most recently changed first.

        Then, as Ollama understands them too, the names of those tagged ``latest`` without it.

        :raises GatewayError: when it does not answer, or not as Ollama would.
        """
        with _translated_errors():
            listed = self._probe.list().models
        names = [model.model for model in listed if model.model]
        short = [name.removesuffix(LATEST) for name in names if name.endswith(LATEST)]
        return [*names, *short]

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        :raises GatewayError: one of the kinds above. Pieces yielded before it stand.
        """
        token = _current_call.set(call)
        try:
            with _translated_errors(call):
                answer = self._client.chat(
                    model=model,
                    messages=prompt.messages,
                    format=prompt.schema,
                    stream=True,
                    think=False,
                    keep_alive="30m",
                    options={
                        "seed": seed,
                        "temperature": 1.1,
                        "min_p": 0.05,
                        "num_ctx": self.context_tokens,
                        "num_predict": prompt.num_predict,
                    },
                )
                finished = False
                for part in answer:
                    finished = finished or bool(part.done)
                    yield Piece(
                        text=part.message.content or "",
                        prompt_tokens=_believable(part.prompt_eval_count),
                        output_tokens=_believable(part.eval_count),
                    )
                if not finished:
                    raise PromptRefused("the model server broke off in the middle of its answer")
        finally:
            _current_call.reset(token)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()  # type: ignore[no-untyped-call]
        self._probe.close()  # type: ignore[no-untyped-call]


def _believable(tokens: int | None) -> int:
    """A count as the server gives it, within what any model could do."""
    return min(max(tokens or 0, 0), MOST_TOKENS)


def _trace_connection(request: httpx.Request) -> None:
    call = _current_call.get()
    if call is not None:
        request.extensions["trace"] = lambda name, info: _attach(call, name, info)


def _attach(call: Call, event: str, info: dict[str, Any]) -> None:
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        call.attach(info["return_value"].get_extra_info("socket"))


@contextmanager
def _translated_errors(call: Call | None = None) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if call is not None and call.interrupted_because:
            raise Interrupted(call.interrupted_because) from error
        translated = _translate(error)
        if translated is None:
            raise
        raise translated from error


def _translate(error: Exception) -> GatewayError | None:
    match error:
        case ollama.ResponseError():
            return _from_answer(error)
        case ConnectionError() | httpx.ConnectError() | httpx.ConnectTimeout():
            return GatewayDown("nobody answers at this address")
        case httpx.TimeoutException():
            return GatewayDown("no answer in time")
        case httpx.HTTPError():
            return PromptRefused("the model server broke off in the middle of its answer")
        case json.JSONDecodeError() | UnicodeDecodeError() | ValidationError() | httpx.InvalidURL():
            return PromptRefused("the model server's answer is not what Ollama's API would say")
        case _:
            return None


def _from_answer(error: ollama.ResponseError) -> GatewayError:
    message = _message(error.error)
    if error.status_code in BUSY_CODES:
        return GatewayBusy(f"{error.status_code}: {message}")
    if error.status_code == 404:
        return ModelMissing(message)
    status = f"{error.status_code}: " if error.status_code > 0 else ""
    return PromptRefused(f"the model server answered {status}{message}")


def _message(text: str) -> str:
    """The words of an error, out of JSON where it is JSON, on one line and not too long."""
    with suppress(ValueError, KeyError, TypeError):
        text = str(json.loads(text)["error"])
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:ERROR_CHARACTERS] or "no reason given"
