"""Whether what a source's schema would run in a target may run there.

While a target is filled, it runs code of the source's schema as the role that fills it: checks
and domains, generated columns, indexes and statistics of expressions, keys of partitions, range
types, defaults, materialized views. (Triggers and rules are off; functions are only made.) As a
plain role that code can do what the role can, in a database that holds nothing else. As a superuser
it could read files and start programs on the target's server. So a superuser gets only what calls
nothing but harmless functions that are PostgreSQL's own, unless the operator says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]

#: What looks like a call in an expression, as PostgreSQL prints it with an empty search path.
_CALL = re.compile(r'((?:"(?:[^"]|"")*"|[\w$]+)(?:\.(?:"(?:[^"]|"")*"|[\w$]+))*)\s*\(')
_STRING = re.compile(r"E?'(?:[^']|'')*'")

_HARMLESS = frozenset(
    {
        # Words of SQL and types with a length.
        *("check", "and", "or", "not", "in", "any", "all", "array", "row", "coalesce", "nullif"),
        *("greatest", "least", "case", "when", "then", "else", "values", "cast", "extract"),
        *("varying", "character", "varchar", "numeric", "bit", "timestamp", "time", "interval"),
        *("bpchar", "collate", "btree", "hash", "gist", "gin", "brin", "include", "where", "key"),
        *("using", "on", "exclude", "with", "only", "unique", "null", "is", "between"),
        # Functions that look at their arguments and at the clock.
        *("abs", "ceil", "ceiling", "floor", "round", "trunc", "mod", "power", "sqrt", "sign"),
        *("lower", "upper", "initcap", "length", "char_length", "character_length", "trim"),
        *("octet_length", "btrim", "ltrim", "rtrim", "substring", "substr", "left", "right"),
        *("position", "strpos", "replace", "translate", "lpad", "rpad", "concat", "concat_ws"),
        *("split_part", "starts_with", "reverse", "md5", "regexp_replace", "regexp_match"),
        *("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "timeofday"),
        *("date_part", "date_trunc", "make_date", "age", "to_char", "to_date", "to_timestamp"),
        *("timezone", "justify_days", "justify_hours", "isfinite", "date"),
        *("nextval", "gen_random_uuid", "random", "uuidv7", "uuidv4"),
        *("to_tsvector", "setweight", "tsvector_concat", "array_length", "cardinality"),
        *("jsonb_typeof", "json_typeof", "jsonb_array_length", "isempty", "lower_inc"),
        *("tsrange", "tstzrange", "daterange", "int4range", "int8range", "numrange"),
        *("family", "masklen", "host", "like_escape", "text", "int4", "int8", "float8"),
    }
)

_EXPRESSIONS = """
WITH our AS (
  SELECT c.oid, c.relname FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %(schema)s)
SELECT 'a default or generated column of ' || our.relname,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid)
  FROM our JOIN pg_catalog.pg_attrdef d ON d.adrelid = our.oid
UNION ALL
SELECT 'the constraint ' || c.conname, pg_catalog.pg_get_constraintdef(c.oid)
  FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
 WHERE n.nspname = %(schema)s AND c.contype IN ('c', 'x')
UNION ALL
SELECT 'the index ' || i.indexrelid::pg_catalog.regclass,
       concat_ws(' ', pg_catalog.pg_get_expr(i.indexprs, i.indrelid),
                 pg_catalog.pg_get_expr(i.indpred, i.indrelid))
  FROM our JOIN pg_catalog.pg_index i ON i.indrelid = our.oid
UNION ALL
SELECT 'the partition key of ' || our.relname, pg_catalog.pg_get_expr(p.partexprs, p.partrelid)
  FROM our JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = our.oid
"""

_OTHERS = """
SELECT 'the materialized view ' || c.relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s AND c.relkind = 'm'
UNION ALL
SELECT 'the function ' || p.proname || ' in the language ' || l.lanname
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE n.nspname = %(schema)s AND NOT l.lanpltrusted AND l.lanname <> 'sql'
UNION ALL
-- ANALYZE computes their expressions. (The column is of version 14.)
SELECT 'the statistics ' || s.stxname || ' of an expression'
  FROM pg_catalog.pg_statistic_ext s
  JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
 WHERE n.nspname = %(schema)s AND pg_catalog.to_jsonb(s) ->> 'stxexprs' IS NOT NULL
UNION ALL
SELECT 'the operator class ' || o.opcname FROM pg_catalog.pg_opclass o
  JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace WHERE n.nspname = %(schema)s
UNION ALL
SELECT 'the operator ' || o.oprname FROM pg_catalog.pg_operator o
  JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace WHERE n.nspname = %(schema)s
"""


def worries(connection: Connection, schema: str) -> list[str]:
    """What a superuser should not be made to run, of the source's schema."""
    parameters = {"schema": schema}
    found = [
        f"{what}, which calls {', '.join(sorted(calls))}"
        for what, expression in connection.execute(_EXPRESSIONS, parameters).fetchall()
        if (calls := set(strange_calls(expression or "")))
    ]
    found += [row[0] for row in connection.execute(_OTHERS, parameters).fetchall()]
    return found


def strange_calls(expression: str) -> Iterator[str]:
    """Names that are called in an expression and are not known to be harmless."""
    for name in _CALL.findall(_STRING.sub("''", expression)):
        plain = name.removeprefix("pg_catalog.").strip('"')
        if plain.lower() not in _HARMLESS:
            yield name
