"""Expressions are said as PostgreSQL prints them again, and compared by what they mean."""

from __future__ import annotations

import pytest

from shared.connectors.postgresql.trusting import strange_calls
from shared.connectors.postgresql.wordings import as_said, in_short

PRINTED = (
    "CHECK (((\"A b\")::text = ANY ((ARRAY['x'::character varying, 'it''s, '::character varying])"
    "::text[])))"
)
READ_AGAIN = (
    "CHECK (((\"A b\")::text = ANY (ARRAY[('x'::character varying)::text, "
    "('it''s, '::character varying)::text])))"
)


def test_a_list_is_said_as_a_person_would() -> None:
    assert as_said(PRINTED) == "CHECK (((\"A b\") IN ('x', 'it''s, ')))"
    assert as_said(READ_AGAIN) == READ_AGAIN
    negated = PRINTED.replace("= ANY", "<> ALL")
    assert as_said(negated) == "CHECK (((\"A b\") NOT IN ('x', 'it''s, ')))"


@pytest.mark.parametrize(
    "expression",
    ["(a > 0)", "(a = ANY (ARRAY['x'::text]))", "((a)::text = 'b'::text)", "lower((a)::text)"],
)
def test_what_is_printed_as_it_was_read_stays(expression: str) -> None:
    assert as_said(expression) == expression


def test_casts_and_brackets_do_not_count_but_texts_do() -> None:
    assert in_short(PRINTED) == in_short(READ_AGAIN)
    assert in_short("(a = 'x::text ()'::text)") != in_short("(a = 'x'::text)")
    assert in_short("('x'::character varying)::text AND b") == in_short("'x' AND b")
    assert in_short("(a)::numeric(5,2)") == in_short("a")
    assert in_short("a > 0") != in_short("a > 1")


@pytest.mark.parametrize(
    ("expression", "calls"),
    [
        ("(length((a)::text) > 1)", []),
        ("((a)::character varying(9) <> 'evil('::text)", []),
        ("public.evil(a)", ["public.evil"]),
        ('"my ""schema""".evil(a)', ['"my ""schema""".evil']),
        ("pg_catalog.lower(a)", []),
        ("pg_read_file ('x'::text)", ["pg_read_file"]),
        ("(a OPERATOR(public.===) 1)", ["OPERATOR"]),
        ("lower(evil(E'it''s', upper(a)))", ["evil"]),
        ("nextval('public.evil(seq'::regclass)", []),
    ],
)
def test_calls_that_are_not_known_to_be_harmless_are_found(
    expression: str, calls: list[str]
) -> None:
    assert list(strange_calls(expression)) == calls
