"""Places, and how to find them."""

from __future__ import annotations

from functools import cache

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.people import last_name

shelf = Shelf()

TOWN_PREFIX = words("""
    North, South, East, West, New, Upper, Lower, Old, Great, Little, Port, Lake
""")


@shelf.kind(
    "cities",
    "town",
    "municipality",
    "village",
    "settlement",
    "place name",
    "place of birth",
    "birthplace",
    "hometown",
    "place",
    "location",
)
def city(draw: Draw) -> str:
    """A town; a minority of them composed, as in North Springfield or Neustadt-Weiler."""
    if draw.language == "en" and draw.chance(draw.reach / 3):
        return f"{draw.pick(TOWN_PREFIX)} {_simple_city(draw)}"
    joiner = "" if draw.language in ("zh", "ja", "ko") else "-"
    name = draw.chain(_simple_city, joiner=joiner, most=3)
    # Some locales know a dozen towns: name more of them after people.
    return f"{name}{joiner}{last_name(draw)}" if draw.chance(draw.reach / 3) else name


def _simple_city(draw: Draw) -> str:
    return str(draw.fake("address").city())


@shelf.kind("countries", "country name", "nation", "land", bounded=True)
def country(draw: Draw) -> str:
    """A country, named in the locale's language where Faker can."""
    return str(draw.fake("address").country())


REGION_METHODS = (
    "administrative_unit",
    "state",
    "region",
    "province",
    "canton",
    "county",
    "department",
    "prefecture",
    "voivodeship",
    "oblast",
    "district",
)


@shelf.kind(
    "states", "region", "province", "canton", "county", "prefecture", "territory", bounded=True
)
def state(draw: Draw) -> str:
    """A first-level (or the next) part of the locale's country."""
    fake = draw.fake("address")
    for method in REGION_METHODS:
        make = getattr(fake, method, None)
        if make is not None:
            value = make()
            return str(value[1] if isinstance(value, tuple) else value)
    return str(draw.fake("person").random_element(_us_states()))


@cache
def _us_states() -> tuple[str, ...]:
    from faker.providers.address.en_US import Provider

    return tuple(Provider.states)


@shelf.kind("streets", "road", "avenue")
def street(draw: Draw) -> str:
    """The name of a street without a number."""
    name = str(draw.fake("address").street_name())
    if not draw.composed():
        return name
    match draw.language:
        case "de":
            person = f"{_first(draw)}-{last_name(draw)}"
            return f"{person}-{draw.pick(('Straße', 'Weg', 'Platz', 'Allee', 'Gasse', 'Ring'))}"
        case "it" | "es" | "pt" | "fr" | "ro" | "nl" | "pl" | "en":
            head, _, rest = name.partition(" ")
            if draw.language in ("en", "nl"):
                return f"{_first(draw)} {last_name(draw)} {name.rpartition(' ')[2]}"
            return (
                f"{head} {_first(draw)} {last_name(draw)}" if rest else f"{name} {last_name(draw)}"
            )
    return f"{name} {last_name(draw)}"


def _first(draw: Draw) -> str:
    return str(draw.fake("person").first_name())


@shelf.kind("street addresses", "address line", "house address", "street and number")
def street_address(draw: Draw) -> str:
    """Street and house number."""
    if draw.composed():
        return f"{street(draw)} {house_number(draw)}"
    return _flat(str(draw.fake("address").street_address()))


@shelf.kind("addresses")
def address(draw: Draw) -> str:
    """Street, number, postcode and town on one line."""
    return _flat(str(draw.fake("address").address()))


def _flat(text: str) -> str:
    return ", ".join(line.strip(" ,") for line in text.splitlines() if line.strip(" ,"))


@shelf.kind("house numbers", "building number", "street number")
def house_number(draw: Draw) -> str:
    """12, 7b, 114-116, ..."""
    number = draw.number(1, 399) if not draw.composed() else draw.number(1, 9999)
    return f"{number}{draw.pick(('', '', '', '', 'a', 'b', 'c', 'd', '-' + str(number + 2)))}"


@shelf.kind("postcodes", "postal code", "zip code", "zip", "post code", bounded=True)
def postcode(draw: Draw) -> str:
    """A postal code of the locale."""
    return str(draw.fake("address").postcode())
