"""Kerberos, as libpq speaks it: a keytab in place of a password.

MIT's library takes what it needs from variables of the process, so they are set for as long as a
connection is open; each step of a run is a process of its own. Tickets stay in memory.

Which servers hand out tickets is the operator's to say, in the host's own ``krb5.conf``. The realm
is a client's word, and the library would ask the DNS where that realm's servers are: a client
could have a worker connect to any host and port. So looking things up in the DNS is turned off.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.connectors.errors import NotPermitted
from shared.connectors.interface import Secrets
from shared.connectors.keytab import BadKeytab, keep_only
from shared.connectors.scratch import write_private

_CONFIGURATION = """\
[libdefaults]
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_uri_lookup = false
    dns_canonicalize_hostname = false
    rdns = false
"""

#: Where MIT's library looks by itself.
_OPERATORS = "/etc/krb5.conf"


@contextmanager
def ticket(
    settings: Mapping[str, Any], secrets: Secrets, *, folder: Path
) -> Iterator[Mapping[str, str]]:
    """Let libpq get tickets with a keytab, and with nothing else, for as long as the block runs.

    Its value is the variables, for programs that are to be let in likewise.

    :param settings: ``Kerberos`` of an address's ``hooks_params``.
    :raises NotPermitted: when the keytab is none, or has no key of the principal.
    """
    keytab = write_private(folder / "client.keytab", _read(settings, secrets))
    configuration = write_private(folder / "krb5.conf", _CONFIGURATION)
    # The first file that sets something counts.
    files = (str(configuration), os.environ.get("KRB5_CONFIG") or _OPERATORS)
    variables = {
        "KRB5_CONFIG": os.pathsep.join(files),
        "KRB5_CLIENT_KTNAME": f"FILE:{keytab}",
        "KRB5_KTNAME": os.devnull,
        # Of its own: one process may be two principals, one after another or at once.
        "KRB5CCNAME": f"MEMORY:{folder.name}",
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield variables
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _read(settings: Mapping[str, Any], secrets: Secrets) -> bytes:
    principal = str(settings.get("principal") or "")
    if not principal or not secrets.keytab:
        raise NotPermitted("Kerberos needs a principal, and the keytab with its key.")
    try:
        keytab = base64.b64decode("".join(secrets.keytab.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotPermitted("The keytab is not given in Base64; `base64 FILE` prints it.") from None
    try:
        return keep_only(keytab, principal)
    except BadKeytab as error:
        raise NotPermitted(f"The keytab {error}; `klist -k FILE` lists what it has.") from None
