"""Identifiers of papers, things and vehicles."""

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


shelf.kind(
    "driving licence numbers",
    "driver's license number",
    "driver license",
    "driving license",
    "driving licence",
)(lambda draw: draw.fill("?###-####-####"))


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


VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ0123456789",
        [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9, *range(10)],
        strict=True,
    )
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


@shelf.kind("VINs", "vehicle identification number", "chassis number", "vin number", "vin")
def vin(draw: Draw) -> str:
    """Seventeen characters with the check digit of ISO 3779 as North America uses it."""
    body = [draw.pick(VIN_LETTERS) for _ in range(17)]
    body[8] = "0"
    total = sum(VIN_VALUES[c] * w for c, w in zip(body, VIN_WEIGHTS, strict=True)) % 11
    body[8] = "X" if total == 10 else str(total)
    return "".join(body)


@shelf.kind(
    "ISBNs", "isbn", "isbn 13", "book number", "international standard book number", "isbn number"
)
def isbn(draw: Draw) -> str:
    """Thirteen digits with a valid check digit."""
    body = draw.pick(("978", "979")) + draw.digits(9)
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    return f"{body[:3]}-{body[3]}-{body[4:8]}-{body[8:]}-{check}"


@shelf.kind("EANs", "barcode", "ean", "bar code", "gtin", "ean 13", "upc", "article barcode")
def ean(draw: Draw) -> str:
    """Thirteen digits with a valid check digit."""
    body = draw.digits(12)
    return body + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10)


def _code(name: str, *aliases: str, form: str) -> None:
    shelf.kind(name, *aliases)(lambda draw: draw.fill(form))


_code("invoice numbers", "invoice id", "invoice", "bill number", form="INV-20##-#####")
_code(
    "order ids", "order number", "purchase order number", "order", "po number", form="ORD-########"
)
_code(
    "SKUs",
    "stock keeping unit",
    "article number",
    "item number",
    "product code",
    "product number",
    "part number",
    "product id",
    "material number",
    form="???-####-??",
)
_code("serial numbers", "serial", "device serial number", "device id", form="SN?##?####??##")
_code(
    "insurance policies",
    "insurance policy number",
    "policy number",
    "insurance number",
    "policy id",
    form="POL-??-#######",
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
_code(
    "employee ids",
    "employee number",
    "staff number",
    "personnel number",
    "staff id",
    form="E######",
)
_code(
    "patient ids",
    "patient number",
    "medical record number",
    "mrn",
    "health record number",
    form="MRN-########",
)
_code("student ids", "student number", "matriculation number", form="S########")
_code(
    "tracking numbers",
    "parcel number",
    "shipment number",
    "tracking id",
    "tracking code",
    "shipment id",
    "parcel id",
    "consignment number",
    form="1Z ### ??? ## #### ####",
)
_code(
    "booking references",
    "reservation number",
    "booking number",
    "booking code",
    "booking id",
    "confirmation number",
    "reservation code",
    "pnr",
    form="??#?#?",
)
_code("flight numbers", "flight", "flight code", form="??####")
_code(
    "ticket numbers",
    "support ticket number",
    "ticket id",
    "case number",
    "case id",
    "issue key",
    "incident number",
    form="TKT-######",
)
_code("contract numbers", "contract id", "agreement number", "contract", form="CT-####-######")
_code(
    "transaction ids", "transaction number", "payment id", "receipt number", form="TX^^^^^^^^^^^^"
)
_code("batch numbers", "lot number", "batch id", "batch code", form="L##?####")
_code(
    "voucher codes",
    "coupon code",
    "promo code",
    "discount code",
    "gift card code",
    "coupon",
    "voucher",
    form="????-####-????",
)
_code("room numbers", "room", "office number", form="?#.###")
_code("IMEIs", "imei", "imei number", form="35#############")
_code(
    "PIN codes", "pin", "pin number", "one time password", "otp", "verification code", form="######"
)
shelf.kind("hex colours", "hex color", "color code", "colour code", "html color", "rgb color")(
    lambda draw: f"#{draw.rng.getrandbits(24):06x}"
)


@shelf.kind("numbers", "integer", "random number", "whole number")
def whole_number(draw: Draw) -> str:
    """0 to 999,999."""
    return str(draw.number(0, 999_999))


@shelf.kind("decimal numbers", "decimal", "float", "floating point number", "measurement", "weight")
def decimal(draw: Draw) -> str:
    """Two decimals."""
    return f"{draw.rng.uniform(0, 9999):.2f}"


shelf.kind("percentages", "percent value", "percentage")(
    lambda draw: f"{draw.rng.uniform(0, 100):.{1 if not draw.composed() else 3}f} %"
)
