"""Money, banks and accounts. Check digits are right; accounts are invented."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.people import last_name
from deploy.sample_model.catalogue.places import city

shelf = Shelf()


def luhn(digits: str) -> str:
    """The digits with the Luhn check digit (ISO/IEC 7812-1) behind them."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


@shelf.kind("IBANs", "international bank account number", "iban number", "bank account iban")
def iban(draw: Draw) -> str:
    """With valid check digits, for the locale's country."""
    return str(draw.fake("bank").iban())


@shelf.kind("BICs", "swift code", "bic", "swift", "bank identifier code", "swift bic")
def bic(draw: Draw) -> str:
    """Eight or eleven characters."""
    return str(draw.fake("bank").swift(draw.pick((8, 11))))


@shelf.kind("bank account numbers", "account number", "bank account", "current account number")
def account_number(draw: Draw) -> str:
    """Ten digits."""
    return draw.digits(10)


shelf.kind("bank sort codes", "routing number", "sort code", "bank code", "aba number")(
    lambda draw: draw.digits(8)
)

BANK_FORMS = words(
    """
    {} Bank, Bank of {}, {} Savings Bank, {} Credit Union, First {} Bank, {} Trust, {} Cooperative
    Bank, Banca {}, {} & Sons Private Bank, {} Mutual
"""
)


@shelf.kind("bank names", "bank", "financial institution", "credit institution", "lender")
def bank_name(draw: Draw) -> str:
    """An invented bank."""
    place = city(draw) if draw.chance(0.5) else last_name(draw)
    return draw.pick(BANK_FORMS).format(place)


@shelf.kind(
    "credit card numbers", "credit card", "card number", "debit card number", "payment card number"
)
def credit_card(draw: Draw) -> str:
    """Sixteen digits with a valid check digit."""
    return luhn(
        draw.pick(("4", "51", "52", "53", "54", "55", "6011")).ljust(6, "0")[:6] + draw.digits(9)
    )


shelf.choice(
    "credit card types",
    "card type",
    "card brand",
    "credit card company",
    "card network",
    of="""
    Visa, Mastercard, American Express, Discover, Diners Club, JCB, Maestro, UnionPay, RuPay, Mir,
    Girocard, Bancontact, Carte Bleue, Elo
""",
)
shelf.kind("CVV codes", "security code", "cvc", "card verification code", bounded=True)(
    lambda draw: f"{draw.number(0, 999):03}"
)
shelf.kind(
    "card expiry dates", "expiry date", "expiration date", "card expiration date", bounded=True
)(lambda draw: f"{draw.number(1, 12):02}/{draw.number(27, 40)}")


@shelf.kind("currencies", "currency name", "legal tender", bounded=True)
def currency(draw: Draw) -> str:
    """Swiss franc, ..."""
    return str(draw.fake("currency").currency_name())


@shelf.kind("currency codes", "iso currency code", bounded=True)
def currency_code(draw: Draw) -> str:
    """Three capital letters (ISO 4217)."""
    return str(draw.fake("currency").currency_code())


@shelf.kind("cryptocurrencies", "crypto coin", "cryptocurrency name", "crypto", bounded=True)
def cryptocurrency(draw: Draw) -> str:
    """Bitcoin, ..."""
    return str(draw.fake("currency").cryptocurrency_name())


SYMBOLS = {"en_US": "${}", "en_GB": "£{}", "ja_JP": "¥{}", "de_CH": "CHF {}", "pt_BR": "R$ {}"}


@shelf.kind("prices", "price", "amount", "cost", "amount of money", "fee", "price tag")
def price(draw: Draw) -> str:
    """With the locale's currency, two decimals."""
    units = draw.number(1, 999) if not draw.composed() else draw.number(1, 99_999)
    form = SYMBOLS.get(draw.locale, "{} €" if draw.language != "en" else "${}")
    return form.format(
        f"{units}.{draw.pick(('00', '20', '49', '50', '75', '90', '95', '99', draw.fill('##')))}"
    )


@shelf.kind("salaries", "annual salary", "income", "wage", "yearly income")
def salary(draw: Draw) -> str:
    """A year's pay."""
    step = 500 if not draw.composed() else 1
    return f"{draw.number(18_000 // step, 190_000 // step) * step}"


shelf.choice(
    "payment methods",
    "means of payment",
    "payment type",
    "payment option",
    of="""
    bank transfer, cash, cash on delivery, cheque, credit card, cryptocurrency, debit card, direct
    debit, gift card, instalments, invoice, letter of credit, mobile payment, money order, PayPal,
    prepaid card, purchase on account, standing order, store credit, voucher
""",
)


@shelf.kind(
    "VAT ids",
    "vat number",
    "vat id number",
    "vat identification number",
    "vat registration number",
    "sales tax id",
)
def vat_id(draw: Draw) -> str:
    """As the locale's country writes them, where Faker knows; else two letters and digits."""
    make = getattr(draw.fake("ssn"), "vat_id", None)
    if make is not None:
        return str(make())
    return draw.locale[-2:].upper() + draw.digits(9)


shelf.kind("tax ids", "tax number", "tax identification number", "tin", "ein")(
    lambda draw: f"{draw.digits(2)}-{draw.digits(7)}"
)


@shelf.kind(
    "transaction descriptions",
    "bank transaction",
    "payment reference",
    "transaction",
    "purpose of payment",
    "booking text",
)
def transaction(draw: Draw) -> str:
    """Rent March 4711, ..."""
    what = draw.pick(
        (
            "Donation",
            "Electricity",
            "Fees",
            "Fuel",
            "Groceries",
            "Insurance",
            "Invoice",
            "Loan",
            "Membership",
            "Order",
            "Refund",
            "Rent",
            "Repair",
            "Salary",
            "Subscription",
            "Tickets",
            "Tuition",
            "Water",
        )
    )
    return f"{what} {draw.fake('person').last_name()} {draw.digits(5)}"


shelf.kind("stock symbols", "ticker symbol", "ticker", "stock ticker", "share symbol")(
    lambda draw: draw.fill("?" * draw.number(3, 4))
)
shelf.kind("ISINs", "isin", "securities identification number")(
    lambda draw: (
        draw.pick(("US", "DE", "FR", "GB", "IT", "CH")) + draw.fill("?#######") + draw.fill("##")
    )
)
