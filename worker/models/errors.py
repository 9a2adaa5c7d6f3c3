"""What can go wrong with a call to a model server, told apart by what it means for the work::

GatewayError
├── GatewayBusy       503, 429, or no first token in time: the work waits, nothing is wasted
├── GatewayDown       nobody answers at the address: likewise
├── AccessDenied      401, 403: likewise, until somebody gives us what opens it
├── Misdirected       a redirect, or a 404 that speaks of no model: likewise, until somebody
│                     mends the address, or what stands before the server
├── ModelMissing      404: likewise; the work goes to servers that have the model
├── PromptRefused     this prompt was refused: it counts as wasted
│   └── ServerFailed  the server failed, or broke off, in the middle of it: likewise, and
│                     the server itself may be sick
└── Interrupted       we ended the call ourselves
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx

from shared.addresses import OPEN, Access, GatewayKind
from shared.errors import ValuemillError
from shared.models.client import DENIED_CODES, denial, redirection
from shared.models.openai import NotOpenAI
from shared.models.tags import NotOllama
from shared.models.transport import read_whole
from shared.models.wording import LONGEST_ERROR, words_of
from shared.tls import is_distrust
from worker.models.records import NoRecords

BUSY_CODES = frozenset({429, 502, 503, 504})

#: Somebody answers who does not serve what was asked for.
MISDIRECTED_CODES = frozenset({404, 405, 410, 421})

BROKE_OFF = "the model server broke off in the middle of its answer"

#: How to give what a server wants to be shown.
_GIVE = {
    GatewayKind.OLLAMA: (
        "key_file behind its address in VALUEMILL_OLLAMA_HOSTS says where a key is, and a user and "
        "a password may stand in the address"
    ),
    GatewayKind.OPENAI: (
        "VALUEMILL_OPENAI_API_KEY_FILE, or key_file in its address, says where the key is"
    ),
}

#: A 404 of a model server is of a model; that of a proxy, or of another program, is of a path.
_OF_A_MODEL = re.compile(r"\bmodels?\b", re.IGNORECASE)

#: Kinds of errors that mean the same as 503, of servers that send no status with them.
_IS_BUSY = re.compile(r"overload|rate.?limit|unavailable|too.?many|\bbusy\b", re.IGNORECASE)


class GatewayError(ValuemillError):
    """A call to a model server did not bring an answer."""


class GatewayBusy(GatewayError):
    """The server says, or shows, that it cannot take the prompt now."""


class GatewayDown(GatewayError):
    """The server cannot be reached."""


class AccessDenied(GatewayError):
    """The server does not let us in with what we have shown it."""


class Misdirected(GatewayError):
    """What answers at the address does not serve what a model server does."""


class ModelMissing(GatewayError):
    """The server does not have the model."""


class PromptRefused(GatewayError):
    """The server answered with an error that is about the prompt."""


class ServerFailed(PromptRefused):
    """The server failed, or broke off in the middle."""


class Interrupted(GatewayError):
    """The call was ended by :meth:`worker.models.call.Call.interrupt`."""


def translate(error: Exception) -> GatewayError | None:
    """What an error of the HTTP client, or of reading, means; None for one of our own making."""
    match error:
        case _ if is_distrust(error):
            return GatewayDown("its certificate is not one that VALUEMILL_OLLAMA_CA vouches for")
        case ConnectionError() | httpx.ConnectError() | httpx.ConnectTimeout():
            return GatewayDown("nobody answers at this address")
        case httpx.TimeoutException():
            return GatewayDown("no answer in time")
        case NoRecords() | NotOllama() | NotOpenAI() | httpx.InvalidURL():
            return ServerFailed("the model server's answer is not what its API would say")
        case httpx.HTTPError():
            return ServerFailed(BROKE_OFF)
        case _:
            return None


def of_answer(answer: httpx.Response, *, access: Access, kind: GatewayKind) -> GatewayError:
    """What an answer means that is not the one hoped for; reads it."""
    status = answer.status_code
    if status in DENIED_CODES:
        return AccessDenied(f"the model server {denial(access)} ({status}); {_GIVE[kind]}")
    if (elsewhere := redirection(answer)) is not None:
        return Misdirected(elsewhere)
    return from_status(status, read_whole(answer, LONGEST_ERROR), access=access)


def from_status(status: int, said: str | bytes, *, access: Access = OPEN) -> GatewayError:
    """What an answer means that is an error, by its HTTP status and its text.

    :param status: zero or less for an error in the middle of an answer, which has none of its own.
    :param access: what the server was shown, and may repeat.
    """
    # Hidden before it is cut, which may leave a part; and after, where it was written with escapes.
    whole = said if isinstance(said, str) else said.decode(errors="replace")
    message = access.hide(words_of(access.hide(whole)))
    if status in BUSY_CODES:
        return GatewayBusy(f"{status}: {message}")
    if status in DENIED_CODES:
        return AccessDenied(f"the model server does not let us in ({status}): {message}")
    if status == 404 and _OF_A_MODEL.search(message):
        return ModelMissing(message)
    if status in MISDIRECTED_CODES:
        return Misdirected(
            f"what answers at its address does not know what it was asked for ({status}): {message}"
        )
    shown = f"{status}: " if status > 0 else ""
    kind = PromptRefused if 400 <= status < 500 else ServerFailed
    return kind(f"the model server answered {shown}{message}")


def of_record(record: Mapping[str, Any], *, has_begun: bool, access: Access) -> GatewayError | None:
    """What a record of a stream means that is an error; None where it is none.

    :param has_begun: whether the answer had; before, the error is what its own status would be.
    """
    error = record.get("error")
    if not error:
        return None
    status = 0 if has_begun else status_of(error, record)
    return from_status(
        status, error if isinstance(error, str) else json.dumps(error), access=access
    )


def status_of(error: Any, record: Any = None) -> int:
    """The HTTP status that an error in a stream stands for, as far as it says; 0: it does not.

    :param record: what the error stands in, which may hold its status too.
    """
    places = [each for each in (error, record) if isinstance(each, dict)]
    for place in places:
        for key in ("code", "status", "status_code"):
            said = str(place.get(key))
            if said.isdecimal() and 400 <= int(said[:9]) < 600:
                return int(said)
    kinds = [str(place.get(key)) for place in places for key in ("code", "type", "status")]
    return 503 if any(map(_IS_BUSY.search, kinds)) else 0
