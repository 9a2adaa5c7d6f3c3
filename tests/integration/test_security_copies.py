"""What an address, a source's schema or a source's rows must not do. See docs/security.md."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotSupported,
)
from shared.connectors.interface import Chunk, Source
from shared.connectors.postgresql.dumping import find_program
from tests.support.copying import LIMITS, PASSWORD, WILD, Databases, copy, literal, table_of

# ---- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "dbname=postgres user=postgres",
        "postgresql://postgres@127.0.0.1/postgres",
        "service=mine",
        "postgres' options='-c default_transaction_read_only=off",
        "base1 host=127.0.0.2",
    ],
)
def test_a_databases_name_is_a_name(bases: Databases, name: str) -> None:
    with pytest.raises(NotPermitted, match="no such database"):
        bases.source(name)


def test_our_own_environment_is_not_the_customers(
    bases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = bases.make("CREATE TABLE t (a integer)")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".pgpass").write_text(f"*:*:*:*:{PASSWORD}\n")
    (home / ".pgpass").chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PGSERVICE", "of-the-operator")
    monkeypatch.setenv("PGOPTIONS", "-c default_transaction_read_only=off -c no.such=1")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    with bases.source(name) as source:
        assert source.reflect().tables
    assert os.environ["PGSERVICE"] == "of-the-operator"
    # Nor does a password of ours open what a customer has no password for.
    from shared.connectors.interface import Secrets
    from shared.connectors.opening import open_source

    with pytest.raises(NotPermitted, match="wants a password"):
        open_source(bases.address(name), Secrets(), limits=LIMITS)


def test_a_host_that_is_not_listed_is_not_connected_to(bases: Databases) -> None:
    with pytest.raises(NotPermitted, match="VALUEMILL_CONNECTOR_HOSTS"):
        bases.source("any", host="192.0.2.1")


# ---- the source stays as it is ------------------------------------------------------------------


def test_a_source_is_not_written_though_its_role_could(bases: Databases) -> None:
    name, other = bases.make(WILD), bases.make()
    before = bases.rows_of(name), bases.schema_of(name)
    with bases.source(name) as source, bases.target(other) as target:
        copy(source, target)
        source.sample(table_of(source.reflect(), "employees"), ["id"], 5)
        for statement in (
            "SET transaction_read_only = off",
            "INSERT INTO public.no_key (a) VALUES (1)",
            "SELECT nextval('public.free_numbers')",
            "CREATE TABLE public.mine ()",
        ):
            with pytest.raises(ConnectorError):
                trying(source, statement)
    assert (bases.rows_of(name), bases.schema_of(name)) == before


def trying(source: Source, statement: str) -> None:
    with source.asking() as connection:  # type: ignore[attr-defined]
        connection.execute("SAVEPOINT trying")
        try:
            connection.execute(statement)
        finally:
            connection.execute("ROLLBACK TO SAVEPOINT trying")


def test_a_policy_of_the_source_runs_nothing_and_hides_nothing(bases: Databases) -> None:
    name = bases.make(
        """CREATE TABLE t (a integer); INSERT INTO t VALUES (1);
        CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'it ran'; END $$;
        CREATE POLICY p ON t USING (spy());
        ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY"""
    )
    with bases.source(name) as source:
        table = table_of(source.reflect(), "t")
        with pytest.raises(NotPermitted, match="row-level security"):
            source.count(table)


# ---- what a schema would run in the target ------------------------------------------------------

NASTY = [
    "quote\" 'both",
    "x; DROP TABLE victims; --",
    "line\n\\! touch /tmp/valuemill-was-here\n",
    "-- Name: x; Type: TABLE\n\\copy victims from program 'id'\n",
    "$$; DROP TABLE victims; $$",
    "%s %(name)s {} {0}",
    "select",
]


def test_names_that_are_sql_are_names(bases: Databases) -> None:
    def quoted(name: str) -> str:
        return psycopg.sql.Identifier(name).as_string(None)

    script = "CREATE TABLE victims (a integer); INSERT INTO victims VALUES (1);"
    for place, each in enumerate(NASTY):
        script += (
            f"CREATE TABLE {quoted(each)} (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            f" {quoted(each)} text DEFAULT {literal(each)} CHECK ({quoted(each)} <> 'x'));"
            f"INSERT INTO {quoted(each)} ({quoted(each)}) VALUES ({literal(each)});"
            f"CREATE INDEX {quoted('index ' + each)} ON {quoted(each)} ({quoted(each)});"
            f"COMMENT ON TABLE {quoted(each)} IS {literal(each)};"
            f"CREATE TYPE {quoted('type ' + each)} AS ENUM ({literal(each)});"
            f"CREATE VIEW {quoted(f'view {place} {each}')} AS SELECT * FROM {quoted(each)};"
        )
    name, other = bases.make(script), bases.make()
    with bases.source(name) as source, bases.target(other) as target:
        copy(source, target)
    assert bases.schema_of(other) == bases.schema_of(name)
    assert bases.rows_of(other) == bases.rows_of(name)
    assert not Path("/tmp/valuemill-was-here").exists()


TRAPS = """
CREATE FUNCTION trap() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'it ran'; END $$;
CREATE FUNCTION trap_trigger() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'it ran'; END $$;
CREATE TABLE t (id integer PRIMARY KEY, a text DEFAULT trap(), b text DEFAULT pg_sleep(3600)::text);
INSERT INTO t VALUES (1, 'a', 'b'), (2, NULL, NULL);
CREATE TRIGGER before BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trap_trigger();
CREATE TRIGGER always AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION trap_trigger();
ALTER TABLE t ENABLE ALWAYS TRIGGER always;
CREATE TRIGGER empty BEFORE TRUNCATE ON t FOR EACH STATEMENT EXECUTE FUNCTION trap_trigger();
CREATE RULE caught AS ON INSERT TO t DO ALSO SELECT trap();
CREATE VIEW v AS SELECT trap();
"""


@pytest.mark.parametrize("bulk", [True, False], ids=["copy", "executemany"])
def test_triggers_rules_views_and_defaults_do_not_run(bases: Databases, bulk: bool) -> None:
    name, other = bases.make(TRAPS), bases.make()
    with bases.source(name) as source, bases.target(other) as target:
        copy(source, target, bulk=bulk)
        copy(source, target, bulk=bulk, run="two")
    assert bases.schema_of(other) == bases.schema_of(name)
    assert bases.rows_of(other) == bases.rows_of(name)


def test_event_triggers_and_casts_do_not_come_along(bases: Databases) -> None:
    name, other = bases.make("CREATE TABLE t (a integer)"), bases.make()
    bases.ask(
        "CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION public.seen()",
        "CREATE CAST (public.t AS text) WITH INOUT",
        database=name,
    )
    with bases.source(name) as source, bases.target(other) as target:
        copy(source, target)
    assert bases.ask("SELECT count(*) FROM pg_event_trigger", database=other) == [(0,)]
    casts = "SELECT count(*) FROM pg_cast WHERE oid >= 16384"
    assert bases.ask(casts, database=other) == [(0,)]


CODE = [
    "CREATE TABLE t (a integer CHECK (evil(a) > 0))",
    "CREATE TABLE t (a integer DEFAULT evil(1))",
    "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (evil(a)) STORED)",
    "CREATE TABLE t (a integer); CREATE INDEX ON t (evil(a))",
    "CREATE TABLE t (a integer); CREATE INDEX ON t (a) WHERE evil(a) > 0",
    "CREATE DOMAIN d AS integer CHECK (evil(VALUE) > 0); CREATE TABLE t (a d)",
    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a",
    "CREATE TABLE t (a text CHECK (query_to_xml(a, true, true, '') IS NULL))",
    "CREATE OPERATOR === (FUNCTION = same, LEFTARG = integer, RIGHTARG = integer);"
    "CREATE TABLE t (a integer CHECK (a === 1))",
    "CREATE TABLE t (a integer, b integer); CREATE STATISTICS s ON (evil(a)), b FROM t",
    # (Of a function in SQL that says nothing but 1 PostgreSQL would have the 1 as the key.)
    "CREATE FUNCTION near(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS"
    " 'BEGIN RETURN $1; END'; CREATE TABLE t (a integer) PARTITION BY RANGE (near(a))",
    "CREATE FUNCTION gap(integer, integer) RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1.0';"
    "CREATE TYPE r AS RANGE (subtype = integer, subtype_diff = gap); CREATE TABLE t (a r)",
]


@pytest.mark.parametrize("code", CODE)
def test_code_of_a_source_does_not_run_as_a_superuser(bases: Databases, code: str) -> None:
    name = bases.make(
        "CREATE FUNCTION evil(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
        "CREATE FUNCTION same(integer, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS"
        " 'SELECT true';" + code
    )
    other = bases.make()
    bases.make_role(f"powerful_{other}", "SUPERUSER")
    with bases.source(name) as source, bases.target(other, f"powerful_{other}") as target:
        with pytest.raises(NotPermitted, match="is a superuser"):
            target.create(source)
        assert target.is_empty()


def test_a_superuser_gets_what_runs_no_code(bases: Databases) -> None:
    name = bases.make(
        """CREATE TABLE t (id serial PRIMARY KEY, at timestamptz DEFAULT now(),
          a varchar(9) CHECK (length(a) > 1 AND a NOT IN ('evil(', 'x') AND a ~ '^[a-z]+$'),
          n numeric(9, 2) GENERATED ALWAYS AS (round((1.5)::numeric, 1)) STORED);
        CREATE FUNCTION own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER fires BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION own();
        INSERT INTO t (a) VALUES ('abc'); CREATE INDEX ON t (lower(a))"""
    )
    other, user = bases.make(), bases.make_role("mighty", "SUPERUSER")
    with bases.source(name) as source, bases.target(other, user) as target:
        copy(source, target)
    assert bases.schema_of(other) == bases.schema_of(name)
    # The operator may trust a source as its server.
    third = bases.make()
    trusting = replace(LIMITS, superusers=True)
    wild = bases.make(WILD)
    with bases.source(wild) as source, bases.target(third, user, limits=trusting) as target:
        copy(source, target)
    assert bases.rows_of(third) == bases.rows_of(wild)


# ---- what others may see ------------------------------------------------------------------------


def program(folder: Path, script: str) -> Path:
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return folder


def test_the_password_is_in_no_command_line(bases: Databases, tmp_path: Path) -> None:
    name, other = bases.make("CREATE TABLE t (a integer)"), bases.make()
    real = find_program(18, ()).path.parent
    said = tmp_path / "said"
    # It stands in front of the real ones, and notes what it was called with.
    folder = program(tmp_path / "bin", f'echo "$@" >> {said}; exec {real}/$(basename "$0") "$@"')
    limits = replace(LIMITS, programs=(folder,))
    with bases.source(name) as source, bases.target(other, limits=limits) as target:
        target.create(source)
    assert "--schema-only" in said.read_text()
    assert PASSWORD not in said.read_text()


def test_a_pg_dump_with_known_holes_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = program(tmp_path / "old", "echo 'pg_dump (PostgreSQL) 17.5'")
    monkeypatch.setattr(
        "shared.connectors.postgresql.dumping._candidates", lambda _: [folder / "pg_dump"]
    )
    with pytest.raises(NotSupported, match=r"found here: 17\.5"):
        find_program(15, (folder,))
    program(tmp_path / "new", "echo 'pg_dump (PostgreSQL) 17.6'")
    monkeypatch.setattr(
        "shared.connectors.postgresql.dumping._candidates",
        lambda _: [folder / "pg_dump", tmp_path / "new" / "pg_dump"],
    )
    assert find_program(15, ()).minor == 6
    with pytest.raises(NotSupported, match="pg_dump 18 or newer"):
        find_program(18, ())


CANARY = "Xaverius Quintenlocher"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", CANARY),
        ("short", CANARY),
        ("day", CANARY),
        ("checked", CANARY),
        ("wanted", None),
        ("mood", CANARY),
        ("plain", f"{CANARY}\0"),
    ],
)
@pytest.mark.parametrize("bulk", [True, False], ids=["copy", "executemany"])
def test_no_value_gets_into_an_error(
    bases: Databases, column: str, value: str | None, bulk: bool
) -> None:
    name = bases.make(
        "CREATE TYPE moods AS ENUM ('fine'); CREATE TABLE t (number integer, short varchar(3),"
        " day date, checked text CHECK (length(checked) < 3), wanted text NOT NULL, mood moods,"
        " plain text)"
    )
    with bases.target(name) as target:
        schema = target.reflect()
        table = table_of(schema, "t")
        target.bare(schema, drop_indexes=True)
        target.clear(schema)
        row: dict[str, list[str | None]] = {"wanted": [CANARY], column: [value]}
        chunk = Chunk(rows=1, columns=row)
        with pytest.raises(ConnectorError) as refused:
            target.write(table, list(row), [chunk], run="one", block=0, bulk=bulk)
        assert CANARY not in str(refused.value)
        assert isinstance(refused.value, DataRefused)
        assert refused.value.__cause__ is None
        assert target.count(table) == 0
