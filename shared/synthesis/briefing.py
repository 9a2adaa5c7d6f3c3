"""What a worker has to know to do a step, as the database has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from shared.synthesis import lists


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What is the same for all steps of a run from its plan on.

    :param databases: by ``SOURCE`` and ``TARGET``: ``connector_id``, ``connector_type``,
        ``address``, ``sealed``, ``structure`` and ``ssh_host_key``.
    """

    run_number: int
    settings: Mapping[str, Any]
    request: Mapping[str, Any]
    seed: bytes = field(repr=False)
    plan: Mapping[str, Any] | None
    databases: Mapping[str, Mapping[str, Any]] = field(repr=False)
    #: The values that the mill has made for it, by the names of the lists.
    lists: Mapping[str, Sequence[str]] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Now:
    """What may be another for each step.

    :param snapshot: the view of the source that is held; None: there is none.
    :param artifacts: what was left, by its name: under which it is kept.
    :param repairs: what is still to be put back in the target.
    """

    snapshot: str | None
    artifacts: Mapping[str, str]
    repairs: tuple[str, ...]


def brief(connection: Connection, *, run_number: int) -> Briefing:
    """Read what a run is about."""
    run = connection.execute(
        text(
            """
            SELECT engine_number, settings, request, seed, plan FROM runs WHERE number = :number
            """
        ),
        {"number": run_number},
    ).one()
    databases = connection.execute(
        text(
            """
            SELECT role, connector_id, connector_type, address, sealed, structure, ssh_host_key
            FROM engine_databases WHERE engine_number = :engine
            """
        ),
        {"engine": run.engine_number},
    ).mappings()
    return Briefing(
        run_number=run_number,
        settings=run.settings,
        request=run.request,
        seed=bytes(run.seed),
        plan=run.plan,
        databases={row["role"]: dict(row) for row in databases},
        lists=lists.read(connection, run_number=run_number),
    )


def look(connection: Connection, *, run_number: int) -> Now:
    """Read how a run is now."""
    row = connection.execute(_NOW, {"number": run_number}).one()
    return Now(snapshot=row.snapshot, artifacts=row.artifacts, repairs=tuple(row.repairs))


def artifact(connection: Connection, *, run_number: int, name: str) -> Iterator[bytes]:
    """The parts of what a step has left."""
    parts = connection.execute(
        text("SELECT count(*) FROM artifacts WHERE run_number = :number AND name = :name"),
        {"number": run_number, "name": name},
    ).scalar_one()
    for part in range(parts):
        content = connection.execute(
            text(
                """
                SELECT content FROM artifacts
                WHERE run_number = :number AND name = :name AND part = :part
                """
            ),
            {"number": run_number, "name": name, "part": part},
        ).scalar_one()
        yield bytes(content)


def keep_artifact(
    connection: Connection, *, run_number: int, name: str, part: int, content: bytes
) -> None:
    """Keep a part of what a step leaves."""
    connection.execute(
        text(
            """
            INSERT INTO artifacts (run_number, name, part, content)
            VALUES (:number, :name, :part, :content)
            ON CONFLICT (run_number, name, part) DO NOTHING
            """
        ),
        {"number": run_number, "name": name, "part": part, "content": content},
    )


def results(connection: Connection, *, run_number: int, kind: str) -> list[Mapping[str, Any]]:
    """What the steps of one kind have told, with their ``parameters``."""
    rows = connection.execute(
        text(
            """
            SELECT parameters, result FROM steps
            WHERE run_number = :number AND kind = :kind AND state = 'DONE' ORDER BY ordinal
            """
        ),
        {"number": run_number, "kind": kind},
    )
    return [{**(row.result or {}), "parameters": row.parameters} for row in rows]


_NOW = text(
    """
    SELECT (
        SELECT result ->> 'snapshot' FROM steps
        WHERE run_number = :number AND kind = 'snapshot' AND state IN ('HELD', 'DONE')
        ORDER BY ordinal DESC LIMIT 1
    ) AS snapshot, (
        SELECT coalesce(jsonb_object_agg(kept.key, kept.value), '{}')
        FROM steps s, jsonb_each_text(s.result -> 'artifacts') AS kept
        WHERE s.run_number = :number AND s.kind = 'ranks' AND s.state = 'DONE'
    ) AS artifacts, (
        SELECT coalesce(array_agg(statement ORDER BY p.id, p.ordinal), '{}') FROM repairs p
        JOIN runs r ON r.engine_number = p.engine_number
        WHERE r.number = :number AND p.done_at IS NULL
    ) AS repairs
    """
)
