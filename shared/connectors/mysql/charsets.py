"""New values in columns whose character set has not all characters.

A made-up name may have a letter that a column in ``latin1`` cannot hold, and the server would
refuse the whole block for it. So each such letter becomes the one that it is made of (``š`` an
``s``), or a question mark. Values of the source are never changed: they come from such a column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

#: Python's names of MySQL's character sets. Those that have all characters are left out.
_CODECS: Mapping[str, str] = {
    "ascii": "ascii",
    "latin1": "cp1252",
    "latin2": "iso8859-2",
    "latin5": "iso8859-9",
    "latin7": "iso8859-13",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1256": "cp1256",
    "cp1257": "cp1257",
    "cp850": "cp850",
    "cp852": "cp852",
    "cp866": "cp866",
    "greek": "iso8859-7",
    "hebrew": "iso8859-8",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "big5": "big5",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "sjis": "shift_jis",
    "cp932": "cp932",
    "ujis": "euc_jp",
    "euckr": "euc_kr",
}
#: Of which the basic plane is all that there is.
_BASIC = frozenset({"utf8", "utf8mb3", "ucs2"})


def fit(values: list[str | None], charset: str) -> list[str | None]:
    """The same values, as far as a character set has their characters; as long as they were."""
    if charset not in _CODECS and charset not in _BASIC:
        return values
    return [None if each is None else _fitting(each, charset) for each in values]


def _fitting(value: str, charset: str) -> str:
    if value.isascii() or _has(charset, value):
        return value
    return "".join(each if _has(charset, each) else _nearest(each, charset) for each in value)


def _nearest(character: str, charset: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if _has(charset, base) else "?"


def _has(charset: str, text: str) -> bool:
    if charset in _BASIC:
        return all(ord(each) < 0x1_0000 for each in text)
    try:
        text.encode(_CODECS[charset])
    except UnicodeEncodeError:
        return False
    return True
