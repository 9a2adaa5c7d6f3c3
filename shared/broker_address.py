"""The address of the broker: a Redis, or the Sentinels that know which Redis is the primary. Pure.

``redis://:password@host:6379/0``; ``rediss://`` with TLS; and, as Celery writes it,
``sentinel://:password@one:26379/0;sentinel://two:26379``, where ``?master_name=`` says what the
Sentinels call it (``mymaster`` unless said), and ``?sentinel_password=`` (``sentinel_username=``)
is for the Sentinels themselves. User, password, database and parameters may stand at any one of
them; ``sentinel://one:26379,two:26379/0`` is the same in short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from shared.errors import ConfigurationError

FORM = "redis://:password@host:6379/0"
SENTINEL_FORM = "sentinel://:password@one:26379/0;sentinel://two:26379?master_name=mymaster"

MASTER_NAME = "mymaster"

_PORTS = {"redis": 6379, "rediss": 6379, "sentinel": 26_379}

#: Parameters of an address with TLS that both kombu and redis-py take; without TLS there are none.
_TLS_PARAMETERS = frozenset(
    {
        *("ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"),
        *("ssl_ca_path", "ssl_ca_data", "ssl_password", "ssl_ciphers"),
    }
)
_SENTINEL_PARAMETERS = frozenset({"master_name", "sentinel_username", "sentinel_password"})
_KNOWN = {
    "redis": frozenset[str](),
    "rediss": _TLS_PARAMETERS,
    "sentinel": _SENTINEL_PARAMETERS,
}
_CERT_REQS = ("none", "optional", "required")


@dataclass(frozen=True, kw_only=True)
class BrokerAddress:
    """Where the broker is, and what opens it.

    :param hosts: with their ports; of the Sentinels, where :attr:`sentinel` is set.
    :param sentinel: what the Sentinels call the Redis; empty where there are none.
    """

    scheme: str
    hosts: tuple[tuple[str, int], ...]
    username: str = ""
    password: str = field(default="", repr=False)
    database: int = 0
    sentinel: str = ""
    sentinel_username: str = ""
    sentinel_password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """To be shown: the hosts, without users and passwords."""
        return ", ".join(f"{_bracketed(host)}:{port}" for host, port in self.hosts)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may never be shown."""
        return tuple(filter(None, (self.password, self.sentinel_password)))

    @property
    def sentinel_url(self) -> str:
        """Of the Sentinels, as kombu reads it: each with all that the Redis is opened by."""
        user = ""
        if self.username or self.password:
            user = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}@"
        return ";".join(
            f"sentinel://{user}{_bracketed(host)}:{port}/{self.database}"
            for host, port in self.hosts
        )

    @property
    def sentinel_credentials(self) -> dict[str, Any]:
        """What the Sentinels themselves are shown."""
        given = {"username": self.sentinel_username, "password": self.sentinel_password}
        return {name: value for name, value in given.items() if value}


def read_broker(url: str) -> BrokerAddress:
    """Read an address.

    :raises ConfigurationError: when it is none, without repeating any of it.
    """
    urls = [_split(each) for each in url.strip().split(";") if each] or [_split("")]
    scheme = urls[0].scheme
    if any(each.scheme != scheme for each in urls) or (len(urls) > 1 and scheme != "sentinel"):
        raise ConfigurationError("only addresses that begin with sentinel:// can be several")
    parameters: dict[str, str] = {}
    for each in urls:
        parameters |= _parameters(each)
    # Of several, any one may say it.
    first = next((each for each in urls if "@" in each.netloc), urls[0])
    path = next((each.path for each in urls if each.path.strip("/")), "")
    address = BrokerAddress(
        scheme=scheme,
        hosts=tuple(host for each in urls for host in _hosts(each)),
        username=unquote(first.username or ""),
        password=unquote(first.password or ""),
        database=_database(path),
        sentinel=parameters.get("master_name", MASTER_NAME) if scheme == "sentinel" else "",
        sentinel_username=parameters.get("sentinel_username", ""),
        sentinel_password=parameters.get("sentinel_password", ""),
    )
    if scheme == "sentinel" and not address.sentinel:
        raise ConfigurationError(f"its master_name is empty; it looks like {SENTINEL_FORM}")
    return address


def _split(url: str) -> SplitResult:
    if re.search(r"[\x00-\x20\x7f]", url):
        raise ConfigurationError("it holds a blank or a line break; in a password, write %20")
    try:
        parts = urlsplit(url)
    except ValueError:  # an open bracket, or a host that is none
        raise ConfigurationError(f"it must look like {FORM}") from None
    # The clients know schemes in small letters only.
    if parts.scheme not in _PORTS or not url.startswith(f"{parts.scheme}:"):
        raise ConfigurationError(f"it must look like {FORM} or {SENTINEL_FORM}")
    # What stands behind a user's or a password's own /, ? or # is taken for a path and more.
    if parts.fragment or "@" in parts.path + parts.query or parts.netloc.count("@") > 1:
        raise ConfigurationError(
            "the user or the password in it holds a character that has a meaning in addresses; "
            "write / as %2F, ? as %3F, # as %23, ; as %3B, @ as %40 and % as %25"
        )
    return parts


def _hosts(parts: SplitResult) -> list[tuple[str, int]]:
    listed = parts.netloc.rpartition("@")[2].split(",")
    if len(listed) > 1 and parts.scheme != "sentinel":
        raise ConfigurationError(f"it names several hosts; only {SENTINEL_FORM} can")
    found = []
    for each in listed:
        try:
            host, port = _one_host(each)
        except ValueError:
            raise ConfigurationError(
                "its port is no number from 1 to 65535; a : or / in a password is written %3A "
                "or %2F"
            ) from None
        if not host:
            raise ConfigurationError(f"it names no host; it looks like {FORM}")
        found.append((host, _PORTS[parts.scheme] if port is None else port))
    return found


def _one_host(text: str) -> tuple[str, int | None]:
    """A host and its port, of what stands between commas.

    :raises ValueError: for a port that is none.
    """
    parts = urlsplit(f"//{text}")
    if parts.port == 0:
        raise ValueError
    return unquote(parts.hostname or ""), parts.port


def _database(path: str) -> int:
    name = path.strip("/")
    if name and not re.fullmatch(r"[0-9]{1,5}", name):
        raise ConfigurationError("its database, behind the last /, is no number such as 0")
    return int(name or 0)


def _parameters(parts: SplitResult) -> dict[str, str]:
    found = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = _KNOWN[parts.scheme]
    if not found.keys() <= known:
        raise ConfigurationError(
            f"it has a parameter that is none of {', '.join(sorted(known))}"
            if known
            else f"it has a parameter, and {parts.scheme}:// takes none"
        )
    if found.get("ssl_cert_reqs", _CERT_REQS[0]) not in _CERT_REQS:
        raise ConfigurationError(f"its ssl_cert_reqs is none of {', '.join(_CERT_REQS)}")
    return found


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
