"""Numbers that carry a digit, or two, to check them by."""

from __future__ import annotations

import re

#: Characters of an IBAN for each country that a list of them is likely to name.
_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GR": 27, "HU": 28, "IE": 22, "IT": 27, "LU": 20, "NL": 18, "NO": 15, "PL": 28,
    "PT": 25, "SE": 24,
}  # fmt: skip


def is_iban(text: str, country: str | None = None) -> bool:
    """ISO 13616: letters moved to the end and read as 10 to 35 leave 1 of 97."""
    bare = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", bare):
        return False
    if len(bare) != _IBAN_LENGTHS.get(bare[:2]) or (country or bare[:2]) != bare[:2]:
        return False
    return int("".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])) % 97 == 1


def is_card_number(text: str) -> bool:
    """ISO 7812: 13 to 19 digits, the first one of a bank's network, with Luhn's check digit."""
    if not re.fullmatch(r"[2-6](?:[ -]?[0-9]){12,18}", text):
        return False
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_isbn(text: str) -> bool:
    """ISO 2108, of ten or thirteen digits, the word ``ISBN`` before it or not."""
    bare = re.sub(r"^ISBN(?:-1[03])?:? ?", "", text, flags=re.IGNORECASE)
    bare = bare.replace("-", "").replace(" ", "").upper()
    if re.fullmatch(r"97[89][0-9]{10}", bare):
        return is_ean(bare)
    if not re.fullmatch(r"[0-9]{9}[0-9X]", bare):
        return False
    values = [10 if letter == "X" else int(letter) for letter in bare]
    return (
        sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11
        == 0
    )


def is_ean(text: str) -> bool:
    """The thirteen digits below a bar code."""
    if not re.fullmatch(r"[0-9]{13}", text.replace(" ", "")):
        return False
    digits = [int(letter) for letter in text.replace(" ", "")]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
