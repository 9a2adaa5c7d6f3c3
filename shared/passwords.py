"""Passwords: kept as argon2id makes them (RFC 9106), and compared in one time whoever there is.

A hash says by which parameters it was made, so they may change: whoever signs in has theirs made
anew (:func:`is_outdated`).
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Characters of a password.
MIN_LENGTH = 8
MAX_LENGTH = 64

#: What one comparison takes: memory in KiB, rounds over it, threads. More than the least that
#: OWASP asks for, and little enough for several at once.
MEMORY_KIB = 32_768
ROUNDS = 3
THREADS = 1

_hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=THREADS)


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(_plain(password))


def is_right(password: str, hashed: str | None) -> bool:
    """Whether this is the password that a hash was made of.

    :param hashed: None for somebody who is not there: it takes as long, and is never right.
    """
    try:
        return _hasher.verify(hashed or _NOBODY, _plain(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hashed: str) -> bool:
    """Whether a hash was made by other parameters than these."""
    return _hasher.check_needs_rehash(hashed)


def _plain(password: str) -> bytes:
    """Alike for the same characters, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _encoded(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


#: Looks like a hash by these parameters, and there is no password of it.
_NOBODY = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={ROUNDS},p={THREADS}"
    f"${_encoded(b'nobody has a key')}${_encoded(bytes(32))}"
)
