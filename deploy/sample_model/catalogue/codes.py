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
    "national identification number",
    "identity card number",
    "personal id",
    "social insurance number",
    "citizen id",
)
def national_id(draw: Draw) -> str:
    """The locale's number for persons."""
    return str(draw.fake("ssn").ssn())


@shelf.kind("passport numbers", "passport", "travel document number", "passport id")
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
    "plate number",
    "license plate number",
    "registration number",
)
def licence_plate(draw: Draw) -> str:
    """As the locale's cars carry them."""
    return str(draw.fake("automotive").license_plate())


@shelf.kind(
    "ISBNs", "isbn", "isbn 13", "book number", "international standard book number", "isbn number"
)
def isbn(draw: Draw) -> str:
    """Thirteen digits with a valid check digit."""
    body = draw.pick(("978", "979")) + draw.digits(9)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    return f"{body[:3]}-{body[3]}-{body[4:8]}-{body[8:]}-{check}"


def _code(name: str, *aliases: str, form: str) -> None:
    shelf.kind(name, *aliases)(lambda draw: draw.fill(form))


_code("invoice numbers", "invoice id", "invoice", "bill number", form="INV-20##-#####")
_code(
    "order ids", "order number", "purchase order number", "order", "po number", form="ORD-########"
)
_code(
    "customer numbers",
    "customer id",
    "client number",
    "client id",
    "member number",
    "member id",
    "membership number",
    form="C-########",
)


@shelf.kind("numbers", "integer", "random number", "whole number")
def whole_number(draw: Draw) -> str:
    """0 to 999,999."""
    return str(draw.number(0, 999_999))
