"""Keytabs of Kerberos: the keys of principals, as MIT's library writes them. Pure.

Format 0x0502 (MIT's documentation, "The keytab file format"): two bytes of version, then entries,
each with its length in front; a negative length is a hole. An entry names its principal: the
number of its components, the realm, the components, each with its length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_VERSION = b"\x05\x02"


class BadKeytab(ValueError):
    """What is no keytab, or has no key of the principal; the message says which."""


def keep_only(keytab: bytes, principal: str) -> bytes:
    """A keytab with the entries of one principal, so that no other is shown to anybody.

    :param principal: such as ``app@EXAMPLE.ORG``; without a realm, in whatever realm it is.
    :raises BadKeytab: when there is none.
    """
    entries = [(name, entry) for name, entry in _entries(keytab) if _is(name, principal)]
    if not entries:
        raise BadKeytab("has no key of this principal")
    return _VERSION + b"".join(struct.pack(">i", len(entry)) + entry for _, entry in entries)


def _is(name: str, principal: str) -> bool:
    return name == principal or ("@" not in principal and name.split("@")[0] == principal)


def _entries(keytab: bytes) -> Iterator[tuple[str, bytes]]:
    if not keytab.startswith(_VERSION):
        raise BadKeytab("is no keytab of version 2")
    place = len(_VERSION)
    while place + 4 <= len(keytab):
        (length,) = struct.unpack_from(">i", keytab, place)
        place += 4
        if length > 0:
            entry = keytab[place : place + length]
            if len(entry) < length:
                raise BadKeytab("is cut off")
            yield _principal(entry), entry
        elif length == 0:
            return
        place += abs(length)


def _principal(entry: bytes) -> str:
    try:
        (count,) = struct.unpack_from(">h", entry)
        place, words = 2, []
        for _ in range(count + 1):
            (length,) = struct.unpack_from(">H", entry, place)
            words.append(entry[place + 2 : place + 2 + length].decode())
            place += 2 + length
    except (struct.error, UnicodeDecodeError):
        raise BadKeytab("is damaged") from None
    realm, *components = words
    return f"{'/'.join(components)}@{realm}"
