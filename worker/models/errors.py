"""What can go wrong with a call to a model server, told apart by what it means for the work::

GatewayError
├── GatewayBusy       503, 429, or no first token in time: the work waits, nothing is wasted
├── GatewayDown       nobody answers at the address: likewise
├── ModelMissing      404: likewise; the work goes to servers that have the model
├── PromptRefused     this prompt was refused: it counts as wasted
│   └── ServerFailed  the server failed, or broke off, in the middle of it: likewise, and
│                     the server itself may be sick
└── Interrupted       we ended the call ourselves
"""

from __future__ import annotations

import json
from contextlib import suppress

import httpx
import ollama
from pydantic import ValidationError

from shared.errors import ValuemillError
from shared.models.tags import NotOllama
from shared.tls import is_distrust

#: Longest part of a server's error text that is passed on, in characters.
ERROR_CHARACTERS = 500

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
    """The server answered with an error that is about the prompt."""


class ServerFailed(PromptRefused):
    """The server failed, or broke off in the middle."""


class Interrupted(GatewayError):
    """The call was ended by :meth:`worker.models.gateway.Call.interrupt`."""


def translate(error: Exception) -> GatewayError | None:
    """What an error of the HTTP client or of Ollama's means; None for one of our own making."""
    match error:
        case ollama.ResponseError():
            return _from_answer(error)
        case _ if is_distrust(error):
            return GatewayDown("its certificate is not one that VALUEMILL_OLLAMA_CA vouches for")
        case ConnectionError() | httpx.ConnectError() | httpx.ConnectTimeout():
            return GatewayDown("nobody answers at this address")
        case httpx.TimeoutException():
            return GatewayDown("no answer in time")
        case httpx.HTTPError():
            return ServerFailed("the model server broke off in the middle of its answer")
        case (
            json.JSONDecodeError()
            | UnicodeDecodeError()
            | ValidationError()
            | NotOllama()
            | httpx.InvalidURL()
        ):
            return ServerFailed("the model server's answer is not what Ollama's API would say")
        case _:
            return None


def _from_answer(error: ollama.ResponseError) -> GatewayError:
    message = _message(error.error)
    if error.status_code in BUSY_CODES:
        return GatewayBusy(f"{error.status_code}: {message}")
    if error.status_code == 404:
        return ModelMissing(message)
    # An error in the middle of a stream has no status of its own.
    status = f"{error.status_code}: " if error.status_code > 0 else ""
    kind = PromptRefused if 400 <= error.status_code < 500 else ServerFailed
    return kind(f"the model server answered {status}{message}")


def _message(text: str) -> str:
    """The words of an error, out of JSON where it is JSON, on one line and not too long."""
    with suppress(ValueError, KeyError, TypeError):
        text = str(json.loads(text)["error"])
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text[:ERROR_CHARACTERS] or "no reason given"
