from __future__ import annotations

import base64
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.errors import NotPermitted
from shared.connectors.interface import Secrets
from shared.connectors.kerberos import ticket
from shared.connectors.keytab import BadKeytab, keep_only


def entry(principal: str, key: bytes = b"k" * 32) -> bytes:
    name, _, realm = principal.partition("@")
    parts = name.split("/")
    content = struct.pack(">h", len(parts))
    for word in (realm, *parts):
        content += struct.pack(">H", len(word)) + word.encode()
    content += struct.pack(">IIBhH", 1, 0, 3, 18, len(key)) + key
    return struct.pack(">i", len(content)) + content


APP, OTHER = entry("app@EXAMPLE.ORG", b"a" * 32), entry("http/web.example@EXAMPLE.ORG", b"b" * 32)
HOLE = struct.pack(">i", -7) + b"removed"
KEYTAB = b"\x05\x02" + OTHER + HOLE + APP + APP


def test_the_entries_of_one_principal_are_kept() -> None:
    assert keep_only(KEYTAB, "app@EXAMPLE.ORG") == b"\x05\x02" + APP + APP
    assert keep_only(KEYTAB, "app") == b"\x05\x02" + APP + APP
    assert keep_only(KEYTAB, "http/web.example") == b"\x05\x02" + OTHER


@pytest.mark.parametrize("principal", ["root@EXAMPLE.ORG", "app@OTHER.ORG", "ap", "http"])
def test_others_are_missed(principal: str) -> None:
    with pytest.raises(BadKeytab, match="no key of this principal"):
        keep_only(KEYTAB, principal)


@given(st.binary(max_size=60))
def test_what_is_no_keytab_is_refused(content: bytes) -> None:
    for text in (content, b"\x05\x02" + content, KEYTAB[:20] + content):
        with pytest.raises(BadKeytab):
            keep_only(text, "app@EXAMPLE.ORG")


def secrets(keytab: bytes = KEYTAB) -> Secrets:
    return Secrets(keytab=base64.encodebytes(keytab).decode())


def test_the_library_is_told_for_as_long_as_the_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5_CONFIG", "/etc/other.conf")
    monkeypatch.delenv("KRB5CCNAME", raising=False)
    with ticket({"principal": "app@EXAMPLE.ORG"}, secrets(), folder=tmp_path) as told:
        assert {name: os.environ[name] for name in told} == told
        assert os.environ["KRB5CCNAME"] == f"MEMORY:{tmp_path.name}"
        keytab = Path(os.environ["KRB5_CLIENT_KTNAME"].removeprefix("FILE:"))
        assert keytab.read_bytes() == b"\x05\x02" + APP + APP
        assert keytab.stat().st_mode & 0o777 == 0o600
        ours, operators = os.environ["KRB5_CONFIG"].split(":")
        # A realm is a client's word, and must not lead to servers that the DNS names.
        assert "dns_lookup_kdc = false" in Path(ours).read_text()
        assert operators == "/etc/other.conf"
    assert os.environ["KRB5_CONFIG"] == "/etc/other.conf"
    assert "KRB5CCNAME" not in os.environ


@pytest.mark.parametrize(
    ("settings", "given", "told"),
    [
        ({}, secrets(), "needs a principal"),
        ({"principal": "app"}, Secrets(), "needs a principal"),
        ({"principal": "app"}, Secrets(keytab="/etc/krb5.keytab"), "Base64"),
        ({"principal": "app"}, secrets(b"rubbish"), "no keytab"),
        ({"principal": "root"}, secrets(), "no key of this principal"),
    ],
)
def test_what_cannot_be_used_is_said(
    tmp_path: Path, settings: dict[str, str], given: Secrets, told: str
) -> None:
    with (
        pytest.raises(NotPermitted, match=told),
        ticket(settings, given, folder=tmp_path),
    ):
        pass
