"""What is true of names and words: dictionaries of Faker and Babel, and short lists of our own.

All are sets of folded texts (:func:`fold`). A dictionary that lacks a true value punishes an
honest answer, so each takes all that the packages have of its kind.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from babel.numbers import get_currency_name
from faker.config import AVAILABLE_LOCALES

LISTS = Path(__file__).parent / "lists"


def fold(text: str) -> str:
    """The same for spellings that differ in case, accents, kinds of dashes, or white space."""
    text = (
        text.replace("’", "'")
        .replace("ʻ", "'")
        .replace("‑", "-")
        .replace("–", "-")
        .replace("ß", "ss")
    )
    bare = (
        letter
        for letter in unicodedata.normalize("NFKD", text)
        # The sounds of kana are letters to their readers.
        if not unicodedata.combining(letter) or "\u3099" <= letter <= "\u309a"
    )
    return unicodedata.normalize("NFC", " ".join("".join(bare).casefold().split()))


@cache
def read_list(name: str, *, separator: str | None = None) -> frozenset[str]:
    """A list of ``lists/``, folded.

    :param separator: what stands between the words; None: white space.
    """
    text = (LISTS / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(folded for word in text.split(separator) if (folded := fold(word)))


@cache
def first_names(*locales: str) -> frozenset[str]:
    """First names as Faker has them in these locales (``de_DE``, ``de``); none: in all."""
    return frozenset(_names("person", "first", locales))


@cache
def last_names(*locales: str) -> frozenset[str]:
    """Surnames as Faker has them in these locales; none: in all."""
    return frozenset(_names("person", "last", locales))


def _names(provider: str, which: str, locales: tuple[str, ...]) -> Iterator[str]:
    for name, table in _tables(provider, locales):
        if which in name and "name" in name and "format" not in name:
            yield from map(fold, _texts(table))


@cache
def cities(*locales: str) -> frozenset[str]:
    """Cities as Faker lists them in these locales."""
    return frozenset(
        fold(text)
        for name, table in _tables("address", locales)
        if name in ("cities", "city_names")
        for text in _texts(table)
    )


@cache
def states_of_the_usa() -> frozenset[str]:
    """The fifty, and the district of the capital."""
    found = {
        fold(text)
        for name, table in _tables("address", ("en_US",))
        for text in _texts(table)
        if name == "states"
    }
    return frozenset(found | {"district of columbia", "washington, d.c.", "washington d.c."})


@cache
def street_words() -> frozenset[str]:
    """What names of streets end with in English, abbreviations included."""
    found = {
        fold(text)
        for name, table in _tables("address", ("en_US", "en_GB", "en_CA"))
        for text in _texts(table)
        if name == "street_suffixes"
    }
    short = "st ave rd blvd dr ln ct pl sq ter pkwy hwy way cir trl aly xing broadway"
    return frozenset(found | set(short.split()))


@cache
def countries(language: str) -> frozenset[str]:
    """Names of countries in ``en`` or ``fr``, with other names that they go by."""
    found = set(read_list(f"countries_{language}", separator=";"))
    for code, name in Locale.parse(language).territories.items():
        if len(code) == 2 and code.isalpha() and fold(code) not in read_list("no_codes"):
            found |= _spellings(name)
    # Of English, Faker has its countries where it has what all languages share.
    for table_name, table in _tables("address", ("" if language == "en" else "fr_FR",)):
        if table_name == "countries":
            found |= {spelled for name in _texts(table) for spelled in _spellings(name)}
    return frozenset(found | {name.replace("-", " ") for name in found})


@cache
def languages(*of: str) -> frozenset[str]:
    """Names of languages, in these languages."""
    found = set()
    for language in of:
        for name in Locale.parse(language).languages.values():
            found |= _spellings(name)
    if "en" in of:
        found |= read_list("languages", separator=";")
    return frozenset(found)


@cache
def currencies() -> frozenset[str]:
    """Names of currencies in English, one and many, their codes, and their units alone."""
    english, none = Locale.parse("en"), read_list("no_codes") | read_list("no_units")
    codes = {code for code in english.currencies if fold(code) not in none}
    names = {
        fold(get_currency_name(code, count=count, locale=english)).split("(")[0].strip()
        for code in codes
        for count in (None, 1, 2)
    }
    units = {name.split()[-1] for name in names}
    return frozenset(
        {fold(code) for code in codes}
        | names
        | (units - none)
        | {
            fold(text)
            for name, table in _tables("currency", ("",))
            for text in _texts(table)
            if name == "currencies"
        }
        | read_list("currencies", separator=";")
    )


@cache
def months(*languages: str) -> frozenset[str]:
    """Names of the months in these languages."""
    return frozenset(
        fold(name)
        for language in languages
        for form in ("format", "stand-alone")
        for name in Locale.parse(language).months[form]["wide"].values()
    )


@cache
def colours() -> frozenset[str]:
    """Words for colours in English: Faker's (``AliceBlue`` as ``alice blue``) and our list."""
    found = set(read_list("colours"))
    for name, table in _tables("color", ("en_US", "")):
        if name in ("all_colors", "safe_colors"):
            keys = table if isinstance(table, dict) else _texts(table)
            found |= {fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key)) for key in keys}
    return frozenset(found | {name.replace(" ", "") for name in found})


@cache
def job_heads() -> frozenset[str]:
    """What a person is, of all titles of jobs that Faker has in English: ``engineer``."""
    found = set(read_list("job_heads"))
    for name, table in _tables("job", ("en_US", "")):
        if name == "jobs":
            for text in _texts(table):
                found.add(fold(text).split(",")[0].split("/")[0].split("(")[0].split()[-1])
    return frozenset(found - read_list("no_job_heads"))


def _spellings(name: str) -> set[str]:
    """A name, and what is left without its brackets, or its brackets alone: ``Myanmar (Burma)``."""
    folded = fold(name)
    parts = [part.strip() for part in re.split(r"[()]", folded)]
    turned = folded.replace("&", "and").replace("st. ", "saint ")
    return {part for part in (folded, turned, *parts[:2]) if len(part) > 2}


def _tables(provider: str, locales: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """All tables of Faker's providers for these locales, with their names."""
    for locale in locales or tuple(AVAILABLE_LOCALES):
        suffix = f".{locale}" if locale else ""
        try:
            module = importlib.import_module(f"faker.providers.{provider}{suffix}")
        except ModuleNotFoundError:
            continue
        found = module.Provider
        for name in dir(found):
            table = getattr(found, name)
            if not name.startswith("_") and isinstance(table, tuple | list | dict):
                yield name, table


def _texts(table: object) -> Iterator[str]:
    """All texts of a table, which may hold pairs of spellings."""
    if isinstance(table, str):
        yield table
    elif isinstance(table, Iterable):
        for item in table:
            yield from _texts(item)
