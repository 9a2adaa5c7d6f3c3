"""Which of all its values a value is, in an order that the secret makes. Pure.

An *artifact* holds the hashes of all distinct values of some columns, sorted: 8 bytes a value. A
value's *rank* is the place of its hash among them, so an order by ranks shows nothing of the
values. Two values with one hash are found when the artifact is made, and another key is taken.

An artifact begins with a header; where the values themselves are wanted back, they follow behind
the hashes, in their order, under a keystream of the secret. Numbers are little-endian.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from hashlib import shake_256
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from shared.synthesis.keys.chance import I64, U64, derived, digests, mixed
from shared.synthesis.keys.permutation import Permutation
from shared.synthesis.plans import ColumnName

#: Bytes of a part, at most.
PART: Final = 8_000_000

#: What it is, the number of values, the key that was taken, whether there were too many.
_HEADER: Final = struct.Struct("<8sQQQ")
_MAGIC: Final = b"vm-ranks"
_BATCH: Final = 100_000
_TOP: Final = np.uint64(1 << 63)
#: Bytes of one draw of the keystream.
_STREAM: Final = 1 << 20


class Form(StrEnum):
    """Which texts are one value."""

    #: Those that are equal.
    PLAIN = "plain"
    #: Those that differ in case alone.
    CASELESS = "caseless"
    #: Decimal numbers of one value, such as ``5``, ``5.00`` and ``5e0``.
    NUMBER = "number"

    def canonical(self, value: str) -> str:
        """The text that stands for all that are one value with this one."""
        if self is Form.CASELESS:
            return value.casefold()
        if self is Form.NUMBER:
            return plain_number(value)
        return value


def plain_number(value: str) -> str:
    """A decimal number without exponent and without zeros at its end; what is none, as it is."""
    if value.isdecimal():
        return value.lstrip("0") or "0"
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "", "0") else text


def integers(values: Sequence[str]) -> tuple[I64, npt.NDArray[np.bool_]]:
    """Texts as whole numbers of 64 bits, and which of them are any; the others are 0."""
    try:
        return np.fromiter(map(int, values), np.int64, len(values)), np.ones(len(values), np.bool_)
    except (OverflowError, ValueError):
        is_number = np.array([_is_integer(value) for value in values], np.bool_)
        return np.array(
            [int(v) if is_one else 0 for v, is_one in zip(values, is_number, strict=True)], np.int64
        ), is_number


def _is_integer(value: str) -> bool:
    return value.removeprefix("-").isdecimal() and -(2**63) <= int(value) < 2**63


@dataclass(frozen=True, kw_only=True)
class RankNeed:
    """Values whose ranks have to be known: all distinct ones of some columns together.

    :param name: what the artifact is called.
    :param label: what its order is keyed by.
    :param columns: whose values; each is read by ``Source.distinct`` on its own.
    :param limit: with more distinct values than that nothing is kept of them, and reading can
        stop there; None: all are kept.
    :param texts: the values themselves are wanted back, so they are kept too, sealed.
    :param integers: the values are whole numbers of 64 bits; their hashes are one to one, and can
        be undone.
    :param form: which texts are one value.
    :param keep: values that have no rank, since they stay as they are.
    """

    name: str
    label: str
    columns: tuple[ColumnName, ...]
    limit: int | None = None
    texts: bool = False
    integers: bool = False
    form: Form = Form.PLAIN
    keep: tuple[str, ...] = ()


def build(need: RankNeed, streams: Iterable[Iterable[str]], secret: bytes) -> Iterator[bytes]:
    """The parts of an artifact, in their order.

    :param streams: of each column of the need its distinct values, without null. They are read one
        after the other, and not to their end where there are more than the need's limit.
    """
    return (_build_integers if need.integers else _build_texts)(need, streams, secret)


class Ranks:
    """An artifact, ready for use.

    :param parts: those of :func:`build`.
    :param file: where they are put together, to be mapped into memory and not held in it; it can be
        there already, from another process with the same artifact.
    :ivar count: how many values there are; 0 where there were more than the limit.
    :ivar is_beyond: whether there were more than the limit.
    """

    def __init__(
        self, need: RankNeed, parts: Iterable[bytes], secret: bytes, *, file: Path | None = None
    ) -> None:
        content: bytes | mmap.mmap
        if file is None:
            content = b"".join(parts)
        else:
            if not file.exists():
                with file.open("xb") as written:
                    written.writelines(parts)
                file.chmod(0o600)
            with file.open("rb") as opened:
                content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        magic, count, salt, beyond = _HEADER.unpack_from(content)
        if magic != _MAGIC:
            raise ValueError(f"the artifact {need.name} is not one of ranks")
        self.need = need
        self.count = int(count)
        self.is_beyond = bool(beyond)
        self._secret = secret
        self._salt = int(salt)
        self._key = derived(secret, "ranks", need.label)
        self._hashes: U64 = np.frombuffer(content, "<u8", self.count, _HEADER.size)
        self._codes = _codes(need, secret) if need.integers else None
        self._content = content
        #: So many are at least 0; whole numbers below come behind them.
        self._positive = int(np.searchsorted(self._hashes, _TOP)) if need.integers else self.count

    def find(self, values: Sequence[str]) -> I64:
        """The rank of each value; -1 for one that is not known."""
        if self._codes is not None:
            numbers, is_number = integers(values)
            return np.where(is_number, self._places(_coded(self._codes, numbers)), -1)
        return self._places(_salted(_pairs(self._key, self.need, values), self._salt))

    def integers_behind(self, ranks: I64) -> I64:
        """For each rank the whole number that follows it, around, among those of its sign."""
        if self._codes is None:
            raise ValueError(f"the values of {self.need.name} are not whole numbers")
        above, below = self._positive, self.count - self._positive
        behind = np.where(
            ranks < above,
            (ranks + 1) % max(above, 1),
            (ranks - above + 1) % max(below, 1) + above,
        )
        hashed = self._hashes[behind]
        code = self._codes.inverse(hashed & ~_TOP).view(np.int64)
        return np.where(hashed & _TOP, -code - 1, code)

    def texts_behind(self, ranks: I64) -> list[str]:
        """For each rank the text that follows it, around."""
        start = _HEADER.size + 8 * self.count
        ends = np.frombuffer(self._content, "<u8", self.count + 1, start)
        body = start + 8 * (self.count + 1)
        behind = (ranks + 1) % max(self.count, 1)
        seen: dict[int, str] = {}
        for place in np.unique(behind).tolist():
            low, high = int(ends[place]), int(ends[place + 1])
            sealed = self._content[body + low : body + high]
            seen[place] = _veiled(self._stream, sealed, low).decode("utf-8", "surrogatepass")
        return [seen[place] for place in behind.tolist()]

    def _places(self, hashed: U64) -> I64:
        if not self.count:
            return np.full(len(hashed), -1, dtype=np.int64)
        places = np.searchsorted(self._hashes, hashed)
        places[places == self.count] = 0
        return np.where(self._hashes[places] == hashed, places, -1).astype(np.int64)

    @property
    def _stream(self) -> bytes:
        return derived(self._secret, "veil", self.need.label)


def _build_integers(
    need: RankNeed, streams: Iterable[Iterable[str]], secret: bytes
) -> Iterator[bytes]:
    codes = _codes(need, secret)
    keep = np.array(sorted({int(each) for each in need.keep}), dtype=np.int64)
    known = np.zeros(0, dtype=np.uint64)
    for stream in streams:
        gathered = [known]
        count = len(known)
        for batch in _batches(stream):
            numbers, is_number = integers(batch)
            numbers = numbers[is_number & ~np.isin(numbers, keep)]
            gathered.append(_coded(codes, numbers))
            count += len(numbers)
            # Streams may overlap, so that they are counted together only once in a while.
            if need.limit is not None and count > 2 * need.limit:
                gathered = [np.unique(np.concatenate(gathered))]
                count = len(gathered[0])
                if count > need.limit:
                    break
        known = np.unique(np.concatenate(gathered))
        if need.limit is not None and len(known) > need.limit:
            yield _HEADER.pack(_MAGIC, 0, 0, 1)
            return
    yield _HEADER.pack(_MAGIC, len(known), 0, 0)
    yield from _parts(known.astype("<u8"))


def _build_texts(
    need: RankNeed, streams: Iterable[Iterable[str]], secret: bytes
) -> Iterator[bytes]:
    keep = frozenset(map(need.form.canonical, need.keep))
    # Twice 64 bits of each value: the second half tells two values with one hash apart.
    known = np.zeros((0, 2), dtype="<u8")
    kept: dict[bytes, str] = {}
    key = derived(secret, "ranks", need.label)
    for stream in streams:
        gathered = [known]
        count = len(known)
        for batch in _batches(stream):
            values = batch
            if keep:
                values = [value for value in batch if need.form.canonical(value) not in keep]
            pairs = _pairs(key, need, values)
            gathered.append(pairs)
            count += len(values)
            if need.texts:
                kept.update(zip(map(bytes, pairs), values, strict=True))
            if need.limit is not None and count > 2 * need.limit:
                gathered = [_distinct(gathered)]
                count = len(gathered[0])
                if count > need.limit:
                    break
        known = _distinct(gathered)
        if need.limit is not None and len(known) > need.limit:
            yield _HEADER.pack(_MAGIC, 0, 0, 1)
            return
    salt, hashed = _without_collision(known)
    order = np.argsort(hashed, kind="stable")
    yield _HEADER.pack(_MAGIC, len(known), salt, 0)
    yield from _parts(hashed[order])
    if need.texts:
        texts = [kept[known[place].tobytes()].encode("utf-8", "surrogatepass") for place in order]
        ends = np.cumsum([0, *map(len, texts)], dtype="<u8")
        yield from _parts(ends)
        stream_key = derived(secret, "veil", need.label)
        yield from _parts(np.frombuffer(_veiled(stream_key, b"".join(texts), 0), np.uint8))


def _without_collision(known: U64) -> tuple[int, U64]:
    """A salt under which all values have different hashes, and these."""
    salt = 0
    while True:
        hashed = _salted(known, salt)
        if len(np.unique(hashed)) == len(hashed):
            return salt, hashed
        salt += 1


def _pairs(key: bytes, need: RankNeed, values: Sequence[str]) -> U64:
    """Twice 64 bits of each value."""
    read = values if need.form is Form.PLAIN else map(need.form.canonical, values)
    return digests(key, read, 16).reshape(-1, 2)


def _salted(pairs: U64, salt: int) -> U64:
    return pairs[:, 0] if not salt else pairs[:, 0] ^ mixed(pairs[:, 1], salt)


def _distinct(gathered: list[U64]) -> U64:
    """All different pairs, sorted; takes what was gathered, so that it is not held twice."""
    pairs = np.concatenate(gathered)
    gathered.clear()
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    is_new = np.ones(len(pairs), dtype=np.bool_)
    is_new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    return pairs[is_new]


def _codes(need: RankNeed, secret: bytes) -> Permutation:
    return Permutation(2**63, secret, "ranks", need.label)


def _coded(codes: Permutation, numbers: I64) -> U64:
    """The hash of whole numbers: one to one; those below 0 come behind all others."""
    below = numbers < 0
    sizes = np.where(below, -(numbers + 1), numbers).view(np.uint64)
    return np.asarray(codes(sizes) | np.where(below, _TOP, np.uint64(0)), dtype=np.uint64)


def _batches(stream: Iterable[str]) -> Iterator[list[str]]:
    values = iter(stream)
    while batch := list(islice(values, _BATCH)):
        yield batch


def _parts(numbers: npt.NDArray[np.uint64] | npt.NDArray[np.uint8]) -> Iterator[bytes]:
    step = PART // numbers.itemsize
    for start in range(0, len(numbers), step):
        yield numbers[start : start + step].tobytes()


def _veiled(key: bytes, content: bytes, start: int) -> bytes:
    """Content that begins so many bytes behind the start of the keystream, sealed or opened."""
    first, last = start // _STREAM, (start + len(content)) // _STREAM
    stream = b"".join(_stream(key, number) for number in range(first, last + 1))
    skipped = start - first * _STREAM
    veil = np.frombuffer(stream, np.uint8, len(content), skipped)
    return (np.frombuffer(content, np.uint8) ^ veil).tobytes()


@lru_cache(maxsize=4)
def _stream(key: bytes, number: int) -> bytes:
    return shake_256(key + number.to_bytes(8, "little")).digest(_STREAM)
