from __future__ import annotations

import pytest

from shared.generation.claim import Claim
from shared.generation.yields import MOST_CHARACTERS, Yield
from worker.mill.arms import Arm
from worker.mill.book import Record
from worker.mill.books import MOST_BOOKS, Books


def claim_of(kind: str, *, model: str = "m", operation: int = 1) -> Claim:
    return Claim(
        batch_id=1,
        asked=10,
        focus=None,
        operation_id="o",
        operation_number=operation,
        cell_ordinal=0,
        trace_id="t",
        gateway_url="u",
        model=model,
        data_type=kind,
        attributes=(),
        max_value_length=50,
        filter_characters="",
        allow_duplicates=False,
        trim_values=True,
        multiline_values=False,
    )


def learn(books: Books, kind: str, *, said: int = 10, fit: int = 8, arm: Arm = Arm.PLAIN) -> None:
    books.learn(claim_of(kind), arm, said=said, fit=fit * ["v"], fresh=fit, tokens=4 * said)


def plain(said: float, fit: float, *, kind: str = "city", arm: str = "plain") -> Yield:
    return Yield(model="m", kind=kind, arm=arm, said=said, fit=fit, tokens=4 * said)


def record(books: Books, kind: str = "city", arm: Arm = Arm.PLAIN) -> Record | None:
    return books.of(model="m", kind=kind).records.get(arm)


def test_a_kind_is_the_same_however_it_is_written() -> None:
    books = Books()
    learn(books, "First_Name")
    learn(books, "  first   name ")
    assert record(books, "FIRST NAME") == Record(20, 16, 80)


def test_long_kinds_are_told_apart_by_their_digests() -> None:
    books = Books()
    for end in "ab":
        learn(books, MOST_CHARACTERS * "x" + end)
    kinds = {each.kind for each in books.take()}
    assert len(kinds) == 2
    assert all(len(kind) <= MOST_CHARACTERS for kind in kinds)


def test_what_is_taken_is_taken_once() -> None:
    books = Books()
    learn(books, "city")
    learn(books, "city", arm=Arm.HOT, fit=2)
    assert books.take() == [plain(10, 8), plain(10, 2, arm="hot")]
    assert books.take() == []
    learn(books, "city", said=1, fit=0)
    assert books.take() == [plain(1, 0)]


def test_what_was_not_shared_is_taken_again_with_what_came_since() -> None:
    books = Books()
    learn(books, "city")
    taken = books.take()
    learn(books, "city", said=5, fit=5)
    books.put_back(taken)
    assert books.take() == [plain(15, 13)]
    assert record(books) == Record(15, 13, 60)


def test_what_all_know_comes_in_place_of_what_was_known_here() -> None:
    books = Books()
    learn(books, "city")
    books.take()
    # Learned while the others' was read.
    learn(books, "city", said=5, fit=5)
    books.know([plain(110, 98), plain(30, 3, arm="words")])
    assert record(books) == Record(115, 103, 460)
    assert record(books, arm=Arm.WORDS) == Record(30, 3, 120)
    assert books.take() == [plain(5, 5)]


def test_ways_of_asking_of_other_versions_are_left() -> None:
    books = Books()
    books.know([plain(9, 9, arm="in a dream")])
    assert books.of(model="m", kind="city").records == {}


def test_books_that_nobody_has_told_of_are_to_be_read_once() -> None:
    books = Books()
    books.know([plain(9, 9, kind="told")])
    for kind in ("told", "begun", "begun"):
        books.of(model="m", kind=kind)
    learn(books, "learned")
    assert sorted(books.unread()) == [("m", "begun"), ("m", "learned")]
    books.know([], read=[("m", "begun")])
    assert books.unread() == [("m", "learned")]


def test_what_is_remembered_is_bounded() -> None:
    books = Books()
    for number in range(MOST_BOOKS + 5):
        learn(books, f"kind {number}")
    for number in range(MOST_BOOKS + 5):
        books.of(model="m", kind=f"other {number}")
    assert len(books.unread()) <= MOST_BOOKS
    assert books.take() == []
    # What was taken of a book that is forgotten begins no other.
    books.put_back([plain(1, 1, kind="kind 0")])
    assert books.take() == []


def test_a_book_that_is_read_does_not_change_under_its_reader() -> None:
    books = Books()
    learn(books, "city")
    before = books.of(model="m", kind="city")
    learn(books, "city")
    assert before.records == {Arm.PLAIN: Record(10, 8, 40)}
    assert record(books) == Record(20, 16, 80)


def test_the_size_of_a_model_decides_what_is_believed_of_it() -> None:
    sizes: dict[str, float] = {}
    books = Books(sizes.get)
    assert books.of(model="m", kind="city").size is None
    large, _ = books.of(model="m", kind="city").fitness(Arm.PATTERN)
    sizes["m"] = 135e6
    assert books.of(model="m", kind="city").size == 135e6
    small, _ = books.of(model="m", kind="city").fitness(Arm.PATTERN)
    assert small < large
    # A server that is away does not tell any more.
    sizes.clear()
    assert books.of(model="m", kind="city").size == pytest.approx(135e6)
