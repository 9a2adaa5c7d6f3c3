"""The addresses of databases as people write them. Pure.

``postgresql://user:password@host:5432/name?schema=sales&sslmode=verify-full``, the same with
``mysql://`` and ``mssql://``, and ``sqlite:folder/name.db``. What is wrong with one is told without
repeating any of it: what is read wrongly may be a part of a password.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from shared.errors import ConfigurationError

FORM = "postgresql://user@host:5432/name, mysql://user@host/name or sqlite:folder/name.db"

#: Kinds of databases by the schemes of their addresses; what stands behind a + is a driver's name.
KINDS: Mapping[str, str] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "sqlserver": "mssql",
    "sqlite": "sqlite",
}

#: Where the clients of these databases look for a password that an address does not have.
PASSWORD_VARIABLES: Mapping[str, str] = {"postgresql": "PGPASSWORD", "mysql": "MYSQL_PWD"}

#: Parameters of an address, by what they are in a connection. Those of files are read here, on the
#: machine of whoever asks: the service reads none by a name that it was given.
_TLS_FILES = {"sslrootcert": "ca", "sslcert": "cert", "sslkey": "key"}
_PARAMETERS = frozenset({"schema", "sslmode", *_TLS_FILES})


@dataclass(frozen=True, kw_only=True)
class Address:
    """A database, as whom it is opened, and how.

    :param tls: by the names of a connection's ``SSL``; contents of files, not their names.
    """

    kind: str
    database: str
    host: str = ""
    port: int | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    schema: str = ""
    tls: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        """It, in a few words, without what is secret."""
        if not self.host:
            return self.database
        return f"{self.database} at {self.host}"

    @property
    def wants_password(self) -> bool:
        """Whether it names a user, and nothing that shows who that is."""
        return bool(self.username and not self.password and "key" not in self.tls)

    def with_password(self, password: str) -> Address:
        """It with a password."""
        return replace(self, password=password)

    def as_connection(self) -> dict[str, Any]:
        """What the API takes for a connection."""
        said: dict[str, Any] = {
            "connector_type": self.kind,
            "database": self.database,
            "host": self.host,
            "port": self.port,
            "schema_name": self.schema,
            "username": self.username,
            "password": self.password,
            "hooks_params": {"SSL": dict(self.tls)} if self.tls else None,
        }
        return {name: value for name, value in said.items() if value}


def read_address(text: str, *, read_file: Callable[[str], str]) -> Address:
    """An address as it was written.

    :param read_file: the content of a file that is named in it.
    :raises ConfigurationError: says what is wrong, and repeats nothing of it.
    """
    scheme, colon, rest = text.strip().partition(":")
    kind = KINDS.get(scheme.partition("+")[0].lower())
    if not colon or kind is None:
        raise ConfigurationError(f"that is no address of a database that can be copied; see {FORM}")
    if kind == "sqlite":
        return _read_sqlite(rest)
    return _read_server(kind, rest, read_file)


def _read_sqlite(rest: str) -> Address:
    name = unquote(rest.removeprefix("///"))
    if name.startswith("/") or (rest.startswith("//") and not rest.startswith("///")):
        raise ConfigurationError(
            "name the file from the operator's folder on (sqlite:folder/name.db): the workers open "
            "no other"
        )
    if not name or "?" in rest:
        raise ConfigurationError("it names no file; see sqlite:folder/name.db")
    return Address(kind="sqlite", database=name)


def _read_server(kind: str, rest: str, read_file: Callable[[str], str]) -> Address:
    try:
        parts = urlsplit(f"any:{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
        parts = urlsplit("any:")
    database = unquote(parts.path.removeprefix("/"))
    if not host or not database or "/" in database or parts.fragment:
        raise ConfigurationError(
            "it is not made of user:password@host:port/name; where the user or the password has a "
            "character that means something in addresses, write @ as %40, / as %2F, # as %23, "
            "? as %3F and % as %25"
        )
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not parameters.keys() <= _PARAMETERS:
        raise ConfigurationError(
            "it has a parameter that is not known; known are "
            f"{', '.join(sorted(_PARAMETERS))}. SSH tunnels and Kerberos are set by the API"
        )
    tls = {
        "ssl_mode": parameters.get("sslmode", ""),
        **{
            name: read_file(parameters[parameter])
            for parameter, name in _TLS_FILES.items()
            if parameters.get(parameter)
        },
    }
    return Address(
        kind=kind,
        database=database,
        host=host,
        port=port,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=parameters.get("schema", ""),
        tls={name: said for name, said in tls.items() if said},
    )
