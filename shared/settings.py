"""Settings: environment variables ``VALUEMILL_*``, read once into a frozen dataclass."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.addresses import OPEN, Access, Address, GatewayKind, NoAddress, kind_of
from shared.broker_address import FORM as BROKER_FORM
from shared.broker_address import read_broker
from shared.database_address import FORM as DATABASE_FORM
from shared.database_address import read_address
from shared.environment import PREFIX, Environment
from shared.errors import ConfigurationError
from shared.host_list import NOWHERE, HostList
from shared.looks import LEVERS, LOOKS
from shared.sealing import PrivateKey, PublicKey, parse_private_keys
from shared.tls import check_ca, secured_broker

#: No session of a user lasts longer.
MAX_SESSION_SECONDS = 7 * 24 * 60 * 60

#: Threads of one worker process.
MAX_CONCURRENCY = 512

#: With less, a process of synthesis could not even load its libraries.
LEAST_MEMORY_BYTES = 134_217_728


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one account may have in use at a time; 0 is no limit."""

    #: Operations that have not ended.
    open_operations: int = 0
    #: Values that are stored, or still to be generated.
    values: int = 0


UNLIMITED = Limits()


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """One model server and how many prompts it may work on at once, over all workers."""

    url: str
    max_concurrent_tasks: int
    #: What it is shown so that it lets us in.
    access: Access = OPEN


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that can be set. Times are in seconds."""

    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    #: Signs cursors, so all API processes of one deployment share it.
    secret_key: str = field(repr=False)
    gateways: tuple[GatewaySettings, ...] = ()
    #: Shown to the servers of OpenAI's API that have no key of their own; empty: none.
    openai_api_key: str = field(default="", repr=False)
    #: The model of requests that name none; empty: the first that the chosen gateway has.
    model: str = ""
    #: A file of certificates that gateways at https:// are checked by; empty: the system's own.
    ollama_ca: str = ""
    #: Prompts that one worker process can have under way.
    worker_concurrency: int = 8
    #: Values asked of the model in one prompt, at most.
    max_batch_values: int = 100
    #: The context window that models are run with; another value makes Ollama load them anew.
    context_tokens: int = 4_096
    temperature: float = 0.8
    #: Tokens less likely than this share of the likeliest one are never said.
    min_p: float = 0.05
    #: How long a model stays in a server's memory after its last prompt; negative: for ever.
    keep_alive: float = 1_800.0
    #: Makes the seeds of prompts repeatable.
    seed: int | None = None
    #: Have the servers fetch the models that work needs and no server has.
    pull_models: bool = False
    #: The looks at each value that are on, and the levers on how a model is asked; see
    #: ``shared.looks``.
    looks: tuple[str, ...] = LOOKS
    levers: tuple[str, ...] = LEVERS
    #: How long a worker's claim on a batch holds without a heartbeat.
    lease_seconds: float = 10.0
    sweep_seconds: float = 1.0
    #: How often a gateway is asked how it is.
    probe_seconds: float = 5.0
    connect_timeout: float = 5.0
    #: Until a model is in the server's memory.
    load_timeout: float = 900.0
    #: From sending a prompt to its first token, and between two tokens: at first, and at most.
    first_token_timeout: float = 300.0
    stall_timeout: float = 30.0
    #: Written by a worker when it can take work; for whoever supervises it.
    ready_file: str = ""
    #: Largest request body, in bytes.
    max_body_bytes: int = 1_048_576
    #: Requests of one API key, such as ``100/second;6000/minute``; empty: no limit.
    rate_limit: str = "30000/minute"
    #: Closes the secrets of customers' databases; for the API. None: it takes none.
    connector_public_key: PublicKey | None = None
    #: Open them; for workers alone. The first is that of the public key, others are older.
    connector_keys: tuple[PrivateKey, ...] = field(default=(), repr=False)
    #: Where customers' databases may be.
    connector_hosts: HostList = NOWHERE
    #: Whether code of a source's schema may be run by a target's superuser.
    connector_superusers: bool = False
    #: The folder in which databases of SQLite may be; empty: there are none.
    sqlite_folder: str = ""
    #: Processes that one worker may have at once for steps of synthesis; 0: one for each core.
    synthesis_processes: int = 0
    #: The most memory of each of them.
    synthesis_memory_bytes: int = 1_073_741_824
    #: Operations of one account that have not ended; 0: no limit.
    max_open_operations: int = 10_000
    #: Values of one account, stored or still to be generated; 0: no limit.
    max_account_values: int = 50_000_000
    #: How long a user stays signed in without asking for anything; at most a week.
    session_seconds: int = 3_600
    log_format: str = "console"
    log_level: str = "INFO"

    @property
    def limits(self) -> Limits:
        """What one account may have in use."""
        return Limits(open_operations=self.max_open_operations, values=self.max_account_values)

    def access_of(self, url: str) -> Access:
        """What to show to a gateway, which need not be one of these."""
        for gateway in self.gateways:
            if gateway.url == url:
                return gateway.access
        return Access(token=self.openai_api_key) if kind_of(url) == GatewayKind.OPENAI else OPEN

    @property
    def heartbeat_seconds(self) -> float:
        """At least four heartbeats a lease: three may be lost before the batch is.

        Never less often than once a second, because they also bring back cancelled prompts.
        """
        return min(self.lease_seconds / 4, 1.0)


def load(**known: str) -> Settings:
    """Read the settings from the environment.

    :param known: required settings that the caller has already, as ``broker_url=...``.
    :raises ConfigurationError: with a line for each variable that is missing or not valid.
    """
    environment = Environment()
    settings = _read(environment, known)
    environment.problems += _complaints(settings)
    environment.finish()
    return settings


def load_database_url() -> str:
    """Read the one setting that commands on the database need.

    :raises ConfigurationError: when it is missing, or no address of a database.
    """
    environment = Environment()
    url = environment.require("DATABASE_URL", such_as=DATABASE_FORM)
    if url:
        with environment.noting("DATABASE_URL"):
            read_address(url)
    environment.finish()
    return url


def _read(environment: Environment, known: Mapping[str, str]) -> Settings:
    """All settings; what is wrong is noted, and has its default."""
    openai_api_key = ""
    with environment.noting():
        openai_api_key = _api_key(
            environment.get("str", "OPENAI_API_KEY", ""), source=f"{PREFIX}OPENAI_API_KEY"
        )
    keep_alive = timedelta(seconds=Settings.keep_alive)
    found: dict[str, Any] = {
        **_read_required(environment, known),
        **_read_connectors(environment),
        "gateways": _read_gateways(environment, openai_api_key),
        "openai_api_key": openai_api_key,
        "keep_alive": environment.get("timedelta", "KEEP_ALIVE", keep_alive).total_seconds(),
        "log_level": environment.get("str", "LOG_LEVEL", Settings.log_level).upper(),
    }
    for name, choices, of in (("looks", LOOKS, "look"), ("levers", LEVERS, "lever")):
        found[name] = choices
        with environment.noting():
            text = environment.get("str", name.upper(), "all")
            found[name] = _read_names(name.upper(), text, choices, of=of)
    for setting in fields(Settings):
        if setting.name not in found:
            # The reader of a type has its name: env.int("SEED", None).
            kind = str(setting.type).removesuffix(" | None")
            found[setting.name] = environment.get(kind, setting.name.upper(), setting.default)
    return Settings(**found)


def _read_required(environment: Environment, known: Mapping[str, str]) -> dict[str, str]:
    """What has no default. What is known is taken as it is."""
    found = {}
    for name, such_as in _REQUIRED.items():
        found[name] = known.get(name) or environment.require(name.upper(), such_as=such_as)
        if not found[name] or name in known:
            continue
        with environment.noting(name.upper()):
            if name == "database_url":
                read_address(found[name])
            elif name == "broker_url":
                read_broker(found[name])
                with environment.noting():  # it says itself which variable it is about
                    ca = environment.get("str", "BROKER_CA", "")
                    found[name] = secured_broker(found[name], ca=ca)
            elif len(found[name]) < 16:
                raise ConfigurationError("it must have at least 16 characters")
    return found


#: What has no default, and what each looks like.
_REQUIRED = {
    "database_url": DATABASE_FORM,
    "broker_url": BROKER_FORM,
    "secret_key": "a random text of 16 characters or more, such as `openssl rand -hex 32` prints",
}


def _read_connectors(environment: Environment) -> dict[str, Any]:
    """What has to do with customers' databases; what is wrong is noted, as if it were not set."""
    readers: tuple[tuple[str, str, Any, Any], ...] = (
        ("connector_public_key", "CONNECTOR_PUBLIC_KEY", None, PublicKey.parse),
        ("connector_keys", "CONNECTOR_KEY", (), parse_private_keys),
        ("connector_hosts", "CONNECTOR_HOSTS", NOWHERE, HostList.parse),
    )
    found: dict[str, Any] = {}
    for name, variable, unset, read in readers:
        found[name] = unset
        text = environment.get("str", variable, "")
        if text:
            with environment.noting(variable):
                found[name] = read(text)
    return found


