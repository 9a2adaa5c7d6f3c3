"""How databases are reached: taken with their secrets, shown without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load

from api.http.fields import Choice, Text, TrueOrFalse, WholeNumber
from api.http.schemas import RequestSchema
from shared.synthesis.engine import Engine, EngineDatabase, Role
from shared.synthesis.requests import CONNECTOR_TYPES, ConnectionRequest

#: Longest names of hosts, users and files, in characters; passwords; and keys and certificates.
NAME_LENGTH = 1_000
PASSWORD_LENGTH = 5_000
KEY_LENGTH = 200_000

#: What SQLAlchemy would speak to each kind through; shown where nothing was said.
PROTOCOLS: Mapping[str, str] = {
    "postgresql": "postgresql+psycopg",
    "sqlite": "sqlite",
    "mysql": "mysql+pymysql",
    "mssql": "mssql+pyodbc",
}


def _name(**metadata: Any) -> Text:
    return Text(max_length=NAME_LENGTH, metadata=metadata)


def _port() -> WholeNumber:
    return WholeNumber(minimum=0, maximum=65_535, metadata={"description": "0: the usual one."})


def _secret(length: int, description: str) -> Text:
    return Text(
        max_length=length,
        load_only=True,
        metadata={"writeOnly": True, "description": f"{description} Sealed, and never shown."},
    )


class TunnelSchema(RequestSchema):
    """An SSH server through which the database is reached."""

    host = _name()
    port = _port()
    username = _name()
    local_port = WholeNumber(
        minimum=0, maximum=65_535, metadata={"description": "0: any that is free."}
    )
    local_host = _name(description="Only the worker's own host: `127.0.0.1`.")
    host_key = _name(
        description="The server's, as OpenSSH writes it, or its fingerprint; left out: the one "
        "that it shows when it is first met."
    )
    password = _secret(PASSWORD_LENGTH, "Of the user.")
    pkey = _secret(KEY_LENGTH, "The user's private key.")
    pkey_password = _secret(PASSWORD_LENGTH, "Of this key.")


class TlsSchema(RequestSchema):
    """How the connection is encrypted, and whom to trust."""

    ca_filename = _name(description="A label; no file is read by it.")
    cert_filename = _name(description="A label; no file is read by it.")
    key_filename = _name(description="A label; no file is read by it.")
    ssl_mode = _name(description="Such as `require` or `verify-full`.")
    ca = _secret(KEY_LENGTH, "Certificates of authorities that are trusted.")
    cert = _secret(KEY_LENGTH, "The client's certificate.")
    key = _secret(KEY_LENGTH, "Its private key.")


class KerberosSchema(RequestSchema):
    """Signing in with a ticket."""

    principal = _name()
    keytab_file = _secret(KEY_LENGTH, "The content of the keytab, in Base64.")


class HooksSchema(RequestSchema):
    """What is done before a connection is opened."""

    SSHTunnel = fields.Nested(TunnelSchema)
    SSL = fields.Nested(TlsSchema)
    Kerberos = fields.Nested(KerberosSchema)


#: Where secrets stand in a request, and what they are called once they are sealed.
_SECRETS: Mapping[tuple[str, str], str] = {
    ("SSHTunnel", "password"): "ssh_password",
    ("SSHTunnel", "pkey"): "ssh_pkey",
    ("SSHTunnel", "pkey_password"): "ssh_pkey_password",
    ("SSL", "ca"): "ssl_ca",
    ("SSL", "cert"): "ssl_cert",
    ("SSL", "key"): "ssl_key",
    ("Kerberos", "keytab_file"): "keytab",
}


class ConnectionSchema(RequestSchema):
    """A database, and as whom it is opened. It is not connected to by the API."""

    connector_type = Choice(
        tuple(CONNECTOR_TYPES),
        required=True,
    )
    host = _name()
    port = _port()
    database = Text(
        max_length=NAME_LENGTH,
        required=True,
        filled=True,
        metadata={"description": "Its name; of SQLite, a file in the operator's folder."},
    )
    schema_name = _name(description="What is copied of it; empty: the usual one.")
    username = _name()
    password = _secret(PASSWORD_LENGTH, "Of the user.")
    protocol = _name(description="Taken, and without effect: each kind has one.")
    is_source = TrueOrFalse(metadata={"description": "Told by the place of the connection."})
    hooks_params = fields.Nested(HooksSchema)

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> ConnectionRequest:
        data.pop("is_source", None)
        connector_type = CONNECTOR_TYPES[data.pop("connector_type")]
        hooks = {name: dict(hook) for name, hook in data.pop("hooks_params", {}).items()}
        secrets = {}
        if password := data.pop("password", ""):
            secrets["password"] = password
        for (hook, name), sealed_name in _SECRETS.items():
            if secret := hooks.get(hook, {}).pop(name, ""):
                secrets[sealed_name] = secret
        address = {**data, "hooks_params": {name: hook for name, hook in hooks.items() if hook}}
        return ConnectionRequest(connector_type=connector_type, address=address, secrets=secrets)


class _ShownTunnelSchema(Schema):
    host = fields.String(required=True)
    port = fields.Integer(required=True)
    username = fields.String(required=True)
    local_port = fields.Integer(required=True)
    local_host = fields.String(required=True)
    host_key = fields.String(required=True)


class _ShownTlsSchema(Schema):
    ca_filename = fields.String(required=True)
    cert_filename = fields.String(required=True)
    key_filename = fields.String(required=True)
    ssl_mode = fields.String(required=True)


class _ShownKerberosSchema(Schema):
    principal = fields.String(required=True)


class _ShownHooksSchema(Schema):
    SSHTunnel = fields.Nested(_ShownTunnelSchema, required=True)
    SSL = fields.Nested(_ShownTlsSchema, required=True)
    Kerberos = fields.Nested(_ShownKerberosSchema, required=True)


class ConnectorSchema(Schema):
    """How a database is reached, without what is secret.

    Where nothing was said, a text is empty and a number is 0.
    """

    hooks_params = fields.Nested(_ShownHooksSchema, required=True)
    is_source = fields.Boolean(required=True)
    id = fields.UUID(required=True)
    database_id = fields.UUID(required=True)
    connector_type = fields.String(required=True)
    host = fields.String(required=True)
    database = fields.String(required=True)
    username = fields.String(required=True)
    schema_name = fields.String(required=True)
    port = fields.Integer(required=True)
    protocol = fields.String(required=True)


def render_connector(database: EngineDatabase) -> dict[str, Any]:
    """Shape a connector for ``ConnectorSchema``."""
    address = database.address
    hooks = address.get("hooks_params", {})
    return {
        "hooks_params": {
            name: {field: hooks.get(name, {}).get(field, nothing) for field, nothing in shape}
            for name, shape in _HOOKS.items()
        },
        "is_source": database.role is Role.SOURCE,
        "id": database.connector_id,
        "database_id": database.id,
        "connector_type": database.connector_type,
        "host": address.get("host", ""),
        "database": address.get("database", ""),
        "username": address.get("username", ""),
        "schema_name": address.get("schema_name", ""),
        "port": address.get("port", 0),
        "protocol": address.get("protocol") or PROTOCOLS[database.connector_type],
    }


#: What is shown of each hook, and what stands for nothing.
_HOOKS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    name: tuple(
        (field, 0 if isinstance(kind, fields.Integer) else "")
        for field, kind in schema().fields.items()
    )
    for name, schema in {
        "SSHTunnel": _ShownTunnelSchema,
        "SSL": _ShownTlsSchema,
        "Kerberos": _ShownKerberosSchema,
    }.items()
}


def render_database(engine: Engine, database: EngineDatabase) -> dict[str, Any]:
    """Shape a database for ``api.synthesis.engines.DatabaseSchema``; it shows both connectors."""
    return {
        "id": database.id,
        "engine_id": engine.id,
        "name": database.address.get("database", ""),
        "status": database.status,
        "type": database.role,
        "last_synced_at": database.synced_at or engine.created_at,
        "source_connector": render_connector(engine.source),
        "target_connector": render_connector(engine.target),
    }
