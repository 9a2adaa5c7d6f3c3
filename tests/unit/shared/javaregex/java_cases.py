"""Makes expressions and texts at random, over the whole syntax of ``java.util.regex.Pattern``."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

LETTERS = "aabbcxABkKsSiI"
SPECIAL = "éÉßẞſKıİσΣςÅåǆǅµΜÿŸ"
DIGITS = "0179٣"
SPACES = "  \t\u00a0\u2003\u3000\u200b"
BREAKS = ["\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\x0b", "\x0c"]
PUNCTUATION = "_-.,!{}[]()&^$#\\|+*?=<>'\"~`@:;/%"
MARKS = "\u0301\u0308\u20dd\u0903"
CLUSTERS = [
    "e\u0301", "\u1112\u1161\u11ab", "한", "\U0001f1e9\U0001f1ea\U0001f1eb", "\u0600a",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0e01\u0e33", "\U0001f44d\U0001f3fd",
    "☺\ufe0f", "\u0915\u094d\u0937",
]  # fmt: skip
SUPPLEMENTARY = "😀😁𐐀𐐨𝐀𠀀𞤀𞤢"
OTHERS = "中あЖאक€ª²Ⅷ\x00\x01\x7f"

PROPERTIES = """
    Lower Upper ASCII Alpha Digit Alnum Punct Graph Print Blank Cntrl XDigit Space L1 all
    javaLowerCase javaUpperCase javaTitleCase javaAlphabetic javaIdeographic javaDigit javaDefined
    javaLetter javaLetterOrDigit javaJavaIdentifierStart javaJavaIdentifierPart
    javaUnicodeIdentifierStart javaUnicodeIdentifierPart javaIdentifierIgnorable javaSpaceChar
    javaWhitespace javaISOControl javaMirrored
    IsLatin IsGreek script=Cyrillic sc=Han IsHiragana sc=grek script=Zyyy
    InGreek InBasicLatin block=Latin-1Supplement blk=Cyrillic InGreekandCoptic
    InCJKUnifiedIdeographs
    L Lu Ll Lt Lm Lo LC LD M Mn Mc Me N Nd Nl No P Pd Ps Pe Pi Pf Po Pc S Sm Sc Sk So Z Zs Zl Zp
    C Cc Cf Cn Co Cs IsL IsLu general_category=Nd gc=Sc GC=L
    IsAlphabetic IsIdeographic IsLetter IsLowercase IsUppercase IsTitlecase IsPunctuation IsControl
    IsWhite_Space IsWhiteSpace IsDigit IsHex_Digit IsHexDigit IsJoin_Control
    IsNoncharacter_Code_Point IsAssigned IsWord IsAlnum IsBlank IsGraph IsPrint isalpha Isalphabetic
