"""People: names, whole names, e-mail addresses and logins that agree with each other. Pure.

A first or last name becomes the same new one wherever it stands and however it is spelt: in a
column of its own, within a whole name, as a part of an e-mail address or of a login.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.synthesis.generators.wording import cut, folded, in_case_of, plain, spellings
from shared.synthesis.keys.chance import derived, hash_of

_TITLES: Final = re.compile(
    r"(?:dr|prof|mr|mrs|ms|miss|mx|sir|dame|rev|hon|herr|frau|ing|dipl|mag|sr|sra|don|doña|mme|"
    r"mlle|m|jr|ii|iii|iv|phd|md|esq|msc|bsc|ba|ma)\.?",
    re.IGNORECASE,
)
_FEMALE_TITLES: Final = frozenset({"mrs", "ms", "miss", "frau", "sra", "doña", "mme", "mlle"})
_MALE_TITLES: Final = frozenset({"mr", "sir", "herr", "sr", "don", "m"})
_PARTICLES: Final = frozenset(
    {
        *("von", "van", "de", "der", "den", "del", "della", "di", "da", "dos", "du", "le", "la"),
        *("ten", "ter", "zu", "zum", "af", "av", "bin", "ibn", "al", "el"),
    }
)
_FEMALE: Final = frozenset({"f", "female", "w", "weiblich", "woman", "femme", "mujer", "femmina"})
_MALE: Final = frozenset({"m", "male", "männlich", "man", "homme", "hombre", "maschio"})

#: Local parts that are no person's.
_ROLES: Final = frozenset(
    {
        *("admin", "administrator", "billing", "career", "contact", "contacto", "customer"),
        *("enquiries", "finance", "help", "hello", "hostmaster", "hr", "info", "jobs", "kontakt"),
        *("mail", "marketing", "newsletter", "noreply", "office", "order", "orders", "post"),
        *("postmaster", "press", "privacy", "root", "sales", "security", "service", "shop"),
        *("support", "team", "webmaster"),
    }
)
#: Reserved for documentation by RFC 2606: nobody gets mail there.
_RESERVED: Final = ("example.com", "example.org", "example.net")
#: So many names are remembered.
_MEMORY: Final = 50_000
_CHUNK: Final = re.compile(r"([^\W_]+)")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SPLIT: Final = re.compile(r"([^\W\d_]+|\d+)")


def gender_of(value: str | None) -> str | None:
    """What a value of a column of genders or of titles says."""
    read = (value or "").strip().strip(".").casefold()
    if read in _FEMALE or read in _FEMALE_TITLES:
        return "female"
    if read in _MALE or read in _MALE_TITLES:
        return "male"
    return None


@dataclass(frozen=True)
class NamePools:
    """New names to choose of.

    :param first: and ``female`` and ``male``: first names; the latter may be empty.
    :param known_female: and ``known_male``: first names by which a gender is told.
    :param plain_first: and ``plain_last``: names that can be spelt in ASCII, for addresses.
    """

    first: Sequence[str]
    female: Sequence[str]
    male: Sequence[str]
    last: Sequence[str]
    known_female: frozenset[str]
    known_male: frozenset[str]
    plain_first: Sequence[str]
    plain_last: Sequence[str]


class Names:
    """New names for old ones, the same in every table.

    :param scope: what the choice is keyed by besides the secret: the locale.
    """

    def __init__(self, secret: bytes, scope: str, pools: NamePools) -> None:
        self.pools = pools
        self._first = derived(secret, "FIRST_NAME", scope)
        self._last = derived(secret, "LAST_NAME", scope)
        self._domain = derived(secret, "DOMAIN", scope)
        self._letter = derived(secret, "LETTER", scope)
        # Names and domains come again and again.
        self.plain_first = lru_cache(_MEMORY)(self._plain_first)
        self.plain_last = lru_cache(_MEMORY)(self._plain_last)
        self.domain = lru_cache(_MEMORY)(self._domain_of)
        female = frozenset(map(folded, pools.known_female))
        male = frozenset(map(folded, pools.known_male))
        self._female, self._male = female - male, male - female
        self._firsts = frozenset(plain(name) for name in pools.first)
        lasts = frozenset(plain(name) for name in pools.last)
        self._only_first, self._only_last = self._firsts - lasts, lasts - self._firsts

    def first(self, name: str, gender: str | None = None, length: int | None = None) -> str:
        """A new first name; of this gender, or of that which the old one is known to have."""
        key = folded(name)
        if gender is None:
            gender = "female" if key in self._female else "male" if key in self._male else None
        of_gender = {"female": self.pools.female, "male": self.pools.male}.get(gender or "")
        return in_case_of(name, _pick(self._first, key, of_gender or self.pools.first, length))

    def last(self, name: str, length: int | None = None) -> str:
        """A new last name."""
        return in_case_of(name, _pick(self._last, folded(name), self.pools.last, length))

    def whole(self, name: str, gender: str | None = None) -> str:
        """A new whole name, in the order and with the titles of the old one."""
        if "," in name:
            last, _, first = name.partition(",")
            written = self._titled(first.strip(), gender, is_first=True)
            return f"{self.last(last.strip())}, {written}" if written else self.last(last.strip())
        return self._titled(name.strip(), gender, is_first=False)

    def _titled(self, name: str, gender: str | None, *, is_first: bool) -> str:
        words = name.split()
        start, end = 0, len(words)
        while start < end - 1 and _TITLES.fullmatch(words[start]):
            gender = gender or gender_of(words[start])
            start += 1
        while end - 1 > start and _TITLES.fullmatch(words[end - 1].strip(",")):
            end -= 1
        before, core, after = words[:start], words[start:end], words[end:]
        new: list[str] = []
        if is_first or (core and len(core) == 1 and before):
            # Behind a title alone stands a last name: "Dr. Doe".
            joined = " ".join(core)
            new = [self.first(joined, gender) if is_first else self.last(joined)] if joined else []
        elif core:
            at = _last_name_at(core)
            given, last = core[:at], " ".join(core[at:])
            names = [each for each in given if len(each.strip(".")) > 1]
            initials = [self._initial(each) for each in given if len(each.strip(".")) == 1]
            new = [self.first(" ".join(names), gender)] if names else []
            new += [*initials, self.last(last)]
        return " ".join([*before, *new, *after])

    def _initial(self, letter: str) -> str:
        drawn = hash_of(self._letter, letter.strip(".").casefold()) % 26
        moved = chr(ord("A") + drawn)
        moved = moved if letter[0].isupper() else moved.lower()
        return moved + letter[1:]

    # -- addresses and logins ------------------------------------------------------------------

    def login(self, login: str, row: Row | None = None) -> str:
        """A new login, or local part of an address, of the pattern of the old one.

        :param row: the names that stand in the same row, old and new.
        """
        letters = [plain(word) for word in _LETTERS.findall(login)]
        turn = 0
        written: list[str] = []
        for place, chunk in enumerate(_CHUNK.split(login)):
            if place % 2 == 0:
                written.append(chunk)
                continue
            words = _SPLIT.split(chunk)
            # A name of the row may have digits in it itself.
            new = row.part(plain(chunk)) if row is not None else None
            if new is not None:
                written.append(_cased(chunk, new))
                turn += sum(not word.isdecimal() for word in words[1::2])
                continue
            for word in words[1::2]:
                if word.isdecimal():
                    written.append(self._digits(word, login))
                    continue
                new = row.part(letters[turn]) if row is not None else None
                written.append(_cased(word, self._word(letters, turn) if new is None else new))
                turn += 1
        return "".join(written)

    def _word(self, words: Sequence[str], turn: int) -> str:
        word, count = words[turn], len(words)
        if word in _ROLES and count == 1:
            return word
        if len(word) <= 1:
            return self._initial(word).lower() if word else ""
        is_first = turn == 0 and count > 1
        if count == 2:
            # "doe.jane": only the other way round are both known names.
            is_turned = words[0] in self._only_last and words[1] in self._only_first
            is_first = is_first != is_turned
        elif count == 1:
            is_first = word in self._firsts
        return self.plain_first(word) if is_first else self.plain_last(word)

    def _plain_first(self, name: str, gender: str | None = None) -> str:
        """The new first name as it is spelt in an address."""
        new = plain(self.first(name.lower(), gender))
        return new or plain(_pick(self._first, folded(name), self.pools.plain_first, None))

    def _plain_last(self, name: str) -> str:
        """The new last name as it is spelt in an address."""
        new = plain(self.last(name.lower()))
        return new or plain(_pick(self._last, folded(name), self.pools.plain_last, None))

    def _digits(self, digits: str, scope: str) -> str:
        drawn = hash_of(self._letter, f"{scope.lower()} {digits}")
        return str(drawn % 10 ** len(digits)).zfill(len(digits))

    def email(
        self, address: str, row: Row | None = None, *, length: int | None = None, number: str = ""
    ) -> str:
        """A new address at a domain that is nobody's, with the login of the same pattern.

        :param number: stands behind the local part, and is never cut.
        """
        local, at, domain = address.rpartition("@")
        if not at:
            local, domain = address, ""
        new_domain = self.domain(domain)
        # What stands behind a plus sign names a folder of the same person.
        new = self.login(local.partition("+")[0], row).strip(".")
        if number:
            # So that it can be told where the number begins, and no two are one.
            new = new.rstrip("0123456789")
        new = new or "user"
        if length is not None and len(new) + len(number) + 1 + len(new_domain) > length:
            new_domain = new_domain.partition(".")[2] if new_domain.count(".") > 1 else new_domain
            room = length - len(number) - 1 - len(new_domain)
            if room < 1:
                short = f"{number or new[:1]}@x.test"
                return short if len(short) <= length else (number or new)[-length:]
            new = new[:room].rstrip("._-0123456789") or "u"
        return f"{new}{number}@{new_domain}"

    def _domain_of(self, domain: str) -> str:
        """A reserved domain for a real one, always the same."""
        drawn = hash_of(self._domain, domain.strip().casefold())
        reserved = _RESERVED[drawn % len(_RESERVED)]
        names = self.pools.plain_last
        return f"{plain(names[drawn // 8 % len(names)])}.{reserved}" if names else reserved


class Row:
    """The names of one row, by the parts that logins make of them."""

    def __init__(self, first: tuple[str, str] | None, last: tuple[str, str] | None) -> None:
        """Of a first and a last name, each the old one and how the new one is spelt."""
        self._parts: dict[str, str] = {}
        given, new_given = first or ("", "")
        family, new_family = last or ("", "")
        for one in spellings(given):
            for other in spellings(family):
                self._learn(one, new_given, other, new_family)

    def _learn(self, given: str, new_given: str, family: str, new_family: str) -> None:
        parts = self._parts
        if given and family:
            one, other = given[0], family[0]
            new_one, new_other = new_given[:1], new_family[:1]
            parts |= {
                one + other: new_one + new_other,
                given + family: new_given + new_family,
                family + given: new_family + new_given,
                one + family: new_one + new_family,
                given + other: new_given + new_other,
                family + one: new_family + new_one,
                other + given: new_other + new_given,
            }
        if family:
            parts[family[0]] = new_family[:1]
            parts[family] = new_family
        if given:
            parts[given[0]] = new_given[:1]
            parts[given] = new_given

    def part(self, word: str) -> str | None:
        """What becomes of a part; None: it is none of these names'."""
        return self._parts.get(word)


def _cased(pattern: str, new: str) -> str:
    return new.upper() if len(pattern) > 1 and pattern.isupper() else new


def _last_name_at(words: Sequence[str]) -> int:
    """Where the last name begins: at its first particle, or with the last word."""
    for place in range(1, len(words)):
        if words[place].casefold() in _PARTICLES:
            return place
    return len(words) - 1


def _pick(secret: bytes, key: str, pool: Sequence[str], length: int | None) -> str:
    """One of a pool by the hash of a key, which may be no longer than so many characters.

    Tries again where it is longer, so what fits is the same in a narrow column as in a wide one;
    and where it is the old name itself.
    """
    chosen = ""
    for turn in range(8):
        drawn = hash_of(secret, f"{turn} {key}" if turn else key)
        chosen = pool[drawn % len(pool)]
        if (length is None or len(chosen) <= length) and folded(chosen) != key:
            return chosen
    return cut(chosen, length)
