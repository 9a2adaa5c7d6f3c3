"""The schema: up, down, up again, and equal to what the code believes."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from shared.db.engine import Database
from shared.db.migrate import is_current, migrate
from shared.db.schema import metadata
from shared.equality import digest
from shared.errors import ConfigurationError
from tests.support.waiting import wait_until


def test_down_leaves_nothing_and_up_makes_it_again(database: Database) -> None:
    migrate(database, revision="base")
    try:
        assert not is_current(database)
        assert inspect(database.engine).get_table_names() == ["alembic_version"]
    finally:
        migrate(database)
    assert is_current(database)


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    assert is_current(database)


def test_a_revision_that_there_is_not_is_named(database: Database) -> None:
    with pytest.raises(ConfigurationError, match="cannot migrate to nonsense"):
        migrate(database, revision="nonsense")
    assert is_current(database)


def test_jobs_are_filled_from_their_operations(database: Database) -> None:
    migrate(database, revision="base")
    try:
        migrate(database, revision="0006")
        with database.transaction() as connection:
            connection.execute(text("INSERT INTO accounts (name) VALUES ('a'), ('b'), ('c')"))
            connection.execute(text(OPERATIONS))
            connection.execute(text(JOBS))
    finally:
        migrate(database)
    with database.transaction() as connection:
        rows = connection.execute(
            text(
                """
                SELECT priority, has_work, percent_complete, result ->> 'status' AS status,
                    end_time IS NULL AS is_open
                FROM jobs ORDER BY number
                """
            )
        )
        assert [tuple(row) for row in rows] == [
            (9, False, 40, None, True),
            (9, False, 40, "FAILED", False),
            (0, False, None, None, False),
            (9, False, 40, None, True),
        ]


def test_an_operation_that_ends_while_jobs_are_filled_is_not_overlooked(
    database: Database,
) -> None:
    migrate(database, revision="base")
    try:
        migrate(database, revision="0006")
        with database.transaction() as connection:
            connection.execute(text("INSERT INTO accounts (name) VALUES ('a'), ('b'), ('c')"))
            connection.execute(text(OPERATIONS))
            connection.execute(text(JOBS))
        migrate(database, revision="0007")
        filling = threading.Thread(target=lambda: migrate(database))
        with database.transaction() as connection:
            connection.execute(
                text(
                    """
                    UPDATE operations SET generated_count = 10, status = 'COMPLETED',
                        end_time = now()
                    WHERE number = 1
                    """
                )
            )
            filling.start()
            wait_until(lambda: _somebody_waits(database), what="the filling to wait")
        filling.join()
    finally:
        migrate(database)
    with database.transaction() as connection:
        row = connection.execute(
            text(
                """
                SELECT priority, percent_complete, result ->> 'status', end_time IS NULL
                FROM jobs ORDER BY number LIMIT 1
                """
            )
        ).one()
    assert tuple(row) == (9, 100, "COMPLETED", False)


def test_jobs_are_changed_while_nobody_writes_operations(database: Database) -> None:
    """Whoever has written an operation still gets to its job, and then lets the migration pass."""
    migrate(database, revision="base")
    try:
        migrate(database, revision="0006")
        with database.transaction() as connection:
            connection.execute(text("INSERT INTO accounts (name) VALUES ('a'), ('b'), ('c')"))
            connection.execute(text(OPERATIONS))
            connection.execute(text(JOBS))
        migrating = threading.Thread(target=lambda: migrate(database))
        with database.transaction() as connection:
            connection.execute(text("UPDATE operations SET prompts = prompts + 1"))
            migrating.start()
            wait_until(lambda: _somebody_waits(database), what="the migration to wait")
            connection.execute(text("SET LOCAL lock_timeout = 200"))
            connection.execute(text("UPDATE jobs SET update_time = now()"))
        migrating.join()
    finally:
        migrate(database)


def _somebody_waits(database: Database) -> bool:
    with database.transaction() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_a_job_of_the_version_before_follows_its_operation(database: Database) -> None:
    """That version makes jobs, and counts values, without a word of the columns of today."""
    with database.transaction() as connection:
        connection.execute(text("INSERT INTO accounts (name) VALUES ('a'), ('b'), ('c')"))
        connection.execute(text(OPERATIONS))
        connection.execute(text(JOBS))
        connection.execute(
            text("UPDATE operations SET generated_count = 9, warning = 'w' WHERE number = 1")
        )
        row = connection.execute(
            text("SELECT priority, percent_complete, warning FROM jobs ORDER BY number LIMIT 1")
        ).one()
    assert tuple(row) == (9, 90, "w")


def test_field_c1_values_of_open_operations_are_folded(database: Database) -> None:
    migrate(database, revision="base")
    try:
        migrate(database, revision="0010")
        with database.transaction() as connection:
            connection.execute(text("INSERT INTO accounts (name) VALUES ('a'), ('b'), ('c')"))
            connection.execute(text(OPERATIONS))
            connection.execute(text("UPDATE operations SET allow_duplicates = false"))
            connection.execute(
                text(
                    """
                    INSERT INTO operation_values
                        (operation_number, position, cell_ordinal, digest, value)
                    SELECT number, position, 0, digest, value FROM operations, unnest(
                        CAST(:digests AS uuid[]), CAST(:values AS text[])
                    ) WITH ORDINALITY AS said (digest, value, position)
                    """
                ),
                {"digests": [digest(value) for value in VALUES], "values": VALUES},
            )
    finally:
        migrate(database)
    with database.transaction() as connection:
        rows = connection.execute(
            text("SELECT operation_number, folded FROM operation_values ORDER BY 1, position")
        ).all()
        counts = connection.execute(
            text("SELECT folded_count FROM operations ORDER BY number")
        ).scalars()
        assert list(counts) == [4, 0, 0, 4]
    # The first of those that are equal stands for them; ended operations are left as they are.
    folded = [None, digest("Noël"), None, digest("a b")]
    assert [row.folded for row in rows] == [*folded, *[None] * 8, *folded]


#: Plain, decomposed twice over, and with a no-break space.
VALUES = ["Anna", "Noe\u0308l", "No\u200bël", "a\xa0b"]


def test_a_try_to_build_the_index_that_was_cut_off_is_made_good(database: Database) -> None:
    migrate(database, revision="base")
    try:
        migrate(database, revision="0012")
        with database.transaction() as connection:
            connection.execute(text("CREATE INDEX operation_values_folded ON operations (id)"))
    finally:
        migrate(database)
    with database.transaction() as connection:
        on = text("SELECT tablename FROM pg_indexes WHERE indexname = 'operation_values_folded'")
        assert connection.execute(on).scalars().all() == ["operation_values"]


def test_the_tables_are_what_the_code_believes(database: Database) -> None:
    def columns_only(_name: str | None, kind: str, *_: object) -> bool:
        # Indexes and defaults are the migration's business; the code never names them.
        return kind in ("schema", "table", "column")

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": columns_only, "compare_type": True}
        )
        differences = [
            difference
            for difference in compare_metadata(context, metadata)
            if not str(difference[0]).endswith(("index", "constraint", "fk"))
        ]
    assert differences == []


def test_what_is_in_use_is_counted_when_the_counters_come(database: Database) -> None:
    migrate(database, revision="base")
    try:
        migrate(database, revision="0005")
        with database.transaction() as connection:
            connection.execute(text("INSERT INTO accounts (name) VALUES ('a'), ('b'), ('c')"))
            connection.execute(text(OPERATIONS))
    finally:
        migrate(database)
    with database.transaction() as connection:
        rows = connection.execute(
            text("SELECT open_operations, held_values FROM accounts ORDER BY id")
        )
        assert [tuple(row) for row in rows] == [(1, 14), (1, 10), (0, 0)]


JOBS = """
INSERT INTO jobs (id, account_id, type, operation_id, target_name, trace_id)
SELECT gen_random_uuid(), account_id, 'AI_GENERATE_DATA', id, name, 't'
FROM operations ORDER BY number
"""

#: One that works and one that has ended, with four values, of `a`; a deleted one and one that
#: works, of `b`.
OPERATIONS = """
INSERT INTO operations (
    id, account_id, name, data_type, attributes, max_value_length, requested_count,
    filter_characters, allow_duplicates, trim_values, multiline_values, error_tolerance,
    priority, open_count, generated_count, status, end_time, deleted_at
)
SELECT gen_random_uuid(), account, 'n', 'd', '[]', 9, 10, '', true, true, true, 9, 9, 0, 4,
    CASE WHEN ended THEN 'FAILED' ELSE 'STARTED' END,
    CASE WHEN ended THEN now() END, CASE WHEN gone THEN now() END
FROM (VALUES (1, false, false), (1, true, false), (2, true, true), (2, false, false))
    AS made (account, ended, gone)
"""
