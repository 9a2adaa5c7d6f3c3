"""The address of the database, read as libpq reads it.

``postgresql://user:password@host:5432/name?sslmode=verify-full``, the same with ``postgres://``,
and ``host=db dbname=name user=...`` are all well; so is whatever else ``psql`` takes. Beside
that, an ``=`` within a parameter need not be written ``%3D`` (``?options=-csearch_path=mill``).

What is wrong with an address is told in our own words: libpq quotes the part that it stumbles
over, which is part of a password as soon as that holds an ``@`` or a ``/``.
"""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from shared.errors import ConfigurationError

FORM = "postgresql://user:password@host:5432/name"

#: An address as SQLAlchemy writes it names its driver too.
_SCHEME = re.compile(r"postgres(?:ql)?(?:\+[a-z0-9_]+)?://")
_OTHER_SCHEME = re.compile(r"([a-z][a-z0-9+]*)://")

_UNENCODED = (
    "the user or the password in it holds a character that has a meaning in addresses; write "
    "@ as %40, / as %2F and % as %25"
)

#: What libpq says, up to the part that it quotes, and what we say.
_REASONS = {
    "invalid percent-encoded token": "a % in it is not followed by two hexadecimal digits; "
    "a % itself is written %25",
    "forbidden value %00": "it holds a %00, which no user, password or name can",
    "invalid URI query parameter": "it has a parameter that libpq does not know",
    "invalid connection option": "it has a parameter that libpq does not know",
    "missing key/value separator": "what follows its ? is not made of name=value, joined by &",
    "end of string reached when looking for": "the [ of an IPv6 address in it is not closed",
    "unterminated quoted string": "a quoted value in it is not closed",
}

#: The values that libpq knows of parameters that have no others.
_CHOICES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "gssencmode": ("disable", "prefer", "require"),
    "channel_binding": ("disable", "prefer", "require"),
    "load_balance_hosts": ("disable", "random"),
    "target_session_attrs": (
        *("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    ),
}

_NUMBERS = (
    *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval"),
    *("keepalives_count", "tcp_user_timeout"),
)

#: Files that the connection cannot be made without.
_FILES = ("sslrootcert", "sslcert", "sslkey")


def read_address(address: str) -> dict[str, str]:
    """The parameters that an address gives to libpq, by their names there.

    :raises ConfigurationError: when libpq would not take it, without repeating any of it.
    """
    address = address.strip()
    if scheme := _SCHEME.match(address):
        rest = address[scheme.end() :]
        _refuse_unencoded(rest)
        address = f"postgresql://{_with_encoded_values(rest)}"
    elif other := _OTHER_SCHEME.match(address):
        raise ConfigurationError(f"the database must be PostgreSQL, not {other[1]!r}; see {FORM}")
    try:
        found: dict[str, str] = conninfo_to_dict(address)  # type: ignore[assignment]
    except psycopg.Error as error:
        reason = next((ours for theirs, ours in _REASONS.items() if theirs in str(error)), None)
        raise ConfigurationError(reason or f"it must look like {FORM}") from None
    except UnicodeError:
        raise ConfigurationError("it holds something that is not UTF-8") from None
    if not found:
        raise ConfigurationError(f"it must look like {FORM}")
    _check(found)
    return found


def place_of(address: str) -> str:
    """Where the database is, to be shown: ``host:port/name`` without user and password."""
    found = read_address(address)
    host = found.get("host") or found.get("hostaddr") or "the local socket"
    name = found.get("dbname") or found.get("user") or ""
    return f"{host}:{found.get('port') or 5432}/{name}"


def _split(rest: str) -> tuple[str, str]:
    """What stands behind the scheme: as libpq does, up to the user's ``@``, and from there."""
    credentials = re.match(r"[^@/]*@", rest)
    end = credentials.end() if credentials else 0
    return rest[:end], rest[end:]


def _refuse_unencoded(rest: str) -> None:
    """Refuse what libpq would read as a host, a port or a database, and is part of a password."""
    _, place = _split(rest)
    if "@" in place.partition("?")[0]:
        raise ConfigurationError(_UNENCODED)


def _with_encoded_values(rest: str) -> str:
    credentials, place = _split(rest)
    place, mark, query = place.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    encoded = "&".join(f"{name}{sign}{value.replace('=', '%3D')}" for name, sign, value in pairs)
    return f"{credentials}{place}{mark}{encoded}"


def _check(found: dict[str, str]) -> None:
    """Check what libpq itself looks at only when it connects."""
    ports = found["port"].split(",") if found.get("port") else []
    if not all(not port or (port.isdecimal() and 0 < int(port) < 65_536) for port in ports):
        raise ConfigurationError(
            "its port is no number from 1 to 65535; a : or / in a password is written %3A or %2F"
        )
    hosts = (found.get("hostaddr") or found.get("host") or "").split(",")
    if len(ports) > 1 and len(ports) != len(hosts):
        raise ConfigurationError("it names another number of ports than of hosts")
    for name, values in _CHOICES.items():
        if found.get(name) and found[name] not in values:
            raise ConfigurationError(f"its {name} is none of {', '.join(values)}")
    for name in _NUMBERS:
        if found.get(name) and not re.fullmatch(r"\s*-?[0-9]{1,9}\s*", found[name]):
            raise ConfigurationError(f"its {name} is no whole number")
    for name in _FILES:
        if (path := found.get(name)) and path != "system" and not Path(path).is_file():
            raise ConfigurationError(f"its {name} names a file that is not there")
