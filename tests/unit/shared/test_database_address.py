from __future__ import annotations

import traceback
from pathlib import Path
from urllib.parse import quote

import pytest

from shared.database_address import place_of, read_address
from shared.errors import ConfigurationError


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("postgres://u:p@h/db", {"user": "u", "password": "p", "host": "h", "dbname": "db"}),
        ("postgresql+psycopg://h:5433/db", {"host": "h", "port": "5433", "dbname": "db"}),
        ("postgresql://h/db?options=-csearch_path=x", {"options": "-csearch_path=x"}),
        ("postgresql://h/db?options=-csearch_path%3Dx", {"options": "-csearch_path=x"}),
        ("postgresql://h/db?options=-csearch_path=x%20-cwork_mem=8MB&sslmode=require",
         {"options": "-csearch_path=x -cwork_mem=8MB", "sslmode": "require"}),
        ("host=h dbname='the db' password='a b'", {"dbname": "the db", "password": "a b"}),
        ("postgresql:///db?host=/run/pg&port=5", {"host": "/run/pg", "port": "5"}),
        ("postgresql://one:1,two:2/db?target_session_attrs=read-write",
         {"host": "one,two", "port": "1,2", "target_session_attrs": "read-write"}),
        ("postgresql://u:p%40s%2Fs@[::1]:5/db", {"password": "p@s/s", "host": "::1"}),
        ("postgresql://u:p?a:s=s#x@h/db", {"password": "p?a:s=s#x", "host": "h"}),
    ],
)  # fmt: skip
def test_field_d6_an_address_is_read_as_libpq_reads_it(address: str, found: dict[str, str]) -> None:
    read = read_address(address)
    assert {name: read.get(name) for name in found} == found


BROKEN = {
    "mysql://u:{}@h/db": "must be PostgreSQL, not 'mysql'",
    "u:{}": "must look like postgresql",
    "{}": "must look like postgresql",
    "postgresql://u:{}": "its port is no number",
    "postgresql://u:x/{}@h/db": "write @ as %40, / as %2F",
    "postgresql://u:5/{}@h/db": "write @ as %40, / as %2F",
    "postgresql://u:x@{}@h/db": "write @ as %40, / as %2F",
    "postgresql://u:100%{}@h/db": "a % itself is written %25",
    "postgresql://u:%00{}@h/db": "holds a %00",
    "postgresql://u:%ff{}@h/db": "not UTF-8",
    "postgresql://u:x@h:{}/db": "its port is no number",
    "postgresql://u:x@h:99999/{}": "its port is no number",
    "postgresql://u:x@h:1,h:2,h/db?hostaddr={}": "another number of ports",
    "postgresql://u:x@[::1/{}": "is not closed",
    "postgresql://u:x@h/db?{}=1": "a parameter that libpq does not know",
    "postgresql://u:x@h/db?pasword={}": "a parameter that libpq does not know",
    "postgresql://u:x@h/db?{}": "not made of name=value",
    "postgresql://u:x@h/db?sslmode={}": "its sslmode is none of disable, allow",
    "postgresql://u:x@h/db?target_session_attrs={}": "its target_session_attrs is none of any",
    "postgresql://u:x@h/db?connect_timeout={}": "its connect_timeout is no whole number",
    "postgresql://u:x@h/db?sslrootcert={}": "its sslrootcert names a file that is not there",
    "host=h password=two {}": "must look like postgresql",
    "host=h password='{}": "is not closed",
}


@pytest.mark.parametrize("secret", ["hunter2", "höhlen~7", "quag%6Dire"])
@pytest.mark.parametrize("address", BROKEN)
def test_field_d6_what_is_wrong_with_an_address_is_a_line_without_a_part_of_it(
    address: str, secret: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_address(address.format(secret))
    assert BROKEN[address] in str(caught.value)
    assert "\n" not in str(caught.value)
    # Its trace may be logged; what led to it would quote the address.
    told = "".join(traceback.format_exception(caught.value, limit=-1))
    for form in (secret, quote(secret), "hunter", "höhlen", "quag", "%6Dire", "mire"):
        assert form not in told


def test_a_file_of_authorities_that_is_there_is_well(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    read_address(f"postgresql://h/db?sslmode=verify-full&sslrootcert={tmp_path}/ca.pem")
    read_address("postgresql://h/db?sslrootcert=system")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgres://u:pw@h:5433/db?sslmode=require", "h:5433/db"),
        ("postgresql://u:pw@h", "h:5432/u"),
        ("host=/run/pg dbname=db password=pw", "/run/pg:5432/db"),
        ("postgresql:///db", "the local socket:5432/db"),
    ],
)
def test_where_it_leads_is_shown_without_its_password(address: str, place: str) -> None:
    assert place_of(address) == place
