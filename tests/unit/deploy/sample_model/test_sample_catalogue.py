"""Every kind gives enough, everywhere it is asked."""

from __future__ import annotations

import random
import re

import pytest

from deploy.sample_model.catalogue import KINDS, Draw, Kind
from deploy.sample_model.pools import PoolKey, fill_pool

UNBOUNDED = [kind for kind in KINDS.values() if not kind.bounded]


def pool(kind: str, locale: str, gender: str | None, size: int, seed: int = 0) -> tuple[str, ...]:
    return fill_pool(PoolKey(KINDS[kind], locale, gender, size, seed))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", UNBOUNDED, ids=lambda kind: kind.name)
def test_unbounded_kinds_give_hundreds(kind: Kind) -> None:
    values = pool(kind.name, "de_DE", None, 600)
    assert len(values) == len(set(values)) == 600
    assert all(value.strip() == value and value for value in values)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_only_multiline_kinds_break_lines(kind: Kind) -> None:
    draw = Draw(random.Random(3), "en_US", None, 0.5)
    assert any("\n" in kind.make(draw) for _ in range(20)) == kind.multiline


@pytest.mark.parametrize(
    ("locale", "gender"), [("it_IT", "female"), ("ja_JP", "male"), ("vi_VN", "female")]
)
def test_names_reach_twenty_thousand(locale: str, gender: str | None) -> None:
    assert len(pool("first names", locale, gender, 20_000)) == 20_000


@pytest.mark.parametrize(
    "kind", ["first names", "last names", "cities", "companies", "phone numbers"]
)
@pytest.mark.parametrize("locale", ["en_PH", "es_CL", "ar_AE", "zh_CN", "uk_UA", "sr_BA", "th_TH"])
def test_locales_that_faker_knows_in_part_still_give(kind: str, locale: str) -> None:
    assert len(pool(kind, locale, None, 300)) == 300


def test_gender_and_locale_show_in_the_names() -> None:
    women = set(pool("first names", "it_IT", "female", 150))
    men = set(pool("first names", "it_IT", "male", 150))
    assert len(women & men) < 10
    assert all(re.search("[а-яА-Я]", name) for name in pool("full names", "ru_RU", None, 20))


def test_plain_names_outnumber_composed_ones() -> None:
    draw = Draw(random.Random(5), "de_DE", "female", 0.1)
    make = KINDS["first names"].make
    assert 50 < sum("-" in make(draw) for _ in range(1000)) < 200


def test_a_pool_is_settled_by_its_seed() -> None:
    assert pool("products", "en_US", None, 50) == pool("products", "en_US", None, 50)
    assert pool("products", "en_US", None, 50) != pool("products", "en_US", None, 50, seed=1)
    assert len(pool("planets", "en_US", None, 50)) == 8


def test_check_digits_are_right() -> None:
    draw = Draw(random.Random(1))
    for _ in range(50):
        card = KINDS["credit card numbers"].make(draw)
        doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(card)]
        assert sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0
        assert len(card) == 16
        isbn = KINDS["ISBNs"].make(draw).replace("-", "")
        assert sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(isbn)) % 10 == 0
        iban = KINDS["IBANs"].make(Draw(draw.rng, "de_DE"))
        assert int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1
