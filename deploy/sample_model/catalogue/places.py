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
    "place name",
    "municipality",
    "village",
    "place of birth",
    "birthplace",
    "hometown",
    "settlement",
    "place",
    "location",
    "city or town",
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


@shelf.kind("country codes", "iso country code", bounded=True)
def country_code(draw: Draw) -> str:
    """Two capital letters (ISO 3166-1 alpha-2)."""
    return str(draw.fake("address").country_code())


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
    "states",
    "region",
    "province",
    "canton",
    "county",
    "federal state",
    "prefecture",
    "territory",
    "departement",
    "state or region",
    "administrative division",
    bounded=True,
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


CONTINENTS = "Africa, Antarctica, Asia, Europe, North America, Oceania, South America"
shelf.choice("continents", of=CONTINENTS)


@shelf.kind("streets", "street name", "road", "road name", "avenue")
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


@shelf.kind(
    "addresses",
    "full address",
    "postal address",
    "mailing address",
    "home address",
    "shipping address",
    "billing address",
    "delivery address",
)
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


@shelf.kind("postcodes", "zip code", "postal code", "zip", "post code", "pincode", bounded=True)
def postcode(draw: Draw) -> str:
    """A postal code of the locale."""
    return str(draw.fake("address").postcode())


@shelf.kind("coordinates", "geo coordinate", "gps coordinate", "latitude and longitude", "lat long")
def coordinates(draw: Draw) -> str:
    """48.13743, 11.57549"""
    return f"{draw.rng.uniform(-85, 85):.5f}, {draw.rng.uniform(-180, 180):.5f}"


@shelf.kind("latitudes")
def latitude(draw: Draw) -> str:
    """Degrees, -90..90."""
    return f"{draw.rng.uniform(-90, 90):.6f}"


@shelf.kind("longitudes")
def longitude(draw: Draw) -> str:
    """Degrees, -180..180."""
    return f"{draw.rng.uniform(-180, 180):.6f}"


LANDMARK_TYPES = words("""
    Abbey, Arch, Basilica, Bridge, Castle, Cathedral, Citadel, Clock Tower, Dome, Fortress,
    Fountain, Gallery, Gardens, Gate, Hall, Harbour, Library, Lighthouse, Market, Memorial, Mill,
    Monastery, Monument, Museum, Observatory, Opera House, Palace, Park, Pavilion, Pier, Square,
    Station, Temple, Theatre, Tower, Viaduct
""")


@shelf.kind("landmarks", "monument", "tourist attraction", "sight", "point of interest", "museum")
def landmark(draw: Draw) -> str:
    """Lighthouse of X, Y Bridge, ..."""
    name = last_name(draw) if draw.chance(0.5) else city(draw)
    return f"{name} {draw.pick(LANDMARK_TYPES)}"


WATER = words("""
    Amber, Ash, Bear, Birch, Black, Blue, Bright, Broad, Clear, Cold, Copper, Crane, Crooked, Deep,
    Deer, Eagle, Elk, Fern, Fox, Frost, Gold, Grey, Hawk, Heron, Iron, Long, Loon, Mist, Moose,
    Moss, Otter, Owl, Pine, Raven, Red, Reed, Silver, Stone, Swan, Swift, Thunder, White, Wild,
    Willow, Wind, Wolf
""")
WATER_TAILS = words("""
    brook, field, ford, gate, grove, haven, head, hollow, marsh, mere, mill, moor, mouth, pool,
    ridge, rock, shade, shore, side, spring, stead, stone, thorn, vale, wall, water, well, wood
""")


def _invented_place(draw: Draw) -> str:
    name = draw.pick(WATER) + draw.pick(WATER_TAILS)
    return f"{draw.pick(TOWN_PREFIX)} {name}" if draw.chance(0.3) or draw.composed() else name


@shelf.kind("rivers", "stream", "river name")
def river(draw: Draw) -> str:
    """Foxmere River, River Owlford, ..."""
    name = _invented_place(draw)
    return draw.pick(("River {}", "{} River", "{} Creek", "{} Water")).format(name)


@shelf.kind("mountains", "peak", "hill", "mountain name")
def mountain(draw: Draw) -> str:
    """Mount Ravenridge, ..."""
    name = _invented_place(draw)
    return draw.pick(("Mount {}", "{} Peak", "{} Horn", "{} Fell", "{} Mountain")).format(name)


@shelf.kind("lakes", "lake name")
def lake(draw: Draw) -> str:
    """Lake Elkshore, ..."""
    return draw.pick(("Lake {}", "{} Lake", "{} Tarn", "{} Pond")).format(_invented_place(draw))


@shelf.kind("islands", "island name")
def island(draw: Draw) -> str:
    """Isle of Otterhaven, ..."""
    return draw.pick(("{} Island", "Isle of {}", "{} Cay", "{} Islands")).format(
        _invented_place(draw)
    )


AIRPORT_TAIL = words("""
    Airport, International Airport, Regional Airport, Airfield, City Airport
""")


@shelf.kind("airports", "airport name")
def airport(draw: Draw) -> str:
    """<city> International Airport"""
    return f"{city(draw)} {draw.pick(AIRPORT_TAIL)}"


@shelf.kind("neighbourhoods", "neighborhood", "city district", "quarter", "suburb", "borough")
def neighbourhood(draw: Draw) -> str:
    """Old Foxgrove, ..."""
    return draw.pick(("{}", "{} Quarter", "{} Heights", "{} Park", "{} Green", "{} Hill")).format(
        _invented_place(draw)
    )
