"""What is measured. Each row is a function that runs something real and returns its figure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from shared.db import accounts, claims, gateways, operations
from shared.db.engine import Database
from shared.db.settle import Outcome, digest, settle
from shared.requests import GenerateRequest
from shared.settings import GatewaySettings
from tests.support import Api, SampleModel

GATEWAY = "http://127.0.0.1:9"
BATCH = 20


@dataclass(frozen=True)
class Row:
    """One line of the table: what, how, and the figure with its meaning."""

    name: str
    how: str
    figure: str


def ceiling(var: Path) -> Row:
    """Values a second through the whole service, over what the model's slots can decode."""
    slots, rate, count = 4, 100.0, 800
    options = LocalOptions(var=var / "ceiling", workers=2, ollama_hosts="", flower=False)
    with LocalStack(options) as stack:
        api, model = Api(stack.info), SampleModel(stack.info.model_urls[0])
        model.turn(slots=slots, tokens_per_second=rate)
        began = time.monotonic()
        operation = api.wait(api.submit(count), seconds=300)
        took = time.monotonic() - began
    tokens = operation["statistics"]["output_tokens"]
    return Row(
        "ceiling",
        f"{count} names, {slots} slots of {rate:.0f} tokens/s: decoding at full speed over the "
        "time from submit to completed",
        f"{tokens / rate / slots / took:.2f}",
    )


def overhead(var: Path) -> Row:
    """Values a second through claim and settle, over COPY of the same rows."""
    count = 20_000
    options = LocalOptions(
        var=var / "overhead", workers=0, ollama_hosts=GATEWAY, api=False, flower=False
    )
    with LocalStack(options) as stack:
        with Database(stack.info.database_url, pool_size=1) as database:
            values = [f"value number {index}" for index in range(count)]
            stored = _rate(count, lambda: _claim_and_settle(database, values))
        copied = _rate(count, lambda: _copy(stack.info.database_url, values))
    return Row(
        "overhead",
        f"{count} values claimed and settled in batches of {BATCH} on one connection, over COPY "
        "of the same rows into the same table with its indexes",
        f"{stored / copied:.3f} ({stored:,.0f} against {copied:,.0f} values/s)",
    )


ROWS: dict[str, Callable[[Path], Row]] = {"ceiling": ceiling, "overhead": overhead}


def _rate(count: int, work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return count / (time.monotonic() - began)


def _claim_and_settle(database: Database, values: list[str]) -> None:
    request = GenerateRequest(
        name="bench", data_type="bench", multiline_values=False, requested_count=len(values)
    )
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="bench", name="")
        account = accounts.authenticate(connection, key=key)
        gateways.register(connection, [GatewaySettings(url=GATEWAY, max_concurrent_tasks=1)])
        gateways.report(connection, url=GATEWAY, status="UP", models=["bench"])
        operations.submit(connection, request, account_id=account.id, trace_id="bench")
    for start in range(0, len(values), BATCH):
        claim = database.run(
            lambda connection: claims.claim(
                connection,
                worker="bench",
                gateways=[GATEWAY],
                lease_seconds=10,
                size=lambda _: BATCH,
            )
        )
        if claim is None:
            raise RuntimeError("the bench's own work cannot be claimed")
        outcome = Outcome(values=values[start : start + BATCH], said=BATCH)
        batch, number = claim.batch_id, claim.operation_number
        database.run(
            lambda connection, outcome=outcome, batch=batch, number=number: settle(
                connection, outcome, batch_id=batch, operation_number=number
            )
        )


def _copy(database_url: str, values: list[str]) -> None:
    statement = (
        "COPY operation_values (operation_number, position, cell_ordinal, digest, value) FROM STDIN"
    )
    with (
        psycopg.connect(database_url) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for position, value in enumerate(values, 1):
            copy.write_row((0, position, 0, digest(value), value))
