"""Examples for the description of the API."""

from __future__ import annotations

from typing import Any

from api.synthesis.ids import EXAMPLE as EXAMPLE
from shared.synthesis.settings import defaults

_MOMENT = "2026-11-05T08:51:34.160Z"

SETTINGS: dict[str, Any] = {
    **defaults(),
    "initialization_mode": "DEIDENTIFY",
    "use_seed": True,
    "id": EXAMPLE,
    "set_defaults": True,
}

ENGINE_SUMMARY = {
    "id": EXAMPLE,
    "latest_job_status": "SUCCESS",
    "connector_type": "postgresql",
    "source_database_status": "CURRENT",
}

MODE = {
    "name": "DEIDENTIFY",
    "key_generation_method": {
        "available": ["duplicate", "hash", "generate"],
        "default": "duplicate",
    },
    "default_locale": {"available": ["de", "en", "de_DE", "en_US"], "default": "en"},
}

DELETED = {"id": EXAMPLE, "status": "DELETED"}


def _connector(number: int, *, is_source: bool) -> dict[str, Any]:
    return {
        "hooks_params": {
            "SSHTunnel": {
                "host": "",
                "port": 0,
                "username": "",
                "local_port": 0,
                "local_host": "",
            },
            "SSL": {
                "ca_filename": "authorities.pem",
                "cert_filename": "",
                "key_filename": "",
                "ssl_mode": "verify-full",
            },
            "Kerberos": {"principal": ""},
        },
        "is_source": is_source,
        "id": _numbered(number),
        "database_id": _numbered(number + 2),
        "connector_type": "postgresql",
        "host": "db.example" if is_source else "copy.example",
        "database": "shop",
        "username": "reader" if is_source else "writer",
        "schema_name": "public",
        "port": 5432,
        "protocol": "postgresql+psycopg",
    }


def _numbered(number: int) -> str:
    return f"{EXAMPLE[:-1]}{number}"


def _database(number: int, role: str) -> dict[str, Any]:
    return {
        "id": _numbered(number),
        "engine_id": EXAMPLE,
        "name": "shop",
        "status": "CURRENT",
        "type": role,
        "last_synced_at": _MOMENT,
        "source_connector": _connector(1, is_source=True),
        "target_connector": _connector(2, is_source=False),
    }


ENGINE = {
    **{name: value for name, value in SETTINGS.items() if name != "set_defaults"},
    "created": _MOMENT,
    "last_updated": _MOMENT,
    "source_database": _database(3, "SOURCE"),
    "target_database": _database(4, "TARGET"),
    "workspace_pk": 1,
}

WORKSPACE = {
    "pk": 1,
    "name": "shop",
    "organization": 1,
    "engine_id": EXAMPLE,
    "owner_name": "ours",
    "created_at": _MOMENT,
    "status": "READY",
    "engine": ENGINE_SUMMARY,
    "initialization_mode": "DEIDENTIFY",
    "key_generation_method": "duplicate",
    "default_locale": "en",
}

NEW_WORKSPACE = {
    "name": "shop",
    "source_connection": {
        "connector_type": "postgresql",
        "host": "db.example",
        "port": 5432,
        "database": "shop",
        "username": "reader",
        "password": "a password",
    },
    "target_connection": {
        "connector_type": "postgresql",
        "host": "copy.example",
        "port": 5432,
        "database": "shop",
        "username": "writer",
        "password": "another password",
    },
    "initialization_mode": "DEIDENTIFY",
}

STARTED = {"job_id": EXAMPLE, "id": EXAMPLE, "status": "STARTED", "reason": ""}

JOB = {
    "id": EXAMPLE,
    "engine_id": _numbered(5),
    "workflow_id": EXAMPLE,
    "type": "synthesize",
    "status": "IN_PROGRESS",
    "created": _MOMENT,
    "last_updated": _MOMENT,
    "settings": defaults(),
    "now": _MOMENT,
    "attachment_types": [],
    "percent_complete": 40,
}
