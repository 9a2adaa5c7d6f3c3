"""The lists that a copy takes its new values from: operations of value generation.

A step for each list submits its operation, or finds one, and is put off until that has ended: it
has no process and no thread meanwhile. What a list lacks in the end is made up without a model; no
run fails for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from shared.db.engine import Database
from shared.errors import InvalidRequest, LimitReached, NotFound
from shared.generation.operation import Operation, OperationState
from shared.generation.requests import (
    DEFAULT_LENGTH,
    MAX_LENGTH,
    Attribute,
    GenerateRequest,
)
from shared.generation.service import Orders
from shared.synthesis import lists, steps
from shared.synthesis.generators.needs import ListNeed
from shared.synthesis.kinds import Kind, kind_of
from shared.synthesis.plans import Entity
from shared.synthesis.step import StepClaim

log = structlog.get_logger(__name__)

#: Values asked for in vain, in percent of those wanted, after which the model has no more of them:
#: what a list lacks can be made up, so it is not worth much.
TOLERANCE = 100

#: Between two looks at an operation that has not ended, in seconds.
LOOK_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class ListSteps:
    """Does the steps of the kind ``lists``, a moment each, on whatever thread has claimed one.

    Their parameters are ``need``, as :class:`ListNeed` has it, and from the first look on
    ``operation``, the id of what is waited for.
    """

    database: Database
    orders: Orders

    def do(self, claim: StepClaim) -> None:
        """Settle a step, or put it off.

        :raises Unavailable: the database is away.
        """
        need = need_of(claim.parameters["need"])
        kind = kind_of(need)
        if kind is None:
            self._settle(claim, need, [])
            return
        account_id = self.database.run(
            lambda connection: lists.account_of(connection, run_number=claim.run_number)
        )
        try:
            operation_id = self._ordered(claim, need, kind, account_id=account_id)
            operation, waiting = self.orders.look(operation_id, account_id=account_id)
        except (InvalidRequest, LimitReached) as error:
            self._settle(claim, need, [], f"The list ({kind}) was not asked for, because {error}.")
            return
        except NotFound:
            self._settle(claim, need, [], f"The list ({kind}) was deleted while it was made.")
            return
        if operation.status.is_open:
            self._put_off(claim, operation, _progress(kind, operation, waiting))
            return
        values = self.orders.values(operation)
        said = () if operation.status is OperationState.COMPLETED else (_shortage(kind, operation),)
        self._settle(claim, need, values, *said, operation=operation)

    def _ordered(
        self, claim: StepClaim, need: ListNeed, kind: Kind, *, account_id: int
    ) -> uuid.UUID:
        if known := claim.parameters.get("operation"):
            return uuid.UUID(known)
        return self.orders.order(
            request_for(need, kind), run_id=claim.run_id, account_id=account_id
        )

    def _put_off(self, claim: StepClaim, operation: Operation, waiting: str) -> None:
        self.database.run(
            lambda connection: steps.put_off(
                connection,
                claim,
                seconds=LOOK_SECONDS,
                waiting=waiting,
                parameters={**claim.parameters, "operation": str(operation.id)},
            )
        )

    def _settle(
        self,
        claim: StepClaim,
        need: ListNeed,
        values: Sequence[str],
        *reasons: str,
        operation: Operation | None = None,
    ) -> None:
        warnings = [f"{reason} What it lacks is made up without a model." for reason in reasons]
        self.database.run(
            lambda connection: lists.settle(
                connection,
                claim,
                name=need.name,
                values=values,
                operation_id=None if operation is None else operation.id,
                warnings=warnings,
            )
        )
        log.info("list is there", run=claim.run_id.hex, values=len(values), name=need.name)


def need_of(read: Mapping[str, Any]) -> ListNeed:
    """A need as a step has it in its parameters."""
    return ListNeed(**{**read, "entity": Entity(read["entity"])})


def request_for(need: ListNeed, kind: Kind) -> GenerateRequest:
    """What value generation is asked for: a kind of values, and no value."""
    return GenerateRequest(
        name=f"{kind} (for copies)",
        description="Values for copies of databases; later copies take them again.",
        data_type=kind.data_type,
        attributes=tuple(
            Attribute(label=label, values=(value,)) for label, value in kind.attributes
        ),
        max_value_length=min(need.length or DEFAULT_LENGTH, MAX_LENGTH),
        requested_count=need.count,
        error_tolerance=TOLERANCE,
        multiline_values=False,
    )


def _progress(kind: Kind, operation: Operation, waiting: str | None) -> str:
    """What a run waits for, without a full stop."""
    said = f"for a list ({kind}), of which {operation.generated_count:,} of "
    said += f"{operation.requested_count:,} values are there"
    if waiting is None:
        return said
    return f"{said}; {waiting.removeprefix('Waiting: ').rstrip('.')}"


def _shortage(kind: Kind, operation: Operation) -> str:
    """Why a list has fewer values than were wanted."""
    reason = (operation.failure_reason or "its operation has ended").rstrip(".")
    return (
        f"The list ({kind}) has {operation.generated_count:,} of {operation.requested_count:,} "
        f"values: {reason}."
    )
