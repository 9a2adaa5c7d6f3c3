"""Is it alive, is it ready: for supervisors and load balancers, without a key.

Says nothing that a stranger may not know: no passwords, no account, no error texts of drivers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

from api.parts import parts
from shared.db.migrate import is_usable
from shared.errors import ConfigurationError, Unavailable
from shared.models import gateways

log = structlog.get_logger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 when the database is away or outdated, else 200; each part with its state.

    Without Redis the status is ``degraded``: it carries wake-ups and counts of rate limits, no
    work and no values, so everything can still be submitted and read, and the workers find the
    work a moment later. To take a process out of service for it would turn a small loss into a
    whole one. Model servers are listed for information: without them work waits.
    """
    database, broker = _database(), _broker()
    usable = database["status"] == "ok"
    whole = "ok" if broker["status"] == "ok" else "degraded"
    body = {
        "status": whole if usable else "unavailable",
        "database": database,
        "broker": broker,
        "gateways": _gateways() if usable else [],
    }
    return jsonify(body), 200 if usable else 503


def _database() -> dict[str, str]:
    try:
        usable = is_usable(parts().database)
    except Unavailable as error:
        log.warning("database not ready", cause=repr(error.__cause__))
        return {"status": "down", "reason": "PostgreSQL does not answer"}
    except ConfigurationError as error:
        log.warning("database not ready", cause=str(error))
        return {"status": "unfit", "reason": "the database is not in UTF-8"}
    if not usable:
        return {"status": "outdated", "reason": "the schema is not current: run valuemill migrate"}
    return {"status": "ok"}


def _broker() -> dict[str, str]:
    try:
        parts().broker.ping()
    except (RedisError, OSError) as error:
        log.warning("broker not ready", cause=repr(error))
        return {"status": "down", "reason": "Redis does not answer"}
    return {"status": "ok"}


def _gateways() -> list[dict[str, Any]]:
    with parts().database.transaction() as connection:
        rows = gateways.read_live(connection)
    found = []
    for row in rows:
        address = urlsplit(row.url)
        port = address.port or {"http": 80, "https": 443}.get(address.scheme)
        found.append({"hostname": address.hostname, "port": port, "status": row.status})
    return found
