"""Made-up words in several scripts."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

_CYRILLIC = "бо ва гре ду жи за ки ло мяр на по рус све та фи ха цы чу шен ща эль юр я"
_GREEK = "αλ βα γη δο εν ζω ηρ θε ικ κα λι μυ νο ξε ος πα ρο σω τι υς φη χρυ ψι ωρ"
_LATIN = "Čer ła ñan Ões ğur ISS vå žil Ébu tšo RÜM ýdi ŋal öck âme Þor świ ede MAk nū"
_KANJI = (
    "山川田中村上本木林森石井原野島崎藤谷松竹梅高橋清水青白黒赤金銀東西南北春夏秋冬花月雪風雨空海"
)


def _syllables(table: str, *, capital: bool) -> Callable[[random.Random], str]:
    syllables = table.split()

    def make(rng: random.Random) -> str:
        word = "".join(rng.choices(syllables, k=rng.randint(2, 5)))
        return word.capitalize() if capital else word

    return make


def _hangul(rng: random.Random) -> str:
    """Two to four syllable blocks, each put together from its letters."""
    blocks = range(rng.randint(2, 4))
    return "".join(chr(0xAC00 + rng.randrange(0, 11172, rng.choice((1, 28)))) for _ in blocks)


def _kanji(rng: random.Random) -> str:
    return "".join(rng.choices(_KANJI, k=rng.randint(2, 4)))


def _code(rng: random.Random) -> str:
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTVWXZ", k=2))
    return f"{rng.randint(0, 99):02}-{letters}{rng.randint(0, 9999):04}"


SCRIPTS: dict[str, Callable[[random.Random], str]] = {
    "cyrillic": _syllables(_CYRILLIC, capital=True),
    "greek": _syllables(_GREEK, capital=True),
    "hangul": _hangul,
    "kanji": _kanji,
    "codes": _code,
    "latin": _syllables(_LATIN, capital=False),
}


def make_words(script: str, count: int, *, seed: int = 0) -> list[str]:
    """That many distinct words; the same for the same seed."""
    rng = random.Random(f"{script} {seed}")
    words: dict[str, None] = {}
    while len(words) < count:
        words[unicodedata.normalize("NFC", SCRIPTS[script](rng))] = None
    return list(words)
