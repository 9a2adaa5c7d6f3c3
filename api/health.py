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
from shared.db import gateways
from shared.db.migrate import is_current
from shared.errors import Unavailable

log = structlog.get_logger(__name__)

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when the database and the broker answer, else 503; each with its state.

    Model servers are listed for information: without them work waits, but can be submitted.
    """
    database, broker = _database(), _broker()
    fine = database["status"] == broker["status"] == "ok"
    body = {
        "status": "ok" if fine else "unavailable",
        "database": database,
        "broker": broker,
        "gateways": _gateways() if database["status"] == "ok" else [],
    }
    return jsonify(body), 200 if fine else 503


def _database() -> dict[str, str]:
    try:
        current = is_current(parts().database)
    except Unavailable as error:
        log.warning("database not ready", cause=repr(error.__cause__))
        return {"status": "down", "reason": "PostgreSQL does not answer"}
    if not current:
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
        rows = gateways.read_all(connection)
    found = []
    for row in rows:
        address = urlsplit(row["url"])
        port = address.port or {"http": 80, "https": 443}.get(address.scheme)
        found.append({"hostname": address.hostname, "port": port, "status": row["status"]})
    return found
