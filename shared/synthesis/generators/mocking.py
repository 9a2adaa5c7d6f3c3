"""Made-up values of an entity, for values of a source or without any. Pure.

A value is chosen by a number: the keyed hash of the source's value (so it is the same everywhere),
the value's rank among all (so it is unique), or the number of the row (so it depends on nothing).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import phonenumbers
from phonenumbers import PhoneNumberFormat

from shared.synthesis.generators.figures import SOCIAL, account, card, written_like
from shared.synthesis.generators.library import Library
from shared.synthesis.generators.limits import Limits
from shared.synthesis.generators.masks import Mask, form_preserving, noise
from shared.synthesis.generators.pools import LARGEST, SIZE, country
from shared.synthesis.generators.wording import cut, numbered, plain
from shared.synthesis.keys.chance import derived, hashes
from shared.synthesis.keys.moments import Shifted
from shared.synthesis.keys.permutation import Permutation
from shared.synthesis.plans import Entity
from shared.synthesis.schema import Column, Kind

#: A made-up value by its number, for a source's value; which is empty where there is none.
Write = Callable[[int, str], str]


@dataclass(frozen=True)
class Making:
    """How values of an entity are made.

    :param size: how many numbers there are, from 0 on; each has another value where
        ``is_one_to_one``.
    :param usual: of so many numbers values are taken where they may repeat.
    """

    size: int
    write: Write
    is_one_to_one: bool = True
    usual: int | None = None


_WIDE: Final = 2**62
_MOMENTS: Final = frozenset({Kind.DATE, Kind.TIMESTAMP})
_NUMERIC: Final = frozenset({Kind.INTEGER, Kind.NUMBER})
_GROWING: Final = frozenset(
    {Entity.PHONE, Entity.NATIONAL_ID, Entity.TAX_ID, Entity.PASSPORT, Entity.LICENSE_PLATE}
)
#: Days by which a date of birth moves; and days of birth, where there is none to move.
_BIRTH_DAYS: Final = 1_000
_FIRST_BIRTH: Final = date(1945, 1, 1)
_BIRTHS: Final = 22_000
_CODE: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LETTERS: Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_POINT: Final = re.compile(r"\(\s*-?[\d.]+\s*,\s*-?[\d.]+\s*\)")
_IP_REST: Final = re.compile(r"/\d+$")


def mask_of(entity: Entity, column: Column, secret: bytes, *, is_unique: bool) -> Mask | None:
    """A mask where that serves an entity better than made-up values would; else None.

    Numbers stay in their type, and what only has to be different from all others stays so.
    """
    scope = f"{entity} {column.kind}"
    if column.kind in _MOMENTS:
        if is_unique:
            return Shifted(secret, "birth", types=[column.type])
        return noise(column, Limits(), secret, scope, share=0, days=_BIRTH_DAYS)
    if entity is Entity.CARDINALITY or column.kind is Kind.UUID:
        return form_preserving(column, secret, scope)
    if column.kind in _NUMERIC and (is_unique or entity is not Entity.COORDINATE):
        return form_preserving(column, secret, scope)
    if entity is Entity.DATE_OF_BIRTH:
        return _birth_texts(column, secret, scope)
    return None


def _birth_texts(column: Column, secret: bytes, scope: str) -> Mask | None:
    """Dates that stand in texts: moved where they are written as in ISO 8601, else digits."""
    moved = noise(
        Column(name=column.name, type="date", kind=Kind.DATE),
        Limits(),
        secret,
        scope,
        share=0,
        days=_BIRTH_DAYS,
    )
    form = form_preserving(column, secret, scope)
    if moved is None or form is None:
        return None

    def mask(values: Sequence[str]) -> list[str]:
        dates, forms = moved(values), form(values)
        return [
            one if one != value else other
            for value, one, other in zip(values, dates, forms, strict=True)
        ]

    return mask


def making_of(
    entity: Entity,
    column: Column,
    locale: str,
    library: Library,
    *,
    count: int = SIZE,
    is_unique: bool = False,
) -> Making | None:
    """How values of an entity are made that are chosen by a number; None: not in that way.

    :param count: how many different ones are wanted, where they have to be.
    """
    length = column.length
    country_ = country(locale)
    makings: dict[Entity, Callable[[], Making | None]] = {
        # No country has fewer, whichever the old ones are of.
        Entity.IBAN: lambda: Making(10**10, _iban(country_), usual=_WIDE),
        Entity.CREDIT_CARD: lambda: Making(10**12, _card, usual=_WIDE),
        Entity.IP_ADDRESS: lambda: Making(2**24, _ip, usual=_WIDE),
        Entity.MAC_ADDRESS: lambda: Making(2**40, _mac),
        Entity.PASSWORD: lambda: Making(
            _WIDE, lambda number, like: _password(number, len(like), length), is_one_to_one=False
        ),
        Entity.COORDINATE: lambda: Making(
            _WIDE, lambda number, like: _coordinate(number, like, column), is_one_to_one=False
        ),
        Entity.URL: lambda: _urls(library, locale, count),
        Entity.DATE_OF_BIRTH: lambda: Making(_BIRTHS, _birth),
        Entity.CARDINALITY: lambda: CODES,
        Entity.PERSON: lambda: _persons(library, locale),
    }
    if entity is Entity.NATIONAL_ID and country_ == "US":
        return Making(SOCIAL.size, _social)
    if entity in makings:
        return makings[entity]()
    size = min(LARGEST, max(count, SIZE)) if entity in _GROWING else SIZE
    values = library.values(entity, locale, size=size)
    if entity is Entity.PHONE:
        return _phones(values, length)
    return _of_pool(values, length, is_unique=is_unique) if values else None


def drawn_by_value(making: Making, column: Column, secret: bytes, scope: str) -> Mask:
    """New values by the hashes of old ones: the same for the same, in every table."""
    key = derived(secret, "mock", scope)
    length, write = column.length, making.write
    usual = np.uint64(making.usual or making.size)

    def mask(values: Sequence[str]) -> list[str]:
        read = [" ".join(value.casefold().split()) for value in values]
        numbers = (hashes(key, read) % usual).tolist()
        drawn: list[str] = []
        for number, value, plain_value in zip(numbers, values, read, strict=True):
            made = cut(write(number, value), length) if value else value
            if made.casefold() == plain_value and value:
                # The old value itself, by chance.
                made = cut(write((number + 1) % int(usual), value), length)
            drawn.append(made)
        return drawn

    return mask


def drawn_by_rank(
    making: Making, column: Column, secret: bytes, scope: str, count: int
) -> Callable[[Sequence[str], Sequence[int]], list[str]]:
    """New values by the ranks of old ones, out of ``count``: all different.

    Up to its size the making's own values are taken, if they fit the column; a number behind
    the others makes them different.
    """
    size = max(1, making.size)
    order = Permutation(size, secret, "unique", scope)
    length = column.length
    # Where own values do not do for all, one that ends in a digit could be equal to a numbered one.
    does_for_all = making.is_one_to_one and making.size >= count

    def draw(values: Sequence[str], ranks: Sequence[int]) -> list[str]:
        places = np.array(ranks, np.uint64) % np.uint64(size)
        drawn: list[str] = []
        for value, rank, number in zip(values, ranks, order(places).tolist(), strict=True):
            text = making.write(number, value)
            is_own = making.is_one_to_one and rank < making.size
            if is_own and length is not None:
                is_own = len(text) <= length
            if is_own and not does_for_all:
                is_own = not text[-1:].isdecimal()
            drawn.append(text if is_own else numbered(text, rank + 1, length))
        return drawn

    return draw


def _of_pool(values: Sequence[str], length: int | None, *, is_unique: bool) -> Making:
    fitting = values if length is None else [each for each in values if len(each) <= length]
    # A narrow column is filled with what fits it, if that is enough not to repeat too often.
    chosen = fitting if is_unique or len(fitting) >= min(len(values), 20) else values
    different = tuple({each.casefold(): each for each in chosen}.values())
    if not different:
        return Making(0, lambda _, __: values[0])
    return Making(len(different), lambda number, _: different[number % len(different)])


def _persons(library: Library, locale: str) -> Making:
    # Names of one word, so that no two pairs are one text.
    first, last = (
        [each for each in library.values(entity, locale) if " " not in each]
        for entity in (Entity.FIRST_NAME, Entity.LAST_NAME)
    )

    def write(number: int, _: str) -> str:
        number, place = divmod(number, len(first))
        return f"{first[place]} {last[number % len(last)]}"

    return Making(len(first) * len(last), write)


def _phones(values: Sequence[str], length: int | None) -> Making | None:
    if not values:
        return None

    def write(number: int, like: str) -> str:
        chosen = values[number % len(values)]
        if like and not like.lstrip().startswith(("+", "00")):
            read = phonenumbers.parse(chosen)
            national = phonenumbers.format_number(read, PhoneNumberFormat.NATIONAL)
            digits = re.sub(r"\D", "", national)
            chosen = digits if like.isdecimal() else national
            if length is not None and len(chosen) > length:
                chosen = digits
        elif like and " " in like.strip():
            spaced = phonenumbers.format_number(
                phonenumbers.parse(chosen), PhoneNumberFormat.INTERNATIONAL
            )
            chosen = spaced if length is None or len(spaced) <= length else chosen
        return chosen

    return Making(len(values), write)


def _urls(library: Library, locale: str, count: int) -> Making:
    names = library.names(locale).pools.plain_last

    def write(number: int, like: str) -> str:
        number, place = divmod(number, len(names))
        host = f"www.{plain(names[place])}{number or ''}.example.com"
        if like and "://" not in like:
            return host
        return f"{like.partition('://')[0] or 'https'}://{host}"

    return Making(len(names) * (count // len(names) + 1), write, usual=len(names))


def _iban(own: str) -> Write:
    def write(number: int, like: str) -> str:
        bare = like.replace(" ", "").upper()
        # The country of the old one, where it has any.
        figure = account(bare[:2] if bare[:2].isalpha() and len(bare) > 14 else own)
        return _like(like, figure.write(number % figure.size))

    return write


def _like(pattern: str, made: str) -> str:
    return written_like(pattern, made) if pattern else made


def _birth(number: int, _: str) -> str:
    return (_FIRST_BIRTH + timedelta(days=number % _BIRTHS)).isoformat()


def _code(number: int, _: str) -> str:
    """Digits and letters, of which the last is a letter."""
    number, last = divmod(number, len(_CODE) - 10)
    written = _CODE[10 + last]
    for _place in range(7):
        number, place = divmod(number, len(_CODE))
        written = _CODE[place] + written
    return written


#: What stands for numbers and codes of which nothing is known.
CODES: Final = Making(len(_CODE) ** 7 * (len(_CODE) - 10), _code)


def _card(number: int, like: str) -> str:
    figure = card(re.sub(r"\D", "", like))
    return _like(like, figure.write(number % figure.size))


def _social(number: int, like: str) -> str:
    made = SOCIAL.write(number)
    return made.replace("-", "") if like.isdecimal() else made


def _ip(number: int, like: str) -> str:
    mask = _IP_REST.search(like)
    behind = mask[0] if mask else ""
    if ":" in like:
        number %= 2**48
        return f"2001:db8::{number >> 32:x}:{number >> 16 & 65_535:x}:{number & 65_535:x}{behind}"
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}{behind}"


def _mac(number: int, like: str) -> str:
    joint = "-" if "-" in like else ":"
    digits = f"02{number % 2**40:010x}"
    if like.isalnum() and like:
        return digits.upper() if like.isupper() else digits
    written = joint.join(digits[place : place + 2] for place in range(0, 12, 2))
    return written.upper() if like.isupper() else written


def _password(number: int, like: int, length: int | None) -> str:
    wanted = min(max(like, 12), length or 64, 64)
    written: list[str] = []
    state = number
    for _ in range(wanted):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        written.append(_LETTERS[(state >> 33) % len(_LETTERS)])
    return "".join(written)


def _coordinate(number: int, like: str, column: Column) -> str:
    scale = 6 if column.scale is None else min(column.scale, 6)
    scale = 0 if column.kind is Kind.INTEGER else scale
    one = number % 120_000_000 / 1e6 - 60
    other = number // 120_000_000 % 360_000_000 / 1e6 - 180
    if _POINT.fullmatch(like):
        return f"({other:.6f},{one:.6f})"
    is_wide = re.search(r"lon|lng", column.name, re.IGNORECASE) is not None
    return f"{other if is_wide else one:.{scale}f}"
