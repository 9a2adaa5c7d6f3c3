"""What has to be made ready before rows can be rewritten. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.errors import InvalidRequest
from shared.synthesis.generators.listing import list_name
from shared.synthesis.generators.outline import Mocked, Outline, is_one_to_one
from shared.synthesis.keys.chance import derived
from shared.synthesis.keys.domains import Domain
from shared.synthesis.keys.maps import changes_places, is_binding
from shared.synthesis.keys.ranks import RankNeed
from shared.synthesis.locales import full_locale
from shared.synthesis.plans import ColumnName, Entity, GeneratorType, Plan
from shared.synthesis.schema import Check, Kind, Schema

#: No list has to be longer where values may repeat, nor where they may not: it is combined. A model
#: has some hundred names of a kind at hand; what it says behind these is made up, and looks it.
_MOST: Final = 500

#: What the values of these are made of.
_MADE_OF: Final[Mapping[Entity, tuple[Entity, ...]]] = {
    Entity.PERSON: (Entity.FIRST_NAME, Entity.LAST_NAME),
    Entity.EMAIL: (Entity.FIRST_NAME, Entity.LAST_NAME),
    Entity.LOGIN: (Entity.FIRST_NAME, Entity.LAST_NAME),
}


_SCRUBBED: Final = frozenset({GeneratorType.FREE_TEXT, GeneratorType.JSON})
#: Kinds of which only a few values are known without a source.
_NEVER_DIFFERENT: Final = frozenset({Kind.ARRAY, Kind.JSON, Kind.BINARY, Kind.OTHER})
#: What tells of a person wherever it stands; places and jobs are words that anybody uses.
_KNOWN: Final = frozenset(
    {
        *(Entity.FIRST_NAME, Entity.LAST_NAME, Entity.PERSON, Entity.EMAIL, Entity.LOGIN),
        *(Entity.PHONE, Entity.STREET_ADDRESS, Entity.COMPANY, Entity.IBAN, Entity.CREDIT_CARD),
        *(Entity.NATIONAL_ID, Entity.TAX_ID, Entity.PASSPORT, Entity.LICENSE_PLATE),
    }
)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What an engine's settings say to generators.

    :param key_method: ``duplicate``, ``hash`` or ``generate``.
    :param locale: of values that are made up, where a column names none.
    :param shuffle_threshold: ``consistent_integer_shuffle_threshold``.
    :param columns: settings that are a column's own, by their names: ``locale``,
        ``cutoff_length``, ``pii_mock_replace``.
    :param personal: columns in which something personal was found.
    :param by_hand: columns whose generators a person has set.
    """

    key_method: str = "duplicate"
    locale: str = "en"
    shuffle_threshold: int = 1_000_000
    columns: Mapping[ColumnName, Mapping[str, Any]] = field(default_factory=dict)
    personal: frozenset[ColumnName] = frozenset()
    by_hand: frozenset[ColumnName] = frozenset()

    def outline(self, schema: Schema, plan: Plan) -> Outline:
        """A plan as it is done under these choices."""
        return Outline(
            schema,
            plan,
            key_method=self.key_method,
            locale=self.locale,
            threshold=self.shuffle_threshold,
            columns=self.columns,
            personal=self.personal,
        )


@dataclass(frozen=True, kw_only=True)
class ListNeed:
    """A list of values that the mill is to make; for all columns of one kind and locale.

    :param name: what the list is called, such as ``FIRST_NAME:de_DE``.
    :param length: the most characters that a value may have; None: no limit.
    :param count: how many are worth having.
    :param unique: some column must have no value twice; a shorter list is combined all the same.
    :param gender: ``female``, ``male``, or None for any.
    """

    name: str
    entity: Entity
    locale: str
    count: int
    length: int | None = None
    unique: bool = False
    gender: str | None = None


@dataclass(frozen=True, kw_only=True)
class Needs:
    """All that rewriting needs of a plan; each has a name that is its own.

    :param known: columns whose values must not stand in any text that is looked through, and what
        they are; empty where no text is. Their distinct values make a ``KnownValues``.
    :param warnings: sentences for people: what the plan cannot do.
    """

    ranks: tuple[RankNeed, ...] = ()
    lists: tuple[ListNeed, ...] = ()
    known: tuple[tuple[Entity, ColumnName], ...] = ()
    warnings: tuple[str, ...] = ()


def needs(schema: Schema, plan: Plan, choices: Choices) -> Needs:
    """What has to be made ready for a plan.

    :raises InvalidRequest: the plan would break a reference or a unique key; says which, and how to
        mend it.
    """
    outline = choices.outline(schema, plan)
    _refuse_what_breaks_keys(outline, schema)
    bared = tuple(_bared(outline, schema, choices.by_hand))
    ranks = {need.name: need for need in _ranks(outline, schema)}
    return Needs(
        ranks=tuple(ranks[name] for name in sorted(ranks)),
        lists=tuple(_lists(outline, schema)),
        known=tuple(_known(outline, schema)),
        warnings=(*_warnings(outline, schema), *bared),
    )


def known_key(secret: bytes) -> bytes:
    """What the hashes of known values are keyed by."""
    return derived(secret, "known")


