"""Reflect: look at both databases, and refuse those that no copy can be made between.

Our own database, and hosts that the operator does not list, are refused where they are opened.
"""

from __future__ import annotations

from typing import Any

from shared.connectors.errors import NotSupported, SchemaDiffers
from shared.connectors.interface import Target, refuse_same
from shared.synthesis.schema import Schema
from worker.synthesis.work import Work


def reflect(work: Work) -> dict[str, Any]:
    """Read the schema of the source, and see whether the target can take it.

    :returns: the ``schema``; whether the ``target`` is ``EMPTY`` or of the ``SAME`` schema;
        ``host_keys`` of SSH servers that were met for the first time.
    :raises SchemaDiffers: the target is neither; lists the differences.
    :raises NotSupported: it is empty, and of another kind than the source.
    """
    met = work.session.meet()
    source, target = work.session.source(), work.session.target()
    refuse_same(source, target)
    schema = source.reflect()
    if not schema.tables:
        work.tells.warn("The source has no tables in the schema that the connection names.")
    state = look_at_target(target, schema)
    run = work.session.run
    if state == "EMPTY":
        refuse_other_kind(
            run.source.address.connector_type, target=run.target.address.connector_type
        )
    if state == "SAME" and (full := target.has_rows(schema)):
        work.tells.warn(
            f"The target has rows in {_listed(full)}; they are removed when it is filled."
        )
    work.tells.log("databases looked at", tables=len(schema.tables), target=state)
    return {"schema": schema.to_json(), "target": state, "host_keys": met}


def refuse_other_kind(source: str, *, target: str) -> None:
    """An empty target is made like its source: refuse one of another kind of database.

    :raises NotSupported: says what to do.
    """
    if source != target:
        raise NotSupported(
            f"An empty {target} target cannot be made like a {source} source. Nothing was written. "
            "Make the tables there first, or name a target of the source's kind."
        )


def look_at_target(target: Target, schema: Schema) -> str:
    """``EMPTY``, so that it can be made as the source is, or of the ``SAME`` schema.

    :raises SchemaDiffers: it is neither.
    """
    if target.is_empty():
        return "EMPTY"
    if differences := target.differences(schema):
        raise SchemaDiffers(
            "The target is neither empty nor of the source's schema. Nothing was written. Empty "
            "it, or change it so that it is like the source:",
            differences,
        )
    return "SAME"


def _listed(names: list[str], most: int = 10) -> str:
    """Some names, and how many more there are."""
    said = ", ".join(names[:most])
    return said if len(names) <= most else f"{said} and {len(names) - most} more"
