"""What each mode plans for any column passes the checks, and gives a copy that is whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import InvalidRequest
from shared.synthesis.generators import Choices, check, known_key, needs
from shared.synthesis.modes import KeyMethod, Mode, initialize, refusals
from shared.synthesis.plans import ColumnName, Entity, Finding, Generator, GeneratorType, Plan
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.schema import (
    Check,
    Column,
    ForeignKey,
    Kind,
    Schema,
    Table,
    TableName,
    Unique,
)
from tests.unit.shared.synthesis.generators.copying import (
    Database,
    context_of,
    copied,
    distinct,
    problems,
)
from tests.unit.shared.synthesis.generators.test_mocking import KINDS

TABLE = TableName("s", "t")
VALUES = {
    **{"smallint": "5", "numeric": "1.50", "float": "2.5", "text": "abc", "char": "a"},
    **{"boolean": "t", "date": "2020-01-01", "time": "10:00:00", "mood": "ok"},
    **{"timestamptz": "2020-01-01 10:00:00+00", "uuid": "00000000-0000-4000-8000-000000000001"},
    **{"jsonb": '{"name": "Jane Doe", "n": 5}', "bytea": "\\x00", "inet": "1.2.3.4/32"},
    "text[]": '{"Jane Doe",b}',
}


def _column(type_: str, *, nullable: bool) -> Column:
    element = Kind.TEXT if type_ == "text[]" else None
    return Column(name=type_, type=type_, nullable=nullable, element=element, **KINDS[type_])


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("nullable", [True, False])
@pytest.mark.parametrize("unique", [True, False])
def test_every_kind_and_entity(mode: Mode, nullable: bool, unique: bool) -> None:
    columns = [
        Column(name="id", type="integer", kind=Kind.INTEGER, nullable=False, lowest=-9, highest=9),
        *(_column(each, nullable=nullable) for each in KINDS),
        *(Column(name=str(e), type="text", kind=Kind.TEXT, nullable=nullable) for e in Entity),
    ]
    uniques = [each.name for each in columns if unique]
    if not nullable:
        # Nothing different can be made up there, which the plan says.
        uniques = [name for name in uniques if name not in ("jsonb", "bytea", "text[]", "inet")]
    table = Table(
        name=TABLE,
        columns=tuple(columns),
        primary_key=("id",),
        uniques=tuple(Unique(name=name, columns=(name,)) for name in uniques),
    )
    schema = Schema(tables=(table,))
    source: Database = {
        TABLE: {
            "id": ["1", "2"],
            **{
                name: [value, None if unique or nullable else value]
                for name, value in VALUES.items()
            },
            **{str(entity): [f"{entity} 1", f"{entity} 2"] for entity in Entity},
        }
    }
    if not nullable:
        source = {TABLE: {name: values[:1] for name, values in source[TABLE].items()}}
    findings = {
        ColumnName(TABLE, str(entity)): Finding(entity=entity, confidence=1) for entity in Entity
    }
    for method in KeyMethod:
        plan = initialize(schema, findings, mode=mode, key_method=method)
        if mode is Mode.SCRATCH:
            # Whose tables are all left out.
            needs(schema, plan, Choices(key_method=method))
            continue
        for column in columns:
            check(plan[ColumnName(TABLE, column.name)], column)
        assert refusals(schema, plan) == []
        context = context_of(schema, plan, source, Choices(key_method=method))
        assert problems(schema, copied(source, context)) == []


def _refused(schema: Schema, plan: Plan) -> str:
    with pytest.raises(InvalidRequest) as refusal:
        needs(schema, plan, Choices(key_method="hash"))
    return str(refusal.value)


def test_columns_that_refer_to_each_other_are_held_together() -> None:
    a = Table(
        name=TableName("s", "a"),
        columns=(Column(name="id", type="text", kind=Kind.TEXT),),
        primary_key=("id",),
    )
    b = Table(
        name=TableName("s", "b"),
        columns=(Column(name="a", type="text", kind=Kind.TEXT),),
        foreign_keys=(ForeignKey(name="f", columns=("a",), table=a.name, referred=("id",)),),
    )
    schema = Schema(tables=(a, b))
    one, other = ColumnName(a.name, "id"), ColumnName(b.name, "a")
    key = Generator(type=GeneratorType.KEY)
    for type_ in (GeneratorType.DUPLICATE, GeneratorType.MOCK, GeneratorType.FORMAT_PRESERVING):
        said = _refused(schema, {one: key, other: Generator(type=type_)})
        assert "s.b.a" in said
        assert "give all of them the same" in said
    # No value refers to nothing; but what is referred to may not vanish.
    needs(schema, {one: key, other: Generator(type=GeneratorType.NULL)}, Choices())
    _refused(schema, {one: Generator(type=GeneratorType.NULL), other: key})
    email = Generator(type=GeneratorType.MOCK, parameters={"entity": "EMAIL"})
    source: Database = {
        a.name: {"id": ["a.b@x.com", "c.d@x.com"]},
        b.name: {"a": ["c.d@x.com", None, "c.d@x.com"]},
    }
    target = copied(source, context_of(schema, {one: email, other: email}, source))
    assert problems(schema, target) == []
    assert set(target[a.name]["id"]).isdisjoint(source[a.name]["id"])


def test_what_could_make_two_keys_one_is_refused() -> None:
    table = Table(
        name=TABLE,
        columns=(Column(name="n", type="integer", kind=Kind.INTEGER),),
        uniques=(Unique(name="u", columns=("n",)),),
    )
    schema = Schema(tables=(table,))
    said = _refused(schema, {ColumnName(TABLE, "n"): Generator(type=GeneratorType.NOISE)})
    assert "format_preserving" in said


def test_keys_beside_others_in_a_condition_are_told() -> None:
    table = Table(
        name=TABLE,
        columns=tuple(
            Column(name=name, type="integer", kind=Kind.INTEGER) for name in ("id", "boss")
        ),
        primary_key=("id",),
        checks=(Check(name="order", expression="boss < id", columns=("boss", "id")),),
    )
    plan = {ColumnName(TABLE, name): Generator(type=GeneratorType.KEY) for name in ("id", "boss")}
    schema = Schema(tables=(table,))
    (warning,) = needs(schema, plan, Choices(key_method="hash")).warnings
    assert "order of s.t" in warning
    assert needs(schema, plan, Choices()).warnings == ()


def test_lists_are_asked_for_once_and_by_what_they_are_made_of() -> None:
    table = Table(
        name=TABLE,
        rows=300,
        columns=tuple(
            Column(name=name, type="text", kind=Kind.TEXT, length=length)
            for name, length in (("first", 20), ("also_first", 30), ("mail", None), ("job", 40))
        ),
    )
    entities = {"first": "FIRST_NAME", "also_first": "FIRST_NAME", "mail": "EMAIL"}
    entities["job"] = "JOB_TITLE"
    plan = {
        ColumnName(TABLE, name): Generator(
            type=GeneratorType.LIST, parameters={"entity": entity, "locale": "de"}
        )
        for name, entity in entities.items()
    }
    wanted = needs(Schema(tables=(table,)), plan, Choices())
    assert {each.name: (each.length, each.count) for each in wanted.lists} == {
        "FIRST_NAME:de_DE": (None, 300),
        "JOB_TITLE:de_DE": (40, 300),
        "LAST_NAME:de_DE": (None, 300),
    }
    assert wanted.ranks == wanted.known == ()


def test_texts_name_the_columns_whose_values_must_not_stand_in_them() -> None:
    table = Table(
        name=TABLE,
        columns=tuple(Column(name=name, type="text", kind=Kind.TEXT) for name in ("last", "note")),
    )
    plan = {
        ColumnName(TABLE, "last"): Generator(
            type=GeneratorType.MOCK, parameters={"entity": "LAST_NAME"}
        ),
        ColumnName(TABLE, "note"): Generator(type=GeneratorType.FREE_TEXT),
    }
    wanted = needs(Schema(tables=(table,)), plan, Choices())
    assert wanted.known == ((Entity.LAST_NAME, ColumnName(TABLE, "last")),)


def test_values_of_the_row_do_not_stay_in_its_texts() -> None:
    table = Table(
        name=TABLE,
        columns=tuple(Column(name=name, type="text", kind=Kind.TEXT) for name in ("last", "note")),
    )
    schema = Schema(tables=(table,))
    plan = {
        ColumnName(TABLE, "last"): Generator(
            type=GeneratorType.MOCK, parameters={"entity": "LAST_NAME"}
        ),
        ColumnName(TABLE, "note"): Generator(
            type=GeneratorType.FREE_TEXT, parameters={"cutoff_length": 200}
        ),
    }
    note = "Zyzzogeton called about the invoice; mail zyx@corp.example. " + "x" * 300
    source: Database = {TABLE: {"last": ["Zyzzogeton", None], "note": [note, None]}}
    new = copied(source, context_of(schema, plan, source))[TABLE]
    text = str(new["note"][0])
    assert "Zyzzogeton" not in text
    assert "zyx@corp.example" not in text
    assert str(new["last"][0]) in text
    assert len(text) < 260
    assert new["note"][1] is None
    labelled = {
        **plan,
        ColumnName(TABLE, "note"): Generator(
            type=GeneratorType.FREE_TEXT, parameters={"pii_mock_replace": False}
        ),
    }
    text = str(copied(source, context_of(schema, labelled, source))[TABLE]["note"][0])
    assert text.startswith("<")
    assert "<EMAIL>" in text
    assert "Zyzzogeton" not in text


def test_values_of_other_tables_do_not_stay_in_texts() -> None:
    people = Table(
        name=TableName("s", "people"), columns=(Column(name="n", type="text", kind=Kind.TEXT),)
    )
    notes = Table(
        name=TableName("s", "notes"), columns=(Column(name="note", type="text", kind=Kind.TEXT),)
    )
    schema = Schema(tables=(people, notes))
    plan = {
        ColumnName(people.name, "n"): Generator(
            type=GeneratorType.MOCK, parameters={"entity": "LOGIN"}
        ),
        ColumnName(notes.name, "note"): Generator(type=GeneratorType.FREE_TEXT),
    }
    source: Database = {
        people.name: {"n": ["quizzaldo7x"]},
        notes.name: {"note": ["the parcel of quizzaldo7x came back"]},
    }
    context = context_of(schema, plan, source)
    key = known_key(context.secret)
    values = [
        (entity, value)
        for entity, column in needs(schema, plan, Choices()).known
        for value in distinct(source, column.table, column.name)
    ]
    known = KnownValues.from_bytes(key, KnownValues.build(key, values).to_bytes())
    new = copied(source, replace(context, known=known))
    assert "quizzaldo7x" in str(copied(source, context)[notes.name]["note"])
    assert "quizzaldo7x" not in str(new[notes.name]["note"])
    assert str(new[people.name]["n"][0]) in str(new[notes.name]["note"])


def _two_tables(kind: Kind, *checks: Check) -> Schema:
    a = Table(
        name=TableName("s", "a"),
        columns=(Column(name="id", type=str(kind), kind=kind, nullable=False),),
        primary_key=("id",),
        checks=checks,
    )
    b = Table(
        name=TableName("s", "b"),
        columns=(Column(name="a", type=str(kind), kind=kind),),
        foreign_keys=(ForeignKey(name="f", columns=("a",), table=a.name, referred=("id",)),),
    )
    return Schema(tables=(a, b))


@pytest.mark.parametrize("method", list(KeyMethod))
def test_personal_numbers_that_are_keys_do_not_change_places(method: KeyMethod) -> None:
    schema = _two_tables(Kind.INTEGER)
    key = ColumnName(TableName("s", "a"), "id")
    findings = {key: Finding(entity=Entity.NATIONAL_ID, confidence=1)}
    plan = initialize(schema, findings, mode=Mode.DEIDENTIFY, key_method=method)
    numbers = [str(123_450_000 + 7_919 * each) for each in range(100)]
    source: Database = {key.table: {"id": numbers}, TableName("s", "b"): {"a": numbers}}
    choices = Choices(key_method=method, personal=frozenset({key}))
    target = copied(source, context_of(schema, plan, source, choices))
    assert problems(schema, target) == []
    assert set(target[key.table]["id"]).isdisjoint(numbers)


@pytest.mark.parametrize("method", list(KeyMethod))
def test_a_condition_that_bares_a_personal_key_is_refused(method: KeyMethod) -> None:
    schema = _two_tables(Kind.TEXT, Check(name="at", expression="(id ~ '@')", columns=("id",)))
    key, other = ColumnName(TableName("s", "a"), "id"), ColumnName(TableName("s", "b"), "a")
    findings = {key: Finding(entity=Entity.EMAIL, confidence=1)}
    plan = initialize(schema, findings, mode=Mode.DEIDENTIFY, key_method=method)
    choices = Choices(key_method=method, personal=frozenset({key}))
    with pytest.raises(InvalidRequest) as refusal:
        needs(schema, plan, choices)
    for said in ("s.a.id", "at", "(id ~ '@')", "generator mock", "s.b.a"):
        assert said in str(refusal.value)
    by_hand = replace(choices, by_hand=frozenset({other}))
    (warning,) = needs(schema, plan, by_hand).warnings
    assert "s.a.id" in warning
    assert "all of them are in the target" in warning
    # What the sentence says mends it.
    email = Generator(type=GeneratorType.MOCK, parameters={"entity": "EMAIL"})
    assert needs(schema, {key: email, other: email}, choices).warnings == ()
    assert needs(schema, plan, Choices(key_method=method)).warnings == ()
