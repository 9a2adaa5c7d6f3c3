"""What values are made up of: the mill's lists, and Faker where there are none. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from shared.synthesis.generators.listing import list_name
from shared.synthesis.generators.people import NamePools, Names
from shared.synthesis.generators.pools import SIZE, pool
from shared.synthesis.generators.wording import plain
from shared.synthesis.locales import full_locale
from shared.synthesis.plans import Entity

#: A list with fewer values than that is not used alone: too many people would share a name.
_FEW: Final = 10
_GENDERS: Final = ("female", "male")


class Library:
    """The values to choose of, by entity and locale; the same for all columns of a run.

    :param lists: of the mill, by the names of their needs.
    """

    def __init__(self, secret: bytes, lists: Mapping[str, Sequence[str]]) -> None:
        self._secret = secret
        self._lists = {name: tuple(dict.fromkeys(values)) for name, values in lists.items()}
        self._pools: dict[tuple[Entity, str, str | None, int], tuple[str, ...]] = {}
        self._names: dict[str, Names] = {}

    def values(
        self, entity: Entity, locale: str, *, gender: str | None = None, size: int = SIZE
    ) -> tuple[str, ...]:
        """Values of an entity; none where nothing is known of it.

        :param size: how many are wanted; there may be fewer.
        """
        key = (entity, full_locale(locale), gender, size)
        if key not in self._pools:
            listed = self._lists.get(list_name(entity, locale, gender), ())
            if gender and not listed:
                listed = self._of_gender(entity, locale, gender)
            made: tuple[str, ...] = ()
            if len(listed) < _FEW or (size > SIZE and len(listed) < size):
                made = pool(entity, locale, gender=gender, size=size)
            self._pools[key] = tuple(dict.fromkeys((*listed, *made)))
        return self._pools[key]

    def _of_gender(self, entity: Entity, locale: str, gender: str) -> tuple[str, ...]:
        """Those of the mill's names that are known to be of a gender; of few, all names."""
        listed = self._lists.get(list_name(entity, locale), ())
        known = frozenset(pool(entity, locale, gender=gender))
        of_gender = tuple(each for each in listed if each in known)
        return of_gender if len(of_gender) >= _FEW else listed

    def names(self, locale: str) -> Names:
        """New names for old ones of a locale."""
        code = full_locale(locale)
        if code not in self._names:
            first = self.values(Entity.FIRST_NAME, code)
            last = self.values(Entity.LAST_NAME, code)
            female, male = (
                self.values(Entity.FIRST_NAME, code, gender=gender) for gender in _GENDERS
            )
            spelt_first, spelt_last = (_spelt(values) for values in (first, last))
            self._names[code] = Names(
                self._secret,
                code,
                NamePools(
                    first=first,
                    female=female,
                    male=male,
                    last=last,
                    known_female=frozenset(pool(Entity.FIRST_NAME, code, gender="female")),
                    known_male=frozenset(pool(Entity.FIRST_NAME, code, gender="male")),
                    plain_first=spelt_first or _spelt(pool(Entity.FIRST_NAME, "en")),
                    plain_last=spelt_last or _spelt(pool(Entity.LAST_NAME, "en")),
                ),
            )
        return self._names[code]


def _spelt(values: Sequence[str]) -> tuple[str, ...]:
    """Those that ASCII can spell."""
    return tuple(each for each in values if len(plain(each)) > 1)