def load_connector_keys() -> tuple[PrivateKey, ...]:
    """Read the private keys alone, for the command that seals secrets anew.

    :raises ConfigurationError: when there are none.
    """
    environment = Environment()
    text = environment.require("CONNECTOR_KEY", such_as="the private keys of the workers")
    keys: tuple[PrivateKey, ...] = ()
    if text:
        with environment.noting("CONNECTOR_KEY"):
            keys = parse_private_keys(text)
    environment.finish()
    return keys


def _read_gateways(environment: Environment, api_key: str) -> tuple[GatewaySettings, ...]:
    default_slots = environment.get("int", "GATEWAY_MAX_CONCURRENT_TASKS", 4)
    if default_slots < 1:
        environment.problems.append(
            f"{PREFIX}GATEWAY_MAX_CONCURRENT_TASKS must be a number from 1 up"
        )
        default_slots = 1
    hosts = environment.get("list", "OLLAMA_HOSTS", ["http://127.0.0.1:11434"])
    gateways = []
    for host in filter(str.strip, hosts):
        with environment.noting():
            gateways.append(
                parse_gateway(host, default_slots=default_slots, default_api_key=api_key)
            )
    if not any(map(str.strip, hosts)):
        environment.problems.append(f"{PREFIX}OLLAMA_HOSTS names no server")
    return tuple(gateways)


