"""Settings: environment variables ``VALUEMILL_*``, read once into a frozen dataclass.

A secret may come from a file instead: ``VALUEMILL_DATABASE_URL_FILE=/run/secrets/db`` is read
where ``VALUEMILL_DATABASE_URL`` is not set.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from environs import Env, EnvError, FileAwareEnv

from shared.addresses import OPEN, Access, Address, GatewayKind, NoAddress, kind_of
from shared.errors import ConfigurationError
from shared.looks import LEVERS, LOOKS
from shared.tls import check_ca, secured_broker

PREFIX = "VALUEMILL_"

#: Threads of one worker process.
MAX_CONCURRENCY = 512


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
    #: Operations of one account that have not ended; 0: no limit.
    max_open_operations: int = 10_000
    #: Values of one account, stored or still to be generated; 0: no limit.
    max_account_values: int = 50_000_000
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
    :raises ConfigurationError: naming the variable, when one is missing or not valid.
    """
    try:
        return _read(FileAwareEnv(prefix=PREFIX, strip_whitespace=True), known)
    except (EnvError, ValueError) as error:
        raise ConfigurationError(str(error)) from error


def load_database_url() -> str:
    """Read the one setting that commands on the database need.

    :raises ConfigurationError: when it is missing.
    """
    try:
        return FileAwareEnv(prefix=PREFIX, strip_whitespace=True).str("DATABASE_URL")
    except (EnvError, ValueError) as error:
        raise ConfigurationError(str(error)) from error


def _read(env: Env, known: Mapping[str, str]) -> Settings:
    default_slots = env.int("GATEWAY_MAX_CONCURRENT_TASKS", 4)
    hosts = env.list("OLLAMA_HOSTS", ["http://127.0.0.1:11434"])
    openai_api_key = _api_key(env.str("OPENAI_API_KEY", ""), source=f"{PREFIX}OPENAI_API_KEY")
    found: dict[str, Any] = {
        "database_url": known.get("database_url") or env.str("DATABASE_URL"),
        "broker_url": secured_broker(
            known.get("broker_url") or env.str("BROKER_URL"), ca=env.str("BROKER_CA", "")
        ),
        "secret_key": known.get("secret_key") or env.str("SECRET_KEY"),
        "gateways": tuple(
            parse_gateway(each, default_slots=default_slots, default_api_key=openai_api_key)
            for each in hosts
            if each
        ),
        "openai_api_key": openai_api_key,
        "keep_alive": env.timedelta(
            "KEEP_ALIVE", timedelta(seconds=Settings.keep_alive)
        ).total_seconds(),
        "looks": _read_names("LOOKS", env.str("LOOKS", "all"), LOOKS, of="look"),
        "levers": _read_names("LEVERS", env.str("LEVERS", "all"), LEVERS, of="lever"),
        "log_level": env.str("LOG_LEVEL", Settings.log_level).upper(),
    }
    for setting in fields(Settings):
        if setting.name not in found:
            # The reader of a type has its name: env.int("SEED", None).
            read = getattr(env, str(setting.type).removesuffix(" | None"))
            found[setting.name] = read(setting.name.upper(), setting.default)
    settings = Settings(**found)
    _check(settings)
    return settings


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
    """An address that may be none, without what may be a user and a password."""
    return re.sub(r"^(.*?://)?.*@", r"\1", address)


def _read_key(path: str) -> str:
    """A key from a file; no file is no key."""
    if not path:
        return ""
    try:
        key = Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"{PREFIX}OLLAMA_HOSTS: the key_file {path!r} cannot be read ({reason})"
        ) from error
    return _api_key(key, source=f"{PREFIX}OLLAMA_HOSTS: the key_file {path!r}")


def _api_key(key: str, *, source: str) -> str:
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigurationError(f"{source} holds something that is no API key")
    return key


def _check(settings: Settings) -> None:
    positive = (
        "worker_concurrency",
        "max_batch_values",
        "context_tokens",
        "lease_seconds",
        "sweep_seconds",
        "probe_seconds",
        "connect_timeout",
        "load_timeout",
        "first_token_timeout",
        "stall_timeout",
        "max_body_bytes",
    )
    for name in positive:
        if getattr(settings, name) <= 0:
            raise ConfigurationError(f"{PREFIX}{name.upper()} must be greater than 0")
    if not (settings.temperature >= 0 and 0 <= settings.min_p <= 1):
        raise ConfigurationError(
            f"{PREFIX}TEMPERATURE must be 0 or more, and {PREFIX}MIN_P lie between 0 and 1"
        )
    for name in ("max_open_operations", "max_account_values"):
        if getattr(settings, name) < 0:
            raise ConfigurationError(f"{PREFIX}{name.upper()} must be 0 (no limit) or more")
    if not settings.gateways:
        raise ConfigurationError(f"{PREFIX}OLLAMA_HOSTS names no server")
    if settings.worker_concurrency > MAX_CONCURRENCY:
        raise ConfigurationError(
            f"{PREFIX}WORKER_CONCURRENCY may be at most {MAX_CONCURRENCY}; run more workers"
        )
    if settings.log_level not in logging.getLevelNamesMapping():
        raise ConfigurationError(f"{PREFIX}LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR")
    if settings.log_format not in ("console", "json"):
        raise ConfigurationError(f"{PREFIX}LOG_FORMAT must be console or json")
    if settings.ollama_ca:
        check_ca(settings.ollama_ca, variable=f"{PREFIX}OLLAMA_CA")
    if len(settings.secret_key) < 16:
        raise ConfigurationError(f"{PREFIX}SECRET_KEY must have at least 16 characters")
