"""Who may do what: the least that the API and the workers need, each as a role of its own.

The owner of the tables migrates and makes keys. The API takes requests and reads; workers fill
what was requested. Neither can do the other's part: a stolen API role writes no values, and a
stolen worker role sees no key and no account.

A role may read, write and remove by table, and update by column, so that what was once requested,
and whose it is, stays as it was. What a worker has to write that is otherwise the API's, a function
writes that looks whose it is. Rows are locked by the right to update any of their columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import Connection, text

from shared.db.schema import metadata, views
from shared.errors import ConfigurationError, NotFound

VERSIONS = "alembic_version"


@dataclass(frozen=True, kw_only=True)
class Rights:
    """On one table. ``update`` names columns."""

    select: bool = False
    insert: bool = False
    delete: bool = False
    update: frozenset[str] = field(default_factory=frozenset)


def _all_but(table: str, *kept: str) -> frozenset[str]:
    """The columns that can be updated at all, without some: new ones are within a side's reach."""
    columns = metadata.tables[table].columns
    return frozenset(c.name for c in columns if c.computed is None) - set(kept)


READ = Rights(select=True)

#: How an operation ends, or is deleted, because a client wants it to.
_ENDING = frozenset(
    {
        *("status", "failure_reason", "warning", "update_time", "end_time", "expiration_time"),
        *("deleted_at", "waiting_since", "waiting_seconds"),
    }
)

#: The same for a job. What follows its operation is written by a trigger, with its owner's rights.
_JOB_ENDING = frozenset({"status", "error_details", "has_work", "update_time", "end_time"})

_VIEWS: Mapping[str, Rights] = dict.fromkeys(views.tables, READ)

#: What was requested, by whom and when.
_REQUESTED = (
    *("number", "id", "account_id", "name", "description", "data_type", "attributes"),
    *("max_value_length", "requested_count", "filter_characters", "allow_duplicates"),
    *("trim_values", "multiline_values", "retention_time", "error_tolerance", "priority"),
    "submit_time",
)


class Side(Enum):
    """A part of Valuemill that has a role of its own."""

    API = "api"
    WORKER = "worker"


RIGHTS: Mapping[Side, Mapping[str, Rights]] = {
    Side.API: {
        "accounts": READ,
        "api_keys": Rights(select=True, update=frozenset({"last_used_at"})),
        "operations": Rights(select=True, insert=True, update=_ENDING),
        "cells": Rights(select=True, insert=True),
        # To end an operation is to have its prompts closed; the slots are the workers' to free.
        "batches": Rights(select=True, update=frozenset({"closing"})),
        "operation_values": READ,
        "repeats": READ,
        "gateways": READ,
        **_VIEWS,
        "jobs": Rights(select=True, insert=True, update=_JOB_ENDING),
        "job_tags": Rights(select=True, insert=True, delete=True),
        "idempotency_keys": Rights(select=True, insert=True),
        "users": Rights(select=True, update=frozenset({"password_hash"})),
        "sessions": Rights(select=True, insert=True, delete=True, update=frozenset({"seen_at"})),
        "workspaces": Rights(select=True, insert=True),
        "engines": Rights(
            select=True, insert=True, update=frozenset({"settings", "updated_at", "deleted_at"})
        ),
        "engine_databases": Rights(select=True, insert=True),
        "source_tables": Rights(select=True, update=frozenset({"is_excluded", "settings"})),
        "source_columns": Rights(
            select=True, update=frozenset({"settings", "generator", "by_hand"})
        ),
        "runs": Rights(
            select=True,
            insert=True,
            update=frozenset({"state", "reason", "updated_at", "ended_at", "deleted_at"}),
        ),
        # To end a run is to leave its steps undone, and to have its processes closed.
        "steps": Rights(select=True, insert=True, update=frozenset({"state"})),
        "step_claims": Rights(select=True, update=frozenset({"closing"})),
        "repairs": READ,
        VERSIONS: READ,
    },
    Side.WORKER: {
        "operations": Rights(select=True, delete=True, update=_all_but("operations", *_REQUESTED)),
        "cells": Rights(
            select=True,
            delete=True,
            update=_all_but("cells", "operation_number", "ordinal", "choice"),
        ),
        "batches": Rights(
            select=True,
            insert=True,
            delete=True,
            update=_all_but("batches", "id", "operation_number", "worker"),
        ),
        "operation_values": Rights(
            select=True, insert=True, delete=True, update=frozenset({"folded"})
        ),
        "outcomes": Rights(select=True, insert=True, delete=True),
        "repeats": Rights(select=True, insert=True, delete=True, update=frozenset({"times"})),
        "yields": Rights(
            select=True,
            insert=True,
            delete=True,
            update=_all_but("yields", "model", "kind", "arm"),
        ),
        "gateways": Rights(select=True, insert=True, update=_all_but("gateways", "id", "url")),
        **_VIEWS,
        "jobs": Rights(
            select=True,
            update=_JOB_ENDING | {"start_time", "percent_complete", "warning", "result"},
        ),
        "idempotency_keys": Rights(select=True, delete=True),
        "sessions": Rights(select=True, delete=True),
        "workspaces": Rights(select=True, delete=True),
        "engines": Rights(select=True, delete=True, update=frozenset({"updated_at"})),
        "engine_databases": Rights(
            select=True,
            delete=True,
            update=frozenset({"status", "synced_at", "structure", "ssh_host_key"}),
        ),
        "source_tables": Rights(
            select=True, insert=True, delete=True, update=_all_but("source_tables", "id")
        ),
        "source_columns": Rights(
            select=True, insert=True, delete=True, update=_all_but("source_columns", "id")
        ),
        "runs": Rights(
            select=True,
            delete=True,
            update=_all_but("runs", "number", "id", "engine_number", "type", "request", "seed"),
        ),
        "steps": Rights(
            select=True,
            insert=True,
            delete=True,
            update=_all_but("steps", "run_number", "ordinal", "kind"),
        ),
        "step_claims": Rights(
            select=True,
            insert=True,
            delete=True,
            update=frozenset({"lease_until", "closing"}),
        ),
        "artifacts": Rights(select=True, insert=True, delete=True),
        "repairs": Rights(select=True, insert=True, delete=True, update=frozenset({"done_at"})),
        VERSIONS: READ,
    },
}


