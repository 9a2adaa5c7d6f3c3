"""Value generation, as the queue sees it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from shared.db.engine import Database
from shared.db.lookup import Lookup
from shared.generation import removal
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
        row = _WAITING.find(connection, ids=list(targets), default_model=self.default_model)
        assert row is not None  # noqa: S101 - it selects from nothing
        known = [Gateway.from_json(each) for each in row["gateways"]]
        return {
            uuid.UUID(target): reason
            for target, model in row["models"].items()
            if (reason := waiting_reason(known, model=model)) is not None
        }

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
        """Remove operations that were deleted, or are past their retention."""
        removal.expire(database)
        removal.remove_deleted(database)


# In one go, because every poll of a job that works asks for it.
_WAITING = Lookup(
    text(
        """
        SELECT (
            SELECT coalesce(jsonb_agg(g ORDER BY g.url), '[]') FROM live_gateways g
        ) AS gateways, (
            SELECT coalesce(jsonb_object_agg(
                id, coalesce(llm_model_name, nullif(CAST(:default_model AS text), ''))
            ), '{}')
            FROM operations WHERE id = ANY (CAST(:ids AS uuid[])) AND deleted_at IS NULL
        ) AS models
        """
    )
)
