"""What the model servers are and have, read live through the API that each speaks.

Only looks. At an Ollama: ``/api/tags`` for the list of its models, ``/api/show`` once for each
model, as a model of one digest never changes. See https://docs.ollama.com/api for both. At a server
of OpenAI's API: ``/v1/models``, which says what there is to say.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeVar

import httpx

from shared.addresses import GatewayKind, endpoint_of, kind_of
from shared.errors import ValuemillError
from shared.models.openai import MODELS_PATH, NotOpenAI, read_models
from shared.models.tags import PATH, Model, NotOllama, read_tags, text
from shared.tls import is_distrust, ssl_context

T = TypeVar("T")

#: How long what was read is told again, in seconds.
LIFETIME = 3.0

#: How long to wait for a connection, and then for each part of an answer, in seconds.
CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 2.0

#: How long one answer may take in all, in seconds, and how long it may be, in bytes.
ANSWER_SECONDS = 5.0
ANSWER_BYTES = 16 * 1024 * 1024

#: What a server says that does not let us in.
DENIED_CODES = frozenset({401, 403})

#: Questions asked at once.
THREADS = 16


class _Unread(ValuemillError):
    """A server gave no answer of use; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server as it was found a moment ago; ``problem`` says why it could not be read."""

    url: str
    seen: datetime
    models: Sequence[Model] = ()
    problem: str | None = None


class Catalogue:
    """Looks at servers, all at once, and remembers for a moment what it saw.

    :param ca: a file of certificates that servers at https:// are checked by; empty: the system's.
    :param api_key_of: the key to show to a server of OpenAI's API, by its address; empty: none.
    """

    def __init__(
        self,
        *,
        lifetime: float = LIFETIME,
        ca: str = "",
        api_key_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._lifetime = lifetime
        self._api_key_of = api_key_of
        self._tls = ssl_context(ca)
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Server]] = {}
        #: What ``/api/show`` said, by address, name and digest.
        self._shown: dict[tuple[str, str, str | None], Model] = {}

    def look(self, urls: Iterable[str]) -> list[Server]:
        """How the servers are, in the order of their addresses here; never raises for one."""
        wanted = list(urls)
        # One looks, the others wait for what it sees.
        with self._lock:
            now = monotonic()
            stale = [url for url in wanted if url not in self._known or self._known[url][0] <= now]
            if stale:
                self._refresh(stale)
            return [self._known[url][1] for url in wanted]

    def _refresh(self, urls: Sequence[str]) -> None:
        with (
            httpx.Client(
                timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
                verify=self._tls,
                # Straight to the server in the house, whatever proxy the environment names.
                trust_env=False,
                follow_redirects=False,
            ) as http,
            ThreadPoolExecutor(THREADS) as threads,
        ):
            servers = list(threads.map(lambda url: self._list(http, url), urls))
            unknown = [
                (server.url, model)
                for server in servers
                if kind_of(server.url) == GatewayKind.OLLAMA
                for model in server.models
                if (server.url, model.name, model.digest) not in self._shown
            ]
            for (url, model), shown in zip(
                unknown, threads.map(lambda each: _show(http, *each), unknown), strict=True
            ):
                if shown is not None:
                    self._shown[url, model.name, model.digest] = shown
        until = monotonic() + self._lifetime
        for server in servers:
            models = [
                self._shown.get((server.url, model.name, model.digest), model)
                for model in server.models
            ]
            self._known[server.url] = (until, replace(server, models=models))
        current = {(s.url, m.name, m.digest) for _, s in self._known.values() for m in s.models}
        self._shown = {key: model for key, model in self._shown.items() if key in current}

    def _list(self, http: httpx.Client, url: str) -> Server:
        seen = datetime.now(UTC)
        endpoint = endpoint_of(url)
        try:
            if kind_of(url) == GatewayKind.OPENAI:
                key = self._api_key_of(url)
                models = _read(http, "GET", f"{endpoint}{MODELS_PATH}", read_models, key=key)
            else:
                models = _read(http, "GET", f"{endpoint}{PATH}", read_tags)
        except _Unread as error:
            return Server(url=url, seen=seen, problem=str(error))
        return Server(url=url, seen=seen, models=models)


#: What nonsense in place of an answer makes of reading it.
_MISUNDERSTOOD = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _show(http: httpx.Client, url: str, model: Model) -> Model | None:
    """The model with all that its server says of it; None when it says nothing now."""
    try:
        return _read(
            http,
            "POST",
            f"{url}/api/show",
            lambda answer: _described(model, json.loads(answer)),
            body={"model": model.name},
        )
    except _Unread:
        return None


def _read(
    http: httpx.Client,
    method: str,
    url: str,
    understand: Callable[[bytes], T],
    *,
    body: Mapping[str, str] | None = None,
    key: str = "",
) -> T:
    try:
        return understand(_ask(http, method, url, body, key))
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        if is_distrust(error):
            raise _Unread(
                "its certificate is not one that VALUEMILL_OLLAMA_CA vouches for"
            ) from error
        raise _Unread("nobody answers at this address") from error
    except httpx.TimeoutException as error:
        raise _Unread("no answer in time") from error
    except httpx.HTTPError as error:
        raise _Unread("the model server broke off in the middle of its answer") from error
    except NotOpenAI as error:
        raise _Unread("its answer is not what OpenAI's API would say") from error
    except (NotOllama, *_MISUNDERSTOOD, httpx.InvalidURL) as error:
        raise _Unread("its answer is not what Ollama's API would say") from error


def _ask(
    http: httpx.Client, method: str, url: str, body: Mapping[str, str] | None, key: str
) -> bytes:
    end = monotonic() + ANSWER_SECONDS
    answer = bytearray()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with http.stream(method, url, json=body, headers=headers) as response:
        if response.status_code in DENIED_CODES:
            shown = "refuses our API key" if key else "wants an API key or a password"
            raise _Unread(f"it {shown} (HTTP {response.status_code})")
        if response.status_code != 200:
            raise _Unread(f"it answers with HTTP {response.status_code}")
        for piece in response.iter_bytes():
            answer += piece
            if len(answer) > ANSWER_BYTES or monotonic() > end:
                raise _Unread("its answer has no end")
    return bytes(answer)


def _described(model: Model, answer: Any) -> Model:
    info = answer.get("model_info") or {}
    architecture = text(info.get("general.architecture")) or model.architecture
    return replace(
        model,
        architecture=architecture,
        base_name=text(info.get("general.basename")),
        context_length=_number(info.get(f"{architecture}.context_length")),
        embedding_length=_number(info.get(f"{architecture}.embedding_length")),
    )


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
