"""What has a form: addresses of the network, numbers, dates, codes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date

Judge = Callable[[str], bool]


def matching(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> Judge:
    """A judge of whole values by a regular expression; digits are ASCII."""
    compiled = re.compile(pattern, flags | re.ASCII)
    return lambda value: compiled.fullmatch(value) is not None


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+[A-Za-z]{{2,24}}"

is_email = matching(rf"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@{_DOMAIN}")
is_url = matching(rf"(?:https?://|www\.){_DOMAIN}(?::\d{{2,5}})?(?:[/?#][^\s\"<>{{}}\\]*)?")
#: North America; the area code begins with 2 to 9, which counting does not.
is_us_phone = matching(
    r"(?:(?:\+|00)?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-]?)\d{3}[ .-]?\d{4}"
    r"(?: ?(?:x|ext\.?) ?\d{1,5})?"
)
is_mac_address = matching(
    r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"
)
is_hex_colour = matching(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})|(?=\d*[A-Fa-f])[0-9A-Fa-f]{6}")
is_time = matching(
    r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|(?:0?[1-9]|1[0-2])(?::[0-5]\d)? ?[AaPp]\.?[Mm]\.?"
    r"|(?:12:00 )?(?:[Nn]oon|[Mm]idnight)"
)
is_uk_postcode = matching(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}", re.IGNORECASE)
is_german_plate = matching(r"[A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2}[ -]?[1-9]\d{0,3}[EH]?")
#: As the kind asks: three letters, a hyphen, four digits.
is_product_code = matching(r"[A-Za-z]{3}-\d{4}")


def is_ipv4(value: str) -> bool:
    """An address of four numbers."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return True


def is_iso_date(value: str) -> bool:
    """A day that is in the calendar, of a year that people have to do with."""
    try:
        return len(value) == 10 and 1000 <= date.fromisoformat(value).year <= 2999
    except ValueError:
        return False
