"""Names of things, and of what people do and own."""

from __future__ import annotations

import re

from tests.eval.dictionaries import (
    colours,
    currencies,
    fold,
    job_heads,
    languages,
    last_names,
    months,
    read_list,
)
from tests.eval.kinds.kind import Kind, attribute

#: Words before a thing that say which: ``Bengal tiger``, ``light blue``.
MOST_WORDS = 3


def is_animal(value: str) -> bool:
    """An animal, or a sort of one: ``red fox``, ``Bengal tigers``."""
    return _is_one_of(value, read_list("animals"))


def is_animal_in_spanish(value: str) -> bool:
    """An animal, with its article and what tells it from others or not: ``el oso polar``."""
    words = fold(value).split()
    if words and words[0] in ("el", "la", "los", "las", "un", "una"):
        words = words[1:]
    known = read_list("animals_es")
    return 1 <= len(words) <= MOST_WORDS + 1 and any(
        form in known for form in _singulars(words[0], "s", "es")
    )


def is_colour(value: str) -> bool:
    """A colour, or a shade of one."""
    known = colours()
    return _is_one_of(value, known) or fold(value).replace(" ", "").replace("-", "") in known


def is_fruit(value: str) -> bool:
    """A fruit, or a sort of one (``Granny Smith apple``); botany's pass, if a cook's or not."""
    return fold(value).replace(" ", "") in read_list("fruits") or _is_one_of(
        value, read_list("fruits")
    )


def is_currency(value: str) -> bool:
    """Its name, unit or code, or name and code: ``Euro (EUR)``."""
    folded = re.sub(r"\s*[(\[][^)\]]*[)\]]$", "", fold(value))
    folded = re.sub(r"\bu\.s\.|\bunited states\b", "us", folded)
    return folded in currencies()


def is_language(value: str) -> bool:
    """As English has it, a country or script in brackets or not."""
    return fold(re.sub(r"\s*\([^)]*\)$", "", value)) in languages("en")


def is_month_in_italian_or_spanish(value: str) -> bool:
    """One of the twenty-two; two are in both."""
    return fold(value) in months("it", "es")


def is_job_title(value: str) -> bool:
    """Somebody who does something: the last word, or that before ``of`` or a comma, is a person."""
    folded = fold(re.sub(r"\s*\([^)]*\)$", "", value))
    if folded.count(",") > 1:  # a list of them
        return False
    heads = [re.split(r",| of | at | in | - |/", folded)[0].split(), folded.split()]
    return all(len(words) <= 6 for words in heads) and any(
        form in job_heads() for words in heads if words for form in _singulars(words[-1], "s")
    )


def is_company(value: str) -> bool:
    """A name that is known, or that one sees to be a company's and not a thing's.

    It says what it is (``Blue Ocean Logistics``, ``Acme Inc.``), joins names (``Smith & Sons``),
    or is coined (``TechNova``).
    """
    if fold(value) in read_list("brands", separator=";"):
        return True
    words = value.replace(",", " ").split()
    if (
        not 1 <= len(words) <= 6
        or not words[0][0].isupper()
        or re.search(r"[.!?:;]\s|[{}<>|]", value)
    ):
        return False
    if re.fullmatch(r"[A-Z][a-z]{2,}(?:[A-Z][a-z]{2,}|[A-Z]{2})+(?:\.(?:com|io|ai))?", value):
        return True
    if re.fullmatch(r"\w[\w'-]*(?:, \w+)? (?:&|and|und) (?:\w[\w'-]*)(?: \w+)?", value):
        halves = re.split(r" (?:&|and|und) ", value)
        ends = fold(halves[1]).split()[0]
        return ends in read_list("company_words") or all(
            fold(half).split()[0].strip(",") in last_names() for half in halves
        )
    if re.fullmatch(r"[A-Z]\w+-[A-Z]\w+", value):
        return all(fold(half) in last_names() for half in value.split("-"))
    ends = {fold(word).strip(".").replace(".", "") for word in words[1:]}
    return len(words) >= 2 and bool(ends & read_list("company_words")) and words[1][0].isupper()


