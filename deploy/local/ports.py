"""Free loopback ports that stay ours.

Choosing a free port and letting go of it leaves a gap in which somebody else can be given it.
On Linux the gap closes: a socket that is bound but not listening keeps the kernel from handing
the port out, while a server that sets ``SO_REUSEADDR`` (all of ours do) may still listen on it.
Elsewhere the gap stays, and the stack starts over on other ports when it was unlucky.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable, Mapping


class Ports:
    """One port a name, reserved until ``release``."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sockets = {name: _bind_any() for name in names}
        self.numbers: Mapping[str, int] = {
            name: holder.getsockname()[1] for name, holder in self._sockets.items()
        }
        if sys.platform != "linux":
            self.release()

    def release(self) -> None:
        """Let go of all of them; harmless when repeated."""
        for holder in self._sockets.values():
            holder.close()


def _bind_any() -> socket.socket:
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder
