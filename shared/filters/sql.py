"""From an expression to a condition in SQL, of bound parameters only.

Every condition made here is true or false, never NULL, so NOT is plain NOT. Where an index on a
column can help, the condition has the form that it knows: ``column = value AND column IS NOT
NULL`` instead of ``coalesce``, ranges of the column itself instead of rounding it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

from shared.filters.fields import Field
from shared.filters.filter import Filter
from shared.filters.folding import fold, variants
from shared.filters.nodes import (
    And,
    Comparison,
    Expression,
    Member,
    Moment,
    Not,
    Operator,
    Or,
    Search,
)


@dataclass(frozen=True)
class Members:
    """Where the members of a list are kept: one row of ``source`` for each.

    :param source: a table, or a function over a column of the outer row.
    :param columns: the columns of ``source`` for the attributes of a member; for a plain value
        the one without a name.
    :param link: which rows of ``source`` belong to the outer row.
    """

    source: FromClause
    columns: Mapping[str, ColumnElement[Any]]
    link: ColumnElement[bool]


Columns = Mapping[str, ColumnElement[Any] | Members]
Condition = ColumnElement[bool]


def to_sql(wanted: Filter, columns: Columns) -> Condition:
    """The condition that rows have to meet; true or false, never NULL.

    :param columns: for each field what holds its value: text, any integer, boolean, timestamptz,
        or a uuid where the field's ``storage`` says so; :class:`Members` for an array.
    """
    return _condition(wanted.tree, wanted.fields, columns)


def _condition(tree: Expression, fields: Mapping[str, Field], columns: Columns) -> Condition:
    match tree:
        case And(operands):
            return and_(*(_condition(operand, fields, columns) for operand in operands))
        case Or(operands):
            return or_(*(_condition(operand, fields, columns) for operand in operands))
        case Not(operand):
            return not_(_condition(operand, fields, columns))
        case Search(text):
            return _search(_Needle.of(text), fields.values(), columns)
        case Member(name, condition):
            members = cast(Members, columns[name.text])
            inner = {field.name: field for field in fields[name.text].members}
            return _exists(members, _condition(condition, inner, members.columns))
        case Comparison(name):
            field, column = fields[name.text], columns[name.text]
            if isinstance(column, Members):
                return _has(cast(Field, field.item), column, tree)
            return _compare(tree, field, column)


def _has(item: Field, members: Members, node: Comparison) -> Condition:
    values = [literal.value for literal in node.literals]
    return _exists(members, _equal(values, item, members.columns[item.name]))


def _exists(members: Members, condition: Condition) -> Condition:
    one: ColumnElement[int] = literal_column("1")
    return select(one).select_from(members.source).where(members.link, condition).exists()


def _compare(node: Comparison, field: Field, column: ColumnElement[Any]) -> Condition:
    values = [literal.value for literal in node.literals]
    operator = node.operator
    if operator is Operator.NE:
        return not_(_equal(values, field, column))
    if operator in (Operator.EQ, Operator.IN):
        return _equal(values, field, column)
    [value] = values
    match value:
        case Decimal():
            return _compare_number(column, operator, value)
        case Moment():
            return _compare_moment(column, operator, value)
    text = _text(field, column)
    bound = _bind(value, Text())
    if operator is Operator.CONTAINS:
        return _known(column, _strpos(text, bound))
    return _known(column, _ORDER[operator](text, bound))


_ORDER: dict[Operator, Callable[[ColumnElement[Any], ColumnElement[Any]], Condition]] = {
    Operator.GT: lambda a, b: a > b,
    Operator.GE: lambda a, b: a >= b,
    Operator.LT: lambda a, b: a < b,
    Operator.LE: lambda a, b: a <= b,
}


def _known(column: ColumnElement[Any], condition: Condition) -> Condition:
    """False instead of NULL where the column is."""
    return and_(condition, column.is_not(None))


def _one_of(conditions: list[Condition]) -> Condition:
    return or_(*conditions) if conditions else false()


def _bind(value: object, sql_type: TypeEngine[Any]) -> ColumnElement[Any]:
    return bindparam(None, value, type_=sql_type, unique=True)


# --- Equality ------------------------------------------------------------------------------


def _equal(values: list[Any], field: Field, column: ColumnElement[Any]) -> Condition:
    """One of the values, which are of the field's type; or nil, where the one value is."""
    if values == [None]:
        return column.is_(None)
    match field.type:
        case "boolean":
            return _one_of([column.is_(value) for value in sorted(set(values))])
        case "date-time":
            return _one_of([_at(column, value) for value in values])
        case "integer":
            whole = [int(v) for v in values if _MIN <= v <= _MAX and v == v.to_integral_value()]
            return _any(column, whole, BigInteger())
    if field.storage == "text":
        return _any(column, values, Text())
    pattern = _FORMS[field.storage]
    return _any(column, [uuid.UUID(v) for v in values if pattern.fullmatch(v)], Uuid())


_FORMS = {
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "hex": re.compile("[0-9a-f]{32}"),
}


def _any(column: ColumnElement[Any], values: list[Any], sql_type: TypeEngine[Any]) -> Condition:
    if not values:
        return false()
    if len(values) == 1:
        return _known(column, column == _bind(values[0], sql_type))
    return _known(column, column == any_(_bind(values, ARRAY(sql_type))))


# --- Order ---------------------------------------------------------------------------------

_MIN, _MAX = -(2**63), 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND


