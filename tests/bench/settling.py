"""The one place where the benchmarks reach into the service: a claim and its settle, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from shared.db import accounts
from shared.db.engine import Database
from shared.generation import claims, operations
from shared.generation.reports import Ended, Report
from shared.generation.requests import GenerateRequest
from shared.generation.settle import settle
from shared.models import gateways
from shared.settings import GatewaySettings, Settings
from tests.bench.service import NO_MODEL

#: What a worker asks a model for that answers at once.
BATCH = Settings.max_batch_values


def claim_and_settle(database: Database, values: list[str]) -> None:
    """Store values as a worker does, without a worker: claim a batch, settle it, and again."""
    request = GenerateRequest(
        name="bench", data_type="bench", multiline_values=False, requested_count=len(values)
    )
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="bench", name="")
        account = accounts.authenticate(connection, key=key)
        gateways.register(connection, [GatewaySettings(url=NO_MODEL, max_concurrent_tasks=1)])
        gateways.report(connection, url=NO_MODEL, status="UP", models=["bench"])
        operations.submit(connection, request, account_id=account.id, trace_id="bench")
    for start in range(0, len(values), BATCH):
        [claim] = database.run(
            lambda connection: claims.claim(
                connection,
                worker="bench",
                gateways=[NO_MODEL],
                lease_seconds=10,
                plan=lambda _: SimpleNamespace(asked=BATCH, focus=None),
            )
        )
        if claim is None:
            raise RuntimeError("the bench's own work cannot be claimed")
        report = Report(
            batch_id=claim.batch_id, values=values[start : start + BATCH], ended=Ended(said=BATCH)
        )
        number = claim.operation_number
        database.run(
            lambda connection, report=report, number=number: settle(connection, {number: [report]})
        )


def submit_many(database: Database, count: int, *, priorities: Sequence[int]) -> None:
    """Submit so many operations of one value at once, for the account that is there."""
    with database.transaction() as connection:
        for index in range(count):
            request = GenerateRequest(
                name=f"{index} of a crowd",
                data_type="bench",
                multiline_values=False,
                requested_count=1,
                priority=priorities[index % len(priorities)],
            )
            operations.submit(connection, request, account_id=1, trace_id="bench")
