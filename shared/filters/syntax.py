"""From the text of an expression to its tree, by the grammar in ``grammar.lark``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.lark import PostLex

from shared.filters.errors import FilterError, one_of, quote
from shared.filters.literals import read_datetime, read_number, read_string
from shared.filters.nodes import (
    And,
    Comparison,
    Expression,
    Literal,
    Member,
    Name,
    Not,
    Operator,
    Or,
    Search,
)

#: Shortest and longest expression, in characters, with its surrounding blanks.
MIN_LENGTH, MAX_LENGTH = 5, 50_000
#: Deepest nesting of brackets and NOTs; recursion over a tree is safe within it.
MAX_DEPTH = 32

_NAMES = {
    "$END": "the end",
    "NAME": "a field",
    "NUMBER": "a number",
    "STRING": "a string",
    "DATETIME": "a date-time",
    "LPAR": "'('",
    "RPAR": "')'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "LSQB": "'['",
    "RSQB": "']'",
    "COMMA": "','",
}


def read(text: str) -> Expression:
    """Parse an expression; whether its fields exist is not asked here.

    :raises FilterError: when it is too short, too long, too deep, or not of the grammar.
    """
    if not MIN_LENGTH <= len(text) <= MAX_LENGTH:
        raise FilterError(
            f"must have from {MIN_LENGTH} to {MAX_LENGTH} characters; this has {len(text)}",
            1 if len(text) < MIN_LENGTH else MAX_LENGTH + 1,
        )
    try:
        return cast(Expression, _parser().parse(text))  # what _Builder makes
    except UnexpectedInput as error:
        raise _explain(error, text) from None


@cache
def _parser() -> Lark:
    # The basic lexer makes keywords words of their own everywhere; with the contextual one
    # `a EQ 1 AND AND` would speak of a field AND.
    return Lark(
        files("shared.filters").joinpath("grammar.lark").read_text(encoding="utf-8"),
        start="expression",
        parser="lalr",
        lexer="basic",
        transformer=_Builder(),
        postlex=_DepthGuard(),
        g_regex_flags=re.ASCII,
    )


class _DepthGuard(PostLex):
    """Stops an expression that nests too deeply before the parser sees it."""

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        levels: list[int] = []
        depth = pending = 0  # NOTs last to the end of what follows them
        for token in stream:
            if token.type == "NOT":
                pending += 1
            elif token.type in ("LPAR", "LBRACE"):
                levels.append(pending + 1)
                depth += pending + 1
                pending = 0
            else:
                if token.type in ("RPAR", "RBRACE") and levels:
                    depth -= levels.pop()
                pending = 0
            if depth + pending > MAX_DEPTH:
                at = _position(token)
                raise FilterError(
                    f"unexpected {quote(token)} at {at}: brackets and NOTs may nest at most "
                    f"{MAX_DEPTH} deep",
                    at,
                )
            yield token


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    """Makes the tree while the parser runs."""

    def either(self, *operands: Expression) -> Expression:
        return Or(operands)

    def every(self, *operands: Expression) -> Expression:
        return And(operands)

    def negated(self, operand: Expression) -> Expression:
        return Not(operand)

    def comparison(
        self, name: Token, operator: Token, value: Literal | tuple[Literal, ...]
    ) -> Expression:
        return Comparison(
            name=Name(str(name), _position(name)),
            operator=Operator(operator.upper()),
            literals=value if isinstance(value, tuple) else (value,),
            operator_position=_position(operator),
        )

    def member(self, name: Token, operator: Token, condition: Expression) -> Expression:
        return Member(Name(str(name), _position(name)), condition, _position(operator))

    def search(self, text: Token) -> Expression:
        at = _position(text)
        return Search(read_string(text, at), at)

    def comparator(self, word: Token) -> Token:
        return word

    def list(self, *literals: Literal | None) -> tuple[Literal, ...]:
        return tuple(literal for literal in literals if literal is not None)

    def value(self, token: Token) -> Literal:
        at = _position(token)
        match token.type:
            case "STRING":
                return Literal(read_string(token, at), str(token), at)
            case "NUMBER":
                return Literal(read_number(token, at), str(token), at)
            case "DATETIME":
                return Literal(read_datetime(token, at), str(token), at)
        constants = {"NIL": None, "TRUE": True, "FALSE": False}
        return Literal(constants[token.type], str(token), at)


def _position(token: Token) -> int:
    assert token.start_pos is not None  # noqa: S101 - the lexer always knows
    return token.start_pos + 1


def _explain(error: UnexpectedInput, text: str) -> FilterError:
    start = error.pos_in_stream or 0
    token = getattr(error, "token", None)
    if token is None and text[start] in "'\"":
        return FilterError(f"the string that begins at {start + 1} never ends", start + 1)
    if token is None:
        found = quote(text[start] + re.split(r"\s", text[start + 1 :], maxsplit=1)[0])
    elif token.type == "$END":
        start, found = len(text), "end"
    else:
        found = quote(token)
    accepted = _accepted_after(text[:start])
    expected = one_of(sorted((_NAMES.get(name, name) for name in accepted), key=_words_first))
    return FilterError(f"unexpected {found} at {start + 1}: {expected}", start + 1)


def _accepted_after(text: str) -> set[str]:
    """The terminals that may follow a piece of an expression that is right so far.

    Asked anew, because the parser that met the error has already closed what it could.
    """
    parser = _parser().parse_interactive(text)
    parser.exhaust_lexer()
    accepted: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
    return accepted


def _words_first(name: str) -> tuple[bool, str]:
    return not name.isupper(), name
