"""What is understood from prompts of many wordings."""

from __future__ import annotations

import pytest

from deploy.sample_model.catalogue import KINDS, aliases, fold
from deploy.sample_model.kinds import ERROR_LIMIT, UnknownKind, find_kind
from deploy.sample_model.locales import nearest_locale
from deploy.sample_model.reading import find_gender, read_wish


@pytest.mark.parametrize(
    ("text", "kind", "locale", "gender", "count"),
    [
        (
            "Give me 20 different first name values. Italian. Gender: female",
            "first names",
            "it_IT",
            "female",
            20,
        ),
        ("65 German first names, at most 20 characters", "first names", "de_DE", None, 65),
        ("Give me 20 cities.\nCountry: Turkey", "cities", "tr_TR", None, 20),
        ("Give me 20 cities, country: Italy", "cities", "it_IT", None, 20),
        ("Country: Italy\nGive me 5 countries", "countries", "it_IT", None, 5),
        ("20 cars for a company", "cars", "en_US", None, 20),
        ('Write 12 values of the kind "company" (Country: Japan)', "companies", "ja_JP", None, 12),
        (
            "Data type: last names\nGender: male\nNationality: Brazilian\nGive 30 of them",
            "last names",
            "pt_BR",
            "male",
            30,
        ),
        ("names of 5 cities in Swiss French", "cities", "fr_CH", None, 5),
        ("I need company email addresses", "e-mail addresses", "en_US", None, 10),
        ("list turkey recipes", "foods", "en_US", None, 10),
        (
            "20 Street names. Austria. avoid repeats. Gender: female",
            "streets",
            "de_AT",
            "female",
            20,
        ),
        ("Provide 1,200 unique values: job titles", "job titles", "en_US", None, 1200),
        ("Output 25 strings. Each is a: product review.", "reviews", "en_US", None, 25),
        ("20 biographies of at most 30 words in 2 sentences", "biographies", "en_US", None, 20),
        ("a JSON array of 7 names", "full names", "en_US", None, 7),
        ("Italian cities, answer in English. 3 please", "cities", "it_IT", None, 3),
        (
            "firstName values for men from Quebec, Canadian French",
            "first names",
            "fr_CA",
            "male",
            10,
        ),
        (
            "Kind: IBAN\nSpanish\n8 values, none longer than 34 characters",
            "IBANs",
            "es_ES",
            None,
            8,
        ),
        (
            "You write test data. Give me 9 German street addresses.",
            "street addresses",
            "de_DE",
            None,
            9,
        ),
    ],
)
def test_any_sensible_wording_is_understood(
    text: str, kind: str, locale: str, gender: str | None, count: int
) -> None:
    wish = read_wish(text)
    assert (wish.kind.name, wish.locale, wish.gender, wish.count) == (kind, locale, gender, count)


@pytest.mark.parametrize("kind", KINDS)
def test_every_alias_finds_its_kind(kind: str) -> None:
    for alias in KINDS[kind].aliases:
        if aliases()[fold(alias)].name != kind:
            continue  # another kind was the first to claim it
        assert find_kind(alias).name == kind
        assert find_kind(f"Give me 20 different {alias} values.").name == kind
        assert find_kind(f"data type: {alias}\nGive me 20 of them. Country: Italy").name == kind


def test_every_kind_answers_to_its_own_name() -> None:
    assert all(find_kind(name).name == name for name in KINDS)
    assert len(KINDS) >= 60


@pytest.mark.parametrize(
    "text",
    [
        "Give me 20 zorkmid codes. Country: Italy. Answer in the language of the country.",
        "Klingon battle cruiser names",
        "Kind of data: zorkmid codes\nDescription: for bank accounts\nWrite 10 values.",
        "Generate 10 hospital bed codes",
        "Generate 10 Kubernetes pod names",
        "20 xyzzy widgets, " + "very long indeed " * 60,
        "",
    ],
)
def test_what_it_does_not_know_it_says(text: str) -> None:
    with pytest.raises(UnknownKind) as caught:
        find_kind(text)
    assert len(str(caught.value)) <= ERROR_LIMIT
    assert "it knows: first names, " in str(caught.value)


def test_the_error_quotes_what_was_asked_for() -> None:
    with pytest.raises(UnknownKind, match="how to make 'zorkmid codes'"):
        find_kind("Give me 20 different zorkmid codes.")


