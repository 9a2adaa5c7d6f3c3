"""Sealed boxes: whoever has the public key can close one, and only the private key opens it.

The API closes what clients entrust to it, passwords and keys of their databases, and cannot open
it again; workers can. A box is made with X25519 (RFC 7748) and a key pair that is used once, HKDF
(RFC 5869) and ChaCha20-Poly1305 (RFC 8439)::

    version (1 byte) | id of the recipient's key (8) | the box's own public key (32) | text and tag

The head and the *context*, which says whose secrets these are, are bound to the text as associated
data: a box that is moved to another connector does not open there. The length of what is inside
is rounded up, so that the box does not tell how long a password is.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import ConfigurationError, Unavailable

_VERSION = b"\x01"
_ID_BYTES = 8
_KEY_BYTES = 32
_NONCE_BYTES = 12
_HEAD_BYTES = len(_VERSION) + _ID_BYTES + _KEY_BYTES
_ROUNDED_TO = 512

_PUBLIC_PREFIX = "vmpub_"
_PRIVATE_PREFIX = "vmkey_"
_HOW_TO_MAKE = "`valuemill connector-key create` prints a pair"


class CannotUnseal(ConfigurationError):
    """A box does not open here; the message says how to mend that, and nothing of what is in it."""


class PublicKey:
    """Closes boxes. As text it begins with ``vmpub_``."""

    def __init__(self, raw: bytes) -> None:
        self._key = X25519PublicKey.from_public_bytes(raw)
        self.raw = raw
        #: Tells keys apart; it stands in front of each box.
        self.id = _digest(raw)[:_ID_BYTES].hex()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key that :func:`make_pair` made.

        :raises ConfigurationError: for what is none, without repeating it.
        """
        text = text.strip()
        if text.startswith(_PRIVATE_PREFIX):
            raise ConfigurationError(
                f"it is a private key; the API gets the public one, which begins with "
                f"{_PUBLIC_PREFIX}, and only workers the private one"
            )
        return cls(_decode(text, _PUBLIC_PREFIX, "public"))

    def __str__(self) -> str:
        return _PUBLIC_PREFIX + _encode(self.raw)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(self.raw)


class PrivateKey:
    """Opens boxes. As text it begins with ``vmkey_``; it is shown by :meth:`reveal` alone."""

    def __init__(self, raw: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(raw)
        self._raw = raw
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key that :func:`make_pair` made.

        :raises ConfigurationError: for what is none, without repeating it.
        """
        if text.startswith(_PUBLIC_PREFIX):
            raise ConfigurationError(
                f"it is a public key; workers need the private one, which begins with "
                f"{_PRIVATE_PREFIX}"
            )
        return cls(_decode(text, _PRIVATE_PREFIX, "private"))

    @property
    def id(self) -> str:
        """That of the public key."""
        return self.public.id

    def reveal(self) -> str:
        """The key as text, for a file that only workers can read."""
        return _PRIVATE_PREFIX + _encode(self._raw)

    def exchange(self, other: X25519PublicKey) -> bytes:
        """The secret that is shared with the owner of another key pair.

        :raises ValueError: for a key of low order.
        """
        return self._key.exchange(other)

    def __repr__(self) -> str:
        return f"<private key {self.id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PrivateKey) and other.public == self.public

    def __hash__(self) -> int:
        return hash(self.public)


class Pair(NamedTuple):
    """Two keys that belong together."""

    private: PrivateKey
    public: PublicKey


def make_pair() -> Pair:
    """A new pair, from the system's randomness."""
    private = PrivateKey(X25519PrivateKey.generate().private_bytes_raw())
    return Pair(private, private.public)


def parse_private_keys(text: str) -> tuple[PrivateKey, ...]:
    """Read private keys that are separated by commas or blanks: the current one first.

    :raises ConfigurationError: when one of them is none, without repeating it.
    """
    return tuple(PrivateKey.parse(each) for each in text.replace(",", " ").split())


def seal(public_key: PublicKey | None, secrets: Mapping[str, Any], *, context: str) -> bytes:
    """Close a box around a mapping that can be written as JSON.

    :param public_key: of the settings; None: nobody has set one.
    :param context: whose it is, such as the id of a connector; needed again to open it.
    :raises Unavailable: when there is no key; says to operators what to do.
    """
    if public_key is None:
        raise Unavailable(
            "no passwords of databases can be kept here yet: whoever runs this service has to give "
            f"the API VALUEMILL_CONNECTOR_PUBLIC_KEY and the workers VALUEMILL_CONNECTOR_KEY; "
            f"{_HOW_TO_MAKE}"
        )
    once = X25519PrivateKey.generate()
    head = _VERSION + bytes.fromhex(public_key.id) + once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public_key.raw))
    key, nonce = _derive(shared, head=head, recipient=public_key)
    text = json.dumps(secrets, ensure_ascii=False).encode("utf-8", "surrogatepass")
    text += b" " * (-len(text) % _ROUNDED_TO)
    return head + ChaCha20Poly1305(key).encrypt(nonce, text, _bound(head, context))


