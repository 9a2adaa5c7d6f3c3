"""New keys for those of a domain, by one of three methods. Pure.

================ =====================================================================
``duplicate``    they stay
``hash``         others of their shape: whole numbers within their range, texts with their
                 length and classes of characters, UUIDs with their version, dates moved;
                 0 stays. Few whole numbers, and all that a condition of the schema names,
                 change places among themselves instead, so that they stay valid
``generate``     1 to n for numbers, codes for texts, UUIDs; dates are moved. Texts without
                 room for that many codes are hashed, and what a condition names changes places
================ =====================================================================

Values that no key of the source has (a reference to nothing, where the source allows it) are hashed
under every method but the first, and counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

import numpy as np

from shared.synthesis.keys.chance import I64, U64
from shared.synthesis.keys.domains import Domain
from shared.synthesis.keys.integers import Tiers
from shared.synthesis.keys.moments import Shifted
from shared.synthesis.keys.permutation import Permutation
from shared.synthesis.keys.ranks import Form, RankNeed, Ranks, integers, plain_number
from shared.synthesis.keys.texts import FormPreserving
from shared.synthesis.schema import Kind

NIL: Final = "00000000-0000-0000-0000-000000000000"

#: Codes of texts that are generated: digits and letters that read alike in either case.
_CODE: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODE_LENGTH: Final = 8
_INT8: Final = 2**63 - 1

_MOMENTS: Final = frozenset({Kind.DATE, Kind.TIMESTAMP})
_WHOLE: Final = frozenset({Kind.INTEGER, Kind.NUMBER})

#: Conditions that new keys of the same sign and length meet whenever the old ones did.
_HARMLESS: Final = re.compile(
    r"[(\s]*[\"`\[]?\w+[\"`\]]?[)\s]*(?:>=?[(\s]*0|>=[(\s]*1|IS\s+NOT\s+NULL|<>[(\s]*0)"
    r"(?:::\w+)?[)\s]*|[(\s]*(?:char_|character_)?length[(\s]*[\w\"`:\s]+\)+\s*"
    r"(?:=|<=?|>=?)[(\s]*\d+[)\s]*",
    re.IGNORECASE,
)

#: New texts for old ones, none of them null.
_Draw = Callable[[Sequence[str]], list[str]]


def rank_need(
    domain: Domain,
    method: str,
    *,
    threshold: int,
    keep: Sequence[str] = (),
    is_personal: bool = False,
) -> RankNeed | None:
    """What has to be known of all keys of a domain before it can be mapped; None: nothing.

    :param method: ``duplicate``, ``hash`` or ``generate``.
    :param threshold: up to so many whole numbers change places under ``hash``.
    :param keep: keys that stay as they are.
    :param is_personal: none of them may stand in another row, so they change no places where
        anything else can be done.
    """
    if method == "duplicate":
        return None
    whole = _is_integer(domain)
    need = _Need(domain, {*keep, "0"} if whole and method == "hash" else {*keep})
    if changes_places(domain):
        return need(integers=whole, texts=not whole)
    if method == "generate":
        if domain.kind in _WHOLE or domain.kind in (Kind.TEXT, Kind.UUID):
            return need(integers=whole)
        return None
    if whole and _is_one_range(domain) and not is_personal:
        return need(integers=True, limit=threshold)
    return None


class KeyMap:
    """New keys for old ones, of one domain.

    :param ranks: what :func:`rank_need` asked for.
    :ivar strays: how many values were no key of the source, so far.
    """

    def __init__(
        self,
        domain: Domain,
        method: str,
        secret: bytes,
        *,
        ranks: Ranks | None = None,
        keep: Sequence[str] = (),
    ) -> None:
        self.domain = domain
        self.strays = 0
        self._ranks = None if ranks is None or ranks.is_beyond else ranks
        self._keep = frozenset(keep)
        self._names = ("key", domain.kind, domain.label)
        self._secret = secret
        self._hash = self._hashing()
        self._draw = self._drawing(method)

    def __call__(self, values: Sequence[str | None]) -> list[str | None]:
        """New values for old ones, in their order; null stays null."""
        if None not in values:
            return list(self._draw(values))  # type: ignore[arg-type]
        drawn = iter(self._draw([value for value in values if value is not None]))
        return [None if value is None else next(drawn) for value in values]

    def _drawing(self, method: str) -> _Draw:
        if method == "duplicate":
            return list
        kind, ranks = self.domain.kind, self._ranks
        if ranks is None:
            return self._hash
        if changes_places(self.domain) or method == "hash":
            change = self._integers_change if ranks.need.integers else self._texts_change
            return self._known(change)
        if kind in _WHOLE:
            return self._known(self._count)
        if kind is Kind.UUID or self.domain.length == len(NIL):
            return self._known(self._uuids)
        length = min(self.domain.length or _CODE_LENGTH, _CODE_LENGTH)
        if len(_CODE) ** length < ranks.count + len(self._keep):
            return self._hash
        return self._known(self._codes(length))

    def _known(self, draw: Callable[[Sequence[str], I64], list[str]]) -> _Draw:
        """Draw by ranks, and hash what has none."""
        ranks = self._ranks
        assert ranks is not None  # noqa: S101 - whoever calls has looked

        def known(values: Sequence[str]) -> list[str]:
            found = ranks.find(values)
            strange = np.flatnonzero(found < 0)
            if not strange.size:
                return draw(values, found)
            places = strange.tolist()
            found[strange] = 0
            drawn = draw(values, found) if ranks.count else list(values)
            kept = [place for place in places if self._stays(values[place])]
            for place in kept:
                drawn[place] = values[place]
            lost = sorted(set(places) - set(kept))
            self.strays += len(lost)
            for place, value in zip(lost, self._hash([values[p] for p in lost]), strict=True):
                drawn[place] = value
            return drawn

        return known

    def _stays(self, value: str) -> bool:
        assert self._ranks is not None  # noqa: S101
        return self._ranks.need.form.canonical(value) in self._ranks.need.keep

    def _hashing(self) -> _Draw:
        domain, keep = self.domain, self._keep
        if domain.kind is Kind.INTEGER:
            return self._permuted()
        if domain.kind is Kind.NUMBER:
            return self._permuted_whole_part()
        if domain.kind in _MOMENTS:
            return Shifted(self._secret, *self._names, types=domain.types, keep=keep)
        if domain.kind is Kind.UUID:
            return FormPreserving(self._secret, *self._names, keep={NIL, *keep})
        return FormPreserving(self._secret, *self._names, keep=keep)

    def _tiers(self) -> Tiers:
        return Tiers(
            self._secret,
            *self._names,
            lowest=self.domain.lows,
            highest=self.domain.highs,
            keep=[int(each) for each in self._keep if _is_whole(each)],
        )

    def _permuted(self) -> _Draw:
        tiers = self._tiers()
        texts = FormPreserving(self._secret, *self._names, "text", keep=self._keep)

        def permuted(values: Sequence[str]) -> list[str]:
            numbers, is_number = integers(values)
            drawn = list(map(str, tiers(numbers).tolist()))
            for place in np.flatnonzero(~is_number).tolist():
                # More than 64 bits; or, in SQLite, any text at all.
                value = values[place]
                drawn[place] = str(tiers.one(int(value))) if _is_whole(value) else texts([value])[0]
            return drawn

        return permuted

    def _permuted_whole_part(self) -> _Draw:
        """Of a number with a fraction the whole part is permuted, which keeps it one to one."""
        tiers = self._tiers()
        keep = frozenset(map(plain_number, self._keep))

        def once(values: Sequence[str]) -> list[str]:
            parts = [value.partition(".") for value in values]
            numbers, is_number = integers([whole for whole, _, _ in parts])
            drawn = list(map(str, tiers(numbers).tolist()))
            for place in np.flatnonzero(~is_number).tolist():
                whole = parts[place][0]
                drawn[place] = str(tiers.one(int(whole))) if _is_whole(whole) else whole
            return [
                # Of -0.5 the whole part has no sign of its own.
                f"{'-' if value[0] == '-' and moved[0] != '-' else ''}{moved}{point}{fraction}"
                for value, moved, (_, point, fraction) in zip(values, drawn, parts, strict=True)
            ]

        def permuted(values: Sequence[str]) -> list[str]:
            drawn = list(map(plain_number, values))
            places = [place for place, value in enumerate(drawn) if value not in keep]
            while places:
                for place, moved in zip(places, once([drawn[p] for p in places]), strict=True):
                    drawn[place] = moved
                places = [place for place in places if drawn[place] in keep]
            return drawn

        return permuted

    def _integers_change(self, _values: Sequence[str], found: I64) -> list[str]:
        assert self._ranks is not None  # noqa: S101
        return list(map(str, self._ranks.integers_behind(found).tolist()))

    def _texts_change(self, _values: Sequence[str], found: I64) -> list[str]:
        assert self._ranks is not None  # noqa: S101
        return self._ranks.texts_behind(found)

    def _count(self, _values: Sequence[str], found: I64) -> list[str]:
        kept = sorted(int(each) for each in self._keep if _is_whole(each) and int(each) > 0)
        return list(map(str, (_skipping(found, [each - 1 for each in kept]) + 1).tolist()))

    def _uuids(self, _values: Sequence[str], found: I64) -> list[str]:
        # Version 4 of the number in hexadecimal digits, permuted among all of its shape.
        plain = [f"00000000-0000-4000-8000-{number:012x}" for number in found.tolist()]
        return FormPreserving(self._secret, *self._names, "generate", keep=self._keep)(plain)

    def _codes(self, length: int) -> Callable[[Sequence[str], I64], list[str]]:
        codes = Permutation(len(_CODE) ** length, self._secret, *self._names, "codes")
        kept = sorted(
            int(each, 36) for each in self._keep if len(each) == length and set(each) <= set(_CODE)
        )
        letters = np.array(list(_CODE))

        def coded(_values: Sequence[str], found: I64) -> list[str]:
            numbers: U64 = codes(_skipping(found, kept).astype(np.uint64))
            while kept and (astray := np.isin(numbers, np.array(kept, np.uint64))).any():
                numbers[astray] = codes(numbers[astray])
            drawn = np.zeros((len(numbers), length), dtype="U1")
            for place in range(length - 1, -1, -1):
                numbers, digit = np.divmod(numbers, np.uint64(len(_CODE)))
                drawn[:, place] = letters[digit]
            return list(map(str, drawn.view(f"U{length}").ravel().tolist()))

        return coded


class _Need:
    """Makes the rank need of a domain."""

    def __init__(self, domain: Domain, keep: Collection[str]) -> None:
        self._domain, self._keep = domain, keep

    def __call__(
        self, *, integers: bool, texts: bool = False, limit: int | None = None
    ) -> RankNeed:
        domain = self._domain
        form = Form.PLAIN
        if domain.kind in _WHOLE:
            form = Form.NUMBER
        elif domain.caseless or domain.kind is Kind.UUID:
            form = Form.CASELESS
        return RankNeed(
            name=f"key:{domain.name}",
            label=f"key:{domain.label}",
            columns=domain.owners,
            limit=limit,
            texts=texts,
            integers=integers,
            form=form,
            keep=tuple(sorted(self._keep)),
        )


def changes_places(domain: Domain) -> bool:
    """Whether only values that are there already can be keys."""
    if domain.kind not in _WHOLE | _MOMENTS | {Kind.TEXT, Kind.UUID}:
        return True
    return any(map(is_binding, domain.checks))


def is_binding(check: str) -> bool:
    """Whether a condition may not hold for new keys."""
    return not _HARMLESS.fullmatch(check)


def _is_integer(domain: Domain) -> bool:
    """Whether all keys are whole numbers of 64 bits."""
    if domain.kind is Kind.NUMBER:
        return domain.scale == 0 and max(domain.highs, default=_INT8 + 1) <= _INT8
    return domain.kind is Kind.INTEGER and max(domain.highs, default=0) <= _INT8


def _is_one_range(domain: Domain) -> bool:
    """Whether each column can hold the keys of all others."""
    return len(set(domain.highs)) <= 1 and len(set(domain.lows)) <= 1


def _is_whole(value: str) -> bool:
    return value.removeprefix("-").isdecimal()


def _skipping(numbers: I64, left_out: Sequence[int]) -> I64:
    """Count on over numbers that are left out, which are sorted."""
    moved = numbers.copy()
    for number in left_out:
        moved[moved >= number] += 1
    return moved
