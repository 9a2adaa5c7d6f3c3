"""Requests to the API, and when to send one again.

Sent again is what may succeed a little later: no connection, no answer, an answer that broke off,
429, 502, 503 and 504. A request that changes something, and would do so twice, is only sent again
when it is known not to have been done: there was no connection, or it was turned away with 429.
The pauses double from 0.1 s to 5 s, with some chance in them so that clients do not come back all
at once; ``Retry-After`` lengthens them. Patience counts from the first failure in a row.
"""

from __future__ import annotations

import math
import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar

import httpx

from valuemill.errors import ApiError, ClientError, Unreachable

BASE = "/dct/v3"
#: That of the other product, which this client does not speak; a URL may end in it all the same.
OTHER_BASE = "/api/v1"
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
LONGEST_DESCRIPTION = 500

#: The request was not done, and may succeed later.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
#: It may have been done or not.
_LOST = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)
_AWAY = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)

Result = TypeVar("Result")


class Transport:
    """Sends requests to one API with one key; see ``Valuemill`` for the arguments.

    :param base: of the API, on its server.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float,
        patience: float,
        verify: ssl.SSLContext | bool,
        trust_env: bool,
        base: str = BASE,
    ) -> None:
        self._patience = patience
        self.http = httpx.Client(
            base_url=_base_url(url, base),
            headers={"Authorization": f"apk {_usable(key)}"},
            timeout=timeout,
            verify=verify,
            trust_env=trust_env,
            # Shorter than servers keep theirs, so that none is closed just as it is used.
            limits=httpx.Limits(keepalive_expiry=1.0),
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        deadline: float = math.inf,
        **options: Any,
    ) -> httpx.Response:
        """Send a request and return its answer, which is a good one.

        :param repeatable: whether doing it twice is the same as doing it once.
        :param deadline: no more tries after this moment of ``time.monotonic()``.
        :raises ApiError: the API refused it.
        :raises Unreachable: no answer came.
        """

        def attempt() -> httpx.Response:
            response = self.http.request(method, path, **options)
            _require_success(response, request)
            return response

        request = f"{method} {path}"
        return self.repeat(attempt, request=request, repeatable=repeatable, deadline=deadline)

    @contextmanager
    def stream(self, path: str, **options: Any) -> Iterator[httpx.Response]:
        """GET something whose body is read piece by piece; tried once, see :meth:`repeat`."""
        with self.http.stream("GET", path, **options) as response:
            if not response.is_success:
                response.read()
            _require_success(response, f"GET {path}")
            yield response

    def repeat(
        self,
        attempt: Callable[[], Result],
        *,
        request: str,
        repeatable: bool,
        deadline: float = math.inf,
    ) -> Result:
        """Try until it works, or until it is no use, or until patience is at its end."""
        failures, give_up = 0, deadline
        while True:
            try:
                return attempt()
            except (httpx.HTTPError, ApiError) as error:
                now = time.monotonic()
                failures += 1
                if failures == 1:
                    give_up = min(deadline, now + self._patience)
                pause = _pause(error, failures=failures, repeatable=repeatable)
                if now + pause < give_up:
                    time.sleep(pause)
                    continue
                if isinstance(error, ApiError):
                    raise
                raise Unreachable(self._tell(error, request, failures=failures)) from error

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _tell(self, error: Exception, request: str, *, failures: int) -> str:
        tries = f" ({failures} tries)" if failures > 1 else ""
        host = self.http.base_url.netloc.decode()
        return f"{request} failed at {host}{tries}: {str(error) or type(error).__name__}"


def _pause(error: Exception, *, failures: int, repeatable: bool) -> float:
    """Seconds until it may be tried again; infinity when that is no use, or not safe."""
    if not _may_repeat(error, repeatable=repeatable):
        return math.inf
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - 1, 10))
    asked = error.retry_after if isinstance(error, ApiError) else None
    return max(asked or 0, longest * random.uniform(0.5, 1))  # noqa: S311 - chance, not secrecy


def _may_repeat(error: Exception, *, repeatable: bool) -> bool:
    if isinstance(error, ApiError):
        return error.status == HTTPStatus.TOO_MANY_REQUESTS or (
            repeatable and error.status in _AWAY
        )
    return isinstance(error, _NOT_SENT) or (repeatable and isinstance(error, _LOST))


def _require_success(response: httpx.Response, request: str) -> None:
    if response.is_success:
        return
    if target := response.headers.get("Location"):
        code, description = "", f"the API is elsewhere; use the URL that leads to {target}"
    else:
        code, description = _explain(response)
    raise ApiError(
        request,
        status=response.status_code,
        code=code,
        description=description,
        retry_after=_seconds(response.headers.get("Retry-After")),
        trace_id=response.headers.get("X-Request-Id"),
    )


def _explain(response: httpx.Response) -> tuple[str, str]:
    try:
        body = response.json()
        if "title" in body:
            return str(body["code"]), " ".join(map(str, body["body"])) or str(body["title"])
        return str(body["error"]), str(body["error_description"])
    except (ValueError, TypeError, KeyError):  # not the API's words, but those of a proxy, say
        text = response.text.strip()[:LONGEST_DESCRIPTION]
        return "", text or response.reason_phrase or "no reason was given"


def _seconds(retry_after: str | None) -> float | None:
    """What ``Retry-After`` asks for: seconds, or a date; None when it makes no sense."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _base_url(url: str, base: str) -> str:
    """The address that paths are relative to, whether or not it was given with its path."""
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise ClientError(f"{url!r} is not a URL: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ClientError(f"{url!r} is not the URL of an API; one looks like http://host:8000")
    path = parsed.path.rstrip("/").removesuffix(BASE).removesuffix(OTHER_BASE) + base
    return str(parsed.copy_with(path=path, userinfo=b"", query=None, fragment=None))


def _usable(key: str) -> str:
    """A key as it may stand in a header; those read from files end with a line feed.

    Its scheme before it, as in a line for curl, is no part of it.
    """
    scheme, _, rest = key.strip().partition(" ")
    stripped = rest.strip() if scheme.lower() == "apk" else key.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable():
        raise ClientError("the API key is empty or has characters that no key has")
    return stripped
