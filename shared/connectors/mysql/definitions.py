"""Statements that make a schema, as a source tells them, looked at before a target runs them.

A source may be hostile: what it calls a table's definition is run in the target, by a user who may
do much there. So a definition has to be one of the kind that was asked for, and may not have parts
that read other tables, name folders, or have the target's server connect to others. Users are not
copied: whoever fills the target is the definer of what is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.connectors.errors import NotSupported
from shared.connectors.mysql import quoting

#: Engines that keep rows in the server's own files.
_ENGINES = frozenset({"innodb", "myisam", "aria", "memory", "rocksdb", "tokudb", "xtradb"})

#: Words of a table's definition, outside of all parentheses, that make it more than a table.
_FORBIDDEN = frozenset(
    {"select", "as", "like", "union", "tablespace", "replace", "ignore", "insert_method", "table"}
)
#: ... and within them: names of columns are always quoted.
_FORBIDDEN_ANYWHERE = frozenset({"connection", "directory", "load_file"})

_TOKEN = re.compile(
    r"""
      '(?:[^'\\]|''|\\.)*'        # a text
    | "(?:[^"\\]|""|\\.)*"
    | `(?:[^`]|``)*`              # a name
    | /\*M?!\d*                   # a comment that is executed
    | /\*.*?\*/ | --[^\n]*\n? | \#[^\n]*\n?
    | [A-Za-z_][A-Za-z0-9_$]*
    | \*/
    | .
    """,
    re.VERBOSE | re.DOTALL,
)

_COUNTER = re.compile(r"(\n\) ENGINE=\w+ )AUTO_INCREMENT=\d+ ?")


@dataclass(frozen=True)
class Token:
    """A piece of a statement, and how many parentheses are open around it."""

    text: str
    depth: int

    @property
    def word(self) -> str:
        """In lower case, where it is a word; else empty."""
        return self.text.lower() if self.text[0].isalpha() or self.text[0] == "_" else ""


def tokens(statement: str) -> Iterator[Token]:
    """The pieces of a statement, blanks left out."""
    depth = 0
    for found in _TOKEN.finditer(statement):
        piece = found[0]
        if piece == ")":
            depth -= 1
        if not piece.isspace():
            yield Token(piece, depth)
        if piece == "(":
            depth += 1


def table(statement: str, *, name: str) -> str:
    """A table's definition, for a table that has no rows yet.

    :raises NotSupported: for what is none, or has parts that are not copied.
    """
    pieces = list(tokens(statement))
    _expect(pieces, ["create", "table", quoting.name(name), "("], what=f"table {name}")
    for index, piece in enumerate(pieces[3:], start=3):
        outside = piece.depth == 0
        if (outside and piece.word in _FORBIDDEN) or piece.word in _FORBIDDEN_ANYWHERE:
            raise NotSupported(
                f"The table {name} is made with {piece.text.upper()}, which is not copied. Make it "
                "in the target by hand."
            )
        if piece.word == "engine":
            named = next((each for each in pieces[index + 1 :] if each.text != "="), None)
            engine = named.word if named else ""
            if engine not in _ENGINES:
                raise NotSupported(
                    f"The table {name} has the engine {engine!r}, which is not copied. Make it in "
                    "the target by hand."
                )
    # The next number tells how many rows there were.
    return _COUNTER.sub(r"\1", statement, count=1)


def view(statement: str, *, name: str, database: str) -> str:
    """A view's definition, which reads with the rights of who reads it.

    :raises NotSupported: for what is none.
    """
    body = _after(statement, "view", name)
    return f"CREATE SQL SECURITY INVOKER VIEW {quoting.name(name)} {_local(body, database)}"


def trigger(statement: str, *, name: str, database: str) -> str:
    """A trigger's definition, whose definer is whoever makes it.

    :raises NotSupported: for what is none.
    """
    body = _after(statement, "trigger", name)
    return f"CREATE TRIGGER {quoting.name(name)} {_local(body, database)}"


def _after(statement: str, kind: str, name: str) -> str:
    """What follows the name; what stands before is told by us."""
    head = re.match(
        r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:ALGORITHM=\w+\s+)?"
        r"(?:DEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`\s+)?(?:SQL\s+SECURITY\s+\w+\s+)?"
        rf"{kind}\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:(?:`(?:[^`]|``)*`|\w+)\s*\.\s*)?"
        rf"(?:{re.escape(quoting.name(name))}|{re.escape(name)})(?=[\s(])",
        statement,
        re.IGNORECASE,
    )
    if head is None:
        raise NotSupported(f"The {kind} {name} has a definition that is not understood.")
    return statement[head.end() :].strip()


def _local(body: str, database: str) -> str:
    """Without the name of the source's database in front of its tables'."""
    qualifier = quoting.name(database)
    pieces = [found[0] for found in _TOKEN.finditer(body)]
    kept = []
    index = 0
    while index < len(pieces):
        if pieces[index] == qualifier and pieces[index + 1 : index + 2] == ["."]:
            index += 2
            continue
        kept.append(pieces[index])
        index += 1
    return "".join(kept)


def _expect(pieces: list[Token], wanted: list[str], *, what: str) -> None:
    if [piece.word or piece.text for piece in pieces[: len(wanted)]] != wanted:
        raise NotSupported(f"The {what} has a definition that is not understood.")
