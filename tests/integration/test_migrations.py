"""The schema: up, down, up again, and equal to what the code believes."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from shared.db.engine import Database
from shared.db.migrate import is_current, migrate
from shared.db.schema import metadata


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
