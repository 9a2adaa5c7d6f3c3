"""TLS to Redis and to model servers: always verified, against the system's authorities or a file.

PostgreSQL's is set in its address (``sslmode``, ``sslrootcert``) and done by libpq.
"""

from __future__ import annotations

import ssl
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from shared.errors import ConfigurationError


def ssl_context(ca: str = "") -> ssl.SSLContext:
    """What HTTP clients verify a server's name and certificate by.

    :param ca: a PEM file of the authorities to believe; empty: those of the system.
    :raises ConfigurationError: when the file cannot be read, or holds no certificate.
    """
    check_ca(ca, variable="VALUEMILL_OLLAMA_CA")
    return ssl.create_default_context(cafile=ca or None)


def is_distrust(error: BaseException | None) -> bool:
    """Whether a connection failed because the other side could not show who it is."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def secured_broker(url: str, *, ca: str = "") -> str:
    """A broker's address with what Redis and Celery clients need to verify it written into it.

    Kombu takes ``rediss://`` alone for encryption without any check of whom it talks to; so what
    is to be checked is always said, in query parameters that kombu and redis-py both read.

    :param ca: as in :func:`ssl_context`.
    :raises ConfigurationError: for a file that is no such, or an address without TLS.
    """
    parts = urlsplit(url)
    if parts.scheme != "rediss":
        if ca:
            raise ConfigurationError(
                "VALUEMILL_BROKER_CA is set, but VALUEMILL_BROKER_URL does not begin with "
                "rediss://, so nothing would be encrypted"
            )
        return url
    check_ca(ca, variable="VALUEMILL_BROKER_CA")
    query = {"ssl_cert_reqs": "required"}
    if ca:
        query["ssl_ca_certs"] = ca
    query |= dict(parse_qsl(parts.query, keep_blank_values=True))
    check_ca(query.get("ssl_ca_certs", ""), variable="VALUEMILL_BROKER_URL: its ssl_ca_certs")
    return urlunsplit(parts._replace(query=urlencode(query)))


def check_ca(path: str, *, variable: str) -> None:
    """See that a file holds certificates; an empty path is none, and is well.

    :raises ConfigurationError: naming ``variable``, when it does not.
    """
    if not path:
        return
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"{variable}: {path!r} is not a file of certificates in PEM form that can be read "
            f"({error.strerror or error})"
        ) from error
