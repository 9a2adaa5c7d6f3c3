"""MySQL's connector, on a MariaDB of the system's: all that a schema may have, copied whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotReachable,
    NotSupported,
)
from shared.connectors.interface import Address, Limits, Secrets, Source, Target, refuse_same
from shared.connectors.mysql.catalogue import PROGRESS
from shared.connectors.mysql.source import MysqlSource
from shared.connectors.opening import open_source, open_target
from shared.host_list import HostList
from shared.synthesis.schema import Kind, Schema, TableName
from tests.support.mariadb import PASSWORD, MariaDb, mariadb
from tests.support.ssh import PASSWORD as SSH_PASSWORD
from tests.support.ssh import USER, ssh_server
from tests.support.tls import Authority, make_authority

pytestmark = pytest.mark.field

LIMITS = Limits(hosts=HostList.parse("localhost"), connect_seconds=10, statement_seconds=60)

SCHEMA = r"""
CREATE TABLE person (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(60) NOT NULL DEFAULT 'a\\b''c',
  email varchar(80) CHARACTER SET latin1 UNIQUE,
  boss_id int unsigned,
  born date,
  salary decimal(12,2),
  share float,
  weight double,
  active tinyint(1) NOT NULL DEFAULT 1,
  flags bit(9),
  avatar varbinary(20),
  notes text COMMENT 'with; a -- comment /* in */ it''s \\ text',
  extra json,
  token uuid,
  level enum('low','it''s high','x\\y'),
  seen timestamp(3) NULL,
  never datetime DEFAULT '0000-00-00 00:00:00',
  span time,
  place point,
  birth_year year AS (YEAR(born)) STORED,
  KEY by_name (name),
  CONSTRAINT person_boss FOREIGN KEY (boss_id) REFERENCES person (id),
  CONSTRAINT pay CHECK (salary >= 0)
) COMMENT='AUTO_INCREMENT=77 is no counter';
CREATE TABLE `order` (
  person_id int unsigned NOT NULL,
  number smallint NOT NULL,
  `odd ``name; --` varchar(20),
  PRIMARY KEY (person_id, number),
  FOREIGN KEY (person_id) REFERENCES person (id) ON DELETE CASCADE
);
CREATE TABLE line (
  person_id int unsigned NOT NULL,
  number smallint NOT NULL,
  position binary(2) NOT NULL,
  amount bigint,
  PRIMARY KEY (person_id, number, position),
  CONSTRAINT line_order FOREIGN KEY (person_id, number) REFERENCES `order` (person_id, number)
);
CREATE TABLE log (said varchar(30), at datetime(6));
CREATE TABLE parted (id int NOT NULL, v varchar(9), PRIMARY KEY (id))
  PARTITION BY RANGE (id)
  (PARTITION low VALUES LESS THAN (10), PARTITION high VALUES LESS THAN MAXVALUE);
CREATE VIEW z_inner AS SELECT id, name FROM person WHERE active = 1;
CREATE VIEW a_outer AS SELECT upper(name) AS name FROM z_inner;
CREATE TRIGGER named BEFORE INSERT ON person FOR EACH ROW SET NEW.name = concat(NEW.name, '\\!');
CREATE TRIGGER logged AFTER INSERT ON `order` FOR EACH ROW INSERT INTO log VALUES ('order', now());
"""

PEOPLE = r"""
INSERT INTO person (id, name, email, boss_id, born, salary, share, weight, flags, avatar, notes,
  extra, token, level, seen, span, place) VALUES
 (1, 'Zoë "Q" \\ O''Hara', 'zoë@x.example', NULL, '1970-01-31', 99999999.99, 16777217,
  0.30000000000000004, b'100000001', x'00ff27', 'line\n\0tab\t😀 日本', '{"a": "ü"}',
  '123e4567-e89b-12d3-a456-426614174000', 'it''s high', '2024-06-01 12:00:00.123',
  '-838:59:59', POINT(1.5, -2)),
 (2, '', NULL, 1, NULL, 0, NULL, -1e300, NULL, NULL, '', NULL, NULL, 'x\\y', NULL, NULL, NULL),
 (4000000000, 'x', 'x@x.example', 2, '2000-02-29', NULL, 0.1, NULL, b'0', '', NULL, '[]', NULL,
  NULL, NULL, '00:00:01', NULL);
