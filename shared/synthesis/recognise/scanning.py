"""Columns: what personal thing they hold, how sure that is, and why.

A name says what is meant, and values what is there. Where both speak, values may take back what a
weak name says, and never what a strong one does: what was masked before is personal still. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from shared.synthesis.plans import Entity, Finding
from shared.synthesis.recognise import values as one
from shared.synthesis.recognise.arrays import elements
from shared.synthesis.recognise.evidence import WORDS, finding_of, percent, said
from shared.synthesis.recognise.naming import SURE, UNKNOWN, Guess, judge
from shared.synthesis.recognise.numbers import country_of
from shared.synthesis.recognise.profiles import Profile, profile
from shared.synthesis.recognise.texts import find_in_text
from shared.synthesis.recognise.words import fold
from shared.synthesis.schema import Column, Kind, Table

#: What patterns tell of so much of a column is what the column is.
MOSTLY = 0.5

#: Of some kinds less is enough, where nothing speaks against it.
PHONES, STREETS = 0.1, 0.3

#: Of words in a dictionary of names so many have to be, in a column whose name says nothing, and in
#: one whose name says something else; measured on the columns of ``held_out.txt`` beside the tests.
NAMES_AMONG_UNKNOWN, NAMES_AMONG_PLAIN = 0.52, 0.8
CITIES_AMONG_UNKNOWN = 0.6
COMPANIES_AMONG_UNKNOWN = 0.4
JOBS_AMONG_UNKNOWN = 0.7

#: Fewer distinct values are chance.
FEWEST_VALUES = 5

#: So many characters of a value tell what its column is; whole ones are looked through later.
LONGEST_LOOKED = 2_000

#: Texts have to be so much of a column for it to be free text by its values alone.
TEXTS, TEXTS_AMONG_PLAIN = 0.2, 0.6

#: A column that nobody looked at, with room for so many characters, may hold anything.
ROOM_FOR_TEXT = 200

#: In each so many rows there are at least so many distinct values where a number is one's own.
UNIQUENESS, FEWEST_UNIQUE = 0.98, 20

_NEVER = frozenset({Kind.BOOLEAN, Kind.ENUM, Kind.UUID, Kind.TIME, Kind.BINARY, Kind.JSON})

_OF_NUMBERS = frozenset(
    {
        *(Entity.PHONE, Entity.NATIONAL_ID, Entity.TAX_ID, Entity.POSTCODE, Entity.CREDIT_CARD),
        *(Entity.PASSPORT, Entity.CARDINALITY, Entity.COORDINATE, Entity.DATE_OF_BIRTH),
    }
)

_PLACES = frozenset({"point", "geometry", "geography", "circle"})


def scan(
    table: Table,
    samples: Mapping[str, Sequence[str | None]],
    *,
    locale: str = "en",
    cardinality_check: bool = False,
    allow_list: Collection[str] = (),
    deny_list: Collection[str] = (),
    deselected_entities: Collection[str] = (),
) -> dict[str, Finding]:
    """What is personal in a table, by column; columns that hold nothing personal are left out.

    :param samples: values by column, in the text form of the database; without any, a column
        is judged by its name.
    :param locale: whose names, numbers and addresses are looked for first.
    :param cardinality_check: also find columns in which nearly every value is another one.
    :param allow_list: never personal: columns (``table.column``, ``column``) and values.
    :param deny_list: always personal: columns and values.
    :param deselected_entities: kinds of :class:`Entity` that are not looked for.
    """
    allowed, denied = _folded(allow_list), _folded(deny_list)
    deselected = {each.upper() for each in deselected_entities}
    country = country_of(locale)
    findings: dict[str, Finding] = {}
    for column in table.columns:
        called = names_of(table, column)
        if called & allowed:
            continue
        values = [
            value
            for value in _values(column, samples.get(column.name, ()))
            if not allowed or fold(value) not in allowed
        ]
        seen = profile(values, country, looked=any(samples.get(column.name, ())))
        finding = _find(table, column, seen, locale, country)
        if cardinality_check and finding is None:
            finding = _identifying(table, column, seen)
        if finding is not None and finding.entity in deselected:
            finding = None
        if denied and finding is None:
            finding = _denied(column, called, seen, denied)
        if finding is not None:
            findings[column.name] = finding
    return findings


def names_of(table: Table, column: Column) -> set[str]:
    """All that a column may be called on a list, folded."""
    name = fold(column.name)
    return {name, f"{fold(table.name.name)}.{name}", f"{fold(str(table.name))}.{name}"}


def _folded(texts: Collection[str]) -> frozenset[str]:
    return frozenset(fold(each.strip()) for each in texts)


def _values(column: Column, values: Sequence[str | None]) -> list[str]:
    held = [value[:LONGEST_LOOKED] for value in values if value]
    if column.kind is Kind.ARRAY:
        return [each for value in held for each in elements(value) if each]
    return held


def _find(table: Table, column: Column, seen: Profile, locale: str, country: str) -> Finding | None:
    kind = column.element if column.kind is Kind.ARRAY else column.kind
    kind = kind or Kind.TEXT
    if (by_type := _by_type(column)) is not None:
        return by_type
    if kind in _NEVER or kind is Kind.OTHER:
        return None
    neighbours = tuple(each.name for each in table.columns if each is not column)
    guess = _possible(judge(column.name, table.name.name, neighbours), kind)
    if kind in {Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.TIMESTAMP}:
        if _is_key(table, column) and guess.entity is Entity.CARDINALITY:
            return None
        return _by_name(guess, seen, country)
    if seen.distinct and seen.share(seen.uuids) > MOSTLY:
        return None
    return (
        _by_patterns(guess, seen)
        or _by_name(guess, seen, country)
        or _by_dictionaries(guess, seen)
        or _by_texts(column, guess, seen, locale)
    )


def _by_type(column: Column) -> Finding | None:
    name = column.type.lower().replace("[]", "").split("(")[0].strip()
    if name in {"inet", "cidr"}:
        return Finding(entity=Entity.IP_ADDRESS, confidence=0.95, evidence=(f"its type is {name}",))
    if name in {"macaddr", "macaddr8"}:
        return Finding(
            entity=Entity.MAC_ADDRESS, confidence=0.95, evidence=(f"its type is {name}",)
        )
    if name in _PLACES:
        return Finding(entity=Entity.COORDINATE, confidence=0.6, evidence=(f"its type is {name}",))
    return None


def _possible(guess: Guess, kind: Kind) -> Guess:
    """A guess, if values of this kind can be that."""
    if guess.entity is None or kind in {Kind.TEXT, Kind.OTHER}:
        return guess
    if kind in {Kind.DATE, Kind.TIMESTAMP}:
        return guess if guess.entity is Entity.DATE_OF_BIRTH else UNKNOWN
    return guess if guess.entity in _OF_NUMBERS else UNKNOWN


def _is_key(table: Table, column: Column) -> bool:
    return column.name in table.primary_key or any(
        column.name in each.columns for each in table.foreign_keys
    )


def _by_patterns(guess: Guess, seen: Profile) -> Finding | None:
    """What most values are beyond chance, whatever the column is called."""
    if not seen.sure:
        return None
    entity, count = seen.sure.most_common(1)[0]
    share = seen.share(count)
    enough = len(seen.distinct) >= FEWEST_VALUES or entity in {Entity.EMAIL, Entity.IBAN}
    if entity is Entity.PHONE and share >= PHONES:
        # The others are of other countries, if all are written like such numbers.
        written = seen.share(sum(map(one.looks_like_phone, seen.distinct)))
        share = max(share, MOSTLY if written > 0.9 else 0.0)
    least = STREETS if entity is Entity.STREET_ADDRESS else MOSTLY
    if share < least or not (enough or guess.entity is entity):
        return None
    # Links are of products too, and a text of a street is a text.
    if entity is Entity.URL and guess.entity is not Entity.URL:
        return None
    if entity is Entity.STREET_ADDRESS and (guess.plain or guess.entity is Entity.FREE_TEXT):
        return None
    if entity in {Entity.CREDIT_CARD, Entity.TAX_ID, Entity.NATIONAL_ID} and share < 0.9:
        return None
    if guess.entity not in {None, entity, Entity.FREE_TEXT} and share < 0.8:
        return None
    evidence = [said(seen.share(count), seen, WORDS[entity])]
    confidence = 0.6 + 0.4 * share
    if guess.entity is entity:
        evidence.append(guess.reason)
        confidence = max(confidence, guess.confidence)
    return finding_of(entity, confidence, *evidence)


def _by_name(guess: Guess, seen: Profile, country: str) -> Finding | None:
    """What the name says, if values do not speak against it."""
    if guess.entity is None:
        return None
    if not seen.distinct:
        return finding_of(guess.entity, guess.confidence * 0.9, guess.reason)
    fitting = seen.fitting(guess.entity)
    few = len(seen.distinct) < FEWEST_VALUES
    # A few short codes are no e-mail addresses, whatever they are called.
    if fitting < 0.2 and (guess.confidence < SURE or few):
        return None
    confidence = guess.confidence * (0.55 + 0.45 * fitting)
    entity = guess.entity
    evidence = [guess.reason]
    if entity in _CHECKED and (share := seen.share(_valid(entity, seen, country))) >= 0.2:
        evidence.append(said(share, seen, WORDS[entity]))
        confidence = max(confidence, 0.7 + 0.3 * share)
    elif entity in _NAMED and (share := seen.share(seen.names.total())) >= 0.2:
        entity = _sort_of_name(entity, seen)
        evidence.append(said(share, seen, "known names"))
        confidence = max(confidence, 0.75 + 0.25 * share)
    elif fitting < MOSTLY:
        evidence.append(f"yet only {percent(fitting)} of its values look like it")
    return finding_of(entity, confidence, *evidence)


def _sort_of_name(entity: Entity, seen: Profile) -> Entity:
    """Whole names where a column that is called a first name's holds two words, and so on."""
    if entity is Entity.PERSON or seen.share(seen.names[Entity.PERSON]) < MOSTLY:
        return entity
    spaced = seen.share(sum(" " in each for each in seen.distinct))
    return Entity.PERSON if spaced > 0.8 and entity is Entity.LAST_NAME else entity


