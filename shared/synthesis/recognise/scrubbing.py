"""Whole values of a column of texts, documents or arrays, without what is personal. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.arrays import with_elements
from shared.synthesis.recognise.documents import looks_like_json, scrub_json
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.leaves import Leaves
from shared.synthesis.recognise.markup import looks_like_markup, scrub_markup
from shared.synthesis.recognise.plainness import Glance
from shared.synthesis.recognise.spans import Replacement

Row = Sequence[tuple[Entity, str]]


class Scrubber:
    """Takes what is personal out of texts and documents.

    :param locale: whose names, numbers and addresses are looked for first.
    :param replacement: what is written instead: ``spans.label``, or made-up values.
    :param cutoff: characters that are looked at; what stands behind them is dropped. None: all.
    :param known: personal values of the database, found wherever they stand.
    """

    def __init__(
        self,
        *,
        locale: str = "en",
        replacement: Replacement,
        cutoff: int | None = None,
        known: KnownValues | None = None,
    ) -> None:
        self._locale, self._replacement = locale, replacement
        self._cutoff, self._known = cutoff, known
        self._glance = Glance(locale[:2].lower(), known)

    def text(self, text: str, row: Row = ()) -> str:
        """A text; JSON and markup in it keep their structure.

        :param row: personal values of the same row, which must not stand in it either.
        """
        if (self._cutoff is None or len(text) <= self._cutoff) and self._glance.is_plain(text, row):
            return text
        text = _composed(text)
        leaves = self._leaves(row)
        if looks_like_json(text):
            document = scrub_json(text, leaves, cutoff=self._cutoff)
            if document is not None:
                return document
        if looks_like_markup(text):
            return scrub_markup(text, leaves, cutoff=self._cutoff)
        return self._plain(text, row)

    def document(self, text: str, row: Row = ()) -> str:
        """A JSON document; what is none, and so cannot be looked through, becomes ``null``."""
        text = _composed(text)
        document = scrub_json(text, self._leaves(row), cutoff=self._cutoff)
        return "null" if document is None else document

    def array(self, text: str, row: Row = ()) -> str:
        """An array of texts or documents, in PostgreSQL's text form."""
        return with_elements(text, lambda element: self.text(element, row))

    def documents(self, text: str, row: Row = ()) -> str:
        """An array of JSON documents, in PostgreSQL's text form; each stays a document."""
        return with_elements(text, lambda element: self.document(element, row))

    def _plain(self, text: str, row: Row) -> str:
        leaves = self._leaves(row)
        return leaves.text(text if self._cutoff is None else leaves.cut(text, self._cutoff))

    def _leaves(self, row: Row) -> Leaves:
        return Leaves(self._locale, self._replacement, row, self._known)


def _composed(text: str) -> str:
    """Letters and their accents in one, as names are looked for; most texts are so already."""
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
