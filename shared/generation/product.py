"""Value generation, as the queue sees it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, text

from shared.db.engine import Database
from shared.generation import removal, yields
from shared.generation.endings import end_for_client
from shared.generation.leases import give_back
from shared.models.gateway import Gateway
from shared.models.waiting import waiting_reason
from shared.queue.job import JobState
from shared.queue.products import Leased

JOB_TYPE = "AI_GENERATE_DATA"

BATCHES = Leased(table="batches", owner="operation_number")


@dataclass(frozen=True, kw_only=True)
class ValueGeneration:
    """The product of lists; see ``shared.queue.products.Product`` for what its methods promise."""

    #: The model of operations that name none; empty: any.
    default_model: str = ""
    job_type: str = JOB_TYPE
    leased: Leased = BATCHES

    def end(self, connection: Connection, *, target_id: uuid.UUID, state: JobState) -> bool:
        """End an operation; the values made until then are kept."""
        return end_for_client(connection, operation_id=target_id, state=state)

    def give_back(
        self,
        connection: Connection,
        *,
        owner: int,
        ids: Sequence[int],
        lost: bool,
        only_expired: bool,
    ) -> int:
        """Return batches of an operation to their cells."""
        return give_back(
            connection,
            batches=ids,
            operation_number=owner,
            lost=lost,
            only_expired=only_expired,
        )

    def waiting(
        self, connection: Connection, *, targets: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, str]:
        """Why no prompt can be sent for these operations."""
        row = connection.execute(_WAITING, {"ids": list(targets)}).one()
        return {
            uuid.UUID(target): reason
            for target, model in row.models.items()
            if (reason := self._why(row.gateways, model)) is not None
        }

    @property
    def waiting_facts(self) -> str:
        """The gateways, in one line, and the model of a job's operation."""
        return f"""
            SELECT CASE WHEN deleted_at IS NULL THEN
                concat(({_GATEWAYS}), chr(10), llm_model_name)
            END FROM operations WHERE id = jobs.operation_id
        """  # noqa: S608 - a constant

    def why_waiting(self, facts: str) -> str | None:
        """Why no prompt can be sent for the operation of a job."""
        found, _, model = facts.partition("\n")
        return self._why(found, model)

    def _why(self, found: str, model: str | None) -> str | None:
        return waiting_reason(_read_gateways(found), model=model or self.default_model or None)

    def could_start(self, connection: Connection) -> int:
        """Free slots that have work waiting; of much work, the first is enough to count."""
        return int(
            connection.scalar(
                text(
                    """
                    SELECT least(
                        (SELECT coalesce(sum(free), 0)
                            FROM gateway_slots JOIN live_gateways USING (id)),
                        (SELECT coalesce(sum(open_count), 0) FROM (
                            SELECT open_count FROM operations WHERE has_work LIMIT 100
                        ) AS work)
                    )
                    """
                )
            )
            or 0
        )

    def remove(self, database: Database) -> None:
        """Remove operations that were deleted, or are past their retention, and what is unused."""
        removal.expire(database)
        removal.remove_deleted(database)
        yields.remove_unused(database)


#: What is known of all gateways, but for what changes without a reason to wait.
_GATEWAYS = """
    SELECT coalesce(jsonb_agg(to_jsonb(g) - '{seen_at,level}'::text[] ORDER BY g.url), '[]')
    FROM live_gateways g
"""

_WAITING = text(
    f"""
    SELECT CAST(({_GATEWAYS}) AS text) AS gateways, (
        SELECT coalesce(jsonb_object_agg(id, llm_model_name), '{{}}')
        FROM operations WHERE id = ANY (CAST(:ids AS uuid[])) AND deleted_at IS NULL
    ) AS models
    """  # noqa: S608 - a constant
)


@lru_cache(maxsize=8)
def _read_gateways(found: str) -> Sequence[Gateway]:
    """Read what ``_GATEWAYS`` selects: hardly ever another than the last time."""
    return tuple(Gateway.from_json(each) for each in json.loads(found))
