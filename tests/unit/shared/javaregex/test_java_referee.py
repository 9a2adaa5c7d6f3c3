"""The JDK on this machine as the referee, over expressions made at random."""

from __future__ import annotations

import pytest
from java_cases import PROFILES, Generator
from java_referee import ask, ask_members, java_version

from shared.javaregex import JavaRegexError, compile_java
from shared.javaregex.nodes import Char
from shared.javaregex.parser import parse

JAVA = 17
PAIRS = {"all": 600, "structure": 220, "supplementary": 90, "broken": 760}
NOT_CARRIED_OVER = ("cannot be carried over", "NullPointerException", "length of this look-behind")

pytestmark = [
    pytest.mark.referee,
    pytest.mark.skipif(
        java_version() != JAVA, reason=f"there is no Java {JAVA} on the path to compare with"
    ),
]


def result_of(expression: str, text: str) -> str | None:
    """What we make of a pair; ``None`` where we refuse the expression."""
    try:
        return compile_java(expression).remove_all(text, timeout_seconds=20)
    except JavaRegexError:
        return None


def is_not_carried_over(expression: str) -> bool:
    """Whether it is refused for one of the reasons that are in the documentation."""
    try:
        compile_java(expression)
    except JavaRegexError as error:
        return any(reason in error.message for reason in NOT_CARRIED_OVER)
    return False


@pytest.mark.parametrize("profile", PROFILES)
def test_agrees_with_java(profile: str) -> None:
    generator = Generator(17, profile)
    pairs = [generator.pair() for _ in range(PAIRS[profile])]
    differences = []
    compared = 0
    for (expression, text), answer in zip(pairs, ask(pairs), strict=True):
        if "failed" in answer or is_not_carried_over(expression):
            continue  # Java throws while it matches; or it is one of the documented exceptions
        compared += 1
        result = result_of(expression, text)
        if result != answer.get("result"):
            differences.append((expression, text, answer, result))

    assert differences == []
    assert compared >= 0.9 * len(pairs)


def test_has_the_same_members_in_classes() -> None:
    generator = Generator(170)
    expressions = [f"{generator.flags()}{generator.char_class(3)}" for _ in range(8)]
    expressions += [r"(?U)\w", r"\p{javaMirrored}", r"[\p{IsWord}&&[^\p{L}]]", r"(?iu)[k-s]"]
    differences = []
    for expression, answer in zip(expressions, ask_members(expressions), strict=True):
        try:
            tree = parse(expression).tree
        except JavaRegexError:
            tree = None
        if isinstance(tree, Char):
            members = ",".join(f"{first:x}-{last:x}" for first, last in tree.members.ranges)
            if members != answer.get("result"):
                differences.append((expression, answer, members))
        elif "result" in answer:
            differences.append((expression, answer, "refused"))

    assert differences == []
