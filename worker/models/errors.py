"""What can go wrong with a call to a model server, told apart by what it means for the work::

GatewayError
├── GatewayBusy       503, 429, or no first token in time: the work waits, nothing is wasted
├── GatewayDown       nobody answers at the address: likewise
├── AccessDenied      401, 403: likewise, until somebody gives us what opens it
├── ModelMissing      404: likewise; the work goes to servers that have the model
├── PromptRefused     this prompt was refused: it counts as wasted
│   └── ServerFailed  the server failed, or broke off, in the middle of it: likewise, and
│                     the server itself may be sick
└── Interrupted       we ended the call ourselves
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import ollama
from httpx_sse import SSEError
from pydantic import ValidationError

from shared.errors import ValuemillError
from shared.models.openai import NotOpenAI
from shared.models.tags import NotOllama
from shared.tls import is_distrust

#: Longest part of a server's error text that is passed on, in characters.
ERROR_CHARACTERS = 500

BUSY_CODES = frozenset({429, 502, 503, 504})
DENIED_CODES = frozenset({401, 403})


class GatewayError(ValuemillError):
    """A call to a model server did not bring an answer."""


class GatewayBusy(GatewayError):
    """The server says, or shows, that it cannot take the prompt now."""


class GatewayDown(GatewayError):
    """The server cannot be reached."""


class AccessDenied(GatewayError):
    """The server does not let us in with what we have shown it."""


class ModelMissing(GatewayError):
    """The server does not have the model."""


class PromptRefused(GatewayError):
    """The server answered with an error that is about the prompt."""


class ServerFailed(PromptRefused):
    """The server failed, or broke off in the middle."""


class Interrupted(GatewayError):
    """The call was ended by :meth:`worker.models.call.Call.interrupt`."""


def translate(error: Exception) -> GatewayError | None:
    """What an error of the HTTP client or of Ollama's means; None for one of our own making."""
    match error:
        case ollama.ResponseError():
            return from_status(error.status_code, error.error)
        case _ if is_distrust(error):
            return GatewayDown("its certificate is not one that VALUEMILL_OLLAMA_CA vouches for")
        case ConnectionError() | httpx.ConnectError() | httpx.ConnectTimeout():
            return GatewayDown("nobody answers at this address")
        case httpx.TimeoutException():
            return GatewayDown("no answer in time")
        case (
            json.JSONDecodeError()
            | UnicodeDecodeError()
            | ValidationError()
            | NotOllama()
            | NotOpenAI()
            | httpx.InvalidURL()
            | SSEError()
        ):
            return ServerFailed("the model server's answer is not what its API would say")
        case httpx.HTTPError():
            return ServerFailed("the model server broke off in the middle of its answer")
        case _:
            return None


def from_status(status: int, said: str) -> GatewayError:
    """What an answer means that is an error, by its HTTP status and its text.

    :param status: zero or less for an error in the middle of an answer, which has none of its own.
    """
    message = _message(said)
    if status in BUSY_CODES:
        return GatewayBusy(f"{status}: {message}")
    if status in DENIED_CODES:
        return AccessDenied(f"the model server does not let us in ({status}): {message}")
    if status == 404:
        return ModelMissing(message)
    shown = f"{status}: " if status > 0 else ""
    kind = PromptRefused if 400 <= status < 500 else ServerFailed
    return kind(f"the model server answered {shown}{message}")


def _message(text: str) -> str:
    """The words of an error, out of JSON where it is JSON, on one line and not too long."""
    with suppress(ValueError, RecursionError):
        text = _words(json.loads(text)) or text
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:ERROR_CHARACTERS] or "no reason given"


def _words(said: Any) -> str:
    """What an error says, wherever servers put it; empty when it is nowhere."""
    match said:
        case str():
            return said
        case {"error": inner} | {"message": inner} | {"detail": inner} | {"msg": inner}:
            return _words(inner)
        case [first, *_]:
            return _words(first)
        case _:
            return ""
