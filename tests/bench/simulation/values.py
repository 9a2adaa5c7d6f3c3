"""Distinct values of many scripts, made by chance."""

from __future__ import annotations

import random

LATIN = ("BCDFGHJKLMNPRSTVWZ", "aeiou", "bcdfghklmnprstvz")
CYRILLIC = ("БВГДЖЗКЛМНПРСТФХ", "аеиоуя", "бвгдзклмнпрст")
GREEK = ("ΒΓΔΖΘΚΛΜΝΠΡΣΤΦΧ", "αειουη", "βγδζθκλμνπρστφχ")
KANA = ("カキクケコサシスセソタチツテトナニヌネノ", "アイウエオ", "ラリルレロマミムメモ")


def invent(alphabet: str, rng: random.Random) -> str:
    """A value that looks like many others of the alphabet; some beginnings are rarer."""
    if alphabet == "kanji":
        return "".join(chr(0x4E00 + int(rng.paretovariate(0.7)) % 3_000) for _ in range(2)) + (
            chr(0x4E00 + rng.randrange(200)) if rng.random() < 0.4 else ""
        )
    if alphabet == "person":
        # Few first names, the common ones common, with many last names: deep common beginnings.
        first, last = (
            invent("latin", random.Random(int(rng.paretovariate(0.5)) % most))
            for most in (300, 1_000)
        )
        return f"{first} {last}"
    if alphabet == "digits":
        return f"{min(rng.randrange(1, 99), rng.randrange(1, 99))}-{rng.randrange(1000):03}"
    if alphabet == "email":
        first = invent("latin", rng).lower()
        return f"{first}.{invent('latin', rng).lower()}@{rng.choice(['example.org', 'mail.test'])}"
    if alphabet == "phone":
        return f"+49 {rng.choice([30, 40, 69, 89, 151, 170])} {rng.randrange(10**5, 10**7)}"
    heads, vowels, consonants = {"cyrillic": CYRILLIC, "greek": GREEK, "kana": KANA}.get(
        alphabet, LATIN
    )
    head = heads[min(rng.randrange(len(heads)), rng.randrange(len(heads)))]
    text = head + rng.choice(vowels)
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        text += rng.choice(consonants) + rng.choice(vowels)
    return text + rng.choice(consonants) * (rng.random() < 0.4)
