from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.eval.checksums import is_card_number, is_ean, is_iban, is_isbn
from worker.mill.check_digits import find_mend
from worker.mill.refine import Refiner, Rules

#: A kind, a number of it that is right, and its places that hold check digits.
NUMBERS = [
    ("credit card number", "4111 1111 1111 1111", [18]),
    ("Mastercard number", "5500-0000-0000-0004", [18]),
    ("IMEI", "490154203237518", [14]),
    ("EAN-13 barcode", "4006381333931", [12]),
    ("UPC", "036000291452", [11]),
    ("GTIN-8", "96385074", [7]),
    ("ISBN", "978-0-306-40615-7", [16]),
    ("ISBN-10", "0-8044-2957-X", [12]),
    ("ISBN of a novel", "ISBN 9780306406157", [17]),
    ("ISSN", "0378-5955", [8]),
    ("ISIN", "US0378331005", [11]),
    ("IBAN", "DE89 3704 0044 0532 0130 00", [2, 3]),
    ("customer IBAN", "GB82WEST12345698765432", [2, 3]),
]


@pytest.mark.parametrize(("kind", "right", "places"), NUMBERS)
def test_what_is_right_stays_and_what_is_wrong_is_mended(
    kind: str, right: str, places: list[int]
) -> None:
    mend = find_mend(kind)
    assert mend is not None
    assert mend(right) == right
    for digit in "0123456789":
        wrong = "".join(digit if at in places else each for at, each in enumerate(right))
        assert mend(wrong) == right


@pytest.mark.parametrize("kind", [kind for kind, _, _ in NUMBERS])
@pytest.mark.parametrize("value", ["", "none", "4111", "97", "DE", "Visa 4111", "1" * 40, "١" * 16])
def test_what_is_no_number_of_its_kind_stays_as_it_is(kind: str, value: str) -> None:
    mend = find_mend(kind)
    assert mend is not None
    assert mend(value) == value


@pytest.mark.parametrize(
    "kind",
    [
        "invalid IBAN",
        "card number that fails the Luhn check",
        "UPC-E",
        "visa application number",
        "first name",
        "greeting card",
        "panel",
        "bean",
        "Liban",
        "cardinal number",
        "pan flute",
    ],
)
def test_other_kinds_are_left_alone(kind: str) -> None:
    assert find_mend(kind) is None


@pytest.mark.parametrize("ending", [" ", "-", " - "])
def test_what_stands_behind_the_number_stays(ending: str) -> None:
    mend = find_mend("EAN")
    assert mend is not None
    assert mend(f"4006381333932{ending}") == f"4006381333931{ending}"


@given(st.text("0123456789", min_size=13, max_size=13))
def test_others_find_them_right(digits: str) -> None:
    for kind, value, is_right in (
        ("credit card number", f"4{digits}00", is_card_number),
        ("EAN", digits, is_ean),
        ("ISBN", f"978{digits[:10]}", is_isbn),
        ("ISBN", digits[:10], is_isbn),
        ("IBAN", f"DE00{digits}00000", is_iban),
    ):
        mend = find_mend(kind)
        assert mend is not None
        assert is_right(mend(value))


def test_values_are_compared_as_they_are_mended() -> None:
    rules = Rules(
        max_value_length=20,
        multiline=False,
        trim=True,
        unique=True,
        unwanted=None,
        mend=find_mend("EAN"),
    )
    refined = Refiner(rules).refine(["4006381333930", "4006381333932", "9780306406150"])
    assert (refined.values, refined.repeated) == (["4006381333931", "9780306406157"], 1)
