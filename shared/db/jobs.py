"""Jobs: what a client polls."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, RowMapping, text

from shared.errors import NotFound


def get(connection: Connection, *, job_id: uuid.UUID, account_id: int) -> RowMapping:
    """One job with how its operation stands.

    :returns: the columns of ``schema.jobs``, ``account_name``, ``generated_count``,
        ``requested_count`` (null once the operation is deleted), ``progressed_at``, ``warning``
        and ``waiting`` (why no prompt can run now, or null).
    :raises NotFound: when there is none, or it is another account's.
    """
    row = (
        connection.execute(
            text(
                f"""
                SELECT j.*, a.name AS account_name,
                    o.generated_count, o.requested_count, o.warning,
                    greatest(j.update_time, o.update_time) AS progressed_at,
                    CASE WHEN j.status IN ('PENDING', 'STARTED') THEN {_WAITING} END AS waiting
                FROM jobs j
                JOIN accounts a ON a.id = j.account_id
                LEFT JOIN operations o ON o.id = j.operation_id AND o.deleted_at IS NULL
                WHERE j.id = :id AND j.account_id = :account
                """  # noqa: S608 - a constant
            ),
            {"id": job_id, "account": account_id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound(f"there is no job {job_id.hex}")
    return row


# Read off the gateways when asked, so that it is true and goes by itself. A gateway that no
# worker has looked at for a minute is nobody's.
_WAITING = """(
    SELECT CASE
        WHEN count(*) = 0 THEN
            'Waiting: no worker is running, or none knows a model server.'
        WHEN count(*) FILTER (WHERE g.status <> 'DOWN') = 0 THEN
            'Waiting: no model server can be reached: '
            || string_agg(g.address || ' (' || coalesce(g.status_reason, 'not asked yet') || ')', ', ')
        WHEN o.llm_model_name IS NOT NULL AND count(*)
                FILTER (WHERE g.status <> 'DOWN' AND o.llm_model_name = ANY (g.models)) = 0 THEN
            'Waiting: no model server that can be reached has the model ' || o.llm_model_name
            || '; run "ollama pull ' || o.llm_model_name || '" on one of: '
            || string_agg(g.address, ', ') FILTER (WHERE g.status <> 'DOWN')
        WHEN count(*) FILTER (WHERE g.status <> 'DOWN' AND g.models <> '{}') = 0 THEN
            'Waiting: no model server has a model; run "ollama pull" on one of: '
            || string_agg(g.address, ', ') FILTER (WHERE g.status <> 'DOWN')
        WHEN count(*) FILTER (WHERE g.status NOT IN ('DOWN', 'BUSY')) = 0 THEN
            'Waiting: every model server is busy: '
            || string_agg(g.address || ' (' || coalesce(g.status_reason, 'busy') || ')', ', ')
                FILTER (WHERE g.status = 'BUSY')
    END
    FROM (
        -- Without the password that an address may hold.
        SELECT *, regexp_replace(url, '//[^/]*@', '//') AS address FROM gateways
    ) AS g
    WHERE g.seen_at > now() - interval '1 minute'
)"""