def unseal(private_keys: Sequence[PrivateKey], box: bytes, *, context: str) -> dict[str, Any]:
    """What is in a box that one of the keys opens.

    :raises CannotUnseal: when none of them does, or the box was altered, or is another context's.
    """
    head, sealed = box[:_HEAD_BYTES], box[_HEAD_BYTES:]
    if len(head) < _HEAD_BYTES or not head.startswith(_VERSION):
        raise CannotUnseal(_DAMAGED)
    key_id = sealed_for(box)
    private = next((each for each in private_keys if each.id == key_id), None)
    if private is None:
        raise CannotUnseal(
            f"these secrets were sealed for the key {key_id}, which is none of "
            f"{_list_ids(private_keys)}; add its private key to VALUEMILL_CONNECTOR_KEY of the "
            "workers, or make the workspace anew"
        )
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(head[-_KEY_BYTES:]))
        key, nonce = _derive(shared, head=head, recipient=private.public)
        text = ChaCha20Poly1305(key).decrypt(nonce, sealed, _bound(head, context))
        secrets: dict[str, Any] = json.loads(text.decode("utf-8", "surrogatepass"))
    except (InvalidTag, ValueError):
        raise CannotUnseal(_DAMAGED) from None
    return secrets


def sealed_for(box: bytes) -> str:
    """The id of the key that a box was closed with."""
    return box[len(_VERSION) : len(_VERSION) + _ID_BYTES].hex()


_DAMAGED = (
    "these sealed secrets are damaged, or were another connector's; make the workspace anew, "
    "with its passwords and keys"
)


def _list_ids(keys: Sequence[PrivateKey]) -> str:
    return ", ".join(key.id for key in keys) or "this worker's, for it has no key"


def _derive(shared: bytes, *, head: bytes, recipient: PublicKey) -> tuple[bytes, bytes]:
    """Key and nonce. The nonce may be derived too: the box's own key pair is never used again."""
    derived = HKDF(
        algorithm=SHA256(),
        length=_KEY_BYTES + _NONCE_BYTES,
        salt=head[-_KEY_BYTES:] + recipient.raw,
        info=b"valuemill sealed box",
    ).derive(shared)
    return derived[:_KEY_BYTES], derived[_KEY_BYTES:]


def _bound(head: bytes, context: str) -> bytes:
    return head + context.encode()


def _digest(raw: bytes) -> bytes:
    digest = Hash(SHA256())
    digest.update(raw)
    return digest.finalize()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str, prefix: str, kind: str) -> bytes:
    raw = b""
    if text.startswith(prefix):
        try:
            raw = base64.b64decode(text.removeprefix(prefix) + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
    if len(raw) != _KEY_BYTES:
        raise ConfigurationError(f"it is no {kind} key, which begins with {prefix}; {_HOW_TO_MAKE}")
    return raw
