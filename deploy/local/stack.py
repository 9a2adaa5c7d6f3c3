"""The embedded stack as one object: up, down, and what to know about it in between."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from signal import Signals

import httpx

from deploy.local.binaries import find_binaries
from deploy.local.errors import LocalStackError, PortTaken
from deploy.local.files import set_aside, write_private
from deploy.local.lock import FolderLock
from deploy.local.model import ModelChoice, choose_model
from deploy.local.options import LocalOptions
from deploy.local.parts import Commands, create_key, list_parts
from deploy.local.ports import Ports
from deploy.local.postgres import SHOP, SHOP_COPY
from deploy.local.secrets import SecretsFile
from deploy.local.site import FLOWER_USER, PORT_NAMES, USER, Site
from deploy.local.supervisor import Supervisor
from deploy.local.unprivileged import choose_account
from shared.settings import parse_gateway

ATTEMPTS = 3
#: Names of workers that may have left a log.
MOST_WORKERS = 64


@dataclass(frozen=True, kw_only=True)
class LocalInfo:
    """A running stack, as ``var/local.json`` tells it. Empty strings: that part does not run."""

    api_url: str
    api_key: str = field(repr=False)
    flower_url: str
    flower_user: str
    flower_password: str = field(repr=False)
    #: As the owner of the tables, for tools.
    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    model_urls: list[str]
    pids: dict[str, int]
    #: Who signs in to the second API.
    user_email: str = ""
    user_password: str = field(default="", repr=False)
    #: As the API and the workers connect.
    api_database_url: str = field(default="", repr=False)
    worker_database_url: str = field(default="", repr=False)
    #: A made-up shop, and the database for its copy.
    shop_url: str = field(default="", repr=False)
    shop_copy_url: str = field(default="", repr=False)


class LocalStack:
    """PostgreSQL, Redis, a model, API, workers and Flower, on free loopback ports.

    Used as a context manager, or with ``start`` and ``stop``; from one thread. It installs no
    signal handlers: a KeyboardInterrupt while it starts takes everything down.
    """

    def __init__(self, options: LocalOptions, *, commands: Commands | None = None) -> None:
        self._options = options
        self._commands = commands or Commands()
        self._lock = FolderLock(options.var)
        self._secrets_file = SecretsFile(options.var)
        self._local_json = options.var / "local.json"
        self._ports: Ports | None = None
        self._supervisor: Supervisor | None = None
        self._site: Site | None = None
        self._published = False
        self._publishing = threading.Lock()
        self._model = ModelChoice(None, "")

    def start(self) -> LocalInfo:
        """Bring every part up and return when all are ready.

        :raises AlreadyRunning: when another stack uses the same folder.
        :raises LocalStackError: when a part does not start; nothing is left running.
        """
        self._take_folder()
        try:
            self._bring_up()
            self._ensure_key()
            self._published = True
            self._publish()
            return self.info
        except OSError as error:
            self.stop()
            raise LocalStackError(
                f"The stack cannot be brought up in {self._options.var}: {error}"
            ) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Take everything down, in order; harmless when nothing runs."""
        self._published = False
        if self._supervisor:
            self._supervisor.stop()
            self._local_json.unlink(missing_ok=True)
        if self._ports:
            self._ports.release()
        self._supervisor = self._ports = None
        self._lock.release()

    def wait(self) -> None:
        """Return when interrupted.

        :raises LocalStackError: when the supervision itself failed.
        """
        with suppress(KeyboardInterrupt):
            while self._running.is_alive():
                time.sleep(0.2)

    def restart_part(self, name: str) -> None:
        """End a part gently, start it again, and return when it is ready."""
        self._running.restart(name)

    def kill_part(self, name: str, signal: Signals = Signals.SIGKILL) -> None:
        """Send a signal to a part, as an accident would. It is started again when it ends."""
        self._running.kill(name, signal)

    @property
    def info(self) -> LocalInfo:
        """Addresses, keys and the process ids of this moment."""
        site, options = self._settled, self._options
        return LocalInfo(
            api_url=site.url("api") if options.api else "",
            api_key=site.secrets.api_key if options.api else "",
            user_email=USER if options.api else "",
            user_password=site.secrets.user_password if options.api else "",
            flower_url=f"{site.url('flower')}/" if options.flower else "",
            flower_user=FLOWER_USER if options.flower else "",
            flower_password=site.secrets.flower_password if options.flower else "",
            database_url=site.database_url,
            broker_url=site.broker_url,
            model_urls=[
                parse_gateway(host, default_slots=1).url
                for host in site.gateways.split(",")
                if host.strip()
            ],
            pids=self._running.pids(),
            api_database_url=site.api_database_url,
            worker_database_url=site.worker_database_url,
            shop_url=site.shop_url(SHOP) if options.shop else "",
            shop_copy_url=site.shop_url(SHOP_COPY) if options.shop else "",
        )

    @property
    def model_story(self) -> str:
        """Where the values come from, in words."""
        return self._model.story

    def __enter__(self) -> LocalStack:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _running(self) -> Supervisor:
        if self._supervisor is None:
            raise LocalStackError("The stack is not running.")
        return self._supervisor

    @property
    def _settled(self) -> Site:
        if self._site is None:
            raise LocalStackError("The stack is not running.")
        return self._site

    def _take_folder(self) -> None:
        var = self._options.var
        try:
            # PostgreSQL, which never runs as root, must be able to pass through the first.
            var.mkdir(parents=True, exist_ok=True)
            for folder in (var / "run", var / "logs"):
                folder.mkdir(mode=0o700, exist_ok=True)
            self._lock.acquire()
            self._clear_leftovers()
        except OSError as error:
            raise LocalStackError(
                f"{var} cannot be used for the stack's data: {error}. "
                "Set VALUEMILL_VAR to a folder that you may write to."
            ) from error

    def _clear_leftovers(self) -> None:
        """Put away what an earlier run left; touches nothing that is not ours by name."""
        var = self._options.var
        self._local_json.unlink(missing_ok=True)
        (var / "run" / "api-key").unlink(missing_ok=True)
        for leftover in (var / "run").glob("worker-*.ready"):
            leftover.unlink()
        workers = (f"worker-{number}" for number in range(1, MOST_WORKERS + 1))
        for part in (*PORT_NAMES, "migrations", "api-key", "user", *workers):
            log = var / "logs" / f"{part}.log"
            if log.exists():
                set_aside(log)

    def _bring_up(self) -> None:
        var = self._options.var
        data = var / "postgres"
        secrets, complete = self._secrets_file.load()
        if not data.exists():
            self._secrets_file.save(secrets)
        binaries = find_binaries()
        account = choose_account(data=data, program=binaries.postgres)
        self._model = choose_model(self._options.ollama_hosts, self._options.model)
        for attempt in range(1, ATTEMPTS + 1):
            self._ports = Ports(PORT_NAMES)
            self._site = Site(
                options=self._options,
                binaries=binaries,
                account=account,
                ports=self._ports.numbers,
                ollama_hosts=self._model.hosts,
                model_part=self._model.part,
                secrets=secrets,
                renew_passwords=not complete and data.exists(),
            )
            self._supervisor = Supervisor(report=self._report, launched=self._publish)
            self._supervisor.start(list_parts(self._site, self._commands))
            try:
                self._supervisor.wait_ready()
                break
            except PortTaken as error:
                if attempt == ATTEMPTS:
                    raise
                self._report(f"{str(error).splitlines()[0]} Starting over on other ports.")
                self._ports.release()
        self._secrets_file.save(secrets)

    def _ensure_key(self) -> None:
        """Keep the stored API key, unless the database does not know it."""
        site = self._settled
        if not self._options.api:
            return
        if not site.key_file.exists():
            if _accepts(site.url("api"), site.secrets.api_key):
                return
            self._running.add(create_key(site, self._commands))
            self._running.wait_ready()
        key = site.key_file.read_text(encoding="utf-8").strip()
        site.key_file.unlink()
        self._site = replace(site, secrets=self._secrets_file.remember_key(site.secrets, key))

    def _publish(self) -> None:
        """Write ``local.json``; called by the supervising thread too."""
        with self._publishing:
            if not self._published:
                return
            try:
                write_private(self._local_json, json.dumps(asdict(self.info), indent=2) + "\n")
            except OSError as error:
                self._report(f"{self._local_json} cannot be written: {error}")

    def _report(self, line: str) -> None:
        """Tell whoever watches; a terminal that has gone must not keep parts from stopping."""
        with suppress(OSError):
            self._options.report(line)


def read_info(var: Path) -> LocalInfo | None:
    """What the stack that runs on ``var`` has published; None when it has not (yet)."""
    try:
        return LocalInfo(**json.loads((var / "local.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _accepts(api_url: str, key: str) -> bool:
    """Whether the API knows the key; asks for a job that does not exist."""
    try:
        # Straight to it, whatever proxy the environment names.
        answer = httpx.get(
            f"{api_url}/dct/v3/jobs/{0:032x}",
            headers={"Authorization": f"apk {key}"},
            timeout=10,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise LocalStackError(f"The API at {api_url} does not answer: {error}") from error
    return answer.status_code != httpx.codes.UNAUTHORIZED
