"""Servers that speak just enough of MySQL's protocol to be hostile in it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: What a server can do: protocol 4.1, secure connection, plugins, LOCAL files, several statements.
_CAPABILITIES = 0x0200 | 0x8000 | 0x0080 | 0x0008 | 0x10000 | 0x80000
_OK = b"\x00\x00\x00\x02\x00\x00\x00"


@dataclass
class Hostile:
    """What a client has told it: the packets that came, of all connections."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)


#: Answers the first packet of a client, and each one after it.
Answer = Callable[[bytes, int], bytes]


def asks_for(path: str) -> Answer:
    """Lets everybody in, and answers the first statement with a request for a file."""
    return lambda _, number: _OK if number == 0 else b"\xfb" + path.encode()


def asks_for_the_password(plugin: str) -> Answer:
    """Wants to be shown the password by another plugin."""
    return lambda _, __: b"\xfe" + plugin.encode() + b"\0" + b"s" * 20 + b"\0"


def rambles(text: bytes) -> Answer:
    """Says something that is no answer."""
    return lambda _, number: _OK if number == 0 else text


@contextmanager
def hostile_mysql(answer: Answer, *, version: str = "8.0.36") -> Iterator[Hostile]:
    """Such a server, for as long as the block runs."""
    seen = Hostile()

    def serve(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError, EOFError):
                    connection.settimeout(2)
                    _talk(connection, answer, seen, version)

    with socket.create_server(("127.0.0.1", 0)) as server:
        seen.port = server.getsockname()[1]
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield seen


def _talk(connection: socket.socket, answer: Answer, seen: Hostile, version: str) -> None:
    greeting = (
        b"\x0a"
        + version.encode()
        + b"\0"
        + struct.pack("<I", 7)
        + b"a" * 8
        + b"\0"
        + struct.pack("<H", _CAPABILITIES & 0xFFFF)
        + b"\x2d\x02\x00"
        + struct.pack("<H", _CAPABILITIES >> 16)
        + b"\x15"
        + bytes(10)
        + b"b" * 12
        + b"\0"
        + b"mysql_native_password\0"
    )
    _send(connection, greeting, 0)
    number = 0
    while True:
        sequence, packet = _receive(connection)
        seen.heard.append(packet)
        _send(connection, answer(packet, number), sequence + 1)
        number += 1


def _send(connection: socket.socket, content: bytes, sequence: int) -> None:
    head = struct.pack("<I", len(content))[:3] + bytes([sequence % 256])
    connection.sendall(head + content)


def _receive(connection: socket.socket) -> tuple[int, bytes]:
    head = _exactly(connection, 4)
    return head[3], _exactly(connection, int.from_bytes(head[:3], "little"))


def _exactly(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        piece = connection.recv(size - len(content))
        if not piece:
            raise EOFError
        content += piece
    return content
