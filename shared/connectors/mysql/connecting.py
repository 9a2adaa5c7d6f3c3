"""How a customer's MySQL or MariaDB is connected to.

No file of ours is read for it, none is given to a server that asks for one (``LOCAL INFILE``),
and no password is shown in plain words: the plugins by which a server could ask for that are not
there. Statements are one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import CLIENT

from shared.connectors.errors import NotPermitted, NotSupported
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.mysql.errors import telling
from shared.connectors.reaching import Way
from shared.connectors.tls import Tls

PORT = 3306
APPLICATION = "valuemill synthesis"

#: Of every session: one text form of each value, and nothing is changed silently.
_SETTINGS: Mapping[str, str] = {
    "sql_mode": "'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,"
    "NO_ENGINE_SUBSTITUTION,NO_BACKSLASH_ESCAPES'",
    "time_zone": "'+00:00'",
    "sql_safe_updates": "0",
    "sql_quote_show_create": "1",
    "sql_select_limit": "18446744073709551615",
    "net_write_timeout": "600",
    "net_read_timeout": "600",
}

_OLDEST = {"MariaDB": (10, 4, 0), "MySQL": (8, 0, 16)}


class _Refused:
    """A way of proving who we are that would show the password."""

    def __init__(self, connection: object) -> None: ...

    def authenticate(self, packet: object) -> None:  # noqa: ARG002
        raise NotPermitted(
            "The server wants the password in plain words. Give the user another way to sign in, "
            "such as caching_sha2_password or mysql_native_password."
        )


_SHOWING = ("mysql_clear_password", "dialog", "mysql_old_password")
_PLUGINS: dict[str, Callable[[Connection[Any]], Any]] = dict.fromkeys(_SHOWING, _Refused)


def connect(
    way: Way, address: Address, secrets: Secrets, *, limits: Limits, what: str, read_only: bool
) -> Connection[Any]:
    """Open a connection, in which values come and go as bytes; the caller closes it.

    :raises ConnectorError: as :func:`shared.connectors.mysql.errors.telling` says.
    """
    connection: Connection[Any] = Connection(
        host=way.name,
        port=way.place.port,
        user=address.username,
        password=secrets.password,
        database=address.database,
        charset="utf8mb4",
        use_unicode=False,
        conv={},
        local_infile=False,
        auth_plugin_map=_PLUGINS,
        connect_timeout=limits.connect_seconds,
        # Of who says nothing from the start nothing is to be expected; a statement may take long.
        read_timeout=limits.connect_seconds,
        write_timeout=limits.statement_seconds + 60,
        program_name=APPLICATION,
        autocommit=None,
        defer_connect=True,
        **_encryption(way.tls),
    )
    # What a server says of a connection with several statements in one is never asked for.
    connection.client_flag &= ~CLIENT.MULTI_STATEMENTS
    plain = way.connect(seconds=limits.connect_seconds)
    with telling(what):
        connection.connect(sock=plain)
        _prepare(connection, limits, what=what, read_only=read_only)
    return connection


def _encryption(tls: Tls) -> dict[str, Any]:
    """As libpq has the modes: what is preferred falls back, and what is required never does."""
    context = tls.context()
    if context is None:
        return {"ssl_disabled": True}
    if tls.mode in ("allow", "prefer") and tls.ca is None and tls.certificate is None:
        return {}
    return {"ssl": context}


def is_mariadb(connection: Connection[Any]) -> bool:
    """Whether it is MariaDB, which calls some things otherwise."""
    return "mariadb" in version_of(connection).lower()


def version_of(connection: Connection[Any]) -> str:
    """As the server says it."""
    return str(vars(connection)["server_version"])


def _prepare(connection: Connection[Any], limits: Limits, *, what: str, read_only: bool) -> None:
    product = "MariaDB" if is_mariadb(connection) else "MySQL"
    version = _version(version_of(connection))
    if version < _OLDEST[product]:
        oldest = ".".join(map(str, _OLDEST[product]))
        raise NotSupported(f"{what} is {product} older than {oldest}.")
    settings = {
        **_SETTINGS,
        "lock_wait_timeout": str(limits.lock_seconds),
        "innodb_lock_wait_timeout": str(limits.lock_seconds),
    }
    if product == "MariaDB":
        settings["max_statement_time"] = str(limits.statement_seconds)
    else:
        settings["max_execution_time"] = str(limits.statement_seconds * 1000)
    vars(connection)["_read_timeout"] = limits.statement_seconds + 60
    cursor = connection.cursor()
    cursor.execute("SET SESSION " + ", ".join(f"{key} = {to}" for key, to in settings.items()))
    cursor.execute("SET autocommit = 1")
    if read_only:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _version(text: str) -> tuple[int, ...]:
    # MariaDB may put "5.5.5-" in front, for old replicas' sake.
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text.removeprefix("5.5.5-"))
    return tuple(map(int, found.groups())) if found else ()
