"""Findings, and why they are thought so: in words and counts, never by a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from shared.synthesis.plans import Entity, Finding
from shared.synthesis.recognise.profiles import Profile

#: What values are called in evidence.
WORDS: Mapping[Entity, str] = {
    Entity.FIRST_NAME: "first names",
    Entity.LAST_NAME: "last names",
    Entity.PERSON: "names of people",
    Entity.EMAIL: "e-mail addresses",
    Entity.PHONE: "phone numbers that can be dialled",
    Entity.STREET_ADDRESS: "streets with numbers",
    Entity.POSTCODE: "postcodes by their form",
    Entity.IBAN: "valid IBANs",
    Entity.CREDIT_CARD: "valid numbers of payment cards",
    Entity.NATIONAL_ID: "valid national ids",
    Entity.TAX_ID: "valid tax numbers",
    Entity.DATE_OF_BIRTH: "days on which people who live may be born",
    Entity.IP_ADDRESS: "IP addresses",
    Entity.MAC_ADDRESS: "MAC addresses",
    Entity.URL: "links",
}


def finding_of(entity: Entity, confidence: float, *evidence: str) -> Finding:
    """A finding, with a confidence of at most 1."""
    return Finding(
        entity=entity,
        confidence=round(min(confidence, 1.0), 2),
        evidence=tuple(each for each in evidence if each),
    )


def said(share: float, seen: Profile, what: str) -> str:
    """How many of a column's values are what."""
    return f"{percent(share)} of {len(seen.distinct):,} distinct values are {what}"


def percent(share: float) -> str:
    """A share, as people read it."""
    return f"{share:.0%}" if share >= 0.01 else "under 1%"
