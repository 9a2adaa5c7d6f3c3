"""The parts of the stack: what runs, with what, after what."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from signal import Signals

from deploy.local import redis
from deploy.local.files import write_private
from deploy.local.options import PROJECT
from deploy.local.part import Part, answers, listens, writes_file
from deploy.local.postgres import (
    API_ROLE,
    ENVIRONMENT,
    WORKER_ROLE,
    Cluster,
    accepts_connections,
    house,
    renewed,
    shop,
)
from deploy.local.site import FLOWER_USER, SAMPLE_PART, SMALL_PART, USER, Site

PYTHON = (sys.executable, "-m")
#: Variables that would bend a part away from what it is told here.
FOREIGN_PREFIXES = ("PG", "CELERY_", "FLOWER_", "SAMPLE_MODEL_", "SMALL_MODEL_", "GUNICORN_")
NO_PROXY = "127.0.0.1,localhost"


@dataclass(frozen=True, kw_only=True)
class Commands:
    """The programs of ours. ``{port}`` and ``{name}`` stand for the part's own."""

    migrate: tuple[str, ...] = (*PYTHON, "deploy.cli", "migrate")
    create_key: tuple[str, ...] = (*PYTHON, "deploy.cli", "keys", "create", "--account", "local")
    create_user: tuple[str, ...] = (
        *(*PYTHON, "deploy.cli", "users", "create", USER, "--account", "local", "--or-change"),
        *("--password-file", "{file}"),
    )
    worker: tuple[str, ...] = (*PYTHON, "deploy.cli", "worker", "--name", "{name}")
    sample_model: tuple[str, ...] = (*PYTHON, "deploy.sample_model", "--port", "{port}")
    small_model: tuple[str, ...] = (*PYTHON, "deploy.small_model", "--port", "{port}")
    api: tuple[str, ...] = (
        *(*PYTHON, "gunicorn", "--bind", "127.0.0.1:{port}"),
        *("--worker-class", "api.http.serving.Worker", "--workers", "1", "--threads", "16"),
        # The longest cursor, in a query, is longer than what gunicorn takes by itself.
        *("--worker-connections", "4000", "--limit-request-line", "8190"),
        *("--graceful-timeout", "5", "--no-control-socket", "api.app:create_app()"),
    )
    flower: tuple[str, ...] = (
        *(*PYTHON, "deploy.flower", "--address=127.0.0.1", "--port={port}"),
        "--logging=warning",
    )


def list_parts(site: Site, commands: Commands) -> list[Part]:
    """All parts of a stack, such that each comes after what it needs."""
    options = site.options
    parts = [_redis(site)]
    if site.ollama_hosts is None:
        parts.append(_model(site, commands))
    parts += [_postgres(site), _migrations(site, commands)]
    if options.shop:
        parts.append(_shop(site))
    if options.api:
        if not site.secrets.api_key:
            parts.append(create_key(site, commands))
        parts.append(_create_user(site, commands))
        parts.append(_api(site, commands))
    parts += [_worker(site, commands, number) for number in range(1, options.workers + 1)]
    if options.flower:
        parts.append(_flower(site, commands))
    return parts


def create_key(site: Site, commands: Commands) -> Part:
    """Makes an API key and leaves it in the site's key file."""
    return Part(
        name="api-key",
        argv=commands.create_key,
        env=_environment(site, _settings(site)),
        folder=PROJECT,
        log=site.log("api-key"),
        output=site.key_file,
        needs=("migrations",),
        once=True,
        address="for the account `local`",
    )


def _create_user(site: Site, commands: Commands) -> Part:
    """Makes the user, or has it have the site's password."""
    return Part(
        name="user",
        argv=_fill(commands.create_user, file=str(site.password_file)),
        env=_environment(site, _settings(site)),
        folder=PROJECT,
        log=site.log("user"),
        # Read by the command alone; never an argument, which others on the machine can see.
        prepare=partial(write_private, site.password_file, f"{site.secrets.user_password}\n"),
        needs=("migrations",),
        once=True,
        address=USER,
    )


def _postgres(site: Site) -> Part:
    return _cluster(
        site,
        "postgres",
        Cluster(
            data=site.data,
            log=site.log("postgres"),
            binaries=site.binaries,
            account=site.account,
            password=site.secrets.database_admin_password,
            first=house(site.secrets),
            again=renewed(site.secrets) if site.renew_passwords else (),
            durable=site.options.durable,
        ),
    )


def _shop(site: Site) -> Part:
    # A server of its own: workers never connect to the service's for somebody.
    return _cluster(
        site,
        "shop",
        Cluster(
            data=site.options.var / "shop",
            log=site.log("shop"),
            binaries=site.binaries,
            account=site.account,
            password=site.secrets.database_admin_password,
            first=shop(site.secrets),
            durable=False,
        ),
    )


def _cluster(site: Site, name: str, cluster: Cluster) -> Part:
    port = site.ports[name]
    return Part(
        name=name,
        argv=cluster.command(port),
        env=ENVIRONMENT,
        log=cluster.log,
        account=site.account,
        prepare=cluster.prepare,
        ready=accepts_connections(cluster.data),
        stop_signal=Signals.SIGINT,
        grace=30.0,
        hurry_signal=Signals.SIGQUIT,
        orphan_signal=Signals.SIGQUIT,
        address=f"127.0.0.1:{port}",
    )


