"""What a request says in words, and what those say of its kind of value. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

#: Letters and digits of any script, with what joins them within a word.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")

#: A data type that lists examples names true values; its words are no echoes.
_EXAMPLES = re.compile(
    r"[,;:/()\"“„«]|\b(?:or|and|like|such|e\.g|between|from|to|oder|und|ou|et|o|y)\b", re.IGNORECASE
)


#: Ends of words that ask for a name, and words of kinds that are none of a number.
_NAMED_ENDS = ("name", "names", "namen", "nom", "noms", "nombre", "nombres", "nome", "nomi")
_NEVER_NUMBERED = frozenset(("mail", "mails", "email", "emails"))


def word_list(text: str) -> frozenset[str]:
    """Write many words down as a text."""
    return frozenset(text.split())


#: Kinds whose values may be bare numbers, or count up.
NUMBERED = word_list(
    """
    number numbers numeral code codes id ids identifier identifiers key keys version versions
    release releases address addresses year years date dates day days month months time times
    timestamp age ages price prices amount amounts cost costs salary salaries rate rates
    percentage percent ratio score scores size sizes weight weights height heights length
    lengths width temperature distance speed duration quantity quantities count counts total
    totals balance integer integers float decimal digit digits phone phones telephone mobile fax
    zip zipcode postcode postal pin ssn iban isbn ean upc sku barcode serial imei ip ipv4 ipv6
    port ports mac uuid guid hash coordinate coordinates latitude longitude room rooms gate
    gates flight flights route routes road roads platform platforms track tracks seat seats
    table tables bus line lines channel channels apartment apartments suite suites floor floors
    building buildings section sections chapter chapters page pages model models mission
    missions plate plates invoice invoices order orders ticket tickets reference references
    account accounts card cards tax vat measurement statistic sequence sequences index username
    usernames login nummer nummern zahl zahlen jahr jahre datum preis betrag alter postleitzahl
    plz telefonnummer numéro numero número prix année año código codice anno prezzo numer
    """
)

#: Kinds that are written in marks of their own.
WRITTEN_IN_MARKS = word_list(
    """
    json xml html code codes markup markdown sql query queries regex regexp regular snippet
    snippets template templates script scripts css yaml toml csv header headers log logs config
    configuration configurations expression expressions formula formulas latex placeholder
    placeholders statement statements url urls uri array arrays smiley smileys emoji emoticon
    emoticons selector selectors variable variables fragment fragments syntax tuple column
    columns slug slugs password passwords passphrase token tokens passwort kennwort
    """
)

#: Kinds of which quotation marks are a part.
QUOTED = word_list(
    "quote quotes quotation quotations saying sayings dialogue dialogues dialog line lines "
    "zitat zitate citation citations string strings literal literals"
)

#: Kinds that may repeat a part of themselves.
REPEATING = word_list(
    """
    sequence sequences dna rna gene genes protein proteins binary hash hashes hex base64 pattern
    patterns laugh laughter sound sounds onomatopoeia chant chants mantra mantras refrain chorus
    rhyme rhymes song songs lyrics drum beat code codes number numbers ip ipv4 ipv6 mac uuid key
    keys colour colours color colors emoji emojis bytes string strings mask masks regex
    """
)


#: Ends of words that say the same in languages that join them.
_NUMBERED_ENDS = ("nummer", "nummern", "zahl", "zahlen", "jahr", "datum", "preis", "code", "number")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without regard to case and punctuation."""
    return tuple(_WORD.findall(text.casefold()))


def forms(word: str) -> set[str]:
    """A word with its likely singular and plural, in English and where an *s*, *n* or *e* does."""
    found = {word, f"{word}s", f"{word}es", f"{word}n", f"{word}e"}
    if word.endswith("y"):
        found.add(f"{word[:-1]}ies")
    if word.endswith("ies"):
        found.add(f"{word[:-3]}y")
    if word.endswith("es"):
        found.add(word[:-2])
    if word.endswith("s") and len(word) > 3:
        found.add(word[:-1])
    return found


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute of the cell, in words; ``proper``: its value is written like a name."""

    label: tuple[str, ...]
    value: tuple[str, ...]
    proper: bool


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A request in words, for one cell of it."""

    kind: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    #: All forms of the kind's words; empty where the data type lists examples.
    kind_forms: frozenset[str] = field(repr=False)
    #: Words of which one alone is an echo: common nouns, and the last word of the kind.
    nouns: frozenset[str] = field(repr=False)
    #: All words of attributes, and of labels.
    said: frozenset[str] = field(repr=False)
    numbered: bool
    #: It asks for names, which are no numbers, however many of them a model says.
    named: bool
    written_in_marks: bool
    quoted: bool
    repeating: bool


@lru_cache(maxsize=512)
def read_wording(data_type: str, attributes: tuple[tuple[str | None, str], ...]) -> Wording:
    """Take a request apart.

    :param attributes: ``(label, value)`` of the cell.
    """
    kind = words_of(data_type)
    of_kind = set(kind)
    kind_forms: set[str] = set()
    nouns: set[str] = set()
    if not _EXAMPLES.search(data_type):
        for word in kind:
            kind_forms |= forms(word)
        written_small = {word for word in _WORD.findall(data_type) if word == word.casefold()}
        # A long description says much that may be true of a value.
        for word in written_small if len(kind) <= 4 else ():
            nouns |= forms(word)
        if kind:
            nouns |= forms(kind[-1])
    said = {word for label, value in attributes for word in words_of(f"{label or ''} {value}")}
    numbered = of_kind.isdisjoint(_NEVER_NUMBERED) and (
        not of_kind.isdisjoint(NUMBERED) or any(word.endswith(_NUMBERED_ENDS) for word in of_kind)
    )
    return Wording(
        kind=kind,
        attributes=tuple(
            Attribute(
                label=words_of(label or ""), value=words_of(value), proper=value[:1].isupper()
            )
            for label, value in attributes
        ),
        kind_forms=frozenset(kind_forms),
        nouns=frozenset(nouns),
        said=frozenset(said),
        numbered=numbered,
        named=not numbered and any(word.endswith(_NAMED_ENDS) for word in of_kind),
        written_in_marks=not of_kind.isdisjoint(WRITTEN_IN_MARKS),
        quoted=not of_kind.isdisjoint(QUOTED),
        repeating=not of_kind.isdisjoint(REPEATING),
    )
