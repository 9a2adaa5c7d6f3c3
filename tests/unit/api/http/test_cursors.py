from __future__ import annotations

import hashlib

import pytest

from api.http.cursors import MAX_LENGTH, Cursors, Place
from shared.errors import InvalidRequest

cursors = Cursors("a secret of some length")
PLACE = Place(anchor=42, backward=False)


def test_a_cursor_comes_back_as_it_was_made() -> None:
    place = Place(anchor=42, backward=True, sort="-name", expression="name EQ 'a'")
    cursor = cursors.make(place, scope="values/1")
    assert cursors.read(cursor, scope="values/1") == place


def test_a_filter_that_is_too_long_is_known_again() -> None:
    long = " OR ".join(f"name EQ '{hashlib.sha256(bytes([i])).hexdigest()}'" for i in range(200))
    cursor = cursors.make(Place(anchor=42, backward=False, expression=long), scope="s")
    assert len(cursor) <= MAX_LENGTH
    place = cursors.read(cursor, scope="s")
    assert place.expression is None
    assert place.is_under(long)
    assert not place.is_under(long.replace("EQ", "NE", 1))


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = cursors.make(PLACE, scope="values/1")
    with pytest.raises(InvalidRequest, match="cursor: not a cursor of this list"):
        cursors.read(cursor, scope="values/2")


def test_a_cursor_of_another_deployment_is_refused() -> None:
    cursor = Cursors("another secret altogether").make(PLACE, scope="s")
    with pytest.raises(InvalidRequest):
        cursors.read(cursor, scope="s")


def test_every_altered_character_is_noticed() -> None:
    cursor = cursors.make(PLACE, scope="s")
    for index, character in enumerate(cursor):
        altered = cursor[:index] + ("A" if character != "A" else "B") + cursor[index + 1 :]
        with pytest.raises(InvalidRequest):
            cursors.read(altered, scope="s")


@pytest.mark.parametrize("nonsense", ["", ".", "a.b", "é", "\x00", "null", "W10.x" * 500])
def test_nonsense_is_refused(nonsense: str) -> None:
    with pytest.raises(InvalidRequest):
        cursors.read(nonsense, scope="s")
