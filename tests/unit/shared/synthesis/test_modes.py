"""The plan of each initialization mode."""

from __future__ import annotations

import pytest

from shared.synthesis.conditions import unreadable
from shared.synthesis.modes import KeyMethod, Mode, initialize, refusals, warnings
from shared.synthesis.plans import ColumnName, Entity, Finding, GeneratorType
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

USERS, ORDERS = TableName("public", "users"), TableName("public", "orders")


def column(name: str, kind: Kind = Kind.TEXT, **more: object) -> Column:
    return Column(name=name, type=kind.value, kind=kind, **more)  # type: ignore[arg-type]


SCHEMA = Schema(
    tables=(
        Table(
            name=USERS,
            columns=(
                column("email", nullable=False),
                column("first_name"),
                column("iban"),
                column("notes"),
                column("data", Kind.JSON),
                column("born", Kind.DATE),
                column("member", Kind.INTEGER),
                column("color"),
                column("score", Kind.INTEGER),
                column("place", Kind.OTHER),
                column("photo", Kind.BINARY, nullable=False),
                column("size", Kind.ENUM, labels=("S", "L")),
                column("tags", Kind.ARRAY, element=Kind.TEXT),
                column("total", Kind.NUMBER, generated=True),
                column("code", Kind.INTEGER),
            ),
            primary_key=("email",),
            uniques=(Unique(name="u", columns=("code",)),),
            checks=(Check(name="odd", expression="score % 2 = 1", columns=("score",)),),
        ),
        Table(
            name=ORDERS,
            columns=(
                column("id", Kind.INTEGER),
                column("user_email"),
                column("price", Kind.NUMBER),
            ),
            primary_key=("id",),
            foreign_keys=(
                ForeignKey(name="f", columns=("user_email",), table=USERS, referred=("email",)),
            ),
        ),
    )
)

FINDINGS = {
    ColumnName(USERS, name): Finding(entity=entity, confidence=0.9)
    for name, entity in {
        "email": Entity.EMAIL,
        "first_name": Entity.FIRST_NAME,
        "iban": Entity.IBAN,
        "notes": Entity.FREE_TEXT,
        "born": Entity.DATE_OF_BIRTH,
        "member": Entity.CARDINALITY,
        "tags": Entity.PERSON,
    }.items()
}


def plan(mode: Mode, key_method: KeyMethod = KeyMethod.DUPLICATE) -> dict[str, str]:
    made = initialize(SCHEMA, FINDINGS, mode=mode, key_method=key_method)
    return {f"{each.table.name}.{each.name}": one.type for each, one in made.items()}


def test_deidentify_changes_what_is_personal_and_nothing_else() -> None:
    assert plan(Mode.DEIDENTIFY) == {
        "users.email": "hash",
        "users.first_name": "list",
        "users.iban": "mock",
        "users.notes": "free_text",
        "users.data": "json",
        "users.born": "mock",
        "users.member": "hash",
        "users.color": "duplicate",
        "users.score": "duplicate",
        "users.place": "duplicate",
        "users.photo": "duplicate",
        "users.size": "duplicate",
        "users.tags": "free_text",
        "users.code": "duplicate",
        "orders.id": "key",
        "orders.user_email": "hash",
        "orders.price": "duplicate",
    }


def test_mock_leaves_nothing_of_the_source() -> None:
    made = plan(Mode.MOCK, KeyMethod.GENERATE)
    assert set(made.values()) == {"key", "list", "mock", "null"}
    assert made["users.color"] == "mock"
    assert made["users.data"] == made["users.place"] == made["users.tags"] == "null"


def test_mask_or_mock_leaves_only_labels() -> None:
    made = plan(Mode.MOCK_OR_MASK)
    assert [name for name, type_ in made.items() if type_ == "duplicate"] == [
        # Its condition says what nobody here can read.
        "users.score",
        "users.size",
    ]
    assert made["users.color"] == "format_preserving"
    assert made["users.code"] == "hash"
    assert made["orders.price"] == "noise"


def test_synthesize_draws_the_rest_from_models() -> None:
    made = plan(Mode.SYNTHESIZE)
    assert made["users.color"] == made["orders.price"] == "synthesize"
    assert made["users.first_name"] == "list"


def test_scratch_suggests_nothing() -> None:
    assert set(plan(Mode.SCRATCH).values()) == {"key", "exclude"}


@pytest.mark.parametrize("mode", [Mode.DEIDENTIFY, Mode.MOCK, Mode.MOCK_OR_MASK, Mode.SYNTHESIZE])
def test_a_personal_key_never_stays_as_it_is(mode: Mode) -> None:
    made = plan(mode, KeyMethod.DUPLICATE)
    assert made["users.email"] == made["orders.user_email"] == "hash"
    assert plan(mode, KeyMethod.GENERATE)["users.email"] == "key"


