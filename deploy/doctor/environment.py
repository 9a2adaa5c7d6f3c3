"""The settings: do they make sense, and is one misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from deploy.doctor.findings import Finding, ok, problem, warning
from shared.broker_address import read_broker
from shared.database_address import read_address
from shared.environment import PREFIX
from shared.settings import Settings

#: Names that are no field of the settings.
OTHERS = (
    *("OLLAMA_HOSTS", "GATEWAY_MAX_CONCURRENT_TASKS", "BROKER_CA", "API_ROLE", "WORKER_ROLE"),
    *("CONNECTOR_KEY", "VAR", "OUT", "WORKERS", "EMBEDDED", "SMALL_MODEL", "URL", "KEY"),
    *("SOURCE_PASSWORD", "TARGET_PASSWORD"),
)

#: A shorter lease is lost to a pause of the host, in seconds.
SHORT_LEASE = 3.0

#: A random text of 16 characters or more has more different ones.
FEW_CHARACTERS = 8

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What is set; that it could be read is known."""
    yield from _misspelt(environment)
    if len(set(settings.secret_key)) < FEW_CHARACTERS:
        yield warning(
            "settings",
            f"{PREFIX}SECRET_KEY can be guessed",
            "use a random one, such as `openssl rand -hex 32` prints, for all API processes",
        )
    if settings.lease_seconds < SHORT_LEASE:
        yield warning(
            "settings",
            f"leases of {settings.lease_seconds:g} s are lost whenever a worker's host pauses",
            f"set {PREFIX}LEASE_SECONDS to {SHORT_LEASE:g} or more",
        )
    broker = read_broker(settings.broker_url)
    abroad = [host for host, _ in broker.hosts if host not in LOOPBACK]
    if broker.scheme != "rediss" and abroad:
        yield warning(
            "settings",
            f"the broker's password goes to {', '.join(abroad)} unencrypted",
            f"use rediss:// in {PREFIX}BROKER_URL, and {PREFIX}BROKER_CA for an authority of "
            "your own",
        )
    for gateway in settings.gateways:
        address = urlsplit(gateway.url)
        is_plain = address.scheme in ("http", "openai+http") and address.hostname not in LOOPBACK
        if gateway.access.shown and is_plain:
            yield warning(
                "settings",
                f"the {gateway.access.shown} of {address.hostname} goes there unencrypted",
                f"put a TLS proxy before it and name it as {address.scheme}s://, unless the way "
                "to it is your own",
            )
    yield from _sealing(settings)
    yield ok("settings", f"read; {len(settings.gateways)} gateway(s) named")


def _sealing(settings: Settings) -> Iterator[Finding]:
    """Whether what the API closes can be opened, where both keys are known."""
    public, private = settings.connector_public_key, settings.connector_keys
    if public and private and public not in {key.public for key in private}:
        yield problem(
            "settings",
            f"secrets that are sealed for {public.id} open with none of {PREFIX}CONNECTOR_KEY",
            f"give the workers the private key that belongs to {PREFIX}CONNECTOR_PUBLIC_KEY",
        )


def _misspelt(environment: Mapping[str, str]) -> Iterator[Finding]:
    known = {*OTHERS, *(field.name.upper() for field in fields(Settings))}
    names = {
        name.removeprefix(PREFIX).removesuffix("_FILE")
        for name in environment
        if name.startswith(PREFIX)
    }
    for name in sorted(names - known):
        for meant in difflib.get_close_matches(name, known, n=1, cutoff=0.8):
            yield warning(
                "settings",
                f"{PREFIX}{name} is no setting",
                f"{PREFIX}{meant} is; was it meant?",
            )


def secrets(settings: Settings) -> Sequence[str]:
    """What may never be shown, the longest first."""
    addresses = [
        settings.database_url,
        settings.broker_url,
    ]
    shown = [gateway.access for gateway in settings.gateways]
    found = {settings.secret_key, settings.openai_api_key}
    found |= {key.reveal() for key in settings.connector_keys}
    found |= {secret for each in shown for secret in (each.token, each.password)}
    for address in addresses:
        with suppress(ValueError):  # no address at all; a check will say so
            parts = urlsplit(address)
            found |= {parts.password or "", *(value for _, value in _passwords(parts.query))}
    # As libpq and Sentinels are told them, which is not always as in a URL.
    parameters = read_address(settings.database_url)
    found |= {value for name, value in parameters.items() if "password" in name}
    found |= {*read_broker(settings.broker_url).secrets}
    found |= {form for secret in found for form in (unquote(secret), quote(secret, safe=""))}
    return sorted(found - {""}, key=len, reverse=True)


def _passwords(query: str) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in parse_qsl(query) if "password" in name)
