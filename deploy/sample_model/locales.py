"""From the names of countries, nationalities and languages to the nearest Faker locale."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from faker.config import AVAILABLE_LOCALES

from deploy.sample_model.catalogue.base import words

DEFAULT = "en_US"

# Adjectives and demonyms that are neither the name of a language nor begin with a territory's.
NATIONALITIES = {
    "afghan": "AF",
    "american": "US",
    "argentine": "AR",
    "argentinian": "AR",
    "argentinean": "AR",
    "aussie": "AU",
    "belgian": "BE",
    "british": "GB",
    "canadian": "CA",
    "cypriot": "CY",
    "emirati": "AE",
    "jordanian": "JO",
    "lebanese": "LB",
    "mexican": "MX",
    "moroccan": "MA",
    "kiwi": "NZ",
    "palestinian": "PS",
    "peruvian": "PE",
    "philippine": "PH",
    "saudi": "SA",
    "scottish": "GB",
    "welsh": "GB",
    "swiss": "CH",
    "arab": "SA",
    "persian": "IR",
    "quebecois": "CA",
    "québécois": "CA",
}
# Further names of territories; Babel knows the official ones.
PLACES = {
    "usa": "US",
    "the states": "US",
    "america": "US",
    "uk": "GB",
    "u.k": "GB",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "czech republic": "CZ",
    "korea": "KR",
    "republic of korea": "KR",
    "uae": "AE",
    "emirates": "AE",
    "turkey": "TR",
    "russian federation": "RU",
    "bosnia": "BA",
    "macedonia": "MK",
    "palestine": "PS",
    "hong kong": "TW",
    "macau": "TW",
    "quebec": "CA",
    "québec": "CA",
    "catalonia": "ES",
}
LANGUAGES = {
    "farsi": "fa",
    "mandarin": "zh",
    "castilian": "es",
    "catalan": "es",
    "flemish": "nl_BE",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "filipino": "fil",
    "tagalog": "tl",
    "gaelic": "ga",
    "norwegian": "no",
    "azeri": "az",
    "latino": "es",
    "hispanic": "es",
    "danish": "da",
    "dane": "da",
    "swede": "sv",
    "finn": "fi",
    "scandinavian": "sv",
}
# Where the first of the Faker locales of a language or a territory is not the likeliest.
LANGUAGE_HOMES = {
    "ar": "ar_SA",
    "en": "en_US",
    "el": "el_GR",
    "nb": "no_NO",
    "nn": "no_NO",
}
TERRITORY_HOMES = {
    "BE": "nl_BE",
    "LU": "lb_LU",
    "TH": "th_TH",
    "BY": "ru_RU",
    "SG": "en_GB",
    "MY": "id_ID",
    "HK": "zh_TW",
    "MO": "zh_TW",
}
# Words that mean a territory or a people only when they begin with a capital letter.
CAPITAL_ONLY = frozenset(
    words("""
        turkey, chad, jordan, georgia, china, guinea, jersey, niger, japan, mali, togo,
        america, finn, swede, dane, kiwi, wales, the states
    """)
)


@cache
def _names() -> dict[str, tuple[str, str]]:
    """(language, territory) by lower-case name; either may be empty."""
    english = Locale("en")
    ours = {locale.partition("_")[0] for locale in AVAILABLE_LOCALES}
    names: dict[str, tuple[str, str]] = {}
    for code, name in english.territories.items():
        if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "XA", "XB", "EZ"):
            names[name.lower()] = ("", code)
    for code, name in english.languages.items():
        if code in ours or code in LANGUAGE_HOMES:
            names[name.lower()] = (code, "")
    names |= {name: ("", code) for name, code in PLACES.items()}
    names |= {name: ("", code) for name, code in NATIONALITIES.items()}
    for name, code in LANGUAGES.items():
        language, _, territory = code.partition("_")
        names[name] = (language, territory)
    return names


@cache
def _matcher() -> re.Pattern[str]:
    longest_first = sorted(_names(), key=len, reverse=True)
    body = "|".join(re.escape(name) for name in longest_first)
    # "Brazilian", "Italians", "a Cuban's": what is made of a name still stands for it.
    more = "(?:n|an|ian|ese|i|er)?(?:s|'s|’s)?"
    return re.compile(rf"(?<![\w-])(?:({body}){more}|(US|U\.S\.))(?!\w)", re.IGNORECASE)


def find_locale_words(text: str) -> list[tuple[int, int, str, str]]:
    """(begin, end, language, territory) of each name of a people, place or language."""
    found = []
    for match in _matcher().finditer(text):
        word = match.group(1)
        if word is None:
            if match.group() in ("US", "U.S."):
                found.append((*match.span(), "", "US"))
            continue
        if word.lower() in CAPITAL_ONLY and not word[0].isupper():
            continue
        found.append((*match.span(), *_names()[word.lower()]))
    return found


def nearest_locale(language: str, territory: str) -> str:
    """The Faker locale for a language and a territory (either may be empty).

    Both together where Faker has them, else the territory's, else the language's, else en_US.
    """
    if f"{language}_{territory}" in AVAILABLE_LOCALES:
        return f"{language}_{territory}"
    return _of_territory(territory) or _of_language(language) or DEFAULT


def _of_language(language: str) -> str | None:
    if not language:
        return None
    if language in LANGUAGE_HOMES:
        return LANGUAGE_HOMES[language]
    home = f"{language}_{language.upper()}"
    if home in AVAILABLE_LOCALES:
        return home
    own = (each for each in AVAILABLE_LOCALES if each.partition("_")[0] == language)
    return min(own, default=None)


def _of_territory(territory: str) -> str | None:
    if not territory:
        return None
    if territory in TERRITORY_HOMES:
        return TERRITORY_HOMES[territory]
    own = sorted(each for each in AVAILABLE_LOCALES if each.endswith(f"_{territory}"))
    if own:
        return own[0]
    likely = get_global("likely_subtags").get(f"und_{territory}")
    try:
        return _of_language(Locale.parse(likely).language) if likely else None
    except (UnknownLocaleError, ValueError):
        return None
