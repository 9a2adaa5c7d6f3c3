r"""The names that may stand in ``\p{..}``, and the predefined classes, as sets of code points.

Names are looked up exactly as Java does: general categories and POSIX names by case, scripts,
blocks and binary properties in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from shared.javaregex import tables
from shared.javaregex.codepoints import ALL, ASCII, CodePointSet
from shared.javaregex.tables import binary, category


@dataclass(frozen=True, slots=True)
class Property:
    """A set with a name. ``bmp``: Java tests it on UTF-16 units instead of code points."""

    members: CodePointSet
    bmp: bool = False


_CATEGORIES = [
    "Cn",
    "Lu",
    "Ll",
    "Lt",
    "Lm",
    "Lo",
    "Mn",
    "Me",
    "Mc",
    "Nd",
    "Nl",
    "No",
    "Zs",
    "Zl",
    "Zp",
    "Cc",
    "Cf",
    "Co",
    "Cs",
    "Pd",
    "Ps",
    "Pe",
    "Pc",
    "Po",
    "Sm",
    "Sc",
    "Sk",
    "So",
    "Pi",
    "Pf",
]
_GROUPS = {letter: [name for name in _CATEGORIES if name[0] == letter] for letter in "LMNZCPS"}
_GROUPS["LC"] = ["Lu", "Ll", "Lt"]
_GROUPS["LD"] = [*_GROUPS["L"], "Nd"]

_ALPHA = CodePointSet(((0x41, 0x5A), (0x61, 0x7A)))
_DIGIT = CodePointSet.span(0x30, 0x39)
_GRAPH = CodePointSet.span(0x21, 0x7E)
_SPACE = CodePointSet(((0x09, 0x0D), (0x20, 0x20)))

_ASCII_CLASSES = {
    "ASCII": ASCII,
    "Alnum": _ALPHA | _DIGIT,
    "Alpha": _ALPHA,
    "Blank": CodePointSet.of(0x09, 0x20),
    "Cntrl": CodePointSet(((0x00, 0x1F), (0x7F, 0x7F))),
    "Digit": _DIGIT,
    "Graph": _GRAPH,
    "Lower": CodePointSet.span(0x61, 0x7A),
    "Print": CodePointSet.span(0x20, 0x7E),
    "Punct": _GRAPH - (_ALPHA | _DIGIT),
    "Space": _SPACE,
    "Upper": CodePointSet.span(0x41, 0x5A),
    "XDigit": CodePointSet(((0x30, 0x39), (0x41, 0x46), (0x61, 0x66))),
    "L1": CodePointSet.span(0x00, 0xFF),
}

ASCII_DIGIT = Property(_DIGIT, bmp=True)
ASCII_SPACE = Property(_SPACE, bmp=True)
ASCII_WORD = Property(_ALPHA | _DIGIT | CodePointSet.of(0x5F), bmp=True)
HORIZONTAL_SPACE = Property(
    CodePointSet.from_ranges(
        [(c, c) for c in (0x09, 0x20, 0xA0, 0x1680, 0x180E, 0x202F, 0x205F, 0x3000)]
        + [(0x2000, 0x200A)]
    ),
    bmp=True,
)
VERTICAL_SPACE = Property(CodePointSet(((0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029))), bmp=True)


def _any_case() -> CodePointSet:
    return binary("LowerCase") | binary("UpperCase") | category("Lt")


def unicode_digit() -> CodePointSet:
    return category("Nd")


def white_space() -> CodePointSet:
    return category("Zs", "Zl", "Zp") | CodePointSet(((0x09, 0x0D), (0x85, 0x85)))


def _hex_digit() -> CodePointSet:
    wide = CodePointSet(((0xFF10, 0xFF19), (0xFF21, 0xFF26), (0xFF41, 0xFF46)))
    return unicode_digit() | _ASCII_CLASSES["XDigit"] | wide


def _blank() -> CodePointSet:
    return category("Zs") | CodePointSet.of(0x09)


def _graph() -> CodePointSet:
    return ~category("Zs", "Zl", "Zp", "Cc", "Cs", "Cn")


def _join_control() -> CodePointSet:
    return CodePointSet.span(0x200C, 0x200D)


def _noncharacter() -> CodePointSet:
    ends = [(plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000)]
    return CodePointSet.from_ranges([(0xFDD0, 0xFDEF), *ends])


@cache
def unicode_word() -> CodePointSet:
    return binary("Alphabetic") | category("Mn", "Me", "Mc", "Nd", "Pc") | _join_control()


@cache
def letter_or_digit() -> CodePointSet:
    return category(*_GROUPS["LD"])


_CASED_JAVA = {
    "javaLowerCase": lambda: binary("LowerCase"),
    "javaUpperCase": lambda: binary("UpperCase"),
    "javaTitleCase": lambda: category("Lt"),
}
_JAVA: dict[str, Callable[[], CodePointSet]] = {
    "javaAlphabetic": lambda: binary("Alphabetic"),
    "javaIdeographic": lambda: binary("Ideographic"),
    "javaDigit": unicode_digit,
    "javaDefined": lambda: ~category("Cn"),
    "javaLetter": lambda: category(*_GROUPS["L"]),
    "javaLetterOrDigit": letter_or_digit,
    "javaJavaIdentifierStart": lambda: binary("JavaIdentifierStart"),
    "javaJavaIdentifierPart": lambda: binary("JavaIdentifierPart"),
    "javaUnicodeIdentifierStart": lambda: binary("UnicodeIdentifierStart"),
    "javaUnicodeIdentifierPart": lambda: binary("UnicodeIdentifierPart"),
    "javaIdentifierIgnorable": lambda: binary("IdentifierIgnorable"),
    "javaSpaceChar": lambda: category("Zs", "Zl", "Zp"),
    "javaWhitespace": lambda: binary("Whitespace"),
    "javaISOControl": lambda: CodePointSet(((0x00, 0x1F), (0x7F, 0x9F))),
    "javaMirrored": lambda: binary("Mirrored"),
}

_UNICODE_POSIX: dict[str, Callable[[], CodePointSet]] = {
    "ALPHA": lambda: binary("Alphabetic"),
    "SPACE": white_space,
    "PUNCT": lambda: category(*_GROUPS["P"]),
    "XDIGIT": _hex_digit,
    "ALNUM": lambda: binary("Alphabetic") | unicode_digit(),
    "CNTRL": lambda: category("Cc"),
    "DIGIT": unicode_digit,
    "BLANK": _blank,
    "GRAPH": _graph,
    "PRINT": lambda: (_graph() | _blank()) - category("Cc"),
}
_UNICODE_BINARY: dict[str, Callable[[], CodePointSet]] = {
    "ALPHABETIC": lambda: binary("Alphabetic"),
    "ASSIGNED": lambda: ~category("Cn"),
    "CONTROL": lambda: category("Cc"),
    "HEXDIGIT": _hex_digit,
    "HEX_DIGIT": _hex_digit,
    "IDEOGRAPHIC": lambda: binary("Ideographic"),
    "JOINCONTROL": _join_control,
    "JOIN_CONTROL": _join_control,
    "LETTER": lambda: category(*_GROUPS["L"]),
    "NONCHARACTERCODEPOINT": _noncharacter,
    "NONCHARACTER_CODE_POINT": _noncharacter,
    "PUNCTUATION": lambda: category(*_GROUPS["P"]),
    "WHITESPACE": white_space,
    "WHITE_SPACE": white_space,
    "WORD": unicode_word,
}
_UNICODE_CASED: dict[str, Callable[[], CodePointSet]] = {
    "LOWERCASE": lambda: binary("LowerCase"),
    "UPPERCASE": lambda: binary("UpperCase"),
    "TITLECASE": lambda: category("Lt"),
}
_POSIX_CASED = {"LOWER": "LowerCase", "UPPER": "UpperCase"}


def by_unicode_posix_name(name: str, *, ignore_case: bool) -> Property | None:
    """The POSIX classes as Unicode sees them, in any case: ``(?U)\\p{Lower}``."""
    key = name.upper()
    if key in _POSIX_CASED:
        return Property(_any_case() if ignore_case else binary(_POSIX_CASED[key]))
    return Property(_UNICODE_POSIX[key]()) if key in _UNICODE_POSIX else None


def by_binary_name(name: str, *, ignore_case: bool) -> Property | None:
    r"""``\p{IsAlphabetic}`` and its like, and the POSIX names after ``Is``."""
    key = name.upper()
    if key in _UNICODE_CASED:
        return Property(_any_case() if ignore_case else _UNICODE_CASED[key]())
    if key in _UNICODE_BINARY:
        return Property(_UNICODE_BINARY[key]())
    return by_unicode_posix_name(name, ignore_case=ignore_case)


def by_name(name: str, *, ignore_case: bool) -> Property | None:
    """General categories, ASCII classes and the ``java.lang.Character`` methods, by case."""
    if ignore_case:
        if name in ("Lu", "Ll", "Lt"):
            return Property(category("Lu", "Ll", "Lt"))
        if name in ("Lower", "Upper"):
            return Property(_ALPHA, bmp=True)
        if name in _CASED_JAVA:
            return Property(_any_case())
    if name in _CATEGORIES:
        return Property(category(name))
    if name in _GROUPS:
        return Property(category(*_GROUPS[name]))
    if name in _ASCII_CLASSES:
        return Property(_ASCII_CLASSES[name], bmp=True)
    if name == "all":
        return Property(ALL)
    java = _CASED_JAVA.get(name) or _JAVA.get(name)
    return Property(java()) if java else None


def by_script(name: str) -> Property | None:
    members = tables.script(name)
    return None if members is None else Property(members)


def by_block(name: str) -> Property | None:
    members = tables.block(name)
    return None if members is None else Property(members)