def _read_names(setting: str, text: str, known: tuple[str, ...], *, of: str) -> tuple[str, ...]:
    """Read ``all``, ``none``, or names such as ``echo,markup``.

    :param of: what each of them is called.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names in (["all"], ["none"]):
        return known if names == ["all"] else ()
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ConfigurationError(
            f"{PREFIX}{setting}: {', '.join(unknown) or text!r} is no {of}; it is all, none, or "
            f"some of {', '.join(known)}"
        )
    return tuple(names)


def parse_gateway(text: str, *, default_slots: int, default_api_key: str = "") -> GatewaySettings:
    """Read ``gpu1``, ``http://gpu1:11434#max_concurrent_tasks=8`` and the like.

    What lets us in is a user and a password in the address, as in ``https://user:p%40ss@gpu1``, or
    a token in a file, as in ``openai+http://gpu1:8000/v1#key_file=/run/secrets/gpu1``.

    :raises ConfigurationError: for what is no address, without repeating a password in it.
    """
    try:
        address = Address.parse(text)
    except NoAddress:
        raise _no_address(text) from None
    options = dict(address.options)
    slots = options.pop("max_concurrent_tasks", str(default_slots))
    key_file = options.pop("key_file", None)
    if options:
        raise _no_address(text)
    if not slots.isdecimal() or int(slots) < 1:
        raise ConfigurationError(
            f"{PREFIX}OLLAMA_HOSTS: max_concurrent_tasks of {_shown(text)!r} must be a "
            "number from 1 up"
        )
    access = address.access
    if key_file is not None:
        if access.shown:
            raise ConfigurationError(
                f"{PREFIX}OLLAMA_HOSTS: {_shown(text)!r} has a password in it and a key_file "
                "behind it; a server is shown one of them"
            )
        access = Access(token=_read_key(key_file))
    elif not access.shown and kind_of(address.url) == GatewayKind.OPENAI:
        access = Access(token=default_api_key)
    return GatewaySettings(url=address.url, max_concurrent_tasks=int(slots), access=access)


def _no_address(text: str) -> ConfigurationError:
    return ConfigurationError(
        f"{PREFIX}OLLAMA_HOSTS: {_shown(text)!r} is not an address such as "
        "http://gpu1:11434, http://gpu1:11434#max_concurrent_tasks=8 or "
        "openai+http://gpu1:8000/v1"
    )


def _shown(address: str) -> str:
    """An address that may be none, without what may be a user, a password or a key."""
    address = re.sub(r"^(.*?://)?.*@", r"\1", address)
    address = re.sub(r"([?#]).*", r"\1...", address)
    # A port that is none may be the password of a user without a host.
    return re.sub(r":(?!//|[0-9]+(?:[/?#]|$)).*", ":...", address)


def _read_key(path: str) -> str:
    """A key from a file; no file is no key."""
    if not path:
        return ""
    # The key itself, where its file should be named, is not shown.
    shown = path if path.startswith("/") else "..."
    try:
        key = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"{PREFIX}OLLAMA_HOSTS: the key_file {shown!r} cannot be read ({reason})"
        ) from None
    return _api_key(key, source=f"{PREFIX}OLLAMA_HOSTS: the key_file {shown!r}")


def _api_key(key: str, *, source: str) -> str:
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigurationError(f"{source} holds something that is no API key")
    return key


def _complaints(settings: Settings) -> Iterator[str]:
    """What makes no sense, a line each."""
    # A number that is none, and one without end, are greater than nothing too.
    for name in _POSITIVE:
        if not 0 < getattr(settings, name) < math.inf:
            yield f"{PREFIX}{name.upper()} must be greater than 0"
    if not 0 <= settings.temperature < math.inf:
        yield f"{PREFIX}TEMPERATURE must be 0 or more"
    if not 0 <= settings.min_p <= 1:
        yield f"{PREFIX}MIN_P must lie between 0 and 1"
    for name in ("max_open_operations", "max_account_values"):
        if getattr(settings, name) < 0:
            yield f"{PREFIX}{name.upper()} must be 0 (no limit) or more"
    if settings.synthesis_processes < 0:
        yield f"{PREFIX}SYNTHESIS_PROCESSES must be 0 (one for each core) or more"
    if settings.synthesis_memory_bytes < LEAST_MEMORY_BYTES:
        yield f"{PREFIX}SYNTHESIS_MEMORY_BYTES must be {LEAST_MEMORY_BYTES} or more"
    if settings.session_seconds > MAX_SESSION_SECONDS:
        yield f"{PREFIX}SESSION_SECONDS may be at most {MAX_SESSION_SECONDS}, a week"
    if settings.worker_concurrency > MAX_CONCURRENCY:
        yield f"{PREFIX}WORKER_CONCURRENCY may be at most {MAX_CONCURRENCY}; run more workers"
    if settings.log_level not in logging.getLevelNamesMapping():
        yield f"{PREFIX}LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR"
    if settings.log_format not in ("console", "json"):
        yield f"{PREFIX}LOG_FORMAT must be console or json"
    if not _is_rate_limit(settings.rate_limit):
        yield f"{PREFIX}RATE_LIMIT must be such as 6000/minute or 100/second;6000/minute, or empty"
    if settings.ollama_ca:
        try:
            check_ca(settings.ollama_ca, variable=f"{PREFIX}OLLAMA_CA")
        except ConfigurationError as error:
            yield str(error)


_POSITIVE = (
    *("worker_concurrency", "max_batch_values", "context_tokens", "lease_seconds"),
    *("sweep_seconds", "probe_seconds", "connect_timeout", "load_timeout"),
    *("first_token_timeout", "stall_timeout", "max_body_bytes", "session_seconds"),
)


def _is_rate_limit(text: str) -> bool:
    if text in ("", Settings.rate_limit):
        return True
    from limits import parse_many  # slow to import, and mostly not needed

    try:
        return bool(parse_many(text))
    except ValueError:
        return False
