"""Money, accounts and cards. Check digits are right; accounts are invented."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf

shelf = Shelf()


@shelf.kind("IBANs", "international bank account number")
def iban(draw: Draw) -> str:
    """With valid check digits, for the locale's country."""
    return str(draw.fake("bank").iban())


@shelf.kind("credit card numbers", "credit card", "card number")
def credit_card(draw: Draw) -> str:
    """Sixteen digits with a valid check digit."""
    return str(Draw(draw.rng).fake("credit_card").credit_card_number("visa16"))


@shelf.kind("currencies", "legal tender", bounded=True)
def currency(draw: Draw) -> str:
    """Swiss franc, ..."""
    return str(draw.fake("currency").currency_name())


SYMBOLS = {"en_US": "${}", "en_GB": "£{}", "ja_JP": "¥{}", "de_CH": "CHF {}", "pt_BR": "R$ {}"}


@shelf.kind("prices", "amount", "cost", "fee")
def price(draw: Draw) -> str:
    """With the locale's currency, two decimals."""
    units = draw.number(1, 999) if not draw.composed() else draw.number(1, 99_999)
    form = SYMBOLS.get(draw.locale, "{} €" if draw.language != "en" else "${}")
    return form.format(
        f"{units}.{draw.pick(('00', '20', '49', '50', '75', '90', '95', '99', draw.fill('##')))}"
    )
