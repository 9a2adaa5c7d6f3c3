"""The stack's secrets: random, made at its first start, used again at later ones."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from deploy.local.errors import LocalStackError
from deploy.local.files import write_private
from shared.sealing import PrivateKey, make_pair


def _random() -> str:
    return secrets.token_urlsafe(24)


def _new_connector_key() -> str:
    return make_pair().private.reveal()


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """All of them are safe in a URL and between quotes: letters, digits, ``-`` and ``_``.

    ``api_key`` is empty until the API has made one.
    """

    database_password: str = field(default_factory=_random, repr=False)
    database_admin_password: str = field(default_factory=_random, repr=False)
    api_database_password: str = field(default_factory=_random, repr=False)
    worker_database_password: str = field(default_factory=_random, repr=False)
    shop_password: str = field(default_factory=_random, repr=False)
    redis_password: str = field(default_factory=_random, repr=False)
    flower_password: str = field(default_factory=_random, repr=False)
    secret_key: str = field(default_factory=_random, repr=False)
    #: Of the user of the second API.
    user_password: str = field(default_factory=_random, repr=False)
    #: Opens the secrets of customers' databases.
    connector_key: str = field(default_factory=_new_connector_key, repr=False)
    api_key: str = field(default="", repr=False)

    @property
    def connector_public_key(self) -> str:
        """The public half of the connectors' key."""
        return str(PrivateKey.parse(self.connector_key).public)


class SecretsFile:
    """``<var>/secrets.json``, mode 0600."""

    def __init__(self, var: Path) -> None:
        self._path = var / "secrets.json"

    def load(self) -> tuple[Secrets, bool]:
        """The stored secrets, and whether they are complete; new ones for those that are not.

        :raises LocalStackError: when the file is there and is not what we wrote.
        """
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            return Secrets(**stored), len(stored) == len(fields(Secrets))
        except FileNotFoundError:
            return Secrets(), False
        except (TypeError, ValueError) as error:
            raise LocalStackError(
                f"{self._path} is damaged ({error}). Delete it: the next start makes new "
                "secrets, gives them to the database, and keeps all data."
            ) from error

    def save(self, values: Secrets) -> None:
        """Store them for the next start."""
        write_private(self._path, json.dumps(asdict(values), indent=2) + "\n")

    def remember_key(self, values: Secrets, api_key: str) -> Secrets:
        """Store the same secrets with another API key."""
        renewed = replace(values, api_key=api_key)
        self.save(renewed)
        return renewed
