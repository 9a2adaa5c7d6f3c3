"""Types, dumps and errors of PostgreSQL, without a server."""

from __future__ import annotations

import psycopg
import pytest

from shared.connectors.errors import DataRefused, NotReachable, NotSupported
from shared.connectors.interface import Address, Secrets
from shared.connectors.postgresql.dumping import choose, cut_out
from shared.connectors.postgresql.errors import translate
from shared.connectors.postgresql.types import Base, digits_of, kind_of, length_of, range_of
from shared.synthesis.schema import Kind


def base(name: str, category: str = "S", *, modifier: int = -1, **more: object) -> Base:
    given: dict[str, object] = {"builtin": True, "type": "b", **more}
    return Base(name=name, category=category, modifier=modifier, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "kind"),
    [
        (base("int4", "N"), Kind.INTEGER),
        (base("numeric", "N"), Kind.NUMBER),
        (base("money", "N"), Kind.OTHER),
        (base("varchar"), Kind.TEXT),
        (base("citext", builtin=False), Kind.TEXT),
        (base("int4", builtin=False), Kind.OTHER),
        (base("mood", "E", type="e", builtin=False), Kind.ENUM),
        (base("_text", "A"), Kind.ARRAY),
        (base("timestamptz", "D"), Kind.TIMESTAMP),
        (base("tsvector", "U"), Kind.OTHER),
    ],
)
def test_kinds(of: Base, kind: Kind) -> None:
    assert kind_of(of) is kind


def test_what_a_modifier_says() -> None:
    assert length_of(base("varchar", modifier=34)) == 30
    assert length_of(base("varchar")) is None
    assert digits_of(base("numeric", "N", modifier=(10 << 16 | 2) + 4)) == (10, 2)
    # numeric(3, -2), from PostgreSQL 15 on
    assert digits_of(base("numeric", "N", modifier=(3 << 16 | (-2 & 0x7FF)) + 4)) == (3, -2)
    assert digits_of(base("numeric", "N")) == (None, None)
    assert range_of(base("int2", "N")) == (-32768, 32767)
    assert range_of(base("text")) == (None, None)


LISTED = b"""; Archive created at 2026
;
5; 2615 2200 SCHEMA - public owner
3650; 0 0 COMMENT - SCHEMA public owner
221; 1259 16390 TABLE public Order Lines loader
222; 1259 16391 SEQUENCE OWNED BY public s loader
223; 0 0 COMMENT public TABLE t loader
"""


def test_listed_kinds_are_taken_and_others_are_named() -> None:
    taken = choose(LISTED, "It").decode().splitlines()
    assert [line.split()[3] for line in taken] == ["TABLE", "SEQUENCE", "COMMENT"]
    with pytest.raises(NotSupported, match="FOREIGN TABLE public far loader"):
        choose(LISTED + b"9; 1259 1 FOREIGN TABLE public far loader\n", "It")
    with pytest.raises(NotSupported, match="EVENT TRIGGER"):
        choose(b"9; 1259 1 EVENT TRIGGER - watching loader\n", "It")


def test_nothing_of_a_dump_is_for_psql() -> None:
    script = (
        b"--\n-- PostgreSQL database dump\n--\n\n\\restrict key\n\nSET x = 1;\n"
        b"\n--\n-- Name: t; Type: TABLE\n--\n\nCREATE TABLE t ();\n\n"
        b"--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict key\n"
    )
    assert cut_out(script) == b"\n--\n-- Name: t; Type: TABLE\n--\n\nCREATE TABLE t ();\n"
    assert cut_out(b"\\restrict key\n") == b""


def test_errors_without_a_code_are_lost_connections_or_bad_values() -> None:
    lost = translate(psycopg.OperationalError('FATAL: no such "secret" place'), "It")
    assert isinstance(lost, NotReachable)
    assert "secret" not in str(lost)
    assert isinstance(translate(psycopg.DataError("a \0"), "It"), DataRefused)


def test_secrets_are_in_no_representation() -> None:
    secrets = Secrets.from_json(
        {"password": "hush", "ssl_key": "hush", "keytab": "hush", "unknown": 1, "ssh_pkey": None}
    )
    assert secrets.password == secrets.keytab == "hush"
    assert "hush" not in repr(secrets)
    address = Address.from_json({"host": "h", "port": None, "password": "hush"}, connector_type="x")
    assert (address.host, address.port, address.connector_type) == ("h", None, "x")
    assert "hush" not in repr(address)