def _valid(entity: Entity, seen: Profile, country: str) -> int:
    checks: Mapping[Entity, Callable[[str, str], bool]] = {
        Entity.PHONE: one.is_phone,
        Entity.NATIONAL_ID: one.is_number_of_people,
        Entity.TAX_ID: one.is_tax_id,
    }
    check = checks.get(entity)
    return max(
        seen.sure[entity],
        sum(check(each, country) for each in seen.distinct) if check else 0,
        sum(map(one.is_birthday, seen.distinct)) if entity is Entity.DATE_OF_BIRTH else 0,
        sum(map(one.is_postcode, seen.distinct)) if entity is Entity.POSTCODE else 0,
    )


def _by_dictionaries(guess: Guess, seen: Profile) -> Finding | None:
    """What most values are by lists of names, cities, jobs, and the endings of companies."""
    if len(seen.distinct) < FEWEST_VALUES or guess.entity not in {None, Entity.FREE_TEXT}:
        return None
    least = NAMES_AMONG_UNKNOWN if guess is UNKNOWN else NAMES_AMONG_PLAIN
    companies = seen.share(sum(map(one.is_company, seen.distinct)))
    share = seen.share(seen.names.total())
    cities = seen.share(sum(map(one.is_city, seen.distinct)))
    # Colours, animals and months are names too, so what is a word besides counts half.
    plainly = share - seen.share(seen.words) / 2
    places = cities + seen.share(sum(map(one.is_country, seen.distinct)))
    if plainly >= least and share > places and companies < 0.2:
        entity = _name_of(seen)
        return finding_of(entity, 0.4 + 0.5 * share, said(share, seen, "known names of people"))
    if guess is not UNKNOWN:
        return None
    if cities >= CITIES_AMONG_UNKNOWN:
        return finding_of(Entity.CITY, 0.3 + 0.5 * cities, said(cities, seen, "known cities"))
    if companies >= COMPANIES_AMONG_UNKNOWN:
        told = said(companies, seen, "names with a company's legal form")
        return finding_of(Entity.COMPANY, 0.4 + 0.5 * companies, told)
    jobs = seen.share(sum(map(one.is_job, seen.distinct)))
    if jobs >= JOBS_AMONG_UNKNOWN:
        return finding_of(Entity.JOB_TITLE, 0.3 + 0.5 * jobs, said(jobs, seen, "titles of jobs"))
    return None


