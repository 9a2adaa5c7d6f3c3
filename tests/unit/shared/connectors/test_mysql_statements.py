"""What is written in statements for MySQL: names, values, definitions, ranges of keys."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.errors import NotSupported
from shared.connectors.mysql import cutting, definitions, quoting, types
from shared.synthesis.schema import Column, Kind, Table, TableName, Unique

TABLE = (
    "CREATE TABLE `person` (\n  `id` int(11) NOT NULL AUTO_INCREMENT,\n"
    "  `select` varchar(9) DEFAULT 'a) ENGINE=FEDERATED',\n"
    "  `x` int GENERATED ALWAYS AS (`id` + 1) STORED COMMENT 'CONNECTION=''x''',\n"
    "  PRIMARY KEY (`id`)\n"
    ") ENGINE=InnoDB AUTO_INCREMENT=4711 DEFAULT CHARSET=utf8mb4 COMMENT='AUTO_INCREMENT=7'"
)


@given(st.text(min_size=1).filter(lambda name: "\0" not in name))
def test_a_name_cannot_leave_its_quotes(name: str) -> None:
    # SQLite reads backticks as MySQL does.
    found = sqlite3.connect(":memory:").execute(f"SELECT 1 AS {quoting.name(name)}").description
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    assert found[0][0] == name


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(NotSupported):
        quoting.name(name)


@given(st.text().filter(lambda text: "\0" not in text))
def test_a_text_cannot_leave_its_quotes(text: str) -> None:
    literal = quoting.text(text.encode()).decode()
    assert sqlite3.connect(":memory:").execute(f"SELECT {literal}").fetchone() == (text,)


@given(st.binary())
def test_bytes_are_hexadecimal(value: bytes) -> None:
    literal = quoting.binary(value).decode()
    assert sqlite3.connect(":memory:").execute(f"SELECT {literal}").fetchone() == (value,)


@pytest.mark.parametrize("value", [b"1", b"-20", b"1.50", b"18446744073709551615"])
def test_numbers_are_compared_as_numbers(value: bytes) -> None:
    assert quoting.number_or_text(value) == value


@pytest.mark.parametrize("value", [b"", b"1 OR 1", b"1)", b"--1", b"1e5", b"1.", b"2024-01-01"])
def test_what_is_no_number_is_quoted(value: bytes) -> None:
    assert quoting.number_or_text(value) == b"'" + value + b"'"


def test_a_table_is_taken_over_without_its_counter() -> None:
    taken = definitions.table(TABLE, name="person")
    assert "AUTO_INCREMENT=4711" not in taken
    assert "COMMENT='AUTO_INCREMENT=7'" in taken
    assert taken.startswith(TABLE[:200])


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP DATABASE x", "not understood"),
        ("CREATE TABLE `other` (\n  `id` int\n) ENGINE=InnoDB", "not understood"),
        ("CREATE OR REPLACE TABLE `person` (\n  `id` int\n)", "not understood"),
        ("CREATE TABLE `person` SELECT load_file('/etc/passwd')", "not understood"),
        (f"{TABLE} SELECT 1 AS id", "SELECT"),
        (f"{TABLE} /*!50000 SELECT 1 AS id */", "SELECT"),
        (f"{TABLE} /*M!100000 AS TABLE x */", "AS"),
        (TABLE.replace("InnoDB", "FEDERATED CONNECTION='mysql://x'"), "federated"),
        (TABLE.replace("InnoDB", "`CONNECT`"), "''"),
        (TABLE.replace("InnoDB", "InnoDB CONNECTION='mysql://x'"), "CONNECTION"),
        (TABLE.replace("InnoDB", "InnoDB DATA DIRECTORY='/x'"), "DIRECTORY"),
        (TABLE.replace("InnoDB", "MRG_MyISAM UNION=(`a`)"), "mrg_myisam"),
        (TABLE + " PARTITION BY KEY (id) (PARTITION p DATA DIRECTORY='/x')", "DIRECTORY"),
        (TABLE.replace("'a) ENGINE=FEDERATED'", "(load_file('/etc/passwd'))"), "LOAD_FILE"),
    ],
)
def test_a_hostile_definition_is_refused(statement: str, told: str) -> None:
    with pytest.raises(NotSupported) as raised:
        definitions.table(statement, name="person")
    assert told in str(raised.value)


def test_a_view_reads_with_the_rights_of_its_reader() -> None:
    said = (
        "CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`%` SQL SECURITY DEFINER VIEW `v` AS "
        "select `shop`.`p`.`id` AS `id`,'`shop`.x' AS `t` from `shop`.`p`"
    )
    assert definitions.view(said, name="v", database="shop") == (
        "CREATE SQL SECURITY INVOKER VIEW `v` AS select `p`.`id` AS `id`,'`shop`.x' AS `t` from `p`"
    )


@pytest.mark.parametrize(
    "said",
    [
        "CREATE DEFINER=`root`@`localhost` trigger tr before insert on a for each row set @x=1",
        "CREATE DEFINER=`ro``ot`@`%` TRIGGER `tr`\nbefore insert on a for each row set @x=1",
        "CREATE OR REPLACE TRIGGER shop.tr before insert on a for each row set @x=1",
        "CREATE TRIGGER IF NOT EXISTS `shop` . `tr` before insert on a for each row set @x=1",
    ],
)
def test_a_trigger_is_made_by_who_makes_it(said: str) -> None:
    assert definitions.trigger(said, name="tr", database="shop") == (
        "CREATE TRIGGER `tr` before insert on a for each row set @x=1"
    )


@pytest.mark.parametrize(
    "said", ["GRANT ALL ON *.* TO x", "CREATE TRIGGER other before", "DROP TRIGGER tr; x", ""]
)
def test_another_statement_is_no_trigger(said: str) -> None:
    with pytest.raises(NotSupported):
        definitions.trigger(said, name="tr", database="shop")
    with pytest.raises(NotSupported):
        definitions.view(said, name="tr", database="shop")


def table(*columns: Column, key: tuple[str, ...] = (), uniques: tuple[Unique, ...] = ()) -> Table:
    return Table(name=TableName("", "t"), columns=columns, primary_key=key, uniques=uniques)


NUMBER = Column(name="n", type="int", kind=Kind.INTEGER, nullable=False)
TEXT = Column(name="t", type="varchar(9)", kind=Kind.TEXT)
BYTES = Column(name="b", type="binary(2)", kind=Kind.BINARY, nullable=False)


def test_a_range_of_a_key_is_written_out() -> None:
    keyed = table(NUMBER, TEXT, BYTES, key=("n", "t", "b"))
    cut = {"after": [b"5".hex(), b"it's".hex(), "00ff"]}
    assert cutting.condition(keyed, cut) == (
        " WHERE (`n` > 5 OR (`n` = 5 AND (`t` > 'it''s' OR (`t` = 'it''s' AND `b` > x'00ff'))))"
    )
    assert (
        cutting.condition(table(NUMBER, key=("n",)), {"until": [b"9".hex()]}) == " WHERE `n` <= 9"
    )
    assert cutting.condition(keyed, {}) == ""


def test_rows_are_told_by_a_key_that_is_whole() -> None:
    assert cutting.key_of(table(NUMBER, TEXT, key=("n",))) == ("n",)
    assert cutting.key_of(table(NUMBER, TEXT)) == ()
    usable = Unique(name="u", columns=("n",))
    assert cutting.key_of(table(NUMBER, TEXT, uniques=(usable,))) == ("n",)
    for useless in (
        Unique(name="u", columns=("t",)),
        Unique(name="u", columns=("n",), partial=True),
        Unique(name="u", columns=("n",), expression="lower(n)"),
    ):
        assert cutting.key_of(table(NUMBER, TEXT, uniques=(useless,))) == ()


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("enum('a','b')", ("a", "b")),
        ("enum('it''s','a,b','')", ("it's", "a,b", "")),
        ("enum('x\\\\y','line\\n')", ("x\\y", "line\n")),
    ],
)
def test_labels_of_an_enum(said: str, labels: tuple[str, ...]) -> None:
    assert types.labels_of(said) == labels


@pytest.mark.parametrize(
    ("data_type", "column_type", "bounds"),
    [
        ("tinyint", "tinyint(1)", (-128, 127)),
        ("bigint", "bigint(20) unsigned", (0, 2**64 - 1)),
        ("mediumint", "mediumint", (-(2**23), 2**23 - 1)),
        ("varchar", "varchar(9)", (None, None)),
    ],
)
def test_integers_have_a_range(
    data_type: str, column_type: str, bounds: tuple[int | None, int | None]
) -> None:
    assert types.range_of(data_type, column_type) == bounds
