"""What value generation is asked for where a copy wants a list of values. Pure.

The kind, the language and the country in words, and nothing else: no value of a source, no name of
a table or a column.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.synthesis.generators.needs import ListNeed
from shared.synthesis.locales import full_locale
from shared.synthesis.plans import Entity

#: Kinds that a model can name, with the label of what tells their places of origin apart. Numbers
#: with check digits are none of them: a model cannot compute one.
_KINDS = {
    Entity.FIRST_NAME: ("first name", "Language"),
    Entity.LAST_NAME: ("last name", "Language"),
    Entity.PERSON: ("full name", "Language"),
    Entity.JOB_TITLE: ("job title", "Language"),
    Entity.COMPANY: ("company name", "Country"),
    Entity.CITY: ("city", "Country"),
    Entity.STREET_ADDRESS: ("street address", "Country"),
}

_LANGUAGES = {
    **{"ar": "Arabic", "az": "Azerbaijani", "bn": "Bangla", "cs": "Czech", "da": "Danish"},
    **{"de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian"},
    **{"fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian"},
    **{"hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese"},
    **{"ka": "Georgian", "ko": "Korean", "mk": "Macedonian", "mr": "Marathi", "ne": "Nepali"},
    **{"nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian"},
    **{"ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "ta": "Tamil"},
    **{"th": "Thai", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese", "zu": "Zulu"},
}

_COUNTRIES = {
    **{"AM": "Armenia", "AR": "Argentina", "AT": "Austria", "AZ": "Azerbaijan"},
    **{"BD": "Bangladesh", "BE": "Belgium", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland"},
    **{"CL": "Chile", "CN": "China", "CO": "Colombia", "CZ": "Czechia", "DE": "Germany"},
    **{"DK": "Denmark", "DZ": "Algeria", "ES": "Spain", "FI": "Finland", "FR": "France"},
    **{"GB": "United Kingdom", "GE": "Georgia", "GR": "Greece", "HR": "Croatia", "HU": "Hungary"},
    **{"ID": "Indonesia", "IE": "Ireland", "IL": "Israel", "IN": "India", "IR": "Iran"},
    **{"IT": "Italy", "JP": "Japan", "KR": "South Korea", "MK": "North Macedonia"},
    **{"MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NP": "Nepal", "NZ": "New Zealand"},
    **{"PL": "Poland", "PT": "Portugal", "RO": "Romania", "RU": "Russia", "SE": "Sweden"},
    **{"SI": "Slovenia", "SK": "Slovakia", "TH": "Thailand", "TW": "Taiwan", "UA": "Ukraine"},
    **{"US": "United States", "VN": "Vietnam", "ZA": "South Africa"},
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of values in words.

    :param attributes: label and value.
    """

    data_type: str
    attributes: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return ", ".join((self.data_type, *(value for _, value in self.attributes)))


def kind_of(need: ListNeed) -> Kind | None:
    """What to ask for; None for what no model should be asked."""
    if need.entity not in _KINDS:
        return None
    data_type, label = _KINDS[need.entity]
    language, country = full_locale(need.locale).split("_")
    origin = _LANGUAGES[language] if label == "Language" else _COUNTRIES[country]
    gender = (("Gender", need.gender),) if need.gender else ()
    return Kind(data_type=data_type, attributes=((label, origin), *gender))