def _name_of(seen: Profile) -> Entity:
    names = seen.names
    if names[Entity.PERSON] * 2 > names.total():
        return Entity.PERSON
    firsts, lasts = names[Entity.FIRST_NAME], names[Entity.LAST_NAME]
    return Entity.FIRST_NAME if firsts >= lasts else Entity.LAST_NAME


def _by_texts(column: Column, guess: Guess, seen: Profile, locale: str) -> Finding | None:
    """Texts in which anything may stand, and short values in which something does."""
    if not seen.distinct:
        roomy = column.length is None or column.length >= ROOM_FOR_TEXT
        if guess is UNKNOWN and roomy and column.kind is Kind.TEXT and not seen.looked:
            return finding_of(Entity.FREE_TEXT, 0.3, "nobody has looked at its values")
        return None
    share = seen.share(seen.texts)
    if share >= (TEXTS_AMONG_PLAIN if guess.plain else TEXTS):
        return finding_of(
            Entity.FREE_TEXT, 0.4 + 0.5 * share, said(share, seen, "texts of several words")
        )
    held: dict[Entity, int] = {}
    for value in seen.distinct:
        spans = find_in_text(value, locale=locale)
        # One in ten bare numbers ends in a digit that fits.
        whole = len(spans) == 1 and spans[0].end - spans[0].start == len(value)
        # And a version of four numbers is an address.
        if whole and (value.isalnum() or spans[0].entity is Entity.IP_ADDRESS):
            continue
        for entity in sorted({each.entity for each in spans} & _STRIKING):
            held[entity] = held.get(entity, 0) + 1
    if not held:
        return None
    entity = max(held, key=lambda each: held[each])
    if guess.plain and seen.share(held[entity]) < 0.02:
        return None
    told = f"{percent(seen.share(held[entity]))} of its values hold {WORDS[entity]}"
    return finding_of(Entity.FREE_TEXT, 0.5, told)