#: What each side may call that nobody else may: functions that write with their owner's rights.
FUNCTIONS: Mapping[Side, tuple[str, ...]] = {
    Side.API: (),
    Side.WORKER: ("order_list(uuid, jsonb, jsonb, jsonb, bigint, bigint)",),
}


def grant(connection: Connection, *, roles: Mapping[Side, str]) -> None:
    """Give each role what its side needs, and take everything else from it.

    To be run by the owner of the tables, as often as wanted: at first, and after migrations.

    :raises NotFound: when a role does not exist.
    :raises ConfigurationError: when the two sides are to be one role, or a role owns the tables.
    """
    for role in roles.values():
        _check_role(connection, role)
    for statement in statements(roles=roles):
        connection.exec_driver_sql(statement)


def statements(*, roles: Mapping[Side, str]) -> list[str]:
    """What :func:`grant` executes, in order.

    :raises ConfigurationError: when the two sides are to be one role.
    """
    if len(set(roles.values())) < len(roles):
        raise ConfigurationError("the API and the workers need a role each, not one for both")
    return [
        line
        for side, role in roles.items()
        for line in (*_revoke(_quoted(role)), *_grant(side, _quoted(role)))
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _revoke(role: str) -> Iterator[str]:
    tables = ", ".join([*sorted(metadata.tables), *sorted(views.tables), VERSIONS])
    # Rights on columns go with those on the table.
    yield f"REVOKE ALL ON {tables} FROM {role}"
    for function in (each for side in Side for each in FUNCTIONS[side]):
        yield f"REVOKE ALL ON FUNCTION {function} FROM {role}"


def _grant(side: Side, role: str) -> Iterator[str]:
    # Of the schema `public` everyone has it, and its owner is somebody else.
    known = f"{_literal(role)}::regrole"
    yield (
        f"DO $$ BEGIN IF NOT has_schema_privilege({known}, current_schema(), 'USAGE') THEN "
        f"EXECUTE 'GRANT USAGE ON SCHEMA ' || quote_ident(current_schema()) || ' TO ' || {known}; "
        "END IF; END $$"
    )
    for table, rights in RIGHTS[side].items():
        verbs = [verb.upper() for verb in ("select", "insert", "delete") if getattr(rights, verb)]
        if rights.update:
            verbs.append(f"UPDATE ({', '.join(sorted(rights.update))})")
        yield f"GRANT {', '.join(verbs)} ON {table} TO {role}"
    for function in FUNCTIONS[side]:
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {role}"


def _check_role(connection: Connection, role: str) -> None:
    found = connection.execute(
        text(
            """
            SELECT rolsuper OR pg_has_role(rolname, relowner, 'MEMBER') AS mighty
            FROM pg_roles, pg_class
            WHERE rolname = :role AND pg_class.oid = to_regclass('operations')
            """
        ),
        {"role": role},
    ).one_or_none()
    if found is None:
        raise NotFound(
            f"there is no role {role!r}, or no tables yet; have one made with "
            f"`CREATE ROLE {role} LOGIN PASSWORD '...'`, and migrate first"
        )
    if found.mighty:
        raise ConfigurationError(
            f"the role {role!r} owns the tables or may do everything; "
            "name one that has only what it is given"
        )


def missing(connection: Connection, *, side: Side) -> list[str]:
    """The rights of a side that the role of this connection lacks, as ``SELECT on cells``."""
    lacking = []
    for table, rights in RIGHTS[side].items():
        asked = [
            *(
                (f"{verb.upper()} on {table}", verb, None)
                for verb in ("select", "insert", "delete")
                if getattr(rights, verb)
            ),
            *(
                (f"UPDATE ({column}) on {table}", "update", column)
                for column in sorted(rights.update)
            ),
        ]
        lacking += [
            words for words, verb, column in asked if not _may(connection, table, verb, column)
        ]
    lacking += [
        f"EXECUTE on {function}"
        for function in FUNCTIONS[side]
        if not connection.scalar(
            text("SELECT has_function_privilege(to_regprocedure(:function), 'execute')"),
            {"function": function},
        )
    ]
    return lacking


def _may(connection: Connection, table: str, verb: str, column: str | None) -> bool:
    question = (
        "has_table_privilege(to_regclass(:table), :verb)"
        if column is None
        else "has_column_privilege(to_regclass(:table), :column, :verb)"
    )
    asked = {"table": table, "verb": verb}
    if column is not None:
        asked["column"] = column
    return bool(connection.scalar(text(f"SELECT {question}"), asked))
