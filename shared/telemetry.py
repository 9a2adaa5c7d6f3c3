"""Logs: one structured line for each event that an operator may care about.

``console`` is for people, ``json`` for collectors. Values, keys and addresses with passwords are
never logged. What comes from elsewhere can neither begin a line of its own nor steer a terminal:
``json`` escapes it, ``console`` spells it out, and marks the lines of a trace.
"""

from __future__ import annotations

import io
import logging
import sys
from typing import TextIO

import structlog

from shared.text import escape_hidden

#: What every line of the log goes through, whoever writes it.
_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

#: One list for the life of the process: a logger that was used once keeps the list it found, and
#: would not follow another one.
_PROCESSORS = [*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]


def configure_logging(*, log_format: str, level: str) -> None:
    """Send structlog's and the standard library's logs to standard error in one format."""
    structlog.configure(
        processors=_PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [
            _spell_out,
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=_write_trace
            ),
        ]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Each call to a model server would be a line of its own.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Says at every look at the schema how it looks.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _spell_out(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Spell out what is not seen, line breaks included, in all that is logged but traces."""
    return {
        name: escape_hidden(value) if isinstance(value, str) and name != "exception" else value
        for name, value in event.items()
    }


def _write_trace(stream: TextIO, exception: structlog.typing.ExcInfo) -> None:
    """Write a trace whose lines cannot be taken for lines of the log.

    Without local variables, unlike structlog's own: they hold values, keys and passwords.
    """
    trace = io.StringIO()
    structlog.dev.plain_traceback(trace, exception)
    # Only "\n" ends a line here; whatever else might is spelt out.
    for line in trace.getvalue().strip("\n").split("\n"):
        stream.write(f"\n  | {escape_hidden(line)}")
