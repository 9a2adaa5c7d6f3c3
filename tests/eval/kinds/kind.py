"""A kind of list: what is asked for, and who knows right from wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.eval.dictionaries import fold

#: Of two texts that share more of their words than this, the second says what the first said.
ALIKE = 0.7
#: Texts of fewer words are told apart by their words as they stand.
SHORT = 4


def attribute(*values: str, label: str | None = None) -> dict[str, Any]:
    """An attribute of a request, as the API takes it."""
    return {**({} if label is None else {"label": label}), "values": list(values)}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A list that somebody may want, and a scorer of its values.

    :param name: what it is called here and in tables.
    :param sort: ``names``, ``places``, ``words``, ``codes`` or ``texts``.
    :param data_type: as a user of the API words it; ``attributes`` and ``max_value_length`` too.
    :param wish: the same as a person says it to a model: "Give me 20 different ...".
    :param judge: whether a value is one that a person would keep, by itself.
    :param true: some that are; ``false``: some that are not, for the test of the judge.
    :param longest: characters that no true value exceeds.
    :param held_out: not to be looked at by who tunes what is measured here.
    """

    name: str
    sort: str
    data_type: str
    wish: str
    judge: Callable[[str], bool]
    true: Sequence[str]
    false: Sequence[str]
    attributes: tuple[dict[str, Any], ...] = ()
    max_value_length: int | None = None
    multiline_values: bool = False
    count: int = 25
    longest: int = 60
    held_out: bool = False
    #: Whether two values that say nearly the same are one.
    texts: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", self.sort == "texts")

    @property
    def request(self) -> dict[str, Any]:
        """The fields of the request that make the kind; the rest is left to the service."""
        fields: dict[str, Any] = {
            "data_type": self.data_type,
            "attributes": list(self.attributes),
            "multiline_values": self.multiline_values,
        }
        if self.max_value_length is not None:
            fields["max_value_length"] = self.max_value_length
        return fields

    def verdicts(self, values: Sequence[str]) -> list[bool]:
        """For each value whether a person would keep it, given those before it.

        A value said before is not kept again, nor one that echoes the request.
        """
        seen: set[str] = set()
        kept: list[frozenset[str]] = []
        found = []
        for value in values:
            folded = fold(value)
            good = folded not in seen and folded not in self.echoes and self.judge(value.strip())
            if good and self.texts:
                words = words_of(value)
                good = not any(_alike(words, other) for other in kept)
                kept.append(words)
            seen.add(folded)
            found.append(good)
        return found

    @property
    def echoes(self) -> frozenset[str]:
        """What the request itself says, folded: true of nothing, though a dictionary had it."""
        said = [self.data_type]
        for each in self.attributes:
            label = each.get("label", "")
            said += [label, *each["values"], *(f"{label}: {value}" for value in each["values"])]
        return frozenset(fold(text) for text in said if text)


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded."""
    return frozenset(re.findall(r"[^\W_]+", fold(text)))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < SHORT:
        return one == other
    return len(one & other) > ALIKE * len(one | other)
