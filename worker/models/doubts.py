"""What is odd about a server and told once, not with every look at it."""

from __future__ import annotations

import structlog

from shared.addresses import without_password

log = structlog.get_logger(__name__)

#: Different oddities of one server that are told.
MOST = 100


class Doubts:
    """Those of one server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._told: set[str] = set()

    def tell(self, doubt: str) -> None:
        """Log a doubt, the first time."""
        if doubt not in self._told and len(self._told) < MOST:
            self._told.add(doubt)
            log.warning("odd list of models", gateway=without_password(self._url), doubt=doubt)
