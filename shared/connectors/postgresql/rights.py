"""What we may do to the tables of a target, and what is done where it is less than all.

The owner of a table (or a member of the role that owns it) may switch its triggers off and drop
its keys. Who may set ``session_replication_role`` (superusers; from PostgreSQL 15 on also who
was granted it) does without: no trigger fires and no key is looked at for a session; the keys
are then looked at by :mod:`shared.connectors.postgresql.verifying`.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from shared.connectors.errors import NotPermitted
from shared.connectors.postgresql.progress import PROGRESS

Connection = psycopg.Connection[Any]

_OWNED = """
SELECT c.relname::text AS name, pg_catalog.pg_has_role(c.relowner, 'USAGE') AS ours,
       pg_catalog.has_table_privilege(c.oid, 'INSERT') AS writable,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
   AND c.relname <> %s AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
          AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY c.relname COLLATE "C"
"""


def owns_all(connection: Connection, schema: str) -> bool:
    """Whether all tables of the schema are ours to alter.

    :raises NotPermitted: they are not, and there is no other way to fill them.
    """
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        rows: list[Any] = list(cursor.execute(_OWNED, [schema, PROGRESS]))
    foreign = [row for row in rows if not row.ours]
    if not foreign:
        return True
    if may_replicate(connection):
        return False
    user = connection.info.user
    owners = sorted({row.owner for row in foreign})
    raise NotPermitted(
        f"The user {user!r} may not switch off triggers and keys of "
        f"{', '.join(row.name for row in foreign[:5])}{' ...' if len(foreign) > 5 else ''}. "
        f"Let the owner fill the target, or make this user a member of the owning roles: "
        + "; ".join(f'GRANT "{owner}" TO "{user}"' for owner in owners)
    )


def may_replicate(connection: Connection) -> bool:
    """Whether ``session_replication_role`` is ours to set."""
    connection.execute("SAVEPOINT replicating")
    try:
        connection.execute("SET LOCAL session_replication_role = replica")
    except psycopg.Error:
        allowed = False
    else:
        allowed = True
    connection.execute("ROLLBACK TO SAVEPOINT replicating")
    connection.execute("RELEASE SAVEPOINT replicating")
    return allowed


def is_superuser(connection: Connection) -> bool:
    """Whether what we run may do anything, on the server's machine too."""
    row = connection.execute(
        "SELECT rolsuper OR EXISTS (SELECT FROM pg_catalog.pg_roles p"
        "   WHERE p.rolname IN ('pg_execute_server_program', 'pg_write_server_files',"
        "     'pg_read_server_files') AND pg_catalog.pg_has_role(p.oid, 'MEMBER'))"
        " FROM pg_catalog.pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(row and row[0])
