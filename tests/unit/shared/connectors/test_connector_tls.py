from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from shared.connectors import tls
from shared.connectors.errors import NotPermitted
from shared.connectors.interface import Secrets
from tests.support.tls import Authority, make_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        *((mode, mode) for mode in tls.MODES),
        *((None, "prefer"), ("", "prefer")),
        *(("DISABLED", "disable"), ("Preferred", "prefer"), ("REQUIRED", "require")),
        *(("VERIFY_CA", "verify-ca"), ("VERIFY_IDENTITY", "verify-full"), (" Require", "require")),
    ],
)
def test_modes_have_the_words_of_both(given: str | None, read: str) -> None:
    assert tls.read_mode(given) == read


def test_who_gives_authorities_wants_them_asked() -> None:
    assert tls.read_mode(None, has_ca=True) == "verify-full"
    assert tls.read_mode("require", has_ca=True) == "require"


@pytest.mark.parametrize("mode", ["verify", "none", "prefer;x", "1"])
def test_an_unknown_mode_is_refused_and_not_repeated(mode: str) -> None:
    with pytest.raises(NotPermitted, match="none of disable, allow, prefer, require") as raised:
        tls.read_mode(mode)
    assert f"'{mode}'" not in str(raised.value)


def test_contents_are_written_under_our_own_names(authority: Authority, tmp_path: Path) -> None:
    server = authority.server.read_text()
    key, certificate = server.split("-----END PRIVATE KEY-----\n")
    secrets = Secrets(
        ssl_ca=authority.ca.read_text(),
        ssl_cert=certificate,
        ssl_key=f"{key}-----END PRIVATE KEY-----\n",
    )
    labels = {"ca_filename": "../../etc/x", "cert_filename": "/elsewhere/id", "key_filename": "k"}
    prepared = tls.prepare({**labels, "ssl_mode": "verify-ca"}, secrets, folder=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "server-ca.pem",
        "client.pem",
        "client.key",
    }
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())
    assert prepared.ca == tmp_path / "server-ca.pem"
    context = prepared.context()
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, False)


@pytest.mark.parametrize(
    ("mode", "given", "verify", "names"),
    [
        ("prefer", False, ssl.CERT_NONE, False),
        ("require", False, ssl.CERT_NONE, False),
        ("require", True, ssl.CERT_REQUIRED, False),
        ("verify-ca", True, ssl.CERT_REQUIRED, False),
        ("verify-full", True, ssl.CERT_REQUIRED, True),
    ],
)
def test_modes_check_what_they_say(
    authority: Authority,
    tmp_path: Path,
    mode: str,
    given: bool,
    verify: ssl.VerifyMode,
    names: bool,
) -> None:
    secrets = Secrets(ssl_ca=authority.ca.read_text()) if given else Secrets()
    context = tls.prepare({"ssl_mode": mode}, secrets, folder=tmp_path).context()
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (verify, names)


def test_without_an_authority_of_its_own_those_of_the_host_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    prepared = tls.prepare({"ssl_mode": "verify-full"}, Secrets(), folder=tmp_path)
    assert prepared.ca == authority.ca
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setattr(tls, "_LISTS", (str(tmp_path / "none"), str(authority.stranger)))
    prepared = tls.prepare({"ssl_mode": "verify-full"}, Secrets(), folder=tmp_path)
    assert prepared.ca == authority.stranger
    monkeypatch.setattr(tls, "_LISTS", ())
    with pytest.raises(NotPermitted, match="give the certificate of the authority"):
        tls.prepare({"ssl_mode": "verify-ca"}, Secrets(), folder=tmp_path)


def test_without_encryption_there_is_nothing_to_prepare(tmp_path: Path) -> None:
    assert tls.prepare({"ssl_mode": "disable"}, Secrets(), folder=tmp_path).context() is None


@pytest.mark.parametrize(
    "secrets",
    [
        Secrets(ssl_cert="-----BEGIN"),
        Secrets(ssl_key="Secret-Key"),
        Secrets(ssl_cert="rubbish", ssl_key="Secret-Key"),
        Secrets(ssl_ca="rubbish"),
        Secrets(ssl_ca="\0\ud800".encode("utf-8", "replace").decode()),
    ],
)
def test_what_is_no_certificate_is_refused_and_not_repeated(
    tmp_path: Path, secrets: Secrets
) -> None:
    with pytest.raises(NotPermitted) as raised:
        tls.prepare({}, secrets, folder=tmp_path)
    assert "Secret-Key" not in str(raised.value)
    assert str(tmp_path) not in str(raised.value)


def test_a_key_that_asks_for_a_passphrase_is_refused_at_once(
    authority: Authority, tmp_path: Path
) -> None:
    # A driver would ask at a terminal for it, and wait for ever.
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    locked = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"p")
    )
    certificate = "-----BEGIN CERTIFICATE" + authority.server.read_text().split("CERTIFICATE", 1)[1]
    with pytest.raises(NotPermitted, match="without a passphrase"):
        tls.prepare({}, Secrets(ssl_cert=certificate, ssl_key=locked.decode()), folder=tmp_path)