def _identifying(table: Table, column: Column, seen: Profile) -> Finding | None:
    """A number or a code that hardly two rows share, and that is no key of the database."""
    if (
        _is_key(table, column)
        or column.kind not in {Kind.TEXT, Kind.INTEGER}
        or column.identity
        or len(seen.distinct) < FEWEST_UNIQUE
        or seen.uniqueness < UNIQUENESS
        or seen.share(seen.uuids) > MOSTLY
        or seen.share(sum(" " in each for each in seen.distinct)) > 0.3
        or seen.share(sum(any(map(str.isdigit, each)) for each in seen.distinct)) < MOSTLY
    ):
        return None
    told = f"{percent(seen.uniqueness)} of {seen.rows:,} values are in one row each"
    return finding_of(Entity.CARDINALITY, 0.5, told)


def _denied(
    column: Column, called: set[str], seen: Profile, denied: frozenset[str]
) -> Finding | None:
    if called & denied:
        told = "it is on the list of what is personal"
    elif any(fold(each) in denied for each in seen.distinct):
        told = "it holds a value of the list of what is personal"
    else:
        return None
    texts = column.kind is Kind.TEXT and seen.share(seen.texts) >= TEXTS
    return finding_of(Entity.FREE_TEXT if texts else Entity.CARDINALITY, 1.0, told)


_CHECKED = frozenset(WORDS) - {Entity.FIRST_NAME, Entity.LAST_NAME, Entity.PERSON}
_NAMED = frozenset({Entity.FIRST_NAME, Entity.LAST_NAME, Entity.PERSON})

#: What makes a column of short values one to look through, value by value.
_STRIKING = frozenset(
    {
        *(Entity.EMAIL, Entity.IBAN, Entity.CREDIT_CARD, Entity.NATIONAL_ID, Entity.PHONE),
        *(Entity.MAC_ADDRESS, Entity.IP_ADDRESS),
    }
)