def _compare_number(column: ColumnElement[Any], operator: Operator, value: Decimal) -> Condition:
    """By the next whole number, which is as good and has a type that the column's index knows."""
    upward = operator in (Operator.GT, Operator.GE)
    if not _MIN <= value <= _MAX:
        return column.is_not(None) if upward == (value < 0) else false()
    rounding = ROUND_FLOOR if operator in (Operator.GT, Operator.LE) else ROUND_CEILING
    whole = int(value.to_integral_value(rounding))
    return _known(column, _ORDER[operator](column, _bind(whole, BigInteger())))


def _compare_moment(column: ColumnElement[Any], operator: Operator, value: Moment) -> Condition:
    """By the time as it is shown, cut to milliseconds."""
    floor = value.nanoseconds // 10**6
    ceiling = -(-value.nanoseconds // 10**6)
    match operator:
        case Operator.GE:
            return _since(column, ceiling)
        case Operator.GT:
            return _since(column, floor + 1)
        case Operator.LT:
            return _before(column, ceiling)
    return _before(column, floor + 1)


def _at(column: ColumnElement[Any], value: Moment) -> Condition:
    millisecond, rest = divmod(value.nanoseconds, 10**6)
    if rest:
        return false()
    return and_(_since(column, millisecond), _before(column, millisecond + 1))


def _since(column: ColumnElement[Any], millisecond: int) -> Condition:
    if not _FIRST <= millisecond <= _LAST:
        return column.is_not(None) if millisecond < _FIRST else false()
    return _known(column, column >= _bind_time(millisecond))


def _before(column: ColumnElement[Any], millisecond: int) -> Condition:
    if not _FIRST <= millisecond <= _LAST:
        return column.is_not(None) if millisecond > _LAST else false()
    return _known(column, column < _bind_time(millisecond))


def _bind_time(millisecond: int) -> ColumnElement[Any]:
    return _bind(_EPOCH + millisecond * _MILLISECOND, TIMESTAMP(timezone=True))


# --- Search --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Needle:
    """What is searched for, folded: in Python, and bound."""

    text: str
    bound: ColumnElement[Any]

    @classmethod
    def of(cls, text: str) -> _Needle:
        folded = fold(text)
        return cls(folded, _bind(folded, Text()))


def _search(needle: _Needle, fields: Iterable[Field], columns: Columns) -> Condition:
    """Whether the folded text of any field contains the needle.

    A field is left out where no text of its kind can, so a search for a word reads no numbers.
    """
    return _one_of([_find(needle, f, columns[f.name]) for f in fields if _possible(needle.text, f)])


def _possible(needle: str, field: Field) -> bool:
    digits = re.sub("[0-9]", "0", needle)
    match field.type:
        case "integer":
            return digits in "-" + "0" * 19
        case "boolean":
            return needle in "true" or needle in "false"
        case "date-time":
            return digits in "0000-00-00t00:00:00.000z"
        case "array":
            return any(_possible(needle, part) for part in _parts(field))
    if field.choices:
        return any(needle in fold(word) for word in field.choices)
    if field.storage == "text":
        return True
    zero = uuid.UUID(int=0)
    return re.sub("[0-9a-f]", "0", needle) in (str(zero) if field.storage == "uuid" else zero.hex)


def _parts(field: Field) -> tuple[Field, ...]:
    """What a member of a list has text in."""
    return field.members if field.item is None else (field.item,)


def _find(
    needle: _Needle, field: Field, column: ColumnElement[Any] | Members
) -> ColumnElement[bool]:
    if isinstance(column, Members):
        return _exists(column, _search(needle, _parts(field), column.columns))
    if field.type == "boolean":
        return _equal([v for v in (False, True) if needle.text in str(v).lower()], field, column)
    if field.choices:
        return _equal([word for word in field.choices if needle.text in fold(word)], field, column)
    text = _text(field, column)
    if field.type == "string" and field.storage == "text":
        text = _folded(text, needle.text)
    return _known(column, _strpos(text, needle.bound))


def _strpos(text: ColumnElement[Any], part: ColumnElement[Any]) -> Condition:
    return func.strpos(text, part) > literal_column("0")


def _text(field: Field, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The text of a field as it is shown, in the order of code points; of dates, folded."""
    if field.type == "date-time":
        in_utc = func.timezone(literal_column("'UTC'"), column)
        return func.to_char(in_utc, literal_column(_SHOWN_TIME)).collate("C")
    if field.type == "string" and field.storage == "text":
        return type_coerce(column, Text()).collate("C")
    text = sql_cast(column, Text())
    if field.storage == "hex":
        return func.replace(text, literal_column("'-'"), literal_column("''")).collate("C")
    return text.collate("C")


_SHOWN_TIME = """'YYYY-MM-DD"t"HH24:MI:SS.MS"z"'"""


def _folded(text: ColumnElement[Any], needle: str) -> ColumnElement[Any]:
    """Fold in SQL the characters that matter to ``needle``; see ``folding``.

    ``lower`` under the collation "C" is ASCII's alone, in every PostgreSQL. ``replace`` is many
    times faster than ``translate`` where there is nothing to replace, as nearly always.
    """
    if re.search("[a-z]", needle):
        text = func.lower(text)
    special, plain = variants(needle)
    if len(special) > _FEW:
        return func.translate(text, special, plain)
    for variant, character in zip(special, plain, strict=True):
        text = func.replace(text, variant, character)
    return text


_FEW = 10
