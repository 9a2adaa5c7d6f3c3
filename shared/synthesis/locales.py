"""The locales that values can be made up in. Pure.

Those of Faker that have names and addresses of their own; a test holds the list against it. Of
each language one locale is meant where only the language is named.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Language and country, as Faker writes them.
FULL: tuple[str, ...] = (
    *("ar_DZ", "az_AZ", "bn_BD", "cs_CZ", "da_DK", "de_AT", "de_CH", "de_DE", "el_GR"),
    *("en_GB", "en_IE", "en_IN", "en_NZ", "en_US", "es_AR", "es_CL", "es_CO", "es_ES", "es_MX"),
    *("fa_IR", "fi_FI", "fr_CA", "fr_CH", "fr_DZ", "fr_FR", "he_IL", "hi_IN", "hr_HR", "hu_HU"),
    *("hy_AM", "id_ID", "it_IT", "ja_JP", "ka_GE", "ko_KR", "mk_MK", "mr_IN", "ne_NP", "nl_BE"),
    *("nl_NL", "no_NO", "pl_PL", "pt_BR", "pt_PT", "ro_RO", "ru_RU", "sk_SK", "sl_SI", "sv_SE"),
    *("ta_IN", "th_TH", "uk_UA", "vi_VN", "zh_CN", "zh_TW", "zu_ZA"),
)

#: Of languages that are spoken in several countries of the list, the one that is meant.
_FOREMOST = {
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "nl": "nl_NL",
    "pt": "pt_PT",
    "zh": "zh_CN",
}

#: What a language alone stands for.
SHORT: Mapping[str, str] = {code[:2]: code for code in FULL} | _FOREMOST

#: All that may be named, short codes first.
LOCALES: tuple[str, ...] = (*sorted(SHORT), *FULL)


def full_locale(code: str) -> str:
    """The locale that a code of :data:`LOCALES` stands for, as Faker writes it.

    :raises KeyError: for any other code.
    """
    return code if code in FULL else SHORT[code]
