"""What a kind of value is, and the means by which one is drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Literal, TypeVar

from babel import Locale, UnknownLocaleError
from faker import Factory, Generator
from faker.config import AVAILABLE_LOCALES
from faker.utils.loading import list_module

Gender = Literal["female", "male", "unisex"]
T = TypeVar("T")
Maker = Callable[["Draw"], str]

# Locales of Faker that lack a provider, and whom they ask instead (else: same language, en_US).
NEIGHBOURS = {
    "bs_BA": "hr_HR",
    "sr_BA": "hr_HR",
    "lb_LU": "de_LU",
    "mt_MT": "it_IT",
    "ar_AE": "ar_SA",
    "ar_BH": "ar_SA",
    "ar_EG": "ar_SA",
    "ar_JO": "ar_SA",
    "en_AU": "en_GB",
}


@cache
def provider_locales(provider: str) -> frozenset[str]:
    """The locales for which Faker has its own version of a provider ("person", "address")."""
    return frozenset(list_module(import_module(f"faker.providers.{provider}")))


@cache
def nearest(locale: str, provider: str) -> str:
    """The locale itself where Faker knows its `provider`, else a related one, else en_US."""
    known = provider_locales(provider) & frozenset(AVAILABLE_LOCALES)
    if locale in known:
        return locale
    if NEIGHBOURS.get(locale) in known:
        return NEIGHBOURS[locale]
    language = locale.partition("_")[0]
    home = f"{language}_{language.upper()}"
    related = sorted(each for each in known if each.partition("_")[0] == language)
    if home in known:
        return home
    return related[0] if related and language != "en" else "en_US"


@cache
def _generator(locale: str) -> Generator:
    # Faker weighs names by how common they are, at forty times the cost; here the knobs do that.
    return Factory.create(locale, use_weighting=False)


@cache
def _babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@dataclass
class Draw:
    """One moment of drawing: chance, place, and how far to reach beyond the short lists.

    `reach` is the share of composed values (Anna-Lena beside Anna), 0..1; it rises when the
    plain ones run out. All chance comes from `rng`, so the same state gives the same value.
    """

    rng: random.Random
    locale: str = "en_US"
    gender: Gender | None = None
    reach: float = 0.1
    language: str = field(init=False)

    def __post_init__(self) -> None:
        self.language = self.locale.partition("_")[0]

    def fake(self, provider: str = "person") -> Any:
        """Faker for the locale, or for the nearest that has this provider."""
        generator = _generator(nearest(self.locale, provider))
        generator.random = self.rng
        return generator

    @property
    def babel(self) -> Locale:
        """The words of the locale's language; English where Babel does not know it."""
        return _babel(self.locale)

    def ask(self, provider: str, method: str) -> str:
        """One value of Faker; in English where its version for the locale is incomplete."""
        try:
            return str(getattr(self.fake(provider), method)())
        except (AttributeError, AssertionError):
            english = _generator("en_US")
            english.random = self.rng
            return str(getattr(english, method)())

    def chain(self, make: Maker, *, joiner: str, most: int) -> str:
        """One plain value, or with the chance of `reach` several different ones joined."""
        parts = [make(self)]
        while len(parts) < most and self.chance(self.reach if len(parts) == 1 else self.reach / 2):
            part = make(self)
            if part in parts:
                break
            parts.append(part)
        return joiner.join(parts)

    def pick(self, options: Sequence[T]) -> T:
        """One of them, each equally likely."""
        return options[int(self.rng.random() * len(options))]

    def chance(self, probability: float) -> bool:
        """True in that share of the calls."""
        return self.rng.random() < probability

    def composed(self) -> bool:
        """Whether this value should be a composed one."""
        return self.rng.random() < self.reach

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.rng.randint(low, high)

    def fill(self, template: str) -> str:
        """`#` becomes a digit, `?` a capital letter, `^` a hexadecimal digit."""
        draw = {
            "#": "0123456789",
            "?": "ABCDEFGHJKLMNPRSTUVWXYZ",
            "^": "0123456789abcdef",
        }
        return "".join(self.pick(draw[c]) if c in draw else c for c in template)


@dataclass(frozen=True)
class Kind:
    """A kind of value that the model can make.

    `bounded` kinds have few values by nature (planets, months); all others reach tens of
    thousands in every locale. `multiline` kinds break lines inside a value.
    """

    name: str
    aliases: tuple[str, ...]
    make: Maker
    bounded: bool = False
    multiline: bool = False


class Shelf:
    """The kinds of one field, in the order of their definition."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []

    def kind(
        self, name: str, *aliases: str, bounded: bool = False, multiline: bool = False
    ) -> Callable[[Maker], Maker]:
        """Decorator: this function makes values of the kind `name`, also called `aliases`.

        Names and aliases are given in the singular or plural; both are understood.
        """

        def keep(make: Maker) -> Maker:
            self.kinds.append(Kind(name, (name, *aliases), make, bounded, multiline))
            return make

        return keep

    def choice(self, name: str, *aliases: str, of: str) -> None:
        """A bounded kind that is a list of words, given as text separated by commas."""
        options = words(of)
        self.kind(name, *aliases, bounded=True)(lambda draw: draw.pick(options))


def words(text: str) -> tuple[str, ...]:
    """The distinct words or phrases of a text; line breaks in it count as blanks."""
    parts = (" ".join(part.split()) for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
