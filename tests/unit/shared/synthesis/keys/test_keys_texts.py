"""Texts, UUIDs and dates go to others of their form, one to one."""

from __future__ import annotations

import itertools
import string
import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.synthesis.keys.moments import Shifted
from shared.synthesis.keys.texts import FormPreserving

SECRET = b"s" * 32


@pytest.mark.parametrize(
    ("letters", "length"), [(string.digits, 3), (string.ascii_lowercase, 2), ("абвгдеж", 2)]
)
def test_short_texts_are_permuted(letters: str, length: int) -> None:
    texts = ["".join(each) for each in itertools.product(letters, repeat=length)]
    drawn = FormPreserving(SECRET)(texts)
    assert len(set(drawn)) == len(texts)
    assert sum(one == other for one, other in zip(texts, drawn, strict=True)) < 30
    if letters.isascii():
        assert set(drawn) == set(texts)


def test_every_single_character_has_its_own() -> None:
    texts = [chr(point) for point in range(1, 0x3000) if not 0xD800 <= point < 0xE000]
    drawn = FormPreserving(SECRET)(texts)
    assert len(set(drawn)) == len(texts)
    for text, new in zip(texts, drawn, strict=True):
        assert (text.isalpha(), text.isdecimal()) == (new.isalpha(), new.isdecimal())


_TEXTS = st.text(
    st.one_of(
        st.sampled_from("abcXYZ0189 -_.@"), st.characters(codec="utf-8", exclude_characters="")
    ),
    max_size=40,
)


@given(st.sets(_TEXTS, max_size=60))
def test_texts_stay_apart_and_keep_their_form(texts: set[str]) -> None:
    old = sorted(texts)
    drawn = FormPreserving(SECRET)(old)
    assert len(set(drawn)) == len(old)
    for text, new in zip(old, drawn, strict=True):
        assert len(text) == len(new)
        for one, other in zip(text, new, strict=True):
            assert one.isalpha() == other.isalpha()
            assert one.isupper() == other.isupper()
            if not one.isalnum():
                assert one == other


@given(st.lists(_TEXTS, min_size=1, max_size=20))
def test_a_text_becomes_the_same_among_any_others(texts: list[str]) -> None:
    form = FormPreserving(SECRET)
    assert form(texts) == [form([text])[0] for text in texts]


@given(st.text(string.ascii_letters + string.digits + "- ", max_size=20))
def test_case_stays_beside_the_letters(text: str) -> None:
    form = FormPreserving(SECRET)
    small, large = form([text.lower(), text.upper()])
    assert (small, large) == (form([text])[0].lower(), form([text])[0].upper())


def test_what_is_kept_stays_and_nothing_falls_on_it() -> None:
    texts = ["".join(each) for each in itertools.product("abc123", repeat=2)]
    all_texts = ["".join(each) for each in itertools.product(string.ascii_lowercase, repeat=2)]
    drawn = dict(zip(all_texts, FormPreserving(SECRET, keep=texts)(all_texts), strict=True))
    assert set(drawn.values()) == set(all_texts)
    assert all(drawn[text] == text for text in texts if text in drawn)


@given(st.sets(st.uuids(), min_size=1, max_size=50))
def test_uuids_stay_uuids_of_their_version(ids: set[uuid.UUID]) -> None:
    old = sorted(map(str, ids))
    drawn = FormPreserving(SECRET)(old)
    assert len(set(drawn)) == len(old)
    for text, new in zip(old, drawn, strict=True):
        assert uuid.UUID(new).version == uuid.UUID(text).version
        assert new != text


@given(st.sets(st.text("0123456789abcdef", min_size=24, max_size=24), max_size=20))
def test_digests_stay_hexadecimal_in_either_case(digests: set[str]) -> None:
    old = sorted(digests | {each.upper() for each in digests})
    drawn = FormPreserving(SECRET)(old)
    assert len(set(drawn)) == len(old)
    for text, new in zip(old, drawn, strict=True):
        int(new, 16)
        assert (new == new.lower()) == (text == text.lower())


def test_other_secrets_give_other_texts() -> None:
    texts = [f"customer-{number}" for number in range(100)]
    one, other = FormPreserving(SECRET)(texts), FormPreserving(b"t" * 32)(texts)
    assert set(one).isdisjoint(other)


@given(st.sets(st.dates(), max_size=100))
def test_dates_are_moved_by_one_number_of_days(days: set[date]) -> None:
    old = sorted(map(date.isoformat, days))
    drawn = Shifted(SECRET)(old)
    assert len(set(drawn)) == len(old)
    inner = [
        date.fromisoformat(new) - date.fromisoformat(text)
        for text, new in zip(old, drawn, strict=True)
        if "1000" < text < "9000"
    ]
    assert len(set(inner)) <= 1
    assert timedelta() not in inner


def test_the_edges_of_the_calendar_stay_within_it() -> None:
    days = [date.fromordinal(day) for day in (*range(1, 9_000), *range(3_640_000, 3_652_060))]
    old = [each.isoformat() for each in days]
    drawn = Shifted(SECRET)(old)
    assert len({date.fromisoformat(each) for each in drawn}) == len(old)


def test_what_is_no_day_of_the_calendar_stays() -> None:
    odd = ["infinity", "-infinity", "0044-03-15 BC", "0000-00-00", "12024-01-01", "2024-02-30"]
    assert Shifted(SECRET)(odd) == odd


def test_times_move_by_whole_days_and_within_their_type() -> None:
    shifted = Shifted(SECRET, types=["timestamp"])
    old = ["2038-01-18 03:14:07", "1970-01-02 00:00:00", "2024-01-01 12:00:00.5+02"]
    drawn = shifted(old)
    assert [each[10:] for each in drawn] == [each[10:] for each in old]
    assert all("1970-01-02" <= each[:10] <= "2038-01-18" for each in drawn)


def test_kept_days_stay() -> None:
    days = [(date(1, 1, 2) + timedelta(days=number)).isoformat() for number in range(3_652_057)]
    few = days[::1_000]
    drawn = Shifted(SECRET, keep=few)(few + days[1:3_000:7])
    assert drawn[: len(few)] == few
    assert len(set(drawn)) == len(set(few + days[1:3_000:7]))