def _redis(site: Site) -> Part:
    port = site.ports["redis"]
    config = site.options.var / "redis" / "redis.conf"
    password = site.secrets.redis_password
    return Part(
        name="redis",
        argv=(str(site.binaries.redis_server), str(config)),
        log=site.log("redis"),
        prepare=partial(redis.write_config, config, port=port, password=password),
        ready=listens(port),
        address=f"127.0.0.1:{port}",
    )


def _model(site: Site, commands: Commands) -> Part:
    name = site.model_part
    command, settings = {
        SAMPLE_PART: (commands.sample_model, site.options.sample_model),
        SMALL_PART: (commands.small_model, site.options.small_model),
    }[name]
    port = site.ports[name]
    return Part(
        name=name,
        argv=_fill(command, port=port),
        env=_environment(site, settings),
        folder=PROJECT,
        log=site.log(name),
        ready=answers(port, "/api/version"),
        address=site.url(name),
    )


def _migrations(site: Site, commands: Commands) -> Part:
    roles = {"VALUEMILL_API_ROLE": API_ROLE, "VALUEMILL_WORKER_ROLE": WORKER_ROLE}
    return Part(
        name="migrations",
        argv=commands.migrate,
        env=_environment(site, _settings(site) | roles),
        folder=PROJECT,
        log=site.log("migrations"),
        needs=("postgres",),
        once=True,
        address="the schema is up to date",
    )


def _api(site: Site, commands: Commands) -> Part:
    port = site.ports["api"]
    settings = _settings(site, database_url=site.api_database_url)
    return Part(
        name="api",
        argv=_fill(commands.api, port=port),
        env=_environment(site, settings | _sealing(site)),
        folder=PROJECT,
        log=site.log("api"),
        needs=("migrations", "redis"),
        ready=answers(port, "/healthz"),
        # Its own children watch it, but only every second; SIGQUIT lets it end them.
        orphan_signal=Signals.SIGQUIT,
        address=site.url("api"),
    )


def _worker(site: Site, commands: Commands, number: int) -> Part:
    name = f"worker-{number}"
    ready_file = site.options.var / "run" / f"{name}.ready"
    needs = ("migrations", "redis")
    settings = _settings(site, database_url=site.worker_database_url)
    return Part(
        name=name,
        argv=_fill(commands.worker, name=name),
        env=_environment(
            site, settings | _unsealing(site) | {"VALUEMILL_READY_FILE": str(ready_file)}
        ),
        folder=PROJECT,
        log=site.log(name),
        needs=(*needs, site.model_part) if site.ollama_hosts is None else needs,
        prepare=partial(_remove, ready_file),
        ready=writes_file(ready_file),
        address=f"{site.options.worker_concurrency} prompts at once",
    )


def _flower(site: Site, commands: Commands) -> Part:
    port = site.ports["flower"]
    environment = {
        "CELERY_BROKER_URL": site.broker_url,
        "FLOWER_BASIC_AUTH": f"{FLOWER_USER}:{site.secrets.flower_password}",
    }
    return Part(
        name="flower",
        argv=_fill(commands.flower, port=port),
        env=_environment(site, environment),
        folder=PROJECT,
        log=site.log("flower"),
        needs=("redis",),
        # Whoever has no password gets no other answer.
        ready=answers(port, "/", status=401),
        address=site.url("flower"),
    )


def _settings(site: Site, *, database_url: str = "") -> dict[str, str]:
    return {
        "VALUEMILL_DATABASE_URL": database_url or site.database_url,
        "VALUEMILL_BROKER_URL": site.broker_url,
        "VALUEMILL_SECRET_KEY": site.secrets.secret_key,
        "VALUEMILL_OLLAMA_HOSTS": site.gateways,
        "VALUEMILL_WORKER_CONCURRENCY": str(site.options.worker_concurrency),
        **_hosts(),
    }


def _hosts() -> dict[str, str]:
    """Databases on this machine, unless somebody has said otherwise."""
    name = "VALUEMILL_CONNECTOR_HOSTS"
    return {} if {name, f"{name}_FILE"} & os.environ.keys() else {name: "localhost"}


def _sealing(site: Site) -> dict[str, str]:
    """For the API, which closes boxes and cannot open them."""
    return {"VALUEMILL_CONNECTOR_PUBLIC_KEY": site.secrets.connector_public_key}


def _unsealing(site: Site) -> dict[str, str]:
    """For the workers alone."""
    return {"VALUEMILL_CONNECTOR_KEY": site.secrets.connector_key}


def _environment(site: Site, own: Mapping[str, str]) -> dict[str, str]:
    """``own``, on top of our own environment without what would contradict it."""
    settled = _settings(site) | _sealing(site) | _unsealing(site)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOREIGN_PREFIXES) and name.removesuffix("_FILE") not in settled
    }
    return {**inherited, **_surroundings(inherited), **own, **site.options.environment}


def _surroundings(inherited: Mapping[str, str]) -> dict[str, str]:
    """The project can be imported from any folder, and no proxy stands before our own ports."""
    path = [str(PROJECT), *filter(None, [inherited.get("PYTHONPATH")])]
    direct = {
        name: ",".join(filter(None, [inherited.get(name), NO_PROXY]))
        for name in ("NO_PROXY", "no_proxy")
    }
    return {"PYTHONPATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1", **direct}


def _fill(command: tuple[str, ...], **values: object) -> tuple[str, ...]:
    return tuple(
        word.format(**values) if "{" in word else word  # "create_app()" has no braces
        for word in command
    )


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
