"""SQL Server's connector as far as it can be tried without a server: what it says, and to whom."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors import mssql
from shared.connectors.errors import NotPermitted, NotSupported
from shared.connectors.hosts import Place
from shared.connectors.interface import Address, Limits, Secrets
from shared.connectors.mssql import connecting, statements
from shared.connectors.mssql.catalogue import reflect
from shared.connectors.opening import open_source, open_target
from shared.connectors.reaching import Way
from shared.connectors.tls import Tls
from shared.host_list import HostList
from shared.synthesis.schema import Column, ForeignKey, Kind, Table, TableName

ADDRESS = Address(connector_type="mssql", host="db.example", database="shop", username="app")
WAY = Way(
    name="db.example",
    place=Place(host="db.example", addresses=("10.0.0.5",), port=1433),
    tls=Tls(mode="verify-full"),
    folder=Path("/scratch"),
)


def test_it_says_that_it_was_never_run() -> None:
    assert "not run against a server" in (mssql.__doc__ or "")
    assert "never run against a server" in connecting.UNTRIED


@pytest.mark.skipif(find_spec("pyodbc") is not None, reason="the driver is installed here")
@pytest.mark.parametrize("open_it", [open_source, open_target])
def test_without_a_driver_it_says_what_to_install(open_it: object) -> None:
    limits = Limits(hosts=HostList.parse("db.example"))
    with pytest.raises(NotSupported, match=r"valuemill\[mssql\].*never run against a server"):
        open_it(ADDRESS, Secrets(password="p"), limits=limits)  # type: ignore[operator]


def parts(text: str) -> dict[str, str]:
    """A connection string, as ODBC reads it: values in braces, in which ``}}`` is ``}``."""
    found, rest = {}, text
    while rest:
        key, _, rest = rest.partition("={")
        value = ""
        while True:
            piece, _, rest = rest.partition("}")
            value += piece
            if not rest.startswith("}"):
                break
            value, rest = value + "}", rest[1:]
        found[key.lstrip(";")] = value
    return found


@given(st.text().filter(lambda text: "\0" not in text))
def test_no_value_begins_another(text: str) -> None:
    address = replace(ADDRESS, database=text, username=text)
    found = parts(connecting.connection_string(WAY, address, Secrets(password=text)))
    assert (found["DATABASE"], found["UID"], found["PWD"]) == (text, text, text)
    assert found["SERVER"] == "tcp:10.0.0.5,1433"
    assert found["HostNameInCertificate"] == "db.example"


@pytest.mark.parametrize(
    ("mode", "encrypt", "trusting"),
    [
        ("disable", "no", "yes"),
        ("prefer", "no", "yes"),
        ("require", "yes", "yes"),
        ("verify-full", "yes", "no"),
    ],
)
def test_modes_of_encryption(mode: str, encrypt: str, trusting: str) -> None:
    way = replace(WAY, tls=Tls(mode=mode))
    found = parts(connecting.connection_string(way, ADDRESS, Secrets()))
    assert (found["Encrypt"], found["TrustServerCertificate"]) == (encrypt, trusting)


@pytest.mark.parametrize(
    "tls",
    [
        Tls(mode="verify-ca"),
        Tls(mode="require", ca=Path("/ca")),
        Tls(mode="require", certificate=Path("/c"), key=Path("/k")),
    ],
)
def test_what_its_driver_has_not_is_refused(tls: Tls) -> None:
    with pytest.raises(NotSupported):
        connecting.connection_string(replace(WAY, tls=tls), ADDRESS, Secrets())


def test_nul_is_in_no_value() -> None:
    with pytest.raises(NotPermitted):
        connecting.connection_string(WAY, ADDRESS, Secrets(password="a\0b"))


ID = Column(name="id", type="int", kind=Kind.INTEGER, nullable=False)
AT = Column(name="a]t", type="datetime2(7)", kind=Kind.TIMESTAMP, nullable=False)
DATA = Column(name="data", type="varbinary(max)", kind=Kind.BINARY)
TABLE = Table(name=TableName("dbo", "t"), columns=(ID, AT, DATA), primary_key=("id", "a]t"))


def test_rows_go_and_come_as_texts() -> None:
    query, parameters = statements.select(TABLE, [ID, AT, DATA], {"after": ["5", "2024-01-01"]})
    at = "CONVERT(datetime2(7), ?, 121)"
    assert query == (
        "SELECT CONVERT(nvarchar(max), [id]), CONVERT(nvarchar(max), [a]]t], 121),"
        " CONVERT(nvarchar(max), [data], 1) FROM [dbo].[t]"
        f" WHERE ([id] > CONVERT(int, ?) OR ([id] = CONVERT(int, ?) AND [a]]t] > {at}))"
        " ORDER BY [id], [a]]t]"
    )
    assert parameters == ["5", "5", "2024-01-01"]
    assert query.count("?") == len(parameters)
    assert statements.insert(TABLE, [ID, DATA]) == (
        "INSERT INTO [dbo].[t] ([id], [data])"
        " VALUES (CONVERT(int, ?), CONVERT(varbinary(max), ?, 1))"
    )


def test_orphans_are_rows_whose_whole_key_is_there_and_not_found() -> None:
    key = ForeignKey(
        name="k", columns=("id", "a]t"), table=TableName("dbo", "p"), referred=("x", "y")
    )
    assert statements.orphans(TABLE, key) == (
        "SELECT COUNT_BIG(*) FROM [dbo].[t] c WHERE c.[id] IS NOT NULL AND c.[a]]t] IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM [dbo].[p] p WHERE p.[x] = c.[id] AND p.[y] = c.[a]]t])"
    )


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(NotSupported):
        statements.name(name)


def test_a_schema_is_read_of_the_catalogue() -> None:
    rows = {
        "sys.columns c ON": [
            ("person", "id", "int", 4, 10, 0, False, True, False, None),
            ("person", "name", "nvarchar", 80, 0, 0, True, False, False, "('x')"),
            ("person", "pay", "decimal", 9, 12, 2, True, False, False, None),
            ("person", "whole", "nvarchar", -1, 0, 0, True, False, True, None),
        ],
        "sys.indexes": [
            ("person", "pk", True, True, False, "id"),
            ("person", "one", False, True, True, "name"),
            ("person", "by", False, False, False, "pay"),
        ],
        "sys.check_constraints": [("person", "paid", "([pay]>=(0))")],
        "sys.foreign_keys": [("person", "self", "id", "dbo", "person", "id")],
    }

    def ask(query: str, schema: str) -> list[tuple[object, ...]]:
        assert schema == "dbo"
        return next(found for sign, found in reversed(rows.items()) if sign in query)

    (person,) = reflect(ask, "dbo")
    assert [column.type for column in person.columns] == [
        *("int", "nvarchar(40)", "decimal(12,2)", "nvarchar(max)"),
    ]
    assert (person["id"].identity, person["id"].highest) == ("always", 2**31 - 1)
    assert (person["name"].length, person["whole"].generated) == (40, True)
    assert person.primary_key == ("id",)
    assert (person.uniques[0].partial, person.uniques[0].nulls_distinct) == (True, False)
    assert person.checks[0].columns == ("pay",)
    assert person.foreign_keys[0].table == person.name
