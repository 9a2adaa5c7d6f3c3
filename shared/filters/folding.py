"""What "the same but for case" means, without asking the locale of a database.

Two characters are the same when their simple case folding is (Unicode's CaseFolding.txt, status
C and S): one character for one, so that a text keeps its length. Python has the tables;
PostgreSQL is told the few pairs that a text at hand needs, so the two agree in every version and
under every locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache


def fold(text: str) -> str:
    """Fold each character by itself."""
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character


def variants(folded: str) -> tuple[str, str]:
    """The characters outside ASCII that fold to one in a folded text, and what each folds to.

    Two strings of one length, as SQL's ``translate`` takes them.
    """
    pairs = [
        (variant, character)
        for character in sorted(set(folded))
        for variant in _variants().get(character, "")
    ]
    return "".join(variant for variant, _ in pairs), "".join(character for _, character in pairs)


@cache
def _variants() -> Mapping[str, str]:
    found: dict[str, str] = {}
    # Letters with case are in the first two planes only.
    for character in map(chr, range(0x80, 0x20000)):
        folded = _fold_character(character)
        if folded != character:
            found[folded] = found.get(folded, "") + character
    return found
