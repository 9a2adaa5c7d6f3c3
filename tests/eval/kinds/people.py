"""Names of people."""

from __future__ import annotations

import re

from tests.eval.dictionaries import first_names, fold, last_names, read_list
from tests.eval.kinds.kind import Kind, attribute

GERMAN = ("de_DE", "de_AT", "de_CH")
FRENCH = ("fr_FR", "fr_CH", "fr_CA", "fr_BE", "fr_QC")
ITALIAN = ("it_IT", "it_CH")

#: Of a first name: Anna-Lena.
MOST_PARTS = 2
#: Between names, and written small.
_PARTICLES = frozenset(
    [
        "al",
        "bin",
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "van",
        "von",
        "y",
    ]
)
#: A syllable of Japanese in Latin letters, and names of such.
_SYLLABLE = r"(?:n(?![aiueoy])|(?:sh|ch|ts|ky|gy|ny|hy|by|py|my|ry|[kgsztdnhbpmyrwjf])?[aiueo])"
_ROMAN = re.compile(rf"(?:{_SYLLABLE}|([kstp])(?=\1)|h(?=\b))+")
_GIVEN_ENDS = re.compile(r"\w{2}(?:taro|saburo|ichi|hiko|suke|ko|hiro|mi)$")
_GIVEN_SCRIPT = re.compile(r"[\s・　]\S{0,3}[子美恵香奈太郎介一二夫男雄也人斗樹平彦翔生希花]$")
_KANA = re.compile(r"[\u3040-\u30ffー]{4,10}")
_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff々ー]{2,8}")


def is_first_name(value: str, *locales: str) -> bool:
    """Whether it is a first name, or several in a row: ``Anna-Lena``, ``Jean Paul``."""
    return _all_in(value, first_names(*locales))


def is_german_first_name(value: str) -> bool:
    """Of Germany, Austria, Switzerland."""
    return is_first_name(value, *GERMAN) or fold(value) in {"liesl", "gretl", "resi", "sepp"}


def is_french_first_name(value: str) -> bool:
    """Of France, Belgium, Switzerland, Canada."""
    return _all_in(value, first_names(*FRENCH) | read_list("first_names_fr"))


def is_italian_surname(value: str) -> bool:
    """Faker's, and our list's; ``De Luca`` and ``DeLuca``."""
    folded = fold(re.sub(r"^(De|Di|Del|Della)(?=[A-Z])", r"\1 ", value))
    known = last_names(*ITALIAN) | read_list("last_names_it", separator=";")
    return folded in known or all(part in known for part in folded.split("-"))


def is_full_name(value: str) -> bool:
    """A first name and a surname of anywhere, with an initial or a middle name or not."""
    words = [word for word in value.split() if not re.fullmatch(r"(?:Dr|Mr|Mrs|Ms|Jr|Sr)\.?", word)]
    words = [word for word in words if word not in _PARTICLES]
    if not 2 <= len(words) <= 4 or not all(word[0].isupper() for word in words):
        return False
    known = last_names() | first_names()
    return is_first_name(words[0]) and any(
        fold(" ".join(words[begin:])) in known or _all_in(words[-1], known)
        for begin in range(1, len(words))
    )


def is_japanese_name(value: str) -> bool:
    """Family and given name in either order and script, one of them well known."""
    names = read_list("names_ja")
    bare = re.sub(r"[\s・　]+", "", value)
    if _KANA.fullmatch(bare):
        return " " in value.strip()
    if _SCRIPT.fullmatch(bare):
        surnames = names | last_names("ja_JP")
        return _GIVEN_SCRIPT.search(value.strip()) is not None or any(
            fold(bare[:length]) in surnames for length in range(1, min(4, len(bare)))
        )
    words = fold(value).replace("'", "").split()
    if not 2 <= len(words) <= 3 or not all(_ROMAN.fullmatch(word) for word in words):
        return False
    known = names | last_names("ja_JP") | first_names("ja_JP")
    return any(word in known or _GIVEN_ENDS.search(word) for word in words)


def _all_in(value: str, known: frozenset[str]) -> bool:
    folded = fold(value)
    parts = re.split(r"[ -]", folded)
    return folded in known or (len(parts) <= MOST_PARTS and all(part in known for part in parts))


KINDS = (
    Kind(
        name="german_first_names",
        sort="names",
        data_type="first name",
        attributes=(attribute("male", "female", label="Gender"), attribute("German")),
        max_value_length=20,
        wish="German first names",
        judge=is_german_first_name,
        true=("Jürgen", "Juergen", "Anna-Lena", "Liesl", "Greta", "MAXIMILIAN", "Änne"),
        false=("Gender: male", "15,", "No line breaks", "German", "Xqz", "Tokyo", ""),
        count=30,
        longest=25,
    ),
    Kind(
        name="first_names",
        sort="names",
        data_type="first name",
        wish="first names",
        judge=is_first_name,
        true=("Emily", "José", "Jean-Paul", "Fatima", "Hiroshi", "Olga"),
        false=("first name", "1. Emily", "Table", "Name 4", "{", "Mike-Jordan-Rachel"),
        longest=25,
    ),
    Kind(
        name="italian_surnames",
        sort="names",
        data_type="surname",
        attributes=(attribute("Italian"),),
        wish="Italian surnames",
        judge=is_italian_surname,
        true=("Rossi", "Bianchi", "Esposito", "ferrari", "Romano"),
        false=("Smith", "Italian", "Rome", "Surname: Rossi", "Rossi,"),
        longest=25,
    ),
    Kind(
        name="french_first_names",
        sort="names",
        data_type="first name",
        attributes=(attribute("French"),),
        wish="French first names",
        judge=is_french_first_name,
        true=("Amélie", "Amelie", "Jean-Pierre", "Élodie", "Thibault", "Océane"),
        false=("Paris", "French", "Wolfgang", "amour", "name"),
        longest=25,
        held_out=True,
    ),
    Kind(
        name="japanese_names",
        sort="names",
        data_type="full name",
        attributes=(attribute("Japanese"),),
        wish="Japanese full names",
        judge=is_japanese_name,
        true=(
            "佐藤 健太",
            "田中美咲",
            "Yamamoto Haruka",
            "Kenji Satō",
            "Hiroshi Tanaka",
            "Ken Endo",
        ),
        false=("東京", "Tokyo", "John Smith", "Japanese", "Sushi Ramen", "Hello Kitty"),
        longest=30,
        held_out=True,
    ),
    Kind(
        name="full_names",
        sort="names",
        data_type="full name",
        max_value_length=40,
        wish="full names of people",
        judge=is_full_name,
        true=("Emily Johnson", "María García López", "John F. Kennedy", "Wei Chen"),
        false=("Full Name", "Emily", "john smith 2", "New York", "The Red Car", "first last"),
        longest=40,
        held_out=True,
    ),
)
