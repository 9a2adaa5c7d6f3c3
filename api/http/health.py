"""Is it alive, is it ready: for supervisors and load balancers, without a key.

Says nothing that a stranger may not know: no passwords, no account, no error texts of drivers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, jsonify

from api.parts import parts
from shared.db.migrate import is_usable
from shared.db.troubles import ReadOnly, Trouble
from shared.errors import ConfigurationError, Unavailable
from shared.models import gateways
from shared.queue.watch import Sighting

log = structlog.get_logger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 when the database is away, outdated or takes no writes, else 200; each part's state.

    Without Redis the status is ``degraded``: it carries wake-ups and counts of rate limits, no
    work and no values, so everything can still be submitted and read, and the workers find the
    work a moment later. To take a process out of service for it would turn a small loss into a
    whole one. So it is with a database that has no room: what reads goes on. Model servers are
    listed for information: without them work waits.
    """
    seen = parts().watch.look()
    database = _database(seen)
    broker = {"status": "ok"} if seen.broker is None else _down(f"Redis {seen.broker}")
    usable = database["status"] in ("ok", "full")
    whole = "ok" if database["status"] == broker["status"] == "ok" else "degraded"
    body = {
        "status": whole if usable else "unavailable",
        "database": database,
        "broker": broker,
        "gateways": _gateways() if usable else [],
    }
    return jsonify(body), 200 if usable else 503


def _database(seen: Sighting) -> dict[str, str]:
    try:
        usable = is_usable(parts().database)
        parts().database.check_writable()
    except ReadOnly:
        reason = "PostgreSQL takes no writes: it is a standby, or this role may not write"
        return {"status": "read_only", "reason": reason}
    except Unavailable as error:
        log.warning("database not ready", cause=repr(error.__cause__))
        return _down("PostgreSQL does not answer")
    except ConfigurationError as error:
        log.warning("database not ready", cause=str(error))
        return {"status": "unfit", "reason": "the database is not in UTF-8"}
    if not usable:
        return {"status": "outdated", "reason": "the schema is not current: run valuemill migrate"}
    if seen.database is Trouble.NO_ROOM:
        return {"status": "full", "reason": Trouble.NO_ROOM.value}
    return {"status": "ok"}


def _down(reason: str) -> dict[str, str]:
    return {"status": "down", "reason": reason}


def _gateways() -> list[dict[str, Any]]:
    with parts().database.transaction() as connection:
        rows = gateways.read_live(connection)
    found = []
    for row in rows:
        address = urlsplit(row.url)
        port = address.port or {"http": 80, "https": 443}.get(address.scheme)
        found.append({"hostname": address.hostname, "port": port, "status": row.status})
    return found