INSERT INTO `order` VALUES (1, 1, 'a'), (1, 2, NULL), (2, -5, ''';--');
INSERT INTO line VALUES (1, 1, x'0001', 9223372036854775807),
  (1, 1, x'2700', NULL), (2, -5, x'ffff', -1);
INSERT INTO parted VALUES (1, 'one'), (20, 'two');
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    with mariadb(tmp_path_factory.mktemp("mariadb")) as running:
        running.run(f"CREATE USER filler@localhost IDENTIFIED BY '{PASSWORD}'")
        running.run("GRANT ALL ON target.* TO filler@localhost")
        yield running


@pytest.fixture
def databases(server: MariaDb) -> None:
    server.fresh("source", "target")
    server.script(SCHEMA, database="source")
    # Triggers are for those who come later.
    server.script("SET @@session.sql_mode = ''; " + PEOPLE, database="source")
    server.run("UPDATE person SET name = trim(trailing '\\\\!' from name)", database="source")
    server.run(
        "TRUNCATE log", "INSERT INTO log VALUES ('kept', now(6)), ('kept', NULL)", database="source"
    )


def address(server: MariaDb, database: str, user: str = "root", **more: Any) -> Address:
    return Address(
        connector_type="mysql",
        host="127.0.0.1",
        port=server.port,
        database=database,
        username=user,
        **more,
    )


def source_of(server: MariaDb, database: str = "source", user: str = "reader") -> Source:
    return open_source(address(server, database, user), Secrets(password=PASSWORD), limits=LIMITS)


def target_of(
    server: MariaDb, database: str = "target", user: str = "filler", limits: Limits = LIMITS
) -> Target:
    return open_target(address(server, database, user), Secrets(password=PASSWORD), limits=limits)


def copy(
    source: Source, target: Target, *, rows: int = 2, decode: bool = False, bulk: bool = True
) -> list[str]:
    """A whole copy; the statements that had to be put back."""
    schema = source.reflect()
    if target.is_empty():
        target.create(source)
    assert target.differences(schema) == []
    statements = target.bare(schema, drop_indexes=True)
    target.lay_bare()
    target.clear(schema)
    for table in schema:
        names = [column.name for column in table.columns]
        for block, cut in enumerate(source.cuts(table, rows)):
            chunks = source.read(table, names, cut, decode=names if decode else ())
            written = target.write(table, names, chunks, run="r", block=block, bulk=bulk)
            assert written is not None
            assert target.write(table, names, iter(()), run="r", block=block) is None
    target.repair(statements)
    target.finish(schema)
    assert target.verify(schema) == []
    return statements


def dump(server: MariaDb, database: str) -> dict[str, Any]:
    """All that can be seen of a database."""
    found: dict[str, Any] = {}
    for name, kind in server.run(f"SHOW FULL TABLES FROM {database}"):
        word = "VIEW" if kind == "VIEW" else "TABLE"
        said = server.run(f"SHOW CREATE {word} `{name}`", database=database)[0][1]
        said = re.sub(r"DEFINER=`\w+`@`\w+` SQL SECURITY \w+", "", said)
        found[name] = said.replace(f"`{database}`.", "")
        # As bytes, so that a difference that a collation does not mind is seen.
        texts = [
            f"HEX(CAST(`{column.replace('`', '``')}`{'+0e0' * (type == 'float')} AS BINARY))"
            for column, type, *_ in server.run(f"SHOW COLUMNS FROM `{name}`", database=database)
        ]
        rows = server.run(f"SELECT {', '.join(texts)} FROM `{name}`", database=database)
        found[f"rows of {name}"] = sorted(rows, key=str)
    for row in server.run(f"SHOW TRIGGERS FROM {database}"):
        found[f"trigger {row[0]}"] = (row[1], row[2], row[3], row[4], row[6])
    return found


def test_what_information_schema_says(server: MariaDb, databases: None) -> None:
    with source_of(server) as source:
        schema = source.reflect()
    assert [table.name.name for table in schema] == ["line", "log", "order", "parted", "person"]
    person = schema[TableName("", "person")]
    kinds = {column.name: column.kind for column in person.columns}
    assert (kinds["extra"], kinds["token"], kinds["level"]) == (Kind.JSON, Kind.UUID, Kind.ENUM)
    assert (kinds["avatar"], kinds["flags"], kinds["place"]) == (
        *(Kind.BINARY, Kind.OTHER, Kind.OTHER),
    )
    assert (person["id"].identity, person["id"].lowest) == ("by default", 0)
    assert person["id"].highest == 2**32 - 1
    assert person["level"].labels == ("low", "it's high", "x\\y")
    assert person["birth_year"].generated
    assert (person["name"].length, person["notes"].length) == (60, 65_535 // 4)
    assert (person["salary"].precision, person["salary"].scale) == (12, 2)
    assert person.primary_key == ("id",)
    assert [unique.columns for unique in person.uniques] == [("email",)]
    assert ("pay", ("salary",)) in [(check.name, check.columns) for check in person.checks]
    (boss,) = person.foreign_keys
    assert (boss.columns, boss.table, boss.referred) == (("boss_id",), person.name, ("id",))
    (line_order,) = schema[TableName("", "line")].foreign_keys
    assert line_order.columns == line_order.referred == ("person_id", "number")
    assert Schema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.parametrize("bulk", [True, False])
def test_a_copy_is_the_same_to_the_last_byte(
    server: MariaDb, databases: None, decode: bool, bulk: bool
) -> None:
    with source_of(server) as source, target_of(server) as target:
        statements = copy(source, target, decode=decode, bulk=bulk)
    # Two triggers, each with its mode, and the marks of blocks.
    assert len(statements) == 5
    assert dump(server, "target") == dump(server, "source")


def test_triggers_are_off_while_loading_and_run_afterwards(
    server: MariaDb, databases: None
) -> None:
    with source_of(server) as source, target_of(server) as target:
        copy(source, target)
    assert server.run("SELECT COUNT(*) FROM log", database="target")[0][0] == 2
    server.run("INSERT INTO `order` VALUES (1, 9, NULL)", database="target")
    assert server.run("SELECT COUNT(*) FROM log", database="target")[0][0] == 3
    # The next number is behind the highest.
    server.run("INSERT INTO person (name) VALUES ('new')", database="target")
    assert (
        server.run("SELECT MAX(id), MAX(name) FROM person", database="target")[0][0]
        == 4_000_000_001
    )


def test_repairs_can_be_repeated_and_hold_after_a_kill(server: MariaDb, databases: None) -> None:
    with source_of(server) as source, target_of(server) as target:
        schema = source.reflect()
        target.create(source)
        statements = target.bare(schema, drop_indexes=True)
        target.lay_bare()
    assert server.run("SHOW TRIGGERS FROM target") == []
    with target_of(server) as target:
        target.repair(statements)
        target.repair(statements)
    assert [row[0] for row in server.run("SHOW TRIGGERS FROM target")] == ["logged", "named"]


def test_a_creation_that_was_interrupted_is_begun_anew(
    server: MariaDb, databases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with source_of(server) as source, target_of(server) as target:
        with monkeypatch.context() as patch:
            patch.setattr(MysqlSource, "views", lambda _: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                target.create(source)
        assert len(server.run("SHOW TABLES FROM target")) > 1
        assert target.is_empty()
        target.create(source)
        assert not target.is_empty()
        assert target.differences(source.reflect()) == []
    assert (PROGRESS,) not in server.run("SHOW TABLES FROM target")


def test_a_source_is_only_read(server: MariaDb, databases: None) -> None:
    # As root, who could write.
    before = dump(server, "source")
    with source_of(server, user="root") as source:
        for statement in (
            "INSERT INTO log VALUES ('x', NULL)",
            "DROP TABLE line",
            "CREATE TABLE made (id int)",
        ):
            with pytest.raises(NotPermitted):
                source.execute(statement)  # type: ignore[attr-defined]
        source.reflect()
    assert dump(server, "source") == before


def test_a_connection_sees_one_moment(server: MariaDb, databases: None) -> None:
    with source_of(server) as source:
        orders = source.reflect()[TableName("", "order")]
        before = source.count(orders)
        server.run("DELETE FROM line", "DELETE FROM `order`", database="source")
        assert source.count(orders) == before
        assert source.export_snapshot() is None


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_cuts_are_all_rows_once(server: MariaDb, databases: None, rows: int) -> None:
    with source_of(server) as source:
        for table in source.reflect():
            names = [column.name for column in table.columns]
            (everything,) = [*source.read(table, names, decode=names)] or [None]
            cuts = source.cuts(table, rows)
            pieces = [
                row
                for cut in cuts
                for chunk in source.read(table, names, cut, decode=names)
                for row in zip(*chunk.columns.values(), strict=True)
            ]
            assert everything is not None
            assert pieces == list(zip(*everything.columns.values(), strict=True))
            assert len(cuts) >= min(len(pieces) // rows, 1)
    server.run("DELETE FROM log", database="source")
    with source_of(server) as source:
        assert source.cuts(source.reflect()[TableName("", "log")], 10) == []


def test_distinct_keys_come_in_the_order_of_their_bytes(server: MariaDb, databases: None) -> None:
    server.run(
        "CREATE TABLE word (w varchar(9), n int)",
        "INSERT INTO word VALUES ('b',1),('B',1),('a',10),('a',10),('ä',9),('a ',2),(NULL,3)",
        database="source",
    )
    with source_of(server) as source:
        word = source.reflect()[TableName("", "word")]
        assert list(source.distinct(word, ["w"])) == [("B",), ("a",), ("a ",), ("b",), ("ä",)]
        assert list(source.distinct(word, ["n"])) == [("1",), ("10",), ("2",), ("3",), ("9",)]
        assert len(list(source.distinct(word, ["w", "n"]))) == 5


def test_a_sample_is_the_same_for_a_seed(server: MariaDb, databases: None) -> None:
    with source_of(server) as source:
        person = source.reflect()[TableName("", "person")]
        names = ["name", "extra", "share"]
        first, again = (source.sample(person, names, 2, seed=7) for _ in "12")
        assert first.rows == 2
        assert first.columns == again.columns
        assert source.sample(person, names, 9).rows == 3


def test_a_large_table_is_sampled_from_all_over(server: MariaDb, databases: None) -> None:
    server.run("CREATE TABLE many AS SELECT seq AS id FROM seq_1_to_300000", database="source")
    server.run("ALTER TABLE many ADD PRIMARY KEY (id)", "ANALYZE TABLE many", database="source")
    with source_of(server) as source:
        many = source.reflect()[TableName("", "many")]
        drawn = source.sample(many, ["id"], 500, seed=1).columns["id"]
        assert len(drawn) == 500
        assert min(map(int, map(str, drawn))) < 20_000
        assert max(map(int, map(str, drawn))) > 280_000
        assert (
            sum(
                chunk.rows
                for cut in source.cuts(many, 70_000)
                for chunk in source.read(many, ["id"], cut)
            )
            == 300_000
        )


def test_orphans_are_found_and_counted(server: MariaDb, databases: None) -> None:
    with source_of(server) as source, target_of(server) as target:
        schema = source.reflect()
        copy(source, target)
        server.run(
            "SET foreign_key_checks = 0", "DELETE FROM person WHERE id = 2", database="target"
        )
        told = " ".join(target.verify(schema))
    assert "1 rows of order refer to no row of person" in told
    assert "(the foreign key person_boss)" in told


def test_another_run_is_not_written_into(server: MariaDb, databases: None) -> None:
    with source_of(server) as source, target_of(server) as target:
        schema = source.reflect()
        target.create(source)
        target.clear(schema)
        log = schema[TableName("", "log")]
        assert (
            target.write(log, ["said", "at"], source.read(log, ["said", "at"]), run="new", block=0)
            == 2
        )
        with pytest.raises(ConnectorError, match="Another run"):
            target.write(log, ["said", "at"], source.read(log, ["said", "at"]), run="old", block=0)
        target.finish(schema)
        with pytest.raises(ConnectorError):
            target.write(log, ["said", "at"], source.read(log, ["said", "at"]), run="old", block=1)
        assert target.count(log) == 2


def test_a_block_that_fails_leaves_nothing(server: MariaDb, databases: None) -> None:
    with source_of(server) as source, target_of(server) as target:
        schema = source.reflect()
        target.create(source)
        target.clear(schema)
        person = schema[TableName("", "person")]
        (chunk,) = source.read(person, ["id", "name"], decode=["name"])
        chunk.replace("name", ["secret-value-" * 9] * chunk.rows)
        with pytest.raises(DataRefused) as raised:
            target.write(person, ["id", "name"], [chunk], run="r", block=0)
        assert "secret-value" not in str(raised.value)
        assert "name" in str(raised.value)
        assert target.count(person) == 0
        assert target.write(person, ["id"], source.read(person, ["id"]), run="r", block=0) == 3


def test_new_values_fit_into_old_character_sets(server: MariaDb, databases: None) -> None:
    server.run(
        "CREATE TABLE old (id int PRIMARY KEY, a varchar(9) CHARACTER SET ascii,"
        " l varchar(9) CHARACTER SET latin1, u varchar(9) CHARACTER SET utf8mb3, m varchar(9))",
        "INSERT INTO old VALUES (1, 'x', 'é€', 'x', 'x')",
        database="source",
    )
    names = ["id", "a", "l", "u", "m"]
    with source_of(server) as source, target_of(server) as target:
        target.create(source)
        target.clear(source.reflect())
        old = source.reflect()[TableName("", "old")]
        (chunk,) = source.read(old, names, decode=names)
        for name in ("a", "u", "m"):
            chunk.replace(name, ["Rüšo😀日"])
        target.write(old, names, [chunk], run="r", block=0)
        chunk.replace("l", ["Rüšo😀日ā"])
        chunk.replace("id", ["2"])
        target.write(old, names, [chunk], run="r", block=1)
    assert server.run("SELECT a, l, u, m FROM old ORDER BY id", database="target") == [
        ("Ruso??", "é€", "Rüšo?日", "Rüšo😀日"),
        ("Ruso??", "Rüšo??a", "Rüšo?日", "Rüšo😀日"),
    ]


def test_errors_name_the_key_and_not_the_value(server: MariaDb, databases: None) -> None:
    with source_of(server) as source, target_of(server) as target:
        schema = source.reflect()
        target.create(source)
        target.clear(schema)
        person = schema[TableName("", "person")]
        (chunk,) = source.read(person, ["id", "email"], decode=["email"])
        chunk.replace("email", ["secret' for key 'no"] * chunk.rows)
        with pytest.raises(DataRefused) as raised:
            target.write(person, ["id", "email"], [chunk], run="r", block=0)
    assert "secret" not in str(raised.value)
    assert "(email)" in str(raised.value).replace("'", "")


def test_one_database_is_not_its_own_target(server: MariaDb, databases: None) -> None:
    with (
        source_of(server, "target", "filler") as source,
        target_of(server) as target,
        pytest.raises(NotPermitted, match="the same database"),
    ):
        refuse_same(source, target)
    with source_of(server) as source, target_of(server) as target:
        refuse_same(source, target)


def test_code_of_a_source_runs_as_nobody_who_may_do_much(server: MariaDb, databases: None) -> None:
    with (
        source_of(server) as source,
        target_of(server, user="root") as target,
        pytest.raises(NotPermitted, match="triggers"),
    ):
        target.create(source)
    assert server.run("SHOW TABLES FROM target") == []
    trusted = Limits(**{**vars(LIMITS), "superusers": True})
    with source_of(server) as source, target_of(server, user="root", limits=trusted) as target:
        target.create(source)
    definers = {row[7] for row in server.run("SHOW TRIGGERS FROM target")}
    assert definers == {"root@localhost"}


def test_an_engine_without_transactions_is_a_difference(server: MariaDb, databases: None) -> None:
    server.run("ALTER TABLE log ENGINE=MyISAM", database="source")
    with source_of(server) as source, target_of(server) as target:
        target.create(source)
        (told,) = target.differences(source.reflect())
    assert "MyISAM, which knows no transactions" in told


def test_a_changed_target_is_told(server: MariaDb, databases: None) -> None:
    with source_of(server) as source, target_of(server) as target:
        target.create(source)
        server.run("ALTER TABLE log MODIFY said varchar(29)", database="target")
        (told, *_) = target.differences(source.reflect())
    assert "log.said" in told


def test_a_key_into_another_database_is_named(server: MariaDb, databases: None) -> None:
    server.run(
        "CREATE TABLE abroad (id int unsigned, FOREIGN KEY (id) REFERENCES source.person (id))",
        database="target",
    )
    with (
        source_of(server, "target", "filler") as source,
        pytest.raises(NotSupported, match="abroad leads into another database"),
    ):
        source.reflect()


def test_passwords_and_names_that_are_wrong(server: MariaDb, databases: None) -> None:
    with pytest.raises(NotPermitted) as raised:
        open_source(address(server, "source"), Secrets(password="wrong-Secret"), limits=LIMITS)
    assert "wrong-Secret" not in str(raised.value)
    with pytest.raises(ConnectorError, match="Unknown database"):
        open_source(address(server, "nowhere"), Secrets(password=PASSWORD), limits=LIMITS)
    with pytest.raises(NotPermitted, match="VALUEMILL_CONNECTOR_HOSTS"):
        open_source(address(server, "source"), Secrets(password=PASSWORD), limits=Limits())


def test_encryption_is_never_given_up_where_it_is_required(server: MariaDb) -> None:
    # This server has no certificate.
    for mode in ("require", "verify-ca", "verify-full"):
        with pytest.raises((NotReachable, NotPermitted)):
            open_source(
                address(server, "source", hooks_params={"SSL": {"ssl_mode": mode}}),
                Secrets(password=PASSWORD),
                limits=LIMITS,
            )


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def encrypting(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[MariaDb]:
    """A server with a certificate for 127.0.0.1 and localhost."""
    folder = authority.server.parent
    options = (f"--ssl-cert={folder}/server.crt", f"--ssl-key={folder}/server.key")
    with mariadb(tmp_path_factory.mktemp("encrypting"), *options) as running:
        running.fresh("shop")
        yield running


@pytest.mark.parametrize(
    ("mode", "given"),
    [
        *(("prefer", False), ("require", False), ("verify-ca", True), ("verify-full", True)),
        ("", True),
    ],
)
def test_a_connection_is_encrypted(
    encrypting: MariaDb, authority: Authority, mode: str, given: bool
) -> None:
    secrets = Secrets(password=PASSWORD, ssl_ca=authority.ca.read_text() if given else "")
    to = address(encrypting, "shop", hooks_params={"SSL": {"ssl_mode": mode}})
    with open_source(to, secrets, limits=LIMITS) as source:
        assert source.ask_one("SELECT @@version") != ""  # type: ignore[attr-defined]
        (row,) = source.ask("SHOW SESSION STATUS LIKE 'Ssl_cipher'")  # type: ignore[attr-defined]
        assert row[1]


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_strangers_certificate_is_not_believed(
    encrypting: MariaDb, authority: Authority, mode: str
) -> None:
    secrets = Secrets(password=PASSWORD, ssl_ca=authority.stranger.read_text())
    to = address(encrypting, "shop", hooks_params={"SSL": {"ssl_mode": mode}})
    with pytest.raises(NotPermitted, match="does not show that it is the one"):
        open_source(to, secrets, limits=LIMITS)


def test_through_a_tunnel(server: MariaDb, databases: None) -> None:
    with ssh_server() as stand:
        ssh = {"host": "127.0.0.1", "port": stand.port, "username": USER}
        to = address(server, "source", "reader", hooks_params={"SSHTunnel": ssh})
        secrets = Secrets(password=PASSWORD, ssh_password=SSH_PASSWORD)
        with open_source(to.with_host_key(stand.written_key), secrets, limits=LIMITS) as source:
            assert len(source.reflect().tables) == 5
            stand.drop()
            with pytest.raises(NotReachable, match="SSH tunnel"):
                source.reflect()
