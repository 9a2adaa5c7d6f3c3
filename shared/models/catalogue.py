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

from shared.addresses import OPEN, Access, GatewayKind, endpoint_of, kind_of
from shared.errors import ValuemillError
from shared.models.client import DENIED_CODES, denial, open_client, redirection
from shared.models.openai import MODELS_PATH, NotOpenAI, read_models
from shared.models.tags import PATH, Model, NotOllama, number, read_tags, text
from shared.models.transport import LONGEST_LIST
from shared.models.wording import LONGEST_ERROR, words_of
from shared.tls import is_distrust, ssl_context

T = TypeVar("T")

#: How long what was read is told again, in seconds.
LIFETIME = 3.0

#: How long to wait for a connection, and then for each part of an answer, in seconds.
CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 2.0

#: How long one answer may take in all, in seconds.
ANSWER_SECONDS = 5.0

#: How long all models together are asked what they are; the rest is asked at the next look.
SHOWING_SECONDS = 5.0

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
    #: What is odd about its list of models, which is read all the same.
    doubts: Sequence[str] = ()


class Catalogue:
    """Looks at servers, all at once, and remembers for a moment what it saw.

    :param ca: a file of certificates that servers at https:// are checked by; empty: the system's.
    :param access_of: what to show to a server, by its address.
    """

    def __init__(
        self,
        *,
        lifetime: float = LIFETIME,
        ca: str = "",
        access_of: Callable[[str], Access] = lambda _: OPEN,
    ) -> None:
        self._lifetime = lifetime
        self._access_of = access_of
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
            open_client(
                httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT), tls=self._tls
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
            until = monotonic() + SHOWING_SECONDS
            for (url, model), shown in zip(
                unknown,
                threads.map(lambda each: self._show(http, *each, until=until), unknown),
                strict=True,
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
        doubts: list[str] = []
        is_openai = kind_of(url) == GatewayKind.OPENAI
        path, read = (MODELS_PATH, read_models) if is_openai else (PATH, read_tags)

        def understand(answer: bytes) -> list[Model]:
            return read(answer, doubts.append)

        try:
            models = self._read(http, "GET", url, path, understand)
        except _Unread as error:
            return Server(url=url, seen=seen, problem=str(error))
        return Server(url=url, seen=seen, models=models, doubts=doubts)

    def _show(self, http: httpx.Client, url: str, model: Model, *, until: float) -> Model | None:
        """The model with all that its server says of it; None when it says nothing now."""
        if monotonic() > until:
            return None
        body = {"model": model.name}
        try:
            return self._read(
                http,
                "POST",
                url,
                "/api/show",
                lambda answer: _described(model, json.loads(answer)),
                body=body,
            )
        except _Unread:
            return None

    def _read(
        self,
        http: httpx.Client,
        method: str,
        url: str,
        path: str,
        understand: Callable[[bytes], T],
        *,
        body: Mapping[str, str] | None = None,
    ) -> T:
        try:
            return understand(self._ask(http, method, url, path, body))
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
        self,
        http: httpx.Client,
        method: str,
        url: str,
        path: str,
        body: Mapping[str, str] | None,
    ) -> bytes:
        access = self._access_of(url)
        end = monotonic() + ANSWER_SECONDS
        answer = bytearray()
        with http.stream(
            method, f"{endpoint_of(url)}{path}", json=body, headers=access.headers
        ) as response:
            if response.status_code in DENIED_CODES:
                raise _Unread(f"it {denial(access)} (HTTP {response.status_code})")
            if (elsewhere := redirection(response)) is not None:
                raise _Unread(elsewhere)
            is_well = response.status_code == 200
            assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - narrows the type
            # Not iter_bytes, which skips empty pieces, of which there may be any number.
            for piece in response.stream:
                answer += piece
                if monotonic() > end and is_well:
                    raise _Unread("its answer has no end")
                if monotonic() > end or len(answer) > (LONGEST_LIST if is_well else LONGEST_ERROR):
                    break
            if not is_well:
                # Hidden before it is cut, which may leave a part; and after, where it was escaped.
                said = access.hide(answer.decode(errors="replace"))
                words = access.hide(words_of(said))
                raise _Unread(f"it answers with HTTP {response.status_code}: {words}")
        return bytes(answer)


#: What nonsense in place of an answer makes of reading it.
_MISUNDERSTOOD = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _described(model: Model, answer: Any) -> Model:
    info = answer.get("model_info") or {}
    architecture = text(info.get("general.architecture")) or model.architecture
    return replace(
        model,
        architecture=architecture,
        base_name=text(info.get("general.basename")),
        context_length=number(info.get(f"{architecture}.context_length")),
        embedding_length=number(info.get(f"{architecture}.embedding_length")),
    )
