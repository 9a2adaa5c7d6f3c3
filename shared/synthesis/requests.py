"""What clients ask for, once it was found to be valid. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.synthesis.modes import KeyMethod, Mode
from shared.synthesis.plans import Generator

#: Kinds of databases, by the names that clients may use for them.
CONNECTOR_TYPES: Mapping[str, str] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "mssql",
    "sqlserver": "mssql",
}


@dataclass(frozen=True, kw_only=True)
class ConnectionRequest:
    """How a database is reached.

    :param address: ``host``, ``port``, ``database``, ``schema_name``, ``username``, ``protocol``,
        ``hooks_params``: nothing of it is secret.
    :param secrets: by the names of ``shared.connectors.interface.Secrets``.
    """

    connector_type: str
    address: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class NewWorkspace:
    """A workspace, with the engine that it gets."""

    name: str
    organization: int | None
    source: ConnectionRequest
    target: ConnectionRequest
    mode: Mode
    key_method: KeyMethod
    locale: str


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """How personal data is to be looked for.

    :param data_scan: in values too, not in names alone.
    :param locale: None: the engine's.
    :param cardinality_check: look for columns that tell one row from all others.
    :param overwrite_previous_scans: forget what was found before.
    :param allow_list: words that are not personal; ``deny_list``: that are.
    :param deselected_entities: kinds that are not looked for.
    """

    data_scan: bool = True
    locale: str | None = None
    cardinality_check: bool = False
    overwrite_previous_scans: bool = True
    allow_list: Sequence[str] = ()
    deny_list: Sequence[str] = ()
    deselected_entities: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """What a run keeps of it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class SynthesizeRequest:
    """How a target is to be filled.

    :param data_batch_size: rows in a block, about, at most 250,000 and at least a ten
        thousandth of the table; None: so many as have a million values.
    :param n_connections: kept, and of no effect: how many processes work at once is a setting.
    :param simultaneous_read_write: kept, and of no effect: both go on together.
    :param priority: work of a higher one goes first.
    """

    data_batch_size: int | None = None
    n_connections: int = 1
    simultaneous_read_write: bool = True
    functionalities: Sequence[str] = ()
    priority: int = 0

    def as_json(self) -> dict[str, Any]:
        """What a run keeps of it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class TableChange:
    """What a table is to have from now on."""

    id: uuid.UUID
    is_excluded: bool | None
    settings: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ColumnChange:
    """What a column is to have from now on; a generator makes it one that was set by hand."""

    id: uuid.UUID
    generator: Generator | None
    settings: Mapping[str, Any]
