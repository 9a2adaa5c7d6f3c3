"""``python -m tests.bench.lists``: lists and searches over a million operations of one account.

Makes the data in SQL (about a minute), then times the first, a middle and the last page of all
sorts, some filters and SEARCH, each with the node of its plan that finds the rows.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from sqlalchemy import Connection, event, select, text

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from shared.db import accounts
from shared.db.engine import Database
from shared.db.listing import Anchor, Order, Slice, Wanted
from shared.db.schema import operations as table
from shared.filters import parse
from shared.generation import operations
from shared.generation.fields import OPERATIONS
from tests.bench.page import PAGE, write_section

LIMIT = 100

FILTERS = (
    "status EQ 'FAILED' AND priority GT 3",
    "name CONTAINS 'number 4242'",
    "submit_time GE 2026-01-01T00:00:00Z AND submit_time LT 2026-01-02T00:00:00Z",
    "NOT (data_type IN ['first name', 'city']) OR description EQ NIL",
    "max_value_length LE 20 AND (requested_count GT 900 OR NOT trim_values EQ TRUE)",
    "SEARCH 'number 777777'",
    "SEARCH 'nothing like this anywhere'",
)

# Spread over all that a sort or a filter may look at, with a share of nulls in each.
FILL = """
INSERT INTO operations (
    id, account_id, name, description, data_type, attributes, max_value_length, requested_count,
    filter_characters, allow_duplicates, trim_values, multiline_values, error_tolerance, priority,
    llm_model_name, status, submit_time, start_time, update_time, end_time, expiration_time,
    generated_count, open_count
)
SELECT gen_random_uuid(), :account, 'request number ' || (n::bigint * 7919 % :count),
    CASE WHEN n % 3 > 0 THEN 'described as ' || md5(n::text) END,
    (ARRAY['first name', 'last name', 'city', 'company', 'street'])[1 + n % 5], '[]',
    1 + n % 4000, 1000, CASE WHEN n % 4 = 0 THEN '[{}]' ELSE '' END,
    n % 2 = 0, n % 7 > 0, false, 300, n % 11 - 5,
    CASE WHEN n % 5 > 0 THEN 'model-' || n % 9 END,
    CASE WHEN n % 10 = 0 THEN 'FAILED' ELSE 'COMPLETED' END,
    timestamptz '2025-11-01' + n * interval '31 seconds',
    timestamptz '2025-11-01' + n * interval '31 seconds' + interval '1 minute',
    now(), timestamptz '2025-11-01' + n * interval '32 seconds',
    CASE WHEN n % 6 = 0 THEN now() + n * interval '1 minute' END,
    n % 1001, 0
FROM generate_series(1, :count) AS n
"""


@click.command()
@click.option("--count", default=1_000_000, show_default=True, help="Operations to make.")
def main(count: int) -> None:
    """Measure and write docs/benchmarks.md."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="valuemill-bench-") as folder:
        options = LocalOptions(
            var=Path(folder),
            workers=0,
            ollama_hosts="http://127.0.0.1:9",
            api=False,
            flower=False,
            durable=False,
        )
        with LocalStack(options) as stack, Database(stack.info.database_url) as database:
            with console.status(f"making {count:,} operations ..."):
                account = _fill(database, count)
            with console.status("paging ..."):
                body = _measure(database, account, count)
    write_section(f"Lists over {count:,} operations", body)
    console.print(body)
    console.print(f"Written to docs/{PAGE.name}.")


def _fill(database: Database, count: int) -> int:
    with database.transaction() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        key = accounts.create_key(connection, account="bench", name="")
        account = accounts.authenticate(connection, key=key).id
        connection.execute(text(FILL), {"account": account, "count": count})
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE operations"))
    return account


def _measure(database: Database, account: int, count: int) -> str:
    lines = [
        f"One account, pages of {LIMIT}, milliseconds for the page and, apart, for the total that "
        "every page carries (a count of all that match).",
        "",
        "| sort | first | middle | last | total | found by |",
        "|---|---|---|---|---|---|",
    ]
    for name in operations.SORTS:
        for sort in (name, f"-{name}"):
            lines.append(_sort_row(database, account, sort, count))
    lines += [
        "",
        "| filter, newest first | page | total | matches | found by |",
        "|---|---|---|---|---|",
    ]
    for expression in FILTERS:
        lines.append(_filter_row(database, account, expression))
    return "\n".join(lines)


def _sort_row(database: Database, account: int, sort: str, count: int) -> str:
    def read(**where: Any) -> tuple[Slice, list[tuple[str, float]], str]:
        wanted = Wanted(sort=sort, limit=LIMIT, **where)
        return _timed(
            database,
            lambda connection: operations.search(connection, account_id=account, wanted=wanted),
        )

    _, first_times, _ = read()
    _, middle_times, plan = read(anchor=_middle(database, sort, count))
    _, last_times, _ = read(backward=True)
    return (
        f"| `{sort}` | {_page_ms(first_times):.1f} | {_page_ms(middle_times):.1f} "
        f"| {_page_ms(last_times):.1f} | {_count_ms(first_times):.0f} | {plan} |"
    )


def _middle(database: Database, sort: str, count: int) -> Any:
    """The anchor half way through the rows that have a value, which all are the account's."""
    order = Order(
        operations.SORTS[sort.removeprefix("-")],
        table.c.number,
        descending=sort.startswith("-"),
    )
    keys = (order.key, order.number)
    query = (
        select(order.number, order.key)
        .order_by(*(key.desc() if order.descending else key.asc() for key in keys))
        .offset(count // 2)
        .limit(1)
    )
    with database.transaction() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        return Anchor(*connection.execute(query).one()).as_json()


def _filter_row(database: Database, account: int, expression: str) -> str:
    condition = parse(expression, OPERATIONS)
    wanted = Wanted(sort="-submit_time", limit=LIMIT)
    found, times, plan = _timed(
        database,
        lambda connection: operations.search(
            connection, account_id=account, wanted=wanted, condition=condition
        ),
    )
    return (
        f"| `{expression}` | {_page_ms(times):.1f} | {_count_ms(times):.0f} "
        f"| {found.total:,} | {plan} |"
    )


def _timed(
    database: Database, work: Callable[[Connection], Slice]
) -> tuple[Slice, list[tuple[str, float]], str]:
    """Run it, timing each statement; then explain the one that read the page."""
    times: list[tuple[str, float]] = []
    statements: list[tuple[str, Any]] = []

    def before(_c: Any, _cur: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))
        times.append((statement, time.perf_counter()))

    def after(*_: Any) -> None:
        statement, began = times[-1]
        times[-1] = (statement, (time.perf_counter() - began) * 1000)

    event.listen(database.pooled, "before_cursor_execute", before)
    event.listen(database.pooled, "after_cursor_execute", after)
    try:
        with database.transaction() as connection:
            found = work(connection)
    finally:
        event.remove(database.pooled, "before_cursor_execute", before)
        event.remove(database.pooled, "after_cursor_execute", after)
    pages = [each for each in statements if "LIMIT" in each[0]]
    return found, times, _explain(database, *pages[0])


def _explain(database: Database, statement: str, parameters: Any) -> str:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        plan = [re.sub(r" +\(cost.*", "", row[0]).strip("-> ") for row in rows]
    return next(line for line in plan if "Scan" in line).replace(" on operations", "")


def _page_ms(times: list[tuple[str, float]]) -> float:
    return sum(spent for statement, spent in times if "LIMIT" in statement)


def _count_ms(times: list[tuple[str, float]]) -> float:
    return sum(spent for statement, spent in times if "count(*)" in statement)


if __name__ == "__main__":
    main()
