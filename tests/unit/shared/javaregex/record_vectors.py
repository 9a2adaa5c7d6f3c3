"""Asks the JDK for the answers in ``vectors.json``.

::

    python tests/unit/shared/javaregex/record_vectors.py

Each vector holds an expression, a text and Java's ``text.replaceAll(expression, "")``; or an
expression and ``"refused": true``. Generated pairs follow those written down here.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from java_cases import PROFILES, Generator
from java_referee import ask

from shared.javaregex import JavaRegexError, compile_java

FILE = Path(__file__).with_name("vectors.json")
GENERATED = 60
"""How many pairs of each profile are kept."""

WRITTEN = {
    # characters
    "[{}]": ["Anna", "{Anna}", "{}{}"],
    "\\{.*?\\}": ["a{b}c{d}e", "{"],
    "\\x41\\u0042\\0103\\x{44}": ["xABCDx", "ABCd"],
    "\\t|\\n|\\r|\\f|\\a|\\e|\\cI": ["a\tb\nc\rd\x0ce\x07f\x1bg"],
    "\\01|\\012|\\0123|\\0400": ["\x01\n\x53\x20\x30S"],
    "\\uD83D\\uDE00": ["a😀b", "😁"],
    "\\x{1F600}+": ["a😀😀b"],
    "\\N{LATIN SMALL LETTER A WITH ACUTE}|\\N{GRINNING FACE}": ["aá😀"],
    "\\N{HANGUL SYLLABLES AC00}|\\N{NULL}": ["가\x00각"],
    "\\Qa.b*\\E+": ["a.b***", "axb"],
    "\\Q\\E|\\Q[\\E]": ["a[b]c"],
    "a\\Q1\\Eb|\\x4\\QA\\E": ["a1bJ", "J"],
    # classes
    "[a-z&&[^aeiou]]": ["the quick brown fox"],
    "[a-c[x-z]]|[\\d&&[^5]]": ["axbycz 4567"],
    "[^a-c&&[b-z]]": ["abcdefß"],
    "[a&&[b]&c]": ["abc&"],
    "[]a]|[a-]|[-b]|[&]": ["]a-b&c"],
    "[^]a]": ["]a-b"],
    "[\\p{L}&&[^\\p{Lu}]]": ["Straße ÄÖ ǅ"],
    "[\\w&&\\D&&[^_]]+": ["ab_12cd"],
    "[\\u00e0-\\u00ff&&[^÷]]": ["à÷ÿ"],
    "[😀-😂]": ["😀😁😂😃"],
    "[^😀]": ["a😀b"],
    "(?i)[k-m]|(?iu)[K]": ["kKlLmMK"],
    "[\\h\\v]|[\\x{0}-\\x{1f}]": ["a b\u00a0c\x0bd\u2028e\x01"],
    # predefined, POSIX, Character, Unicode
    "\\d|\\s|\\W": ["a1٣ b\u2003_é"],
    "(?U)\\d|\\s|\\W": ["a1٣ b\u2003_é!"],
    "\\D+|\\S+|\\w+": ["ab 12"],
    "\\h|\\v|\\H\\V": ["a\tb\nc\u3000d"],
    "\\p{Punct}|\\p{Space}": ["a,b.c{d} §é"],
    "(?U)\\p{Punct}|\\p{Space}": ["a,b.c$d §\u2003é"],
    "\\p{Lower}|\\p{XDigit}": ["aGéF9z"],
    "(?i)\\p{Lower}": ["aGéÉ"],
    "\\p{javaLowerCase}|\\p{javaMirrored}": ["aBª(é)«"],
    "\\p{javaJavaIdentifierStart}": ["a$_9é€"],
    "\\p{IsAlphabetic}+": ["añ9中ⅷ-x"],
    "\\p{IsLatin}|\\p{script=Greek}|\\p{sc=Hira}": ["aαあаβ"],
    "\\p{InGreek}|\\p{block=Basic Latin}": ["aαñ"],
    "\\pL|\\p{Lu}|\\P{L}": ["aB1"],
    "\\p{gc=Nd}|\\p{general_category=Sc}": ["1٣€a"],
    "\\p{IsWhite_Space}|\\p{IsHexDigit}": ["aFg \u200b\u3000"],
    # boundaries
    "^a|a$": ["a\na\na\n", "aa", "a\r\n"],
    "(?m)^a|a$": ["a\na\r\na\u2028a\u0085", "a\ra"],
    "(?md)^a|a$": ["a\na\r\na\u2028a"],
    "\\Aa|a\\Z|a\\z": ["a a\n", "aaa"],
    "\\bfoo\\b": ["foo food foo", "éfoo"],
    "\\Bo|\\b.": ["foo e\u0301a"],
    "(?U)\\b\\w": ["e\u0301a é1"],
    "\\Ga": ["aaba", "baa"],
    "x*\\G|b": ["abxb"],
    "\\b{g}.": ["ae\u0301b"],
    ".$": ["ab\n", "ab\r\n", "ab\u0085"],
    "(?d).$": ["ab\r\n", "ab\n"],
    "(?s).\\n": ["a\nb\n\n"],
    ".": ["a\nb\rc\u0085d\u2028e\u2029f\x0bg"],
    # line breaks and clusters
    "\\R": ["a\r\nb\nc\rd\x0be\u2029f"],
    "\\R{2}|a": ["a\r\na\n\na"],
    "\\R\\n": ["\r\n", "\n\n"],
    "\\R+\\n": ["\r\n", "\r\n\n"],
    "\\X": ["e\u0301🇩🇪👨‍👩‍👧한"],
    "a\\X": ["ae\u0301b a🇩🇪🇫"],
    # quantifiers
    "a?b|a??c|a?+d": ["ab ac ad aad"],
    "a{2}|b{2,}|c{1,2}?|d{2,3}+d": ["aaa bbbb cc dddd"],
    "(?:ab|a){2}+c|x": ["abac", "aabc"],
    "(?:a|ab)*+c": ["abc", "aac"],
    "a{2}{3}": ["aab", "aaaaaa"],
    "{2}a": ["aa"],
    "b*|a": ["abab"],
    "(?=b)|b": ["abab"],
    "(a*)*b|(a?)+c": ["aab aac aaad"],
    "(?:a*?)*?b": ["aab"],
    # groups, references, flags
    "(a)(b)\\2\\1": ["abba", "abab"],
    "(?<q>['\"]).*?\\k<q>": ["a 'b' \"c\" 'd\""],
    "(a)\\11|\\8": ["aa1", "aa8"],
    "\\1(a)|(?:\\2|(b))+": ["aa bb"],
    "(a\\1?){3}": ["aaaaaa"],
    "(?i)(a)\\1|(?iu:(é))b": ["aA éÉb"],
    "(?iu)(é)\\1|ß|aß": ["éÉ ẞ aẞ"],
    "(?i)straße|(?iu)ſ": ["STRASSE STRAßE sS"],
    "(?i)a(?-i)b": ["Ab aB AB"],
    "(?i:a)b|c(?i)d": ["Ab cD CD"],
    "(?x) a b # comment\n c": ["abc", "a b c"],
    "(?x)[a #b]|\\ |\\#": ["a #b"],
    "a(?=b)|a(?!.)": ["abaca"],
    "(?<=a)b|(?<!a)c": ["abcacc"],
    "(?<=\\w{1,3} )b|(?<=a|bc)d": ["abc b ad bcd"],
    "(?<=..)a": ["xya", "😀a", "x😀a"],
    "(?<=^.)a|(?<=😀.)b": ["😀a", "😀xb"],
    "(?<=a*)b|(?<=c+d)e": ["aab b ccde de"],
    "(?<=a*b*)c": ["aabbc"],
    "(?<=(a{1,3}))\\1": ["aaaa"],
    "(?>a|ab)c|(?>a*)ab": ["abc ac aab"],
    "(?=(a+))\\1b|(?=(\\w+))\\2:": ["aaab ab: c"],
    # refused
    "(": [], ")": [], "[": [], "[a": [], "a**": [], "*": [], "+a": [], "a{2": [], "a{": [],
    "a{3,2}": [], "a{99999999999}": [], "\\": [], "\\y": [], "\\k<x>": [], "(?<1>a)": [],
    "(?<x>a)(?<x>b)": [], "\\p{Foo}": [], "\\p{lower}": [], "\\p{IsEmoji}": [], "\\p{}": [],
    "\\p{L": [], "[z-a]": [], "[a-\\d]": [], "[&&]": [], "[]": [], "\\x{110000}": [], "\\xg": [],
    "\\u12": [], "\\08": [], "\\c": [], "\\N{FOO}": [], "\\N": [], "(?a)": [], "(?<a": [],
    "(?<=(?:a|b)*)c": [], "(?<=(a|b){1})c": [], "(?<=\\1(a))": [], "(?<=a{1,2}?b*?)c": [],
    "(?$a)": [], "(?i": [], "\\b{w}": [], "a|*": [], "(?i)*": [], "\\Qa\\E)": [],
}  # fmt: skip


def main() -> None:
    pairs = [(e, text) for e, texts in WRITTEN.items() for text in texts or [""]]
    for profile in PROFILES:
        generator = Generator(2026, profile)
        pairs += [generator.pair() for _ in range(GENERATED)]
    vectors = []
    for (expression, text), answer in zip(pairs, ask(pairs), strict=True):
        if "refused" in answer:
            vectors.append({"expression": expression, "refused": True})
        elif "result" in answer and is_carried_over(expression):
            vectors.append({"expression": expression, "text": text, "result": answer["result"]})
    lines = ",\n".join(json.dumps(vector) for vector in vectors)
    FILE.write_text(f"[\n{lines}\n]\n", "ascii")
    print(f"{len(vectors)} vectors written to {FILE}")


def is_carried_over(expression: str) -> bool:
    try:
        compile_java(expression)
    except JavaRegexError:
        return expression in WRITTEN  # these are all expected to work
    return True


if __name__ == "__main__":
    main()
