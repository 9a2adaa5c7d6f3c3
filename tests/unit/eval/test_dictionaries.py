"""Dictionaries and check digits, before any kind makes use of them."""

from __future__ import annotations

import pytest

from tests.eval import dictionaries
from tests.eval.checksums import is_card_number, is_ean, is_iban, is_isbn
from tests.eval.dictionaries import LISTS, fold, read_list


@pytest.mark.parametrize(
    ("one", "other"),
    [("Jürgen", "JURGEN"), ("Gießen", "giessen"), ("L’Oréal", "l'oreal"), (" a  b ", "A B")],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_the_sounds_of_kana_stay() -> None:
    assert fold("ガス") != fold("カス")


@pytest.mark.parametrize("name", sorted(path.stem for path in LISTS.glob("*.txt")))
def test_lists_are_read_word_by_word(name: str) -> None:
    text = (LISTS / f"{name}.txt").read_text(encoding="utf-8")
    words = read_list(name, separator=";" if ";" in text else None)
    assert len(words) > 5
    assert all(word == fold(word) and ";" not in word for word in words)


def test_there_is_much_in_the_dictionaries() -> None:
    assert len(dictionaries.first_names()) > 10_000
    assert len(dictionaries.first_names("de_DE", "de_AT", "de_CH")) > 2_000
    assert len(dictionaries.last_names()) > 10_000
    assert len(dictionaries.countries("en")) > 250
    assert len(dictionaries.states_of_the_usa()) < 56
    assert len(dictionaries.months("it", "es")) == 22  # `marzo` and `agosto` are both


@pytest.mark.parametrize(
    ("judge", "value"),
    [
        (is_card_number, "4111111111111111"),
        (is_ean, "4006381333931"),
        (is_iban, "DE89370400440532013000"),
        (is_isbn, "9780306406157"),
        (is_isbn, "0306406152"),
    ],
)
def test_each_digit_is_checked(judge: object, value: str) -> None:
    assert callable(judge)
    assert judge(value)
    begin = 2 if judge is is_iban else 0
    for place in range(begin, len(value)):
        other = str((int(value[place]) + 1) % 10)
        assert not judge(value[:place] + other + value[place + 1 :])