""".split()  # noqa: SIM905 - as a list it would fill pages
BAD_PROPERTIES = [
    "Foo", "InFoo", "IsFoo", "lower", "sc=Foo", "foo=Latin", "", "=", "Is", "In", "LU", "IsEmoji",
    "InGREEK ", " L", "gc=Foo", "IsLatn", "Latin", "BasicLatin",
]  # fmt: skip
NAMES = ["LATIN SMALL LETTER A", "latin small letter b", "GRINNING FACE", "DIGIT ONE", "NULL",
         "EURO SIGN", "FOO", "HANGUL SYLLABLES AC00", "LINE FEED (LF)", " DIGIT ZERO "]  # fmt: skip


PROFILES = ("all", "structure", "supplementary", "broken")
"""What to dwell on: nothing; groups and repetition over few characters; the same with characters
beyond U+FFFF; mistakes."""


class Generator:
    """Expressions and texts that go with them."""

    def __init__(self, seed: int, profile: str = "all") -> None:
        self.random = Random(seed)
        self.profile = profile
        self.alphabet = {"structure": "ab", "supplementary": "ab😀😁𐐀"}.get(profile, "")
        self.groups = 0
        self.named: list[str] = []

    def pair(self) -> tuple[str, str]:
        self.groups = 0
        self.named = []
        expression = self.alternation(self.random.choice((1, 2, 2, 3)))
        if self.chance(0.25):
            expression = self.flags() + expression
        if self.profile == "broken":
            for _ in range(self.random.randrange(1, 4)):
                expression = self.spoil(expression)
        elif self.chance(0.02 if self.alphabet else 0.12):
            expression = self.spoil(expression)
        return expression, self.text(expression)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def choose(self, *options: str) -> str:
        return self.random.choice(options)

    def alternation(self, depth: int) -> str:
        count = self.random.choice((1, 1, 1, 2, 2, 3))
        return "|".join(self.sequence(depth) for _ in range(count))

    def sequence(self, depth: int) -> str:
        count = self.random.choice((0, 1, 1, 2, 2, 3, 4))
        return "".join(self.item(depth) for _ in range(count))

    def item(self, depth: int) -> str:
        atom = self.atom(depth)
        if self.chance(0.4):
            atom += self.quantifier()
        return atom

    def quantifier(self) -> str:
        low = self.random.randrange(4)
        count = self.choose(
            "?", "*", "+", "?", "*", "+", f"{{{low}}}", f"{{{low},}}", f"{{{low},{low + 2}}}",
            "{0}", "{0,1}", "{1}",
        )  # fmt: skip
        return count + self.choose("", "", "", "?", "+")

    def atom(self, depth: int) -> str:
        if self.alphabet:
            return self.random.choice(self.structural_kinds(depth))()
        kinds = [self.literal] * 7 + [self.escape] * 3 + [self.predefined] * 2
        kinds += [self.char_class] * 3 + [self.property] * 2 + [self.anchor] * 2 + [lambda: "."] * 2
        kinds += [self.quotation, self.reference]
        if depth > 0:
            kinds += [lambda: self.group(depth)] * 8
        return self.random.choice(kinds)()

    def structural_kinds(self, depth: int) -> list[Callable[[], str]]:
        kinds = [self.literal] * 8 + [self.reference] * 2 + [lambda: "."] * 2 + [self.anchor]
        kinds += [
            lambda: "[^a]",
            lambda: "[ab]",
            lambda: "\\R",
            lambda: self.choose("\\X", "b", "b"),
        ]
        if depth > 0:
            kinds += [lambda: self.group(depth)] * 9
        return kinds

    def group(self, depth: int) -> str:
        kind = self.random.randrange(12)
        if kind < 3:
            self.groups += 1
            return f"({self.alternation(depth - 1)})"
        if kind < 4:
            self.groups += 1
            name = self.choose("x", "y", "n1", "Z")
            body = self.alternation(depth - 1)
            self.named.append(name)
            return f"(?<{name}>{body})"
        if kind < 6:
            return f"(?:{self.alternation(depth - 1)})"
        if kind < 7:
            return f"(?{self.flag_letters()}:{self.alternation(depth - 1)})"
        opener = self.choose("(?=", "(?!", "(?<=", "(?<!", "(?>", "(?<=", "(?<!")
        body = self.alternation(depth - 1)
        if "<" in opener and self.chance(0.6):
            body = self.simple_sequence()
        return f"{opener}{body})"

    def simple_sequence(self) -> str:
        parts = []
        for _ in range(self.random.choice((1, 1, 2, 3))):
            kinds = [self.literal, self.char_class, self.predefined, lambda: "."]
            if self.alphabet:
                kinds = [self.literal, lambda: ".", lambda: "[^a]"]
            part = self.random.choice(kinds)()
            parts.append(part + self.choose("", "", "?", "{0,2}", "{2}", "*", "+", "??", "?+"))
        return "".join(parts)

    def flag_letters(self) -> str:
        letters = "".join(self.random.sample("idmsuxU", self.random.randrange(1, 4)))
        if self.chance(0.25):
            return f"{letters}-{self.random.choice('idmsuxU')}"
        return letters

    def flags(self) -> str:
        return f"(?{self.choose('i', 'iu', 'U', 'iU', 's', 'm', 'x', 'd', self.flag_letters())})"

    def literal(self) -> str:
        if self.alphabet:
            return self.random.choice(self.alphabet)
        kind = self.random.randrange(20)
        if kind < 12:
            return self.random.choice(LETTERS)
        if kind < 14:
            return self.random.choice(SPECIAL)
        if kind < 15:
            return self.random.choice(DIGITS)
        if kind < 16:
            return self.random.choice(SUPPLEMENTARY)
        if kind < 17:
            return self.random.choice(OTHERS + SPACES + MARKS)
        if kind < 18:
            return self.random.choice([*BREAKS, *CLUSTERS])
        return self.random.choice("}]-,&_!\"'~@%=<>:;/ #")

    def escape(self) -> str:
        c = self.random.choice(LETTERS + SPECIAL + DIGITS + OTHERS + SUPPLEMENTARY + " \n_")
        code = ord(c)
        options = [f"\\x{{{code:x}}}", f"\\{self.random.choice(PUNCTUATION)}"]
        if code < 0x100:
            options += [f"\\x{code:02x}", f"\\0{code:o}"]
        units = c.encode("utf-16-be").hex()
        options.append("".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4)))
        options += ["\\t", "\\n", "\\r", "\\f", "\\a", "\\e", "\\cJ", "\\c@", "\\ca"]
        options += [f"\\N{{{self.random.choice(NAMES)}}}"]
        if self.chance(0.08):
            options = ["\\y", "\\g", "\\08", "\\0400", "\\x4", "\\u12", "\\ud83d", "\\ude00", "\\Q",
                       "\\E", "\\x{110000}", "\\x{", "\\N", "\\c", "\\é", "\\_", "\\i"]  # fmt: skip
        return self.random.choice(options)

    def predefined(self) -> str:
        return "\\" + self.random.choice("dDhHsSvVwWRXwds")

    def anchor(self) -> str:
        return self.choose("^", "$", "\\b", "\\B", "\\A", "\\G", "\\Z", "\\z", "\\b", "^", "$",
                           "\\B" if self.chance(0.7) else "\\b{g}")  # fmt: skip

    def property(self) -> str:
        name = self.random.choice(PROPERTIES)
        if self.chance(0.05):
            name = self.random.choice(BAD_PROPERTIES)
        if len(name) == 1 and self.chance(0.7):
            return f"\\{self.choose('p', 'P')}{name}"
        return f"\\{self.choose('p', 'p', 'P')}{{{name}}}"

    def quotation(self) -> str:
        content = "".join(
            self.random.choice(LETTERS + DIGITS + PUNCTUATION + " é😀") for _ in range(3)
        )
        content = content[: self.random.randrange(4)]
        return f"\\Q{content}\\E"

    def reference(self) -> str:
        if self.named and self.chance(0.5):
            return f"\\k<{self.random.choice(self.named)}>"
        if self.groups and self.chance(0.9):
            return f"\\{self.random.randrange(1, self.groups + 1)}"
        return self.choose("\\1", "\\2", "\\11", "\\k<x>", "\\9")

    def char_class(self, depth: int = 2) -> str:
        parts = [self.member(depth) for _ in range(self.random.choice((1, 1, 2, 2, 3, 4)))]
        inner = "".join(parts)
        while self.chance(0.22):
            inner += "&&" + "".join(
                self.member(depth) for _ in range(self.random.choice((0, 1, 1, 2)))
            )
        return f"[{self.choose('', '', '^')}{inner}]"

    def member(self, depth: int) -> str:
        kind = self.random.randrange(16)
        if kind < 5:
            return self.literal()
        if kind < 8:
            first, last = sorted((self.literal()[0], self.literal()[0]))
            return f"{first}-{last}"
        if kind < 9:
            return self.escape()
        if kind < 11:
            return self.predefined()
        if kind < 13:
            return self.property()
        if kind < 15 and depth > 0:
            return self.char_class(depth - 1)
        return self.random.choice(
            ["-", "&", "^", "[a]", "\\-", "\\]", "a-z", "0-9", "A-Z", "\\Q]\\E"]
        )

    def spoil(self, expression: str) -> str:
        """Something near, which may well be wrong."""
        at = self.random.randrange(len(expression) + 1)
        kind = self.random.randrange(4)
        if kind == 0:
            return expression[:at] + expression[at + 1 :]
        if kind == 1:
            return expression[:at]
        piece = self.random.choice(
            [*"()[]{}?*+|^$\\-&#,<>=!:.", " ", "&&", "\\p", "\\Q", "(?", "{1", "{,2}"]
        )
        return expression[:at] + piece + expression[at:]

    def text(self, expression: str) -> str:
        pieces = [c for c in expression if c.isalnum() or ord(c) > 0x7F] or ["a"]
        chosen: list[str] = []
        for _ in range(self.random.choice((0, 2, 4, 6, 9, 14))):
            if self.alphabet and self.chance(0.95):
                chosen.append(self.random.choice(self.alphabet))
                continue
            kind = self.random.randrange(20)
            if kind < 9:
                chosen.append(self.random.choice(pieces))
            elif kind < 13:
                chosen.append(self.random.choice(LETTERS))
            else:
                pool = self.random.choice(
                    [
                        SPECIAL,
                        DIGITS,
                        SPACES,
                        BREAKS,
                        PUNCTUATION,
                        MARKS,
                        CLUSTERS,
                        SUPPLEMENTARY,
                        OTHERS,
                    ]
                )
                chosen.append(self.random.choice(pool))
        return "".join(chosen)
