"""Money, accounts and cards. Check digits are right; accounts are invented."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf

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


@shelf.kind(
    "credit card numbers", "credit card", "card number", "debit card number", "payment card number"
)
def credit_card(draw: Draw) -> str:
    """Sixteen digits with a valid check digit."""
    return luhn(
        draw.pick(("4", "51", "52", "53", "54", "55", "6011")).ljust(6, "0")[:6] + draw.digits(9)
    )


@shelf.kind("currencies", "currency name", "legal tender", bounded=True)
def currency(draw: Draw) -> str:
    """Swiss franc, ..."""
    return str(draw.fake("currency").currency_name())


SYMBOLS = {"en_US": "${}", "en_GB": "£{}", "ja_JP": "¥{}", "de_CH": "CHF {}", "pt_BR": "R$ {}"}


@shelf.kind("prices", "price", "amount", "cost", "amount of money", "fee", "price tag")
def price(draw: Draw) -> str:
    """With the locale's currency, two decimals."""
    units = draw.number(1, 999) if not draw.composed() else draw.number(1, 99_999)
    form = SYMBOLS.get(draw.locale, "{} €" if draw.language != "en" else "${}")
    return form.format(
        f"{units}.{draw.pick(('00', '20', '49', '50', '75', '90', '95', '99', draw.fill('##')))}"
    )
