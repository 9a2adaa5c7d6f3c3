"""Numbers that carry digits to check them by: those are computed, and not left to a model.

A model says which card, book or account it is; that the last digit of its number fits the others
is arithmetic, which few models do. Only values that have the form of their kind are mended, and
each keeps the blanks and hyphens that it was said with. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum import ean, iban, isbn, isin, issn, luhn

#: A value with its check digits made right; as it was, if it is no number of its kind.
Mend = Callable[[str], str]

#: Whoever asks for numbers that are wrong wants them so.
_IS_WRONG = re.compile(
    r"\b(?:in|non-?)valid|\b(?:wrong|incorrect|bad|broken|malformed|fail\w*)\b|\b(?:ungültig|falsch)"
)

_JOINTS = re.compile(r"[ -]")


def find_mend(data_type: str) -> Mend | None:
    """What makes the values of a data type right; None: they carry no check digit known here."""
    kind = " ".join(data_type.casefold().replace("_", " ").split())
    if _IS_WRONG.search(kind):
        return None
    return next((mend for kinds, mend in _KINDS if re.search(rf"\b(?:{kinds})\b", kind)), None)


def _luhn(value: str) -> str:
    """ISO/IEC 7812: payment cards; and the IMEI of telephones."""
    bare = _JOINTS.sub("", value)
    if not re.fullmatch(r"[0-9]{13,19}", bare):
        return value
    return _with_last(value, luhn.calc_check_digit(bare[:-1]))


def _article(value: str) -> str:
    """GS1's EAN-13, EAN-8 and UPC-A."""
    bare = _JOINTS.sub("", value)
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", bare):
        return value
    return _with_last(value, ean.calc_check_digit(bare[:-1]))


def _book(value: str) -> str:
    """ISO 2108, with or without its prefix."""
    head = re.match(r"(?:ISBN(?:-1[03])?:? ?)?", value, re.IGNORECASE)
    number = value[head.end() if head else 0 :]
    bare = _JOINTS.sub("", number)
    if re.fullmatch(r"97[89][0-9]{10}", bare):
        return _with_last(value, ean.calc_check_digit(bare[:-1]))
    if re.fullmatch(r"[0-9]{9}[0-9Xx]", bare):
        # Those of ten digits are those of thirteen that begin with 978.
        return _with_last(value, isbn.to_isbn10(_as_thirteen(bare))[-1])
    return value


def _as_thirteen(ten: str) -> str:
    first = f"978{ten[:-1]}"
    return first + ean.calc_check_digit(first)


def _serial(value: str) -> str:
    """ISO 3297."""
    bare = _JOINTS.sub("", value)
    if not re.fullmatch(r"[0-9]{7}[0-9Xx]", bare):
        return value
    return _with_last(value, issn.calc_check_digit(bare[:-1]))


def _security(value: str) -> str:
    """ISO 6166."""
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", value):
        return value
    return _with_last(value, isin.calc_check_digit(value[:-1]))


def _account(value: str) -> str:
    """ISO 13616: the two digits behind the country."""
    bare = _JOINTS.sub("", value)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", bare) or not value[:4].isalnum():
        return value
    return f"{value[:2]}{iban.calc_check_digits(bare)}{value[4:]}"


def _with_last(value: str, digit: str) -> str:
    end = len(value.rstrip(" -"))
    return value[: end - 1] + digit + value[end:]


_KINDS: tuple[tuple[str, Mend], ...] = (
    (r"(?:credit|debit|payment|bank)(?: |-)?cards?(?: numbers?)?|card numbers?", _luhn),
    (r"(?:visa|mastercard|american express|amex) (?:cards?(?: numbers?)?|numbers?)|imeis?", _luhn),
    (r"isbns?(?:-1[03])?", _book),
    (r"eans?(?:-?(?:13|8))?|gtins?|upcs?(?!-?e\b)|bar ?codes?", _article),
    (r"issns?", _serial),
    (r"isins?", _security),
    (r"ibans?", _account),
)
