"""The shop's rows: made up by Faker from one seed, so that they are the same every time. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from faker import Faker

SEED = 20_260_101
STORES, EMPLOYEES, CUSTOMERS, PRODUCTS, ORDERS = 8, 40, 400, 60, 1_200

#: The day after the last thing that happened in the shop.
TODAY = datetime(2026, 1, 1, tzinfo=UTC)

CATEGORIES = {
    "bikes": ("City bike", "Cargo bike", "Gravel bike", "Folding bike", "Kids' bike"),
    "clothing": ("Rain jacket", "Jersey", "Winter gloves", "Cap", "Overshoes"),
    "parts": ("Chain", "Saddle", "Brake pads", "Pedals", "Inner tube"),
    "accessories": ("Bell", "Lock", "Front light", "Pump", "Basket"),
}
#: Domains that are nobody's.
MAILS = ("postbox.test", "letters.test", "inbox.example")
SIZES = ("S", "M", "L")
STATUSES = ("new", "paid", "shipped", "delivered", "delivered", "delivered")
JOBS = ("Sales assistant", "Mechanic", "Cashier", "Buyer", "Bookkeeper")

NOTES = (
    None,
    "Prefers to be called in the evening.",
    "{first} {last} asked for an invoice to {email}.",
    "Call {phone} before delivery, the bell is broken.",
    "Mrs. {last} collects for her neighbour.",
    "Complained about the saddle; spoke with {employee}, who gave 10% off.",
    "Earns 52,000 EUR a year according to the leasing form, IBAN {iban}.",
    "Moved here from {city} in spring.",
)
DELIVERIES = (
    None,
    None,
    "Leave it at the door.",
    "Ring twice at {last}, second floor.",
    "Please call {phone} on arrival.",
    "To the neighbour, {neighbour}, if nobody is in.",
)
REASONS = (None, "Wrong size.", "Scratched on arrival.", "{first} changed their mind.")

Row = Sequence[Any]


def all_rows() -> dict[str, tuple[Sequence[str], list[Row]]]:
    """For each table, in an order in which they can be loaded, its columns and its rows.

    Managers of stores come last, as an update: stores and employees refer to each other.
    """
    return _Shop(Random(SEED)).tables()  # noqa: S311 - chance, not secrecy


def managers() -> list[tuple[int, int]]:
    """Of each store the employee who runs it: its first one."""
    return [(store, store) for store in range(1, STORES + 1)]


class _Shop:
    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._faker = Faker("en_GB")
        self._faker.seed_instance(SEED)
        self._employees = self._make_employees()
        self._customers = self._make_customers()
        self._products = self._make_products()
        self._orders = self._make_orders()
        self._lines = list(self._make_lines())

    def tables(self) -> dict[str, tuple[Sequence[str], list[Row]]]:
        stores: list[Row] = [
            (f"Spoke & Chain {city}", city, self._phone()) for city in self._cities(STORES)
        ]
        return {
            "stores": (("name", "city", "phone"), stores),
            "employees": (
                (
                    *("store_id", "manager_id", "first_name", "last_name", "login", "email"),
                    *("job_title", "salary", "hired_on"),
                ),
                self._employees,
            ),
            "customers": (
                (
                    *("first_name", "last_name", "email", "phone", "birth_date", "street"),
                    *("postcode", "city", "iban", "referred_by", "preferences", "notes"),
                    "updated_at",
                ),
                self._customers,
            ),
            "products": (("name", "category", "price"), self._products),
            "orders": (
                ("customer_id", "store_id", "status", "ordered_at", "shipped_at", "delivery_note"),
                self._orders,
            ),
            "order_lines": (
                ("order_id", "line_no", "product_id", "quantity", "unit_price"),
                self._lines,
            ),
            "returns": (("order_id", "line_no", "returned_on", "reason"), self._make_returns()),
            "payments": (
                ("id", "order_id", "card_number", "cardholder", "amount", "paid_at"),
                self._make_payments(),
            ),
        }

    def _make_employees(self) -> list[Row]:
        rows: list[Row] = []
        for number in range(1, EMPLOYEES + 1):
            first, last = self._name()
            # The first of each store runs it; the others answer to them.
            store = (number - 1) % STORES + 1
            runs = number <= STORES
            job = "Store manager" if runs else self._chance.choice(JOBS)
            login = f"{first[0]}{last}".lower()[:16] + str(number)
            rows.append(
                (
                    store,
                    None if runs else store,
                    first,
                    last,
                    login,
                    f"{first}.{last}{number}@spoke-and-chain.test".lower(),
                    job,
                    self._chance.randrange(22_000, 48_000, 500) + (14_000 if runs else 0),
                    date(2015, 1, 1) + timedelta(days=self._chance.randrange(3_900)),
                )
            )
        return rows

    def _make_customers(self) -> list[Row]:
        rows: list[Row] = []
        for number in range(1, CUSTOMERS + 1):
            first, last = self._name()
            email = f"{first}.{last}{number}@{self._chance.choice(MAILS)}".lower()
            phone, iban, city = self._phone(), self._faker.iban(), self._faker.city()
            employee = self._chance.choice(self._employees)
            told = {
                "first": first,
                "last": last,
                "email": email,
                "phone": phone,
                "iban": iban,
                "city": city,
                "employee": f"{employee[2]} {employee[3]}",
            }
            preferences = {
                "newsletter": self._chance.random() < 0.4,
                "contact": {"name": f"{first} {last}", "email": email},
                "sizes": self._chance.sample(SIZES, 2),
            }
            rows.append(
                (
                    first,
                    last,
                    email,
                    phone,
                    date(1946, 1, 1) + timedelta(days=self._chance.randrange(21_900)),
                    self._faker.street_address().replace("\n", ", "),
                    self._faker.postcode(),
                    city,
                    iban if self._chance.random() < 0.6 else None,
                    self._chance.randrange(1, number) if self._chance.random() < 0.15 else None,
                    json.dumps(preferences if self._chance.random() < 0.5 else {}),
                    self._text(NOTES, told),
                    TODAY - timedelta(minutes=self._chance.randrange(500_000)),
                )
            )
        return rows

    def _make_products(self) -> list[Row]:
        named = [
            (f"{name} {size}", group)
            for group, names in CATEGORIES.items()
            for name in names
            for size in SIZES
        ]
        return [
            (name, group, self._chance.randrange(4, 900) + 0.95) for name, group in named[:PRODUCTS]
        ]

    def _make_orders(self) -> list[Row]:
        rows: list[Row] = []
        for _ in range(ORDERS):
            # Some customers order often, and many never.
            customer = min(int(self._chance.paretovariate(0.7) * 9), CUSTOMERS)
            first, last, _, phone = self._customers[customer - 1][:4]
            neighbour = " ".join(self._name())
            ordered = TODAY - timedelta(minutes=self._chance.randrange(10_000, 900_000))
            status = self._chance.choice(STATUSES)
            shipped = None
            if status in ("shipped", "delivered"):
                shipped = ordered + timedelta(minutes=self._chance.randrange(60, 7_000))
            told = {"first": first, "last": last, "phone": phone, "neighbour": neighbour}
            store = self._chance.randrange(1, STORES + 1) if self._chance.random() < 0.5 else None
            rows.append((customer, store, status, ordered, shipped, self._text(DELIVERIES, told)))
        return rows

    def _make_lines(self) -> Iterator[Row]:
        for order in range(1, ORDERS + 1):
            wanted = self._chance.sample(range(1, PRODUCTS + 1), self._chance.randrange(1, 5))
            for line, product in enumerate(wanted, start=1):
                price = self._products[product - 1][2]
                yield order, line, product, self._chance.choice((1, 1, 1, 2, 3)), price

    def _make_returns(self) -> list[Row]:
        rows: list[Row] = []
        for order, line, *_ in self._chance.sample(self._lines, 120):
            ordered = self._orders[order - 1]
            told = {"first": self._customers[ordered[0] - 1][0]}
            day = ordered[3].date() + timedelta(days=self._chance.randrange(5, 25))
            rows.append((order, line, day, self._text(REASONS, told)))
        return rows

    def _make_payments(self) -> list[Row]:
        owed: dict[int, float] = {}
        for order, _, _, quantity, price in self._lines:
            owed[order] = owed.get(order, 0) + quantity * price
        rows: list[Row] = []
        for order, (customer, _, status, ordered, *_) in enumerate(self._orders, start=1):
            if status == "new":
                continue
            first, last = self._customers[customer - 1][:2]
            rows.append(
                (
                    uuid.UUID(int=self._chance.getrandbits(128), version=4),
                    order,
                    self._faker.credit_card_number("visa16"),
                    f"{first} {last}".upper(),
                    round(owed[order], 2),
                    ordered + timedelta(minutes=self._chance.randrange(1, 50)),
                )
            )
        return rows

    def _name(self) -> tuple[str, str]:
        return self._faker.first_name(), self._faker.last_name()

    def _phone(self) -> str:
        return self._faker.cellphone_number()

    def _cities(self, count: int) -> list[str]:
        return sorted({self._faker.city() for _ in range(4 * count)})[:count]

    def _text(self, texts: Sequence[str | None], told: dict[str, str]) -> str | None:
        text = self._chance.choice(texts)
        return text and text.format(**told)
