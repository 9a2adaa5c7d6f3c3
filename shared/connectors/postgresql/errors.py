"""What PostgreSQL's errors mean for a copy, in words that hold no value of anybody.

The server quotes values in many of its messages ("invalid input syntax for type integer:
"..."), and libpq quotes what it was told to connect to. So only messages of classes that are
about names and rights are passed on, and the others are said anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotReachable,
)

#: Classes of which the first line names objects, rights, states or limits, and never a value.
_SPEAKING = ("08", "0A", "25", "28", "3D", "3F", "40", "53", "54", "55", "57", "58")
#: ... and codes: rights, names, and what exists already.
_SPEAKING_CODES = frozenset(
    {"42501", "42P01", "42P07", "42710", "42703", "42704", "42883", "42P16", "42804", "42830"}
)
_RIGHTS = frozenset({"42501", "28000", "28P01", "25006"})
_AWAY = ("08", "57P", "53300", "40", "55P03", "57014", "25P03")

#: Where COPY says in which column it was when a value was refused.
_COLUMN = re.compile(r'^COPY .*, line \d+, column (.+?)(?:: (?:".*|null input)|$)', re.DOTALL)

#: What libpq says where the server is there and refuses us, which no other try will mend. (It has
#: no SQLSTATE for connections that never were.)
_REFUSED = (
    ("password authentication failed", "The user name or the password is not right."),
    ("no password supplied", "The server wants a password, and none was given."),
    ("no pg_hba.conf entry", "The server does not let this user in from here (pg_hba.conf)."),
    ("does not exist", "The server has no such database or user."),
)
#: What it says of others, and how that is mended.
_HINTS = (
    ("certificate", "The certificates of the two sides do not fit."),
    ("SSL", "The two sides do not agree on TLS; look at ssl_mode."),
    ("GSSAPI", "Kerberos did not let us in; look at the principal and the keytab."),
    ("timeout expired", "It does not answer in time."),
    ("Connection refused", "Nothing listens at this host and port."),
    ("could not translate host name", "This host is not known."),
    ("starting up", "It is starting."),
    ("too many", "It has no connection to spare."),
)


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Raise errors of ours for those of PostgreSQL.

    :param what: the database, as our own words name it.
    """
    try:
        yield
    except psycopg.Error as error:
        # Without the cause: whoever logs a traceback would log what the server quoted.
        raise translate(error, what) from None


def translate(error: psycopg.Error, what: str) -> ConnectorError:
    """What to raise in place of an error of the driver."""
    state = error.sqlstate or ""
    if not state and isinstance(error, psycopg.DataError):
        return DataRefused(f"{what} cannot be sent a value: it is no text of PostgreSQL.")
    if not state:
        if hint := _hint(str(error), _REFUSED):
            return NotPermitted(f"{what} cannot be opened. {hint}")
        hint = _hint(str(error), _HINTS) or "The connection was lost, or never was."
        return NotReachable(f"{what} cannot be reached. {hint}")
    said = f"{what} says: {explain(error)}"
    if state in _RIGHTS:
        return NotPermitted(said)
    if state.startswith(("22", "23", "53", "P0", "44")) and state != "53300":
        return DataRefused(said)
    if state.startswith(_AWAY):
        return NotReachable(said)
    return ConnectorError(said)


def explain(error: psycopg.Error) -> str:
    """One line for people, without values."""
    state = error.sqlstate or ""
    told = error.diag
    if state != "53200" and (state.startswith(_SPEAKING) or state in _SPEAKING_CODES):
        hint = f" {told.message_hint}" if told.message_hint and state == "42501" else ""
        return f"{told.message_primary} [{state}]{hint}"
    if state == "53200":
        return "out of memory for locks [53200]; max_locks_per_transaction has to be raised"
    table = told.table_name or ""
    if state == "23514" and not told.constraint_name:
        return f"a row fits in no partition [{state}]"
    if state.startswith("23"):
        rule = told.constraint_name or told.column_name or "not null"
        return f"a row does not meet {rule!r} of the table {table!r} [{state}]"
    column = told.column_name or _column_of(told.context or "")
    where = f" in the column {column!r}" if column else ""
    if state == "22001":
        return f"a text is longer than its column may hold{where} [{state}]"
    if state.startswith("22"):
        return f"a value is none of its column's type, or out of its range{where} [{state}]"
    return f"error {state}{where}"


def _column_of(context: str) -> str:
    found = _COLUMN.match(context)
    return found[1] if found else ""


def _hint(text: str, hints: Iterable[tuple[str, str]]) -> str:
    return next((hint for sign, hint in hints if sign in text), "")
