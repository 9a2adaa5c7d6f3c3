"""Identifiers of papers, vehicles and books, and numbers."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf

shelf = Shelf()


@shelf.kind(
    "national ids",
    "ssn",
    "social security number",
    "national id number",
    "identity number",
    "personal identification number",
    "id card number",
    "identity card number",
    "personal id",
)
def national_id(draw: Draw) -> str:
    """The locale's number for persons."""
    return str(draw.fake("ssn").ssn())


@shelf.kind("passport numbers", "passport", "passport id")
def passport(draw: Draw) -> str:
    """Two letters and seven digits."""
    return draw.fill("??#######")


@shelf.kind(
    "licence plates",
    "license plate",
    "number plate",
    "vehicle registration",
    "car plate",
    "registration plate",
    "registration number",
)
def licence_plate(draw: Draw) -> str:
    """As the locale's cars carry them."""
    return str(draw.fake("automotive").license_plate())


@shelf.kind("ISBNs", "book number")
def isbn(draw: Draw) -> str:
    """Thirteen digits with a valid check digit."""
    return draw.ask("isbn", "isbn13")


def _code(name: str, *aliases: str, form: str) -> None:
    shelf.kind(name, *aliases)(lambda draw: draw.fill(form))


_code("invoice numbers", "invoice id", "invoice", "bill number", form="INV-20##-#####")
_code("order ids", "order number", "order", form="ORD-########")
_code("customer numbers", "customer id", "client number", "client id", form="C-########")


@shelf.kind("numbers", "integer", "whole number")
def whole_number(draw: Draw) -> str:
    """0 to 999,999."""
    return str(draw.number(0, 999_999))