def _is_one_of(value: str, known: frozenset[str]) -> bool:
    """Whether a word of ``known`` stands at the end, with few before it that are words at all."""
    folded = fold(value).replace("the ", "", 1) if fold(value).startswith("the ") else fold(value)
    words = re.split(r"[ -]", folded)
    if not 1 <= len(words) <= MOST_WORDS or not all(
        re.fullmatch(r"[^\W\d]+'?s?", w) for w in words
    ):
        return False
    return any(form in known for form in (folded, *_singulars(words[-1], "s", "es")))


def _singulars(word: str, *endings: str) -> list[str]:
    found = [word, *(word.removesuffix(ending) for ending in endings)]
    if word.endswith("ies"):
        found.append(f"{word[:-3]}y")
    if word.endswith("ves"):
        found.append(f"{word[:-3]}f")
    return [{"mice": "mouse", "geese": "goose", "oxen": "ox"}.get(form, form) for form in found]


KINDS = (
    Kind(
        name="animals",
        sort="words",
        data_type="animal",
        wish="animals",
        judge=is_animal,
        true=(
            "lion",
            "Red Fox",
            "African elephants",
            "Great White Shark",
            "Komodo dragon",
            "wolves",
        ),
        false=("animal", "rock", "Animal 3", "12", "pet food", "Africa"),
        longest=30,
    ),
    Kind(
        name="colours",
        sort="words",
        data_type="color",
        wish="colors",
        judge=is_colour,
        true=("red", "Light Blue", "burnt sienna", "AliceBlue", "#navy".strip("#"), "dark-green"),
        false=("color", "shiny", "RGB(1,2,3)", "color 5", "table"),
        longest=30,
    ),
    Kind(
        name="currencies",
        sort="words",
        data_type="currency",
        wish="currencies of the world",
        judge=is_currency,
        true=("Euro", "US Dollar", "EUR", "Japanese yen", "Swiss francs", "Euro (EUR)", "Won"),
        false=("Currency", "money", "$100", "Germany", "bank"),
        longest=40,
    ),
    Kind(
        name="job_titles",
        sort="words",
        data_type="job title",
        max_value_length=50,
        wish="job titles",
        judge=is_job_title,
        true=(
            "Software Engineer",
            "Director of Sales",
            "Nurse",
            "Engineer, civil",
            "Data Scientist II".removesuffix(" II"),
        ),
        false=(
            "Job Title",
            "Software",
            "work",
            "Marketing",
            "a job in an office building",
            "Nurse, Crew, Chef",
        ),
        longest=50,
    ),
    Kind(
        name="companies",
        sort="words",
        data_type="company name",
        wish="names of companies",
        judge=is_company,
        true=(
            "Acme Inc.",
            "Blue Ocean Logistics",
            "Smith & Sons",
            "TechNova",
            "Google",
            "Müller GmbH",
        ),
        false=(
            "Company Name",
            "table",
            "Red apple",
            "A company that makes shoes.",
            "the bank",
            "1",
        ),
        longest=50,
    ),
    Kind(
        name="languages",
        sort="words",
        data_type="language",
        wish="languages of the world",
        judge=is_language,
        true=("German", "Mandarin", "Swahili", "Portuguese (Brazil)"),
        false=("language", "Germany", "Python 3", "word"),
        longest=30,
        held_out=True,
    ),
    Kind(
        name="fruits",
        sort="words",
        data_type="fruit",
        wish="fruits",
        judge=is_fruit,
        true=("apple", "Cherries", "Granny Smith apple", "passion fruit", "blood orange"),
        false=("fruit", "carrot", "juice", "fruit 2", "tree"),
        longest=30,
        held_out=True,
    ),
    Kind(
        name="spanish_animals",
        sort="words",
        data_type="animal",
        attributes=(attribute("Spanish", label="Language"),),
        wish="names of animals in Spanish",
        judge=is_animal_in_spanish,
        true=("perro", "El gato", "oso polar", "tiburón blanco", "leones", "águila"),
        false=("dog", "Spanish", "casa", "animal", "cat"),
        longest=30,
        held_out=True,
    ),
    Kind(
        name="months",
        sort="words",
        data_type="month",
        attributes=(attribute("Italian", "Spanish", label="Language"),),
        wish="names of months in Italian and Spanish",
        judge=is_month_in_italian_or_spanish,
        true=("gennaio", "Enero", "septiembre"),
        false=("January", "Italian", "lunes", "month"),
        count=20,
        longest=20,
        held_out=True,
    ),
)
