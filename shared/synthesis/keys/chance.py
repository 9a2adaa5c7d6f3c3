"""All that is drawn by chance, of one secret. Pure.

The same secret and the same names give the same draws, in any process and on any machine. Hashes
are BLAKE2b (RFC 7693), keyed by their first bytes; numbers are mixed by the finalizer of
SplitMix64 (Steele, Lea and Flood 2014), which is a permutation of 64 bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

#: Bytes of a secret, and of all that is derived from it.
SECRET_BYTES: Final = 32


def seeded(seed: int) -> bytes:
    """The secret of a seed that a person has set."""
    return derived(b"", "seed", str(seed))


def derived(secret: bytes, *names: str) -> bytes:
    """A secret for one purpose; it tells nothing of any other's."""
    hashed = blake2b(secret, digest_size=SECRET_BYTES, person=b"valuemill")
    for name in names:
        read = name.encode("utf-8", "surrogatepass")
        hashed.update(len(read).to_bytes(8, "big") + read)
    return hashed.digest()


def words(secret: bytes, *names: str, count: int) -> list[int]:
    """So many numbers of 64 bits, to key something with."""
    return [
        int.from_bytes(derived(secret, *names, str(number))[:8], "little")
        for number in range(count)
    ]


def hash_of(secret: bytes, value: str) -> int:
    """The number of 64 bits that :func:`hashes` gives one value."""
    read = secret + value.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(read, digest_size=8).digest(), "little")


def hashes(secret: bytes, values: Iterable[str]) -> U64:
    """A number of 64 bits for each value, in their order."""
    return digests(secret, values, 8)


def digests(secret: bytes, values: Iterable[str], size: int) -> U64:
    """So many bytes for each value, one after the other, as numbers of 64 bits."""
    drawn = b"".join(
        [
            blake2b(secret + value.encode("utf-8", "surrogatepass"), digest_size=size).digest()
            for value in values
        ]
    )
    return np.frombuffer(drawn, dtype="<u8").astype(np.uint64)


def mixed(numbers: U64, key: int) -> U64:
    """Numbers of 64 bits, one to one, that show nothing of each other."""
    state = numbers + np.uint64(key)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