@pytest.mark.parametrize(
    ("text", "avoided"),
    [
        ("5 cities. Not these: Rome, St. Louis, La Paz", {"rome", "st. louis", "la paz"}),
        (
            '5 cities. Do not use any of "Rome", "Ulm, Danube" or "Pisa".',
            {"rome", "ulm, danube", "pisa"},
        ),
        ("5 cities. Avoid:\n- Rome\n- Ulm\n\nCountry: Italy", {"rome", "ulm"}),
        ('5 cities, excluding ["Rome", "Ulm"]', {"rome", "ulm"}),
        ("5 cities except Rome and Ulm", {"rome", "ulm"}),
        ("5 cities", set()),
    ],
)
def test_lists_of_unwanted_values_are_read(text: str, avoided: set[str]) -> None:
    wish = read_wish(text)
    assert wish.avoid == avoided
    assert wish.kind.name == "cities"


def test_beginnings_do_not_settle_the_locale_nor_the_gender() -> None:
    wish = read_wish(
        "Kind of data: full name\nWrite 5 different values of this kind.\n"
        'Each begins with "Jo", "Chad" or "Man", but not with "Sa" or "Al".\nNot these: "A B"'
    )
    assert (wish.locale, wish.gender, wish.count) == ("en_US", None, 5)
    assert wish.avoid == {"a b"}


def test_unwanted_values_do_not_settle_the_locale() -> None:
    wish = read_wish(
        "20 German names. Gender: male. Not these: Jordan, Florence, Female, 12 France"
    )
    assert (wish.locale, wish.gender, wish.count) == ("de_DE", "male", 20)


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("female", "female"),
        ("Male names", "male"),
        ("names for women", "female"),
        ("a boy's name", "male"),
        ("unisex", "unisex"),
        ("gender-neutral", "unisex"),
        ("male and female", None),
        ("Manila", None),
        ("emails", None),
        ("feminine", "female"),
        ("Isle of Man", None),
    ],
)
def test_gender(text: str, gender: str | None) -> None:
    assert find_gender(text) == gender


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Italian", "it_IT"),
        ("Country: Italy", "it_IT"),
        ("italian", "it_IT"),
        ("in Brazil", "pt_BR"),
        ("Brazilian", "pt_BR"),
        ("Austria", "de_AT"),
        ("Swiss", "de_CH"),
        ("Swiss Italian", "it_CH"),
        ("British", "en_GB"),
        ("the USA", "en_US"),
        ("US", "en_US"),
        ("tell us", "en_US"),
        ("Turkey", "tr_TR"),
        ("roast turkey", "en_US"),
        ("Poles", "en_US"),
        ("Polish", "pl_PL"),
        ("Mexican", "es_MX"),
        ("Japan", "ja_JP"),
        ("Chinese", "zh_CN"),
        ("Ukrainian", "uk_UA"),
        ("Country: Atlantis", "en_US"),
        ("Danish", "da_DK"),
        ("Norwegian", "no_NO"),
        ("Belgian French", "fr_BE"),
        ("Dutch", "nl_NL"),
    ],
)
def test_locale(text: str, locale: str) -> None:
    assert read_wish(f"Kind: UUID\n{text}").locale == locale


def test_places_without_a_faker_locale_get_the_nearest() -> None:
    assert nearest_locale("", "EC").startswith("es")
    assert nearest_locale("", "KZ") in ("ru_RU", "en_US")
    assert nearest_locale("", "") == "en_US"


def test_limits_and_lines() -> None:
    wish = read_wish("8 product reviews, at most 90 characters each, on a single line")
    assert (wish.count, wish.longest, wish.one_line) == (8, 90, True)
    assert read_wish("8 multi-line addresses").one_line is False
    assert read_wish("8 poems").one_line is None


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("5 fruits as JSON", "json"),
        ("5 fruits, comma-separated", "commas"),
        ("5 fruits, one per line", "plain"),
        ("5 fruits", "numbered"),
    ],
)
def test_layout(text: str, layout: str) -> None:
    assert read_wish(text).layout == layout


def test_folding_makes_singular_and_plural_alike() -> None:
    assert fold("E-mail Addresses") == fold("e_mail address") == ("e", "mail", "address")
    assert fold("firstName") == fold("first names")
    assert fold("Hobbies") == fold("hobby")
    assert fold("boxes") == fold("box")
