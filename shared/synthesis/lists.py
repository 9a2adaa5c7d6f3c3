"""The lists of values that a run is given, as they were when it was given them.

They stay as they are whatever becomes of the operations that they came from, so that a block that
is written again is the same.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, text

from shared.synthesis import steps
from shared.synthesis.step import StepClaim

#: Begins the names of the artifacts that are lists.
PREFIX = "list:"

#: Values in one part.
PART = 20_000


def settle(
    connection: Connection,
    claim: StepClaim,
    *,
    name: str,
    values: Sequence[str],
    operation_id: uuid.UUID | None = None,
    warnings: Sequence[str] = (),
) -> bool:
    """The step of a list is done: give its run the values.

    :param operation_id: where they came from; None: from nowhere, and there are none.
    :returns: False where the claim is not ours any more, and nothing was changed.
    """

    def store(connection: Connection, run: RowMapping) -> None:
        keep(connection, run_number=run["number"], name=name, values=values)

    operation = None if operation_id is None else str(operation_id)
    return steps.settle(
        connection,
        claim,
        result={"list": name, "values": len(values), "operation": operation},
        warnings=warnings,
        store=store,
    )


def keep(connection: Connection, *, run_number: int, name: str, values: Sequence[str]) -> None:
    """Give a run a list, once: a second one of the same name changes nothing."""
    for part, start in enumerate(range(0, len(values), PART)):
        connection.execute(
            _KEEP,
            {
                "number": run_number,
                "name": PREFIX + name,
                "part": part,
                "content": json.dumps(values[start : start + PART]).encode(),
            },
        )


def read(connection: Connection, *, run_number: int) -> Mapping[str, Sequence[str]]:
    """The lists of a run by their names; one without values is none."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(_READ, {"number": run_number, "prefix": PREFIX}):
        found.setdefault(row.name.removeprefix(PREFIX), []).extend(json.loads(bytes(row.content)))
    return found


def account_of(connection: Connection, *, run_number: int) -> int:
    """Whose a run is."""
    return int(connection.execute(_ACCOUNT, {"number": run_number}).scalar_one())


_KEEP = text(
    """
    INSERT INTO artifacts (run_number, name, part, content)
    VALUES (:number, :name, :part, :content)
    ON CONFLICT (run_number, name, part) DO NOTHING
    """
)

_READ = text(
    """
    SELECT name, content FROM artifacts
    WHERE run_number = :number AND starts_with(name, :prefix) ORDER BY name, part
    """
)

_ACCOUNT = text(
    """
    SELECT account_id FROM engines JOIN runs ON runs.engine_number = engines.number
    WHERE runs.number = :number
    """
)
