"""All that is settled before the first part starts: addresses, secrets, folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.binaries import Binaries
from deploy.local.options import LocalOptions
from deploy.local.postgres import API_ROLE, DATABASE, OWNER, SHOP, WORKER_ROLE, passwords
from deploy.local.secrets import Secrets
from deploy.local.unprivileged import Account

SAMPLE_PART = "sample-model"
SMALL_PART = "small-model"
PORT_NAMES = ("postgres", "redis", SAMPLE_PART, SMALL_PART, "api", "flower", "shop")
FLOWER_USER = "valuemill"

#: Who signs in to the second API.
USER = "local@localhost"


@dataclass(frozen=True, kw_only=True)
class Site:
    """One start of one stack.

    :param ollama_hosts: gateways as the workers are told; None for a model of the stack's own.
    :param model_part: the part that runs this model.
    :param renew_passwords: the secrets are newer than the database.
    """

    options: LocalOptions
    binaries: Binaries
    account: Account
    ports: Mapping[str, int]
    ollama_hosts: str | None
    secrets: Secrets = field(repr=False)
    renew_passwords: bool = False
    model_part: str = SAMPLE_PART

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.options.var / "postgres"

    @property
    def password_file(self) -> Path:
        """Where the command that makes the user reads the password."""
        return self.options.var / "run" / "user-password"

    @property
    def key_file(self) -> Path:
        """Where a new API key appears, for a moment."""
        return self.options.var / "run" / "api-key"

    def log(self, name: str) -> Path:
        """The log of a part."""
        return self.options.var / "logs" / f"{name}.log"

    def url(self, name: str) -> str:
        """The address of a part that speaks HTTP."""
        return f"http://127.0.0.1:{self.ports[name]}"

    @property
    def database_url(self) -> str:
        """As the owner of the tables: for migrations, keys and tools."""
        return self._database_url(OWNER)

    @property
    def api_database_url(self) -> str:
        """As the API connects."""
        return self._database_url(API_ROLE)

    @property
    def worker_database_url(self) -> str:
        """As the workers connect."""
        return self._database_url(WORKER_ROLE)

    def _database_url(self, role: str) -> str:
        password = passwords(self.secrets)[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.ports['postgres']}/{DATABASE}"

    def shop_url(self, database: str) -> str:
        """As the owner of the shop, and of its copy."""
        address = f"127.0.0.1:{self.ports['shop']}"
        return f"postgresql://{SHOP}:{self.secrets.shop_password}@{address}/{database}"

    @property
    def broker_url(self) -> str:
        return f"redis://:{self.secrets.redis_password}@127.0.0.1:{self.ports['redis']}/0"

    @property
    def gateways(self) -> str:
        """The gateways as the workers are told, a model of the stack's own included."""
        if self.ollama_hosts is not None:
            return self.ollama_hosts
        slots = self.options.small_model_slots if self.model_part == SMALL_PART else None
        return self.url(self.model_part) + (f"#max_concurrent_tasks={slots}" if slots else "")
