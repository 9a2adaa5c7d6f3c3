"""What the process of a step is told, and all that it knows. Pure.

Nothing of it is in the arguments or the environment of the process: others can list these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self

from shared.connectors.interface import Address, Limits, Secrets
from shared.host_list import Entry, HostList
from shared.synthesis.frozen import Frozen
from shared.synthesis.run import StepKind
from shared.synthesis.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database, and what opens it."""

    address: Address
    secrets: Secrets = field(repr=False)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What a worker has written."""
        address = Address.from_json(read["address"], connector_type=read["connector_type"])
        return cls(
            address=address.with_host_key(read["host_key"]),
            secrets=Secrets.from_json(read["secrets"]),
        )


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """What stays the same from step to step of a run.

    :param version: another one where anything of this is another.
    :param seed: the secret that all chance of the run comes of.
    :param schema: of the source, as it is known; None before it was looked at.
    :param frozen: what becomes of it; None where the run is not about that.
    :param model_servers: those that may be asked; see ``worker.synthesis.model_servers``.
    """

    version: str
    run_id: str
    source: Place
    target: Place
    limits: Limits
    settings: Mapping[str, Any]
    request: Mapping[str, Any]
    seed: bytes = field(repr=False)
    schema: Schema | None = None
    frozen: Frozen | None = None
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    model_servers: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What a worker has written."""
        return cls(
            version=read["version"],
            run_id=read["run_id"],
            source=Place.from_json(read["source"]),
            target=Place.from_json(read["target"]),
            limits=limits_from_json(read["limits"]),
            settings=read["settings"],
            request=read["request"],
            seed=bytes.fromhex(read["seed"]),
            schema=Schema.from_json(read["schema"]) if read["schema"] else None,
            frozen=Frozen.from_json(read["frozen"]) if read["frozen"] else None,
            lists=read.get("lists", {}),
            model_servers=read.get("model_servers", {}),
        )


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step, for the process that does it.

    :param block: a number that no other step of the run has.
    :param snapshot: the view of the source that all read; None: as it is.
    :param artifacts: files by the names of what earlier steps have left.
    :param repairs: what is still to be put back in the target.
    """

    run: RunFacts
    kind: StepKind
    parameters: Mapping[str, Any]
    block: int
    snapshot: str | None = None
    artifacts: Mapping[str, Path] = field(default_factory=dict)
    repairs: Sequence[str] = ()

    @classmethod
    def from_json(cls, read: Mapping[str, Any], *, run: RunFacts) -> Self:
        """What a worker has written."""
        return cls(
            run=run,
            kind=StepKind(read["kind"]),
            parameters=read["parameters"],
            block=read["block"],
            snapshot=read["snapshot"],
            artifacts={name: Path(path) for name, path in read["artifacts"].items()},
            repairs=read["repairs"],
        )


def limits_to_json(limits: Limits) -> dict[str, Any]:
    """A mapping that :func:`limits_from_json` reads."""
    return {
        "hosts": [
            [entry.name, str(entry.network) if entry.network else None, entry.port]
            for entry in limits.hosts.entries
        ],
        "folder": str(limits.folder) if limits.folder else None,
        "programs": [str(each) for each in limits.programs],
        "own_databases": list(limits.own_databases),
        "own_brokers": list(limits.own_brokers),
        "superusers": limits.superusers,
        "connect_seconds": limits.connect_seconds,
        "statement_seconds": limits.statement_seconds,
        "lock_seconds": limits.lock_seconds,
    }


def limits_from_json(read: Mapping[str, Any]) -> Limits:
    """What :func:`limits_to_json` wrote."""
    return Limits(
        **{
            **read,
            "hosts": HostList(
                tuple(
                    Entry(name=name, network=ip_network(network) if network else None, port=port)
                    for name, network, port in read["hosts"]
                )
            ),
            "folder": Path(read["folder"]) if read["folder"] else None,
            "programs": tuple(map(Path, read["programs"])),
            "own_databases": tuple(read["own_databases"]),
            "own_brokers": tuple(read["own_brokers"]),
        }
    )
