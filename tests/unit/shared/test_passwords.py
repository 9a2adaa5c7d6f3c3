"""Passwords: what is kept of them, and what is compared."""

from __future__ import annotations

import unicodedata

import pytest

from shared import passwords


def test_a_password_opens_and_no_other_does() -> None:
    hashed = passwords.hash_password("correct horse")
    assert hashed.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert passwords.is_right("correct horse", hashed)
    for other in ("correct hors", "correct horse ", "Correct horse", ""):
        assert not passwords.is_right(other, hashed)


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert passwords.hash_password("correct horse") != passwords.hash_password("correct horse")


def test_how_a_keyboard_composes_it_does_not_matter() -> None:
    composed, apart = (unicodedata.normalize(form, "contraseña") for form in ("NFC", "NFD"))
    assert composed != apart
    assert passwords.is_right(apart, passwords.hash_password(composed))


def test_somebody_who_is_not_there_is_compared_with_by_the_same_parameters() -> None:
    assert not passwords.is_outdated(passwords._NOBODY)
    assert not passwords.is_right("correct horse", None)


@pytest.mark.parametrize("hashed", ["", "$argon2id$", "plain", "$argon2id$v=19$m=1,t=1,p=1$a$b"])
def test_what_is_no_hash_opens_nothing(hashed: str) -> None:
    assert not passwords.is_right("plain", hashed)
