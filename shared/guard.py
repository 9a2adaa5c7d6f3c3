"""A guard for what a thread does again and again: nothing that one round meets ends the thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from shared.errors import Unavailable

log = structlog.get_logger(__name__)


@contextmanager
def guarded(what: str, **details: object) -> Iterator[None]:
    """Log what the block raises in place of raising it.

    ``Unavailable`` passes by itself, and is a warning; anything else is an error with its trace.

    :param what: the name of the block in the log.
    :param details: logged beside it.
    """
    try:
        yield
    except Unavailable as error:
        log.warning("put off", what=what, reason=str(error), **details)
    except Exception:
        log.exception("failed", what=what, **details)
