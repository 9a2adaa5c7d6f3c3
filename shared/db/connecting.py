"""How a connection to PostgreSQL is opened, and what may be kept in its session.

The address goes to libpq as it is, with all that libpq knows: several hosts, ``options``,
``sslmode`` and the rest. What is set here are defaults for what it leaves out.

A pooler between us and PostgreSQL, such as PgBouncer in transaction mode, gives each transaction
to any of its own connections, so nothing may be kept in a session: no settings, no prepared
statements, no locks. Such poolers refuse the options of a session, or ignore them; either tells
them from a server.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import psycopg
import structlog

from shared.database_address import read_address
from shared.db.encoding import ENCODING

log = structlog.get_logger(__name__)

#: Of every session, or of every transaction where there is a pooler.
SETTINGS: Mapping[str, str] = {
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    # A process stopped inside a transaction may not hold its locks for ever.
    "idle_in_transaction_session_timeout": "10s",
}

#: A setting that nobody else makes: where it is not found again, the options went nowhere.
_MARK = "valuemill.session"

#: What poolers say of options that they do not take.
_REFUSALS = ("startup parameter", "command-line options")

_DEFAULTS: Mapping[str, Any] = {
    "connect_timeout": 5,
    # A host that vanishes without a word is noticed within seconds, not a quarter of an hour.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


class Connector:
    """Opens connections to one address.

    :param address: as libpq takes it; see ``shared.database_address``.
    :param application: what the connections call themselves.
    :raises ConfigurationError: when ``address`` is not such an address.
    """

    def __init__(self, address: str, *, application: str) -> None:
        given = read_address(address)
        # What the address says counts for more, but for what we stand on.
        settled = {
            **_DEFAULTS,
            **given,
            "application_name": application,
            "client_encoding": ENCODING,
        }
        if "," in str(settled.get("host", "")):
            # Of several hosts the one that can be written to, whichever that is just now.
            settled.setdefault("target_session_attrs", "read-write")
        self._plain: dict[str, Any] = settled
        options = [f"-c {name}={value}" for name, value in {**SETTINGS, _MARK: "on"}.items()]
        # Last, so that they win. As with libpq, the variable stands in for an address without.
        options.append(str(given.get("options") or os.environ.get("PGOPTIONS", "")))
        self._with_session: dict[str, Any] = {**settled, "options": " ".join(options).strip()}
        self._pooled: bool | None = None

    @property
    def is_pooled(self) -> bool:
        """Whether there is a pooler in between; known once a connection was opened."""
        return bool(self._pooled)

    @property
    def begin(self) -> str:
        """What begins a transaction."""
        if not self._pooled:
            return "BEGIN"
        return "; ".join(["BEGIN", *(f"SET LOCAL {n} = '{v}'" for n, v in SETTINGS.items())])

    def open(self, **more: Any) -> psycopg.Connection[Any]:
        """Open a connection.

        :param more: what the driver is to be told besides.
        """
        # Each for itself, as long as none was opened: nobody waits while another waits in vain.
        return self._find_out(more) if self._pooled is None else self._open(more)

    def _open(self, more: Mapping[str, Any]) -> psycopg.Connection[Any]:
        if self._pooled:
            return psycopg.connect(**self._plain, **more, prepare_threshold=None)
        return psycopg.connect(**self._with_session, **more)

    def _find_out(self, more: Mapping[str, Any]) -> psycopg.Connection[Any]:
        """Open a connection, and see whether there is a pooler in between."""
        try:
            connection = psycopg.connect(**self._with_session, **more)
        except psycopg.OperationalError as error:
            if not any(refusal in str(error) for refusal in _REFUSALS):
                raise
        else:
            if self._is_marked(connection):
                self._pooled = False
                return connection
            connection.close()
        connection = psycopg.connect(**self._plain, **more, prepare_threshold=None)
        self._pooled = True
        log.info("a pooler stands before the database: nothing is kept in its sessions")
        return connection

    @staticmethod
    def _is_marked(connection: psycopg.Connection[Any]) -> bool:
        row = connection.execute("SELECT current_setting(%s, true)", [_MARK]).fetchone()
        connection.rollback()
        return row is not None and row[0] == "on"
