"""What is refused although Java takes it, where errors point, and that nothing runs for ever."""

from __future__ import annotations

import re

import pytest

from shared.javaregex import JavaRegexError, JavaRegexTimeout, compile_java
from shared.javaregex.context import MAX_DEPTH
from shared.javaregex.pattern import MAX_LENGTH

SLOW = r"(x+x+)+y"


def test_stops_a_pattern_that_takes_exponential_time() -> None:
    pattern = compile_java(SLOW)

    with pytest.raises(JavaRegexTimeout, match=r"0\.05 s"):
        pattern.remove_all("x" * 5_000, timeout_seconds=0.05)


def test_stops_one_that_is_searched_step_by_step() -> None:
    pattern = compile_java(rf"\G{SLOW}|{SLOW}")

    with pytest.raises(JavaRegexTimeout):
        pattern.remove_all("x" * 5_000, timeout_seconds=0.05)


def test_stops_one_on_text_beyond_the_bmp() -> None:
    pattern = compile_java(rf"(?<=a)b|{SLOW}")

    with pytest.raises(JavaRegexTimeout):
        pattern.remove_all("😀" + "x" * 5_000, timeout_seconds=0.05)


def test_a_pattern_is_good_for_other_texts_after_a_timeout() -> None:
    pattern = compile_java(SLOW)
    with pytest.raises(JavaRegexTimeout):
        pattern.remove_all("x" * 5_000, timeout_seconds=0.05)

    assert pattern.remove_all("axxyb", timeout_seconds=60) == "ab"


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        pytest.param("(?:a{1000}){1000}", "counts", id="counts in counts"),
        pytest.param("(((a{99}){99}){99}){99}", "counts", id="many counts in counts"),
        pytest.param("a{2147483647}", "counts", id="the largest count"),
        pytest.param("[a-z&&[^e]]{100001}", "counts", id="a class many times"),
        pytest.param(r"\pL" * 400, "too large", id="many large classes"),
        pytest.param("(" * (MAX_DEPTH + 1) + ")" * (MAX_DEPTH + 1), "deep", id="groups in groups"),
        pytest.param("[" * (MAX_DEPTH + 1) + "a" + "]" * (MAX_DEPTH + 1), "deep", id="classes"),
        pytest.param("(?=" * 3000, "deep", id="an open end"),
        pytest.param("[" + "a&&" * 100 + "a]", "deep", id="intersections"),
        pytest.param("a" * (MAX_LENGTH + 1), "shorten", id="length"),
    ],
)
def test_refuses_what_would_grow_too_large(expression: str, reason: str) -> None:
    with pytest.raises(JavaRegexError, match=reason):
        compile_java(expression)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("(?:" * MAX_DEPTH + "a" + "|b)*" * MAX_DEPTH, id="groups in groups"),
        pytest.param("[^" * MAX_DEPTH + "a" + "]" * MAX_DEPTH, id="classes in classes"),
        pytest.param("a" * MAX_LENGTH, id="text"),
        pytest.param("a|" * (MAX_LENGTH // 2), id="alternatives"),
        pytest.param("[" + "中" * (MAX_LENGTH - 2) + "]", id="a class"),
        pytest.param("[a" + "&&[b]" * 1900 + "]", id="intersections"),
        pytest.param("a?" * (MAX_LENGTH // 2), id="options"),
        pytest.param("()" * (MAX_LENGTH // 2), id="groups"),
        pytest.param("|".join(rf"\bword{i}\b" for i in range(700)), id="words"),
        pytest.param("(?:a{0,2147483647}){0,2147483647}", id="optional counts"),
    ],
)
def test_takes_what_is_just_within_the_bounds(expression: str) -> None:
    pattern = compile_java(expression)

    assert len(pattern.remove_all("abc", timeout_seconds=60)) <= 3


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(?:(?=(a))|b)\\1", "keeps captures"),
        ("(?>(a)|b)c\\1", "keeps captures"),
        ("(a)*+\\1", "keeps captures"),
        ("(?:(a)b)*\\1", "keeps captures"),
        ("(a|\\1?)+", "stops early"),
        ("(?i)(a)\\1(?u)(b)\\2", "cannot be carried over together"),
        ("(?:a|\\b{g})?x(?=b)", "Java 17 looks for the boundary"),
        ("[[x]a&&]", "NullPointerException"),
        ("(?<=a+bc)😀", "length of this look-behind"),
        ("(?c)[a]", "canonical equivalence"),
    ],
)
def test_refuses_what_cannot_be_carried_over(expression: str, reason: str) -> None:
    with pytest.raises(JavaRegexError, match=reason):
        compile_java(expression)


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("ab)", 2),
        ("a(b", 1),
        ("abc*+*", 5),
        ("ab[z-a]", 5),
        ("a\\y", 2),
        ("\\Qabc\\E\\y", 8),
        ("😀😀\\k<x>", 6),
        ("ab{3,2}", 6),
        ("", None),
    ],
)
def test_errors_point_into_the_expression(expression: str, position: int | None) -> None:
    if position is None:
        assert compile_java(expression).remove_all("abc", timeout_seconds=60) == "abc"
        return
    with pytest.raises(JavaRegexError) as caught:
        compile_java(expression)

    assert caught.value.position == position
    assert f"character {position}" in str(caught.value)


def test_halves_of_characters_come_apart_as_in_java() -> None:
    assert compile_java("(?=😀)|.").remove_all("😀", timeout_seconds=60) == "\ud83d"


def test_compiles_an_expression_once() -> None:
    assert compile_java("[a-f]+") is compile_java("[a-f]+")


@pytest.mark.parametrize(
    "before", ["", "a", "a|", "(", "[", "[a-", "[a&&", r"\\\\", "a{2}", "(?x)", "(?i)"]
)
def test_field_a15_a_backslash_at_the_end_is_what_is_wrong(before: str) -> None:
    with pytest.raises(JavaRegexError, match="a backslash at the end") as caught:
        compile_java(before + "\\")
    assert caught.value.position == len(before)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("a)", "there is no ("),
        (r"\p", "names no property"),
        (r"\P", "names no property"),
        (r"[\p", "names no property"),
        (r"\x4", "two hexadecimal digits"),
        (r"\k", "<name>"),
        ("(a", "the group is not closed"),
        ("[a", "the character class is not closed"),
    ],
)
def test_field_a15_what_ends_too_early_says_what_is_missing(expression: str, reason: str) -> None:
    with pytest.raises(JavaRegexError, match=re.escape(reason)):
        compile_java(expression)
