"""Why no prompt of an operation can run at the moment.

Read off the gateways when asked, so that it is true and goes by itself. A gateway that no worker
has looked at for a minute is nobody's.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, literal_column

_SQL = """(
    CASE WHEN jobs.status IN ('PENDING', 'STARTED') THEN (
    SELECT CASE
        WHEN count(*) = 0 THEN
            'Waiting: no worker is running, or none knows a model server.'
        WHEN count(*) FILTER (WHERE g.status <> 'DOWN') = 0 THEN
            'Waiting: no model server can be reached: '
            || string_agg(g.address || ' (' || coalesce(g.status_reason, 'not asked yet') || ')', ', ')
        WHEN operations.llm_model_name IS NOT NULL AND count(*)
                FILTER (WHERE g.status <> 'DOWN' AND operations.llm_model_name = ANY (g.models)) = 0 THEN
            'Waiting: no model server that can be reached has the model ' || operations.llm_model_name
            || '; run "ollama pull ' || operations.llm_model_name || '" on one of: '
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
) END
)"""


def waiting_reason() -> ColumnElement[str | None]:
    """An expression over ``jobs`` and ``operations``; null while nothing stands in the way."""
    return literal_column(_SQL, Text())
