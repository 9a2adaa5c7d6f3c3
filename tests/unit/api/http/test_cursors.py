from __future__ import annotations

import pytest

from api.http.cursors import Cursors
from shared.errors import InvalidRequest

cursors = Cursors("a secret of some length")


def test_a_cursor_comes_back_as_it_was_made() -> None:
    cursor = cursors.make(scope="values/1", anchor=42, backward=True)
    assert cursors.read(cursor, scope="values/1") == (42, True)


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = cursors.make(scope="values/1", anchor=42, backward=False)
    with pytest.raises(InvalidRequest, match="cursor: not a cursor of this list"):
        cursors.read(cursor, scope="values/2")


def test_a_cursor_of_another_deployment_is_refused() -> None:
    cursor = Cursors("another secret altogether").make(scope="s", anchor=1, backward=False)
    with pytest.raises(InvalidRequest):
        cursors.read(cursor, scope="s")


def test_every_altered_character_is_noticed() -> None:
    cursor = cursors.make(scope="s", anchor=1, backward=False)
    for index, character in enumerate(cursor):
        altered = cursor[:index] + ("A" if character != "A" else "B") + cursor[index + 1 :]
        with pytest.raises(InvalidRequest):
            cursors.read(altered, scope="s")


@pytest.mark.parametrize("nonsense", ["", ".", "a.b", "é", "\x00", "null", "W10.x" * 500])
def test_nonsense_is_refused(nonsense: str) -> None:
    with pytest.raises(InvalidRequest):
        cursors.read(nonsense, scope="s")
