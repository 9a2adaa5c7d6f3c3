"""The encoding of a database: UTF-8, or it is refused at the first connection.

In another one some values cannot be stored at all; in ``SQL_ASCII`` lengths count bytes, and text
comes back as bytes.
"""

from __future__ import annotations

from typing import Any

import psycopg

from shared.errors import ConfigurationError

#: PostgreSQL's name for UTF-8.
ENCODING = "UTF8"


def refuse_other_encodings(connection: psycopg.Connection[Any], *_: object) -> None:
    """Look at a connection that was just opened; the server says its encoding to everyone.

    :raises ConfigurationError: when the database is in another one; the connection is closed.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == ENCODING:
        return
    name = connection.info.dbname
    connection.close()
    raise ConfigurationError(
        f"the database {name!r} is in {encoding}, and must be in {ENCODING}: make another with "
        f"CREATE DATABASE name TEMPLATE template0 ENCODING '{ENCODING}', and name that one in "
        "VALUEMILL_DATABASE_URL"
    )
