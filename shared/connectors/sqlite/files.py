"""Files of SQLite: inside one folder, and nothing else by way of them.

A file's name is what a customer says; its statements are what whoever made the file says. So the
name is a plain path within the operator's folder, links included, and the connection can neither
attach other files nor load extensions nor rewrite its own catalogue.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote as escape

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotReachable,
)
from shared.connectors.interface import Limits
from shared.connectors.sqlite.values import to_text

#: A function of ours: a value's text, as chunks have it.
TEXT_FUNCTION = "valuemill_text"

_DENIED = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})
_DENIED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
_DENIED_PRAGMAS = frozenset(
    {"writable_schema", "temp_store_directory", "data_store_directory", "trusted_schema"}
)


def find(name: str, *, limits: Limits) -> Path:
    """The file of this name.

    :raises NotPermitted: it is not in the operator's folder, or there is no such folder.
    """
    if limits.folder is None:
        raise NotPermitted(
            "The operator of Valuemill has named no folder for files of SQLite "
            "(VALUEMILL_SQLITE_FOLDER)."
        )
    folder = limits.folder.resolve()
    try:
        path = (folder / name).resolve()
    except (OSError, ValueError, RuntimeError):
        path = folder
    if not name or path == folder or not path.is_relative_to(folder) or path.is_dir():
        raise NotPermitted(
            f"{name!r} is no file in the folder that the operator of Valuemill has named for files "
            "of SQLite. Give its name within that folder."
        )
    return path


def connect(path: Path, *, read_only: bool, limits: Limits) -> sqlite3.Connection:
    """Open a file; a target is made where there is none.

    :raises NotReachable: there is none to be read, or it is no database.
    """
    if read_only and not path.exists():
        raise NotReachable("There is no such file in the operator's folder.")
    with telling():
        connection = sqlite3.connect(
            f"file:{escape(str(path))}?mode={'ro' if read_only else 'rwc'}",
            uri=True,
            timeout=limits.lock_seconds,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _restrict(connection, read_only=read_only)
        except BaseException:
            connection.close()
            raise
    return connection


def _restrict(connection: sqlite3.Connection, *, read_only: bool) -> None:
    # Texts that are no UTF-8 pass through as they are.
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    connection.create_function(TEXT_FUNCTION, 1, to_text, deterministic=True)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    """SQLite asks this for each thing that a statement would do."""
    denied = (
        action in _DENIED
        or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _DENIED_FUNCTIONS)
        or (action == sqlite3.SQLITE_PRAGMA and (first or "").lower() in _DENIED_PRAGMAS)
    )
    return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK


@contextmanager
def telling() -> Iterator[None]:
    """Raise errors of ours for those of SQLite, which name tables and columns, and no values."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise DataRefused(f"SQLite refuses a row: {error}") from None
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DataRefused("The disk of the target is full.") from None
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
            raise NotPermitted(f"SQLite does not let us: {error}") from None
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN):
            raise NotReachable(f"The file cannot be used: {error}") from None
        raise ConnectorError(f"SQLite says: {error}") from None
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
            raise NotReachable("The file is no database of SQLite.") from None
        raise ConnectorError(f"SQLite says: {error}") from None