def _known(outline: Outline, schema: Schema) -> Iterator[tuple[Entity, ColumnName]]:
    generators = (outline.generator(name) for name in _names(schema))
    if any(each is not None and each.type in _SCRUBBED for each in generators):
        for mocked in outline.all_mocked:
            if mocked.entity in _KNOWN and mocked.column.kind is Kind.TEXT:
                yield mocked.entity, mocked.name


def _names(schema: Schema) -> Iterator[ColumnName]:
    return (ColumnName(table.name, column.name) for table in schema for column in table.columns)


def _ranks(outline: Outline, schema: Schema) -> Iterator[RankNeed]:
    for name in _names(schema):
        use, mocked = outline.key_use(name), outline.mocked(name)
        if use is not None:
            need = outline.key_need(use)
        elif mocked is not None:
            need = outline.unique_need(mocked)
        else:
            need = outline.unique_need_of(name)
        if need is not None:
            yield need


def _lists(outline: Outline, schema: Schema) -> Iterator[ListNeed]:
    wanted: dict[tuple[Entity, str], list[Mocked]] = {}
    for mocked in outline.all_mocked:
        if mocked.is_list and mocked.entity is not None:
            for entity in _MADE_OF.get(mocked.entity, (mocked.entity,)):
                wanted.setdefault((entity, full_locale(mocked.locale)), []).append(mocked)
    for (entity, locale), columns in sorted(wanted.items()):
        lengths = [each.column.length if each.entity is entity else None for each in columns]
        rows = [schema[each.name.table].rows for each in columns]
        most = max((count for count in rows if count is not None), default=_MOST)
        yield ListNeed(
            name=list_name(entity, locale, None),
            entity=entity,
            locale=locale,
            count=max(1, min(_MOST, most)),
            length=None if None in lengths else max(each for each in lengths if each is not None),
            unique=any(each.is_unique and each.entity is entity for each in columns),
        )


def _refuse_what_breaks_keys(outline: Outline, schema: Schema) -> None:
    for name in _names(schema):
        generator = outline.generator(name)
        if generator is None or not outline.is_unique(name):
            continue
        if not is_one_to_one(generator):
            raise InvalidRequest(
                f"{name} is a part of a unique key, which {generator.type} may break: two values "
                "could become one; choose format_preserving, hash or mock"
            )
        mocked = outline.mocked(name)
        if mocked is not None and mocked.entity is None and mocked.column.kind in _NEVER_DIFFERENT:
            raise InvalidRequest(
                f"{name} is a part of a unique key, and no different values of "
                f"{mocked.column.type} can be made up; choose hash or duplicate"
            )


def _bared(outline: Outline, schema: Schema, by_hand: frozenset[ColumnName]) -> Iterator[str]:
    """Sentences of personal keys whose real values all stand in the target, if in other rows.

    :raises InvalidRequest: a condition leaves nothing else, and no person has said that it may be.
    """
    for domain in outline.domains.all:
        use = next((each for name in domain.columns if (each := outline.key_use(name))), None)
        if use is None or not use.is_personal or use.method == "duplicate":
            continue
        if not changes_places(domain):
            continue
        name, checks = domain.columns[0], _binding(domain, schema)
        is_said = not by_hand.isdisjoint(domain.columns)
        if not checks or is_said:
            why = f"its condition {checks[0][1].name}" if checks else f"its type {domain.types[0]}"
            yield (
                f"{checks[0][0] if checks else name} is a personal key, and {why} lets its values "
                "only change places: all of them are in the target, in other rows."
            )
            continue
        name, check = checks[0]
        others = ", ".join(str(each) for each in domain.columns if each != name)
        alike = f", and the same to what it refers to or is referred to by ({others})" * bool(
            others
        )
        raise InvalidRequest(
            f"{name} is a personal key, and new values may not meet its condition {check.name} "
            f"({check.expression}), so that its real values could only change places, and would "
            f"all be in the target; give it the generator mock with its entity{alike}, exclude "
            "its table, or set hash by hand if its values may stay"
        )


def _binding(domain: Domain, schema: Schema) -> list[tuple[ColumnName, Check]]:
    """The conditions that hold a key domain to the values that it has."""
    return [
        (name, check)
        for name in domain.columns
        for check in schema[name.table].checks
        if name.name in check.columns and is_binding(check.expression)
    ]


def _warnings(outline: Outline, schema: Schema) -> Iterator[str]:
    for name in _names(schema):
        generator = outline.generator(name)
        is_text = generator is not None and generator.type in _SCRUBBED
        if is_text and outline.is_unique(name) and outline.unique_need_of(name) is None:
            yield (
                f"{name} is a part of a unique key, and its documents are looked through: two that "
                "differ only in what is personal may become one, which the key would refuse."
            )
    for table in schema:
        for check in table.checks:
            keys = [
                column
                for column in check.columns
                if (use := outline.key_use(ColumnName(table.name, column))) is not None
                and use.method != "duplicate"
            ]
            if keys and len(check.columns) > 1:
                yield (
                    f"The condition {check.name} of {table.name} names the key {keys[0]} beside "
                    "another column. New keys may not meet it; if they do not, give these columns "
                    "the key method duplicate."
                )
