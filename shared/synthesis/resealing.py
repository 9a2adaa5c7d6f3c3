"""Sealing the secrets of all connectors with another key, when keys are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, select, update

from shared.db.schema.synthesis import engine_databases
from shared.sealing import CannotUnseal, PrivateKey, seal, sealed_for, unseal


@dataclass(frozen=True, kw_only=True)
class Resealed:
    """What has been done.

    :param left: connectors whose secrets none of the keys opens, and why; they stay as they are.
    """

    resealed: int = 0
    left: Mapping[UUID, str] = field(default_factory=dict)


def reseal(connection: Connection, private_keys: Sequence[PrivateKey]) -> Resealed:
    """Open what is sealed with any of the keys, and seal it with the first.

    As often as wanted; what is sealed with the first already is not touched. Workers go on
    meanwhile: as long as they have both keys, either box opens for them.
    """
    newest = private_keys[0].public
    rows = connection.execute(
        select(engine_databases.c.id, engine_databases.c.connector_id, engine_databases.c.sealed)
        .order_by(engine_databases.c.id)
        .with_for_update()
    ).all()
    done, left = 0, {}
    for row in rows:
        if sealed_for(row.sealed) == newest.id:
            continue
        context = str(row.connector_id)
        try:
            secrets = unseal(private_keys, row.sealed, context=context)
        except CannotUnseal as error:
            left[row.connector_id] = str(error)
            continue
        connection.execute(
            update(engine_databases)
            .where(engine_databases.c.id == row.id)
            .values(sealed=seal(newest, secrets, context=context))
        )
        done += 1
    return Resealed(resealed=done, left=left)
