"""How a connection is encrypted, and whom it believes.

Modes are libpq's, from ``disable`` to ``verify-full``; MySQL's words for them are taken too. What
a client gives are the *contents* of certificates and keys. They are written under names of ours,
and what the client calls its files (``ca_filename``) is a label that nothing opens.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.connectors.errors import NotPermitted
from shared.connectors.interface import Secrets
from shared.connectors.scratch import write_private

DEFAULT = "prefer"

#: From the weakest to the strongest.
MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

#: Where systems keep the authorities that they believe, all in one file.
_LISTS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)

#: As MySQL and some tools write them.
_OTHER_WORDS: Mapping[str, str] = {
    "disabled": "disable",
    "preferred": "prefer",
    "required": "require",
    "verify-identity": "verify-full",
}


@dataclass(frozen=True, kw_only=True)
class Tls:
    """What a connection has to show and to see; files are in a scratch folder of ours.

    :param mode: one of :data:`MODES`.
    :param ca: a file of the authorities that may vouch for the server; None: none were given.
    :param certificate: a file of what we show, and ``key`` what proves that it is ours.
    """

    mode: str = DEFAULT
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def verifies(self) -> bool:
        """Whether the server has to show who it is."""
        return self.mode.startswith("verify")

    def context(self) -> ssl.SSLContext | None:
        """The same for a driver that has TLS from Python; None: it is not to be encrypted.

        :raises NotPermitted: a certificate or a key cannot be used.
        """
        if self.mode == "disable":
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca)
            # As libpq has it: who gives authorities wants them to be asked.
            if not self.verifies and self.ca is None:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            elif self.mode != "verify-full":
                context.check_hostname = False
            if self.certificate:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError, ValueError):
            raise NotPermitted(_UNUSABLE) from None
        return context


def prepare(settings: Mapping[str, Any], secrets: Secrets, *, folder: Path) -> Tls:
    """Write down what is needed of it for a driver, in a folder of ours.

    :param settings: ``SSL`` of an address's ``hooks_params``; may be empty.
    :raises NotPermitted: for an unknown mode, or certificates that do not belong together.
    """
    mode = read_mode(settings.get("ssl_mode"), has_ca=bool(secrets.ssl_ca))
    if bool(secrets.ssl_cert) != bool(secrets.ssl_key):
        raise NotPermitted("A client certificate and its private key are given together, or not.")
    contents = {
        "ca": ("server-ca.pem", secrets.ssl_ca),
        "certificate": ("client.pem", secrets.ssl_cert),
        "key": ("client.key", secrets.ssl_key),
    }
    files = {
        name: write_private(folder / ours, content)
        for name, (ours, content) in contents.items()
        if content
    }
    if mode.startswith("verify") and "ca" not in files:
        files["ca"] = _authorities_of_this_host()
    tls = Tls(mode=mode, **files)
    tls.context()
    return tls


def read_mode(text: object, *, has_ca: bool = False) -> str:
    """A mode in libpq's words. Without one, who gives authorities wants all to be checked.

    :raises NotPermitted: naming the modes that there are.
    """
    if not text:
        return "verify-full" if has_ca else DEFAULT
    mode = str(text).strip().lower().replace("_", "-")
    mode = _OTHER_WORDS.get(mode, mode)
    if mode not in MODES:
        raise NotPermitted(f"The ssl_mode is none of {', '.join(MODES)}.")
    return mode


_UNUSABLE = (
    "A certificate or a key of the database's connection cannot be used: each has to be in PEM "
    "form, a private key without a passphrase, and it has to belong to its certificate."
)


def _authorities_of_this_host() -> Path:
    for path in (ssl.get_default_verify_paths().cafile, *_LISTS):
        if path and Path(path).is_file():
            return Path(path)
    raise NotPermitted(
        "Whom to believe is not known: give the certificate of the authority as ca, for the "
        "worker's host has no list of authorities."
    )
