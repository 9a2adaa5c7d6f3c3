"""Who is at work, as the database sees them.

Not by Celery's remote control: each question asked that way leaves a key in Redis for ever.
"""

from __future__ import annotations

from collections.abc import Iterator

from deploy.doctor.findings import Finding, ok, problem, warning
from shared.addresses import without_password
from shared.db import inspection
from shared.db.engine import Database
from shared.models import gateways

CHECK = "workers"
#: The names under which connections are made; see worker.host and api.app.
PREFIX = "valuemill-"
OTHERS = ("valuemill-api", "valuemill-cli", "valuemill-doctor")


def check(database: Database) -> Iterator[Finding]:
    """Whether workers are connected, look after their gateways, and connect as they should.

    :raises Unavailable: when the database does not answer.
    """
    with database.transaction() as connection:
        sessions = inspection.sessions(connection)
        seen = gateways.read_live(connection)
    names = sorted(
        {
            session.application.removeprefix(PREFIX)
            for session in sessions
            if session.application not in OTHERS
        }
    )
    if not names:
        yield problem(CHECK, "none is connected", "start one: `valuemill worker --name worker-1`")
    elif not seen:
        yield warning(
            CHECK,
            f"{', '.join(names)}: connected, but none has looked at a gateway for a minute",
            "see their logs",
        )
    else:
        listed = ", ".join(f"{without_password(row.url)} {row.status}" for row in seen)
        yield ok(CHECK, f"{', '.join(names)}; their gateways: {listed}")
    mighty = sorted(
        {
            f"{session.application.removeprefix(PREFIX)} as {session.role}"
            for session in sessions
            if session.mighty and session.application not in OTHERS[1:]
        }
    )
    if mighty:
        yield warning(
            CHECK,
            f"connected with all rights on the tables: {', '.join(mighty)}",
            "give the API and the workers roles of their own: `valuemill roles`",
        )