def test_a_key_of_free_texts_is_personal_too() -> None:
    findings = {ColumnName(USERS, "email"): Finding(entity=Entity.FREE_TEXT, confidence=1)}
    made = initialize(SCHEMA, findings, mode=Mode.DEIDENTIFY)
    for name in (ColumnName(USERS, "email"), ColumnName(ORDERS, "user_email")):
        assert made[name].type is GeneratorType.HASH


def test_columns_that_the_database_computes_have_no_generator() -> None:
    for mode in Mode:
        assert "users.total" not in plan(mode)


def test_what_cannot_be_looked_into_is_told() -> None:
    told = warnings(SCHEMA, initialize(SCHEMA, FINDINGS, mode=Mode.DEIDENTIFY))
    assert [each.split()[2] for each in told] == ["public.users.place", "public.users.photo"]
    assert refusals(SCHEMA, initialize(SCHEMA, FINDINGS, mode=Mode.DEIDENTIFY)) == []


def test_arrays_are_looked_into_or_told() -> None:
    table = Table(
        name=USERS,
        columns=(
            column("facts", Kind.ARRAY, element=Kind.JSON),
            column("homes", Kind.ARRAY, element=Kind.OTHER),
            column("counts", Kind.ARRAY, element=Kind.INTEGER),
        ),
    )
    schema = Schema(tables=(table,))
    facts = ColumnName(USERS, "facts")
    for mode in (Mode.DEIDENTIFY, Mode.MOCK_OR_MASK):
        assert initialize(schema, {}, mode=mode)[facts].type is GeneratorType.FREE_TEXT
    assert initialize(schema, {}, mode=Mode.MOCK)[facts].type is GeneratorType.NULL
    told = warnings(schema, initialize(schema, {}, mode=Mode.DEIDENTIFY))
    assert [each.split()[2] for each in told] == ["public.users.homes"]


def test_what_cannot_be_made_up_is_refused_with_its_name() -> None:
    odd = Table(name=USERS, columns=(column("shape", Kind.OTHER, nullable=False),))
    schema = Schema(tables=(odd,))
    refused = refusals(schema, initialize(schema, {}, mode=Mode.MOCK))
    assert len(refused) == 1
    assert "public.users.shape" in refused[0]
    assert refusals(SCHEMA, {})[0].startswith("the column public.users.email must have a value")


def test_what_must_have_a_value_gets_any_of_its_kind() -> None:
    assert plan(Mode.MOCK)["users.photo"] == "mock"
    assert refusals(SCHEMA, initialize(SCHEMA, FINDINGS, mode=Mode.MOCK)) == []


def test_under_mock_not_even_the_choice_depends_on_the_source() -> None:
    made = initialize(SCHEMA, FINDINGS, mode=Mode.MOCK)
    assert made[ColumnName(USERS, "iban")].parameters == {"entity": "IBAN", "by": "row"}


def test_the_entity_of_a_made_up_value_is_told() -> None:
    made = initialize(SCHEMA, FINDINGS, mode=Mode.DEIDENTIFY)
    assert made[ColumnName(USERS, "iban")].parameters == {"entity": "IBAN"}
    assert made[ColumnName(USERS, "iban")].type is GeneratorType.MOCK


@pytest.mark.parametrize(
    ("expression", "readable"),
    [
        ("((price > (0)::numeric))", True),
        ("CHECK ((price = ANY (ARRAY['a'::text, 'b'::text])))", True),
        ("((price >= 0) AND (price <= 150))", True),
        ("price BETWEEN 1 AND 10 AND price > 3", True),
        ("price IN ('a','it''s')", True),
        ("(price IS NOT NULL)", True),
        ("[price]>(0)", True),
        ("length(price) > 3", False),
        ("price ~ '@'", False),
        ("price > 1 OR price < 0", False),
        ("price % 2 = 1", False),
        ("price > cost", False),
    ],
)
def test_conditions_are_read_where_they_are_plain(expression: str, readable: bool) -> None:
    table = Table(
        name=USERS,
        columns=(column("price"),),
        checks=(Check(name="c", expression=expression, columns=("price",)),),
    )
    assert (unreadable(table, "price") == []) is readable
    assert unreadable(table, "other") == []


def test_conditions_over_two_columns_are_not() -> None:
    both = Check(name="c", expression="price > 1 AND cost > 1", columns=("price", "cost"))
    table = Table(name=USERS, columns=(column("price"), column("cost")), checks=(both,))
    assert unreadable(table, "cost") == [both]
