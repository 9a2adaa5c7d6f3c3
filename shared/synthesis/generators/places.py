"""Postcodes that lie in the state that stands in the same row. Pure.

Only the United States have ranges of postcodes that Faker knows for each state; elsewhere the
postcode of a row, and everywhere its city, are made up on their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from shared.synthesis.generators.pools import faker
from shared.synthesis.generators.rows import Maker, Rows
from shared.synthesis.keys.chance import hash_of
from shared.synthesis.schema import Kind, Table

_STATE: Final = re.compile(
    r"(?:.*_)?(?:state|region|province)(?:_?(?:code|abbr\w*))?", re.IGNORECASE
)
_FORM: Final = re.compile(r"\d{5}(-\d{4})?")


def state_column(table: Table) -> str | None:
    """The column of a table that says in which state a row is."""
    found = (
        each.name
        for each in table.columns
        if each.kind is Kind.TEXT and _STATE.fullmatch(each.name)
    )
    return next(found, None)


def in_state(postcode: str, state: str, make: Maker, secret: bytes) -> Maker:
    """A maker of postcodes within the state of their row.

    :param postcode: and ``state``: the columns.
    :param make: makes those of rows whose state is not known, or that are written in another form.
    """
    ranges = _ranges()

    def within(rows: Rows) -> list[str | None]:
        drawn = list(make(rows))
        states = rows.new.get(state) or rows.source[state]
        olds: Sequence[str | None] = rows.source[postcode]
        for place, (old, name) in enumerate(zip(olds, states, strict=True)):
            found = ranges.get((name or "").strip().casefold())
            if found is None or old is None or not _FORM.fullmatch(old):
                continue
            low, high = found
            number = hash_of(secret, f"{name} {old}")
            drawn[place] = f"{low + number % (high - low + 1):05d}"
            if "-" in old:
                drawn[place] = f"{drawn[place]}-{number // 2**32 % 10_000:04d}"
        return drawn

    return within


@cache
def _ranges() -> Mapping[str, tuple[int, int]]:
    """The first and the last postcode of each state, by its code and its name in small letters."""
    for provider in faker("en_US").get_providers():
        codes = getattr(provider, "states_postcode", None)
        if codes:
            # The capital's district is among the codes, and not among the names.
            states = [code for code in provider.states_abbr if code != "DC"]
            names = dict(zip(states, provider.states, strict=True))
            known = {code: each for code, each in codes.items() if isinstance(each, tuple)}
            return {
                name.casefold(): each
                for code, each in known.items()
                for name in (code, names.get(code, code))
            }
    return {}
