"""Copies of PostgreSQL databases: equal in all that ``pg_dump`` shows, whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotReachable,
    NotSupported,
    SchemaDiffers,
)
from shared.connectors.interface import Chunk, Source
from shared.synthesis.schema import Kind, Schema, Table
from tests.support.copying import LIMITS, PASSWORD, WILD, Databases, copy, table_of, write_blocks
from tests.support.failover import Postgres


@pytest.fixture(scope="module")
def wild(bases: Databases) -> str:
    """A source with everything; tests only read it."""
    return bases.make(WILD)


# ---- whole copies -------------------------------------------------------------------------------


@pytest.mark.parametrize("bulk", [True, False], ids=["copy", "executemany"])
def test_a_copy_is_equal(bases: Databases, wild: str, bulk: bool) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        copy(source, target, bulk=bulk)
    assert bases.schema_of(name) == bases.schema_of(wild)
    assert bases.rows_of(name) == bases.rows_of(wild)


def test_a_copy_can_be_made_again_in_the_same_place(bases: Databases, wild: str) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        copy(source, target, decode=lambda _: [])
        copy(source, target, decode=lambda table: [c.name for c in table.columns], run="two")
        copy(source, target, drop_indexes=False, run="three")
    assert bases.schema_of(name) == bases.schema_of(wild)
    assert bases.rows_of(name) == bases.rows_of(wild)


def test_a_schema_with_an_odd_name_is_made_and_filled(bases: Databases) -> None:
    script = 'CREATE SCHEMA "my ""odd"".schéma"; SET search_path = "my ""odd"".schéma";' + WILD
    name, other = bases.make(script), bases.make()
    odd = 'my "odd".schéma'
    with (
        bases.source(name, schema_name=odd) as source,
        bases.target(other, schema_name=odd) as target,
    ):
        copy(source, target)
    assert bases.schema_of(other) == bases.schema_of(name)
    assert bases.rows_of(other) == bases.rows_of(name)


def test_a_block_is_written_once(bases: Databases, wild: str) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        schema = source.reflect()
        target.create(source)
        target.clear(schema)
        table = table_of(schema, "no_key")
        assert list(write_blocks(source, target, table)) == [104]
        assert list(write_blocks(source, target, table)) == [None]
        assert target.count(table) == 104
        with pytest.raises(ConnectorError, match="Another run"):
            list(write_blocks(source, target, table, run="other"))
        target.finish(schema)
        # Who was thought lost, and wakes up when all is over, writes nothing.
        with pytest.raises(ConnectorError, match="marks are gone"):
            list(write_blocks(source, target, table, run="one"))
        assert target.count(table) == 104


def test_where_no_table_can_be_made_the_first_key_tells_a_block(
    bases: Databases, wild: str
) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        target.create(source)
    bases.ask("ALTER SCHEMA public OWNER TO postgres", database=name)
    with bases.source(wild) as source, bases.target(name) as target:
        schema = source.reflect()
        statements = target.bare(schema, drop_indexes=True)
        assert not any("PRIMARY KEY" in each for each in statements)
        target.lay_bare()
        target.clear(schema)
        table = table_of(schema, "employees")
        assert list(write_blocks(source, target, table)) == [100] * 5
        assert list(write_blocks(source, target, table)) == [None] * 5
        with pytest.raises(NotPermitted, match="GRANT CREATE"):
            list(write_blocks(source, target, table_of(schema, "no_key")))


# ---- stops in the middle ------------------------------------------------------------------------


def test_a_target_gets_everything_back_however_far_a_repair_had_come(
    bases: Databases, wild: str
) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        target.create(source)
        whole = bases.schema_of(name)
        schema = source.reflect()
        statements = target.bare(schema, drop_indexes=True)
        assert bases.schema_of(name) == whole
        target.lay_bare()
        gone = set(whole.splitlines()) - set(bases.schema_of(name).splitlines())
        # Of these views and clusters stand on nothing, so they go; others stay where they are.
        for part in ("things_pkey PRIMARY", "a.b_quote", "during_excl", "INDEX employees_facts"):
            assert any(part in line for line in gone), part
        for part in ("departments_pkey PRIMARY", "returns_pkey PRIMARY", "INDEX events_note"):
            assert not any(part in line for line in gone), part
    for done in range(0, len(statements), 7):
        with bases.target(name) as target:
            target.repair(statements[:done])
    with bases.target(name) as target:
        target.repair(statements)
        target.repair(statements)
    assert bases.schema_of(name) == whole


def test_a_killed_process_leaves_what_can_be_gone_on_with(
    bases: Databases, wild: str, tmp_path: Path, project: Path
) -> None:
    """It is killed when some blocks are there, in the middle of another one."""
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        schema = source.reflect()
        target.create(source)
        statements = target.bare(schema, drop_indexes=True)
        target.lay_bare()
        target.clear(schema)
    program = textwrap.dedent(f"""
        import os, signal, sys
        from shared.connectors.interface import Address, Secrets
        from shared.connectors.opening import open_source, open_target
        from tests.support.copying import LIMITS, PASSWORD, table_of

        def opened(how, name):
            address = Address(connector_type="postgresql", host="127.0.0.1",
                              port={bases.server.port}, database=name, username="loader")
            return how(address, Secrets(password=PASSWORD), limits=LIMITS)

        def dying(chunks):
            yield from chunks
            os.kill(os.getpid(), signal.SIGKILL)

        with opened(open_source, {wild!r}) as source, opened(open_target, {name!r}) as target:
            table = table_of(source.reflect(), "employees")
            names = [column.name for column in table.columns]
            for block, cut in enumerate(source.cuts(table, 100)):
                chunks = source.read(table, names, cut)
                target.write(table, names, chunks if block < 2 else dying(chunks),
                             run="one", block=block)
    """)
    ended = subprocess.run([sys.executable, "-c", program], cwd=project, env=dict(os.environ))
    assert ended.returncode == -signal.SIGKILL
    with bases.source(wild) as source, bases.target(name) as target:
        table = table_of(schema, "employees")
        assert target.count(table) == 200
        assert list(write_blocks(source, target, table)) == [None, None, 100, 100, 100]
        for each in schema:
            if each != table:
                assert all(write_blocks(source, target, each))
        target.repair(statements)
        target.finish(schema)
        assert target.verify(schema) == []
    assert bases.schema_of(name) == bases.schema_of(wild)
    assert bases.rows_of(name) == bases.rows_of(wild)


def test_rows_that_do_not_fit_are_told_when_all_else_is_back(bases: Databases, wild: str) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        schema = source.reflect()
        target.create(source)
        whole = bases.schema_of(name)
        statements = target.bare(schema, drop_indexes=True)
        target.lay_bare()
        target.clear(schema)
        table = table_of(schema, "employees")
        for chunks in [with_values(source, table, "email", "the same")]:
            target.write(table, [c.name for c in table.columns], chunks, run="one", block=0)
        with pytest.raises(DataRefused) as refused:
            target.repair(statements)
        assert "employees_email" in str(refused.value)
        assert "the same" not in str(refused.value)
        missing = set(whole.splitlines()) - set(bases.schema_of(name).splitlines())
        found = target.verify(schema)
    # What refers to departments that are not there cannot be put back either; all else is.
    assert {line.split(" (")[0] for line in missing if line.startswith("CREATE")} == {
        "CREATE UNIQUE INDEX employees_email ON public.employees USING btree"
    }
    assert any("500 rows of public.employees refer to no row" in each for each in found)


def with_values(source: Source, table: Table, column: str, value: str) -> Iterator[Chunk]:
    names = [each.name for each in table.columns]
    for chunk in source.read(table, names, decode=[column]):
        chunk.replace(column, [value] * chunk.rows)
        yield chunk


# ---- what a schema looks like -------------------------------------------------------------------


def test_what_the_catalogue_says(bases: Databases, wild: str) -> None:
    with bases.source(wild) as source:
        schema = source.reflect()
    assert Schema.from_json(schema.to_json()) == schema
    people = table_of(schema, "employees")
    assert people["id"].identity == "always"
    assert people["bonus"].generated
    assert people["feels"].labels == ("sad", "so 'so'", "Happy")
    assert (people["moods"].kind, people["moods"].element) == (Kind.ARRAY, Kind.ENUM)
    assert (people["salary"].precision, people["salary"].scale) == (10, 2)
    code = people["department_code"]
    assert (code.kind, code.length, code.nullable) == (Kind.TEXT, 8, True)
    strict = table_of(schema, "departments")["code"]
    assert (strict.length, strict.nullable) == (8, False)
    assert {c.name: c.columns for c in people.checks} == {
        "born before, seen": ("born", "seen"),
        "employees_salary_check": ("salary",),
        "short_code_check": ("department_code",),
    }
    assert {(u.name, u.columns, u.partial, u.expression) for u in people.uniques} == {
        ("employees_email", ("email",), False, "lower(email)"),
        ("one_head", ("department",), True, ""),
    }
    (key,) = table_of(schema, "returns").foreign_keys
    assert (key.columns, key.referred, key.full) == (("o", "line"), ("Order", "select"), True)
    # A key does not refer to the parts of a partitioned table, but to it.
    (key,) = table_of(schema, "followups").foreign_keys
    assert key.table.name == "events"
    leaf = table_of(schema, "events_rest_a")
    assert leaf.parent is not None
    assert leaf.parent.name == "events_rest"
    assert [key.columns for key in leaf.foreign_keys] == [("employee",)]
    assert table_of(schema, "events").partitioned
    assert table_of(schema, "cars").parent == table_of(schema, "things").name


def test_cuts_hold_each_row_once(bases: Databases, wild: str) -> None:
    with bases.source(wild) as source:
        for table in source.reflect():
            names = [column.name for column in table.columns]
            for size in (1, 33, 10_000):
                cuts = source.cuts(table, size)
                rows = sum(c.rows for cut in cuts for c in source.read(table, names, cut))
                assert rows == source.count(table) or table.partitioned


def test_texts_are_those_that_stand_in_the_database(bases: Databases) -> None:
    name = bases.make(
        """CREATE TABLE texts (id integer PRIMARY KEY, a text, b char(3), c boolean, d inet);
        INSERT INTO texts VALUES (1, E'tab\\t nl\\n cr\\r bs\\\\ bell\\b ff\\f vt\\x0b', 'x', true,
          '10.0.0.1'), (2, '\\N', NULL, false, NULL), (3, '', 'abc', NULL, '::/0')"""
    )
    with bases.source(name) as source:
        table = table_of(source.reflect(), "texts")
        (chunk,) = source.read(table, ["a", "b", "c", "d"], decode=["a", "b", "c", "d"])
        assert chunk.columns == {
            "a": ["tab\t nl\n cr\r bs\\ bell\b ff\f vt\x0b", "\\N", ""],
            "b": ["x  ", None, "abc"],
            "c": ["t", "f", None],
            "d": ["10.0.0.1", None, "::/0"],
        }
        # Keys are told in the same form, and sorted by their bytes.
        assert list(source.distinct(table, ["b", "c"])) == [("x  ", "t")]
        assert next(source.distinct(table, ["a"])) == ("",)


def test_samples_are_the_same_for_a_seed(bases: Databases) -> None:
    name = bases.make(
        "CREATE TABLE many AS SELECT n AS id, md5(n::text) AS t FROM generate_series(1, 50000) n;"
        "ANALYZE many"
    )
    with bases.source(name) as source:
        table = table_of(source.reflect(), "many")
        one = source.sample(table, ["id"], 100, seed=1)
        assert one.rows == 100
        assert source.sample(table, ["id"], 100, seed=1).columns == one.columns
        assert source.sample(table, ["id"], 100, seed=2).columns != one.columns
        numbers = [int(each or 0) for each in one.columns["id"]]
        assert min(numbers) < 10_000
        assert max(numbers) > 40_000


def test_others_see_the_snapshot_and_nothing_newer(bases: Databases) -> None:
    name = bases.make("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)")
    with bases.source(name) as keeper:
        snapshot = keeper.export_snapshot()
        assert snapshot
        bases.run(name, "INSERT INTO t VALUES (2)")
        with bases.source(name) as other:
            table = table_of(other.reflect(), "t")
            assert other.count(table) == 2
            other.use_snapshot(snapshot)
            assert other.count(table) == 1
    with bases.source(name) as late, pytest.raises(ConnectorError):
        late.use_snapshot(snapshot)


def test_who_stops_reading_can_go_on_asking(bases: Databases) -> None:
    name = bases.make(
        "CREATE TABLE few AS SELECT generate_series(1, 500) AS id;"
        "CREATE TABLE many AS SELECT n, repeat('long', 500) FROM generate_series(1, 20000) n"
    )
    with bases.source(name) as source:
        snapshot = source.export_snapshot()
        table, many = (table_of(source.reflect(), each) for each in ("few", "many"))
        names = [column.name for column in many.columns]
        rows = source.read(many, names)
        next(rows)
        assert source.count(table) == 500
        # What was ended goes on nowhere, and disturbs nobody.
        with pytest.raises(ConnectorError):
            list(rows)
        rows = source.read(many, names)
        next(rows)
        rows.close()  # type: ignore[attr-defined]
        assert source.count(table) == 500
        with bases.source(name) as other:
            other.use_snapshot(str(snapshot))


def test_differences_are_named(bases: Databases, wild: str) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        target.create(source)
        bases.run(
            name,
            """ALTER TABLE employees ALTER tall TYPE real;
            ALTER TABLE employees ALTER born SET NOT NULL;
            ALTER TABLE returns ADD more integer;
            ALTER TABLE returns DROP CONSTRAINT returns_o_line_fkey;
            ALTER TYPE mood ADD VALUE 'new';
            DROP TABLE ruled;
            CREATE TABLE alone ();""",
        )
        found = "\n".join(target.differences(source.reflect()))
    for part in (
        "The type of public.employees.tall",
        "The nullability of public.employees.born",
        "The labels of public.employees.feels",
        "The column public.returns.more is in the target alone",
        "The foreign key returns_o_line_fkey of public.returns",
        "The table public.ruled is not in the target",
        "The table public.alone is in the target alone",
    ):
        assert part in found
    assert issubclass(SchemaDiffers, ConnectorError)


def test_a_key_into_another_schema_is_named(bases: Databases) -> None:
    name = bases.make(
        "CREATE SCHEMA other; CREATE TABLE other.t (id integer PRIMARY KEY);"
        "CREATE TABLE t (id integer CONSTRAINT abroad REFERENCES other.t)"
    )
    with bases.source(name) as source, pytest.raises(NotSupported, match=r"abroad .* other\.t"):
        source.reflect()


# ---- rights -------------------------------------------------------------------------------------


def test_sequences_go_on_behind_what_was_written_or_say_why_not(bases: Databases) -> None:
    name = bases.make("CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (41), (7)")
    other = bases.make()
    with bases.source(name) as source, bases.target(other) as target:
        copy(source, target)
        assert bases.ask("SELECT last_value, is_called FROM t_id_seq", database=other) == [
            (41, True)
        ]
        bases.ask("REVOKE ALL ON SEQUENCE t_id_seq FROM loader", database=other)
        with pytest.raises(NotPermitted, match="t_id_seq"):
            target.finish(source.reflect())


@pytest.mark.parametrize(
    ("kind", "options", "numbers", "last"),
    [
        ("integer", "", "0", (1, False)),
        ("integer", "", "-5, -7", (1, False)),
        ("bigint", "MAXVALUE 100", "200", (1, False)),
        ("bigint", "MAXVALUE 100", "7, 200", (7, True)),
        ("numeric", "", "10000000000000000000000, 'NaN', 6", (6, True)),
        ("float8", "", "9223372036854775807", (9223372036854775807, True)),
        ("integer", "INCREMENT -1", "3, -4", (-4, True)),
        ("integer", "INCREMENT -1 MINVALUE -9", "-20", (-1, False)),
    ],
)
def test_numbers_that_a_sequence_cannot_give_do_not_count(
    bases: Databases, kind: str, options: str, numbers: str, last: tuple[int, bool]
) -> None:
    rows = ", ".join(f"({number})" for number in numbers.split(", "))
    name, other = (
        bases.make(
            f"CREATE SEQUENCE s {options};"
            f"CREATE TABLE t (id {kind} PRIMARY KEY DEFAULT nextval('s'));"
            f"INSERT INTO t VALUES {rows}"
        ),
        bases.make(),
    )
    with bases.source(name) as source, bases.target(other) as target:
        copy(source, target)
    assert bases.ask("SELECT last_value, is_called FROM s", database=other) == [last]


def test_who_owns_nothing_is_told_what_is_missing(bases: Databases, wild: str) -> None:
    name = bases.make()
    with bases.source(wild) as source, bases.target(name) as target:
        target.create(source)
        schema = source.reflect()
    user = bases.make_role("writer")
    bases.ask(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}", database=name)
    with bases.target(name, user) as target, pytest.raises(NotPermitted, match='GRANT "loader"'):
        target.bare(schema, drop_indexes=True)
    # Who may switch off triggers and keys for a session does not need to own them.
    bases.ask(f"GRANT SET ON PARAMETER session_replication_role TO {user}")
    bases.ask(f"GRANT ALL ON SCHEMA public TO {user}", database=name)
    bases.ask(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {user}", database=name)
    with bases.source(wild) as source, bases.target(name, user) as target:
        # All there is to put away are the marks of blocks.
        assert all("valuemill_progress" in each for each in target.bare(schema, drop_indexes=True))
        target.lay_bare()
        target.clear(schema)
        for table in schema:
            assert all(write_blocks(source, target, table))
        assert target.verify(schema) == []
    # A trigger would have stamped them.
    assert bases.ask("SELECT DISTINCT last_updated::text FROM departments", database=name) == [
        ("2020-05-05 05:05:05",)
    ]


def test_one_database_by_two_names_is_refused(bases: Databases, wild: str) -> None:
    before = bases.rows_of(wild)
    with (
        bases.source(wild) as source,
        bases.target(wild, host="localhost") as target,
        pytest.raises(NotPermitted, match="same database"),
    ):
        copy(source, target)
    # Without the right to ask who the server is, too.
    bases.ask("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", database=wild)
    with (
        bases.source(wild) as source,
        bases.target(wild, host="localhost") as target,
    ):
        assert source.identity() == ""
        with pytest.raises(NotPermitted, match="same database"):
            copy(source, target)
    bases.ask("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC", database=wild)
    assert bases.rows_of(wild) == before


def test_a_replica_and_its_primary_are_one(
    bases: Databases, wild: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("replica") / "data"
    replica = Postgres(data, secrets=bases.server._secrets, primary=bases.server).start()
    try:
        with (
            bases.source(wild, port=replica.port) as source,
            bases.target(wild) as target,
            pytest.raises(NotPermitted, match="same database"),
        ):
            copy(source, target)
    finally:
        replica.kill()


def test_our_own_database_is_refused(bases: Databases, wild: str) -> None:
    from dataclasses import replace

    own = f"postgresql://loader:{PASSWORD}@127.0.0.1:{bases.server.port}/{wild}"
    # By address and port it is another server, as it would be through a tunnel or a pooler.
    limits = replace(LIMITS, own_databases=(own.replace("127.0.0.1", "localhost"),))
    for opener in (bases.source, bases.target):
        with pytest.raises(NotPermitted):
            opener(wild, limits=limits)


def test_errors_say_how_to_mend_them_and_nothing_secret(bases: Databases, wild: str) -> None:
    with pytest.raises(NotPermitted, match="user name or the password") as refused:
        bases.source(wild, "nobody_at_all")
    assert PASSWORD not in str(refused.value)
    with pytest.raises(NotPermitted, match="no such database"):
        bases.source("no_such_one")
    with pytest.raises(NotReachable):
        bases.source(wild, port=1)
