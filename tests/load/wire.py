"""HTTP/1.1 as a light client speaks it: one connection, kept while the server keeps it.

A thousand clients of a full HTTP library would need more of the machine than the service that
they are to load. What a library would hide is told here: a connection that is refused, one that
breaks, and one that the server had given up just when it was to be used again.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

#: A server may hang up on who has connected and says nothing; a client that takes as long as this,
#: in seconds, to say something is one whose loop is behind, and has itself to blame.
PROMPT = 1.0

#: Headers are short; a line of a body is not read as one.
READ_LIMIT = 1 << 20


class NoAnswer(Exception):
    """Refused, broken off, or not in time: the service failed its client."""


class Stale(NoAnswer):
    """The server had closed a connection on which nothing came: one that was kept from an earlier
    request, or a new one on which this client was late with its own.
    """


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """The connection of one client.

    :param url: of the server; requests name paths on it.
    :param patience: seconds for an answer, the connection included.
    """

    def __init__(self, url: str, *, key: str, patience: float) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        self._always = f"Host: {address.netloc}\r\nAuthorization: apk {key}\r\n"
        self._patience = patience
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        #: When this request was begun, and when it was said.
        self._began = self._spoke = 0.0

    @property
    def is_open(self) -> bool:
        return self._streams is not None and not self._streams[0].at_eof()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request and read its answer.

        :raises NoAnswer: when there is none.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        sent = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {target} HTTP/1.1\r\n{self._always}"]
        if method == "POST":
            lines.append(f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n")
        lines += [f"{name}: {value}\r\n" for name, value in (headers or {}).items()]
        request = ("".join(lines) + "\r\n").encode() + sent
        kept = self.is_open
        self._began = self._spoke = monotonic()
        try:
            async with asyncio.timeout(self._patience):
                return await self._exchange(request)
        except (OSError, EOFError, ValueError) as error:
            self.close()
            # Only before the first byte of an answer may it have been the server's good right.
            late = self._spoke - self._began > PROMPT
            if (kept or late) and isinstance(error, ConnectionError | _Silent):
                raise Stale(repr(error)) from error
            raise NoAnswer(f"{method} {path}: {error!r}") from error

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _exchange(self, request: bytes) -> Answer:
        if not self.is_open:
            self.close()
            self._streams = await asyncio.open_connection(self._host, self._port, limit=READ_LIMIT)
        assert self._streams
        reader, writer = self._streams
        writer.write(request)
        self._spoke = monotonic()
        await writer.drain()
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise
            raise _Silent from error
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in filter(None, rest):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        status = int(first.split(" ", 2)[1])
        answer = Answer(status=status, headers=headers, body=await _body(reader, status, headers))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return answer


class _Silent(EOFError):
    """Closed before a single byte of an answer."""


async def _body(reader: asyncio.StreamReader, status: int, headers: dict[str, str]) -> bytes:
    if status in (204, 304):
        return b""
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.read()
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readuntil(b"\r\n")
    return b"".join(pieces)
