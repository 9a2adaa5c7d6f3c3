"""From the names of countries, nationalities and languages to the nearest Faker locale."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from faker.config import AVAILABLE_LOCALES

from deploy.sample_model.catalogue.base import words

DEFAULT = "en_US"

# Adjectives and demonyms that are no name of a language or territory: to the territory.
NATIONALITIES = {
    "afghan": "AF",
    "algerian": "DZ",
    "american": "US",
    "argentine": "AR",
    "argentinian": "AR",
    "argentinean": "AR",
    "australian": "AU",
    "aussie": "AU",
    "austrian": "AT",
    "bahraini": "BH",
    "bangladeshi": "BD",
    "belgian": "BE",
    "bolivian": "BO",
    "brazilian": "BR",
    "british": "GB",
    "canadian": "CA",
    "chilean": "CL",
    "colombian": "CO",
    "cuban": "CU",
    "cypriot": "CY",
    "ecuadorian": "EC",
    "egyptian": "EG",
    "emirati": "AE",
    "ethiopian": "ET",
    "ghanaian": "GH",
    "indian": "IN",
    "iranian": "IR",
    "israeli": "IL",
    "jordanian": "JO",
    "kenyan": "KE",
    "lebanese": "LB",
    "liechtensteiner": "LI",
    "mexican": "MX",
    "moroccan": "MA",
    "new zealander": "NZ",
    "kiwi": "NZ",
    "nigerian": "NG",
    "pakistani": "PK",
    "palestinian": "PS",
    "peruvian": "PE",
    "philippine": "PH",
    "saudi": "SA",
    "scottish": "GB",
    "welsh": "GB",
    "english": "",
    "south african": "ZA",
    "sri lankan": "LK",
    "swiss": "CH",
    "taiwanese": "TW",
    "tanzanian": "TZ",
    "uruguayan": "UY",
    "venezuelan": "VE",
    "arab": "SA",
    "arabian": "SA",
    "bosnian": "BA",
    "persian": "IR",
    "quebecois": "CA",
    "québécois": "CA",
    "syrian": "SY",
    "iraqi": "IQ",
    "tunisian": "TN",
    "yemeni": "YE",
    "kuwaiti": "KW",
}
# Further names of territories; Babel knows the official ones.
PLACES = {
    "usa": "US",
    "u.s.a": "US",
    "u.s": "US",
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
# Where several Faker locales share a language or a territory.
LANGUAGE_HOMES = {
    "ar": "ar_SA",
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "hi": "hi_IN",
    "it": "it_IT",
    "nl": "nl_NL",
    "pt": "pt_PT",
    "zh": "zh_CN",
    "el": "el_GR",
    "da": "da_DK",
    "th": "th_TH",
    "nb": "no_NO",
    "nn": "no_NO",
    "no": "no_NO",
    "fil": "fil_PH",
    "sr": "sr_BA",
}
TERRITORY_HOMES = {
    "AT": "de_AT",
    "BA": "bs_BA",
    "BD": "bn_BD",
    "BE": "nl_BE",
    "CA": "en_CA",
    "CH": "de_CH",
    "CN": "zh_CN",
    "DE": "de_DE",
    "DK": "da_DK",
    "DZ": "ar_DZ",
    "ES": "es_ES",
    "GH": "tw_GH",
    "IE": "en_IE",
    "IN": "en_IN",
    "IT": "it_IT",
    "KE": "en_KE",
    "LU": "lb_LU",
    "NG": "en_NG",
    "NZ": "en_NZ",
    "PH": "en_PH",
    "PK": "en_PK",
    "TH": "th_TH",
    "TZ": "sw",
    "ZA": "zu_ZA",
    "RS": "sr_BA",
    "ME": "sr_BA",
    "XK": "sq_AL",
    "BY": "ru_RU",
    "SG": "en_GB",
    "MY": "id_ID",
    "GL": "da_DK",
    "FO": "da_DK",
    "HK": "zh_TW",
    "MO": "zh_TW",
    "GB": "en_GB",
    "US": "en_US",
    "FR": "fr_FR",
    "PT": "pt_PT",
    "BR": "pt_BR",
    "LK": "si_LK",
    "AE": "ar_AE",
    "CY": "el_CY",
}
# Words that mean a territory or a people only when they begin with a capital letter.
CAPITAL_ONLY = frozenset(
    words("""
        turkey, chad, jordan, georgia, china, guinea, jersey, niger, cuba, japan, mali, togo,
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
    names |= {name: ("", code) for name, code in NATIONALITIES.items() if code}
    for name, code in LANGUAGES.items():
        language, _, territory = code.partition("_")
        names[name] = (language, territory)
    return names


@cache
def _matcher() -> re.Pattern[str]:
    longest_first = sorted(_names(), key=len, reverse=True)
    # "Italians", "a Pole's": a plural or genitive of a name still is the name.
    body = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<![\w-])(?:({body})(?:s|'s|’s)?|(US|U\.S\.))(?!\w)", re.IGNORECASE)


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
    own = sorted(each for each in AVAILABLE_LOCALES if each.partition("_")[0] == language)
    return own[0] if own else None


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
