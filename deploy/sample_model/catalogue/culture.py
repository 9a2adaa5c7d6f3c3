"""Cars, hobbies, titles, and the names of languages and peoples."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

MAKES = words("""
    Alvara, Aurelia, Bergmann, Brightwell, Calder, Carrera Sud, Corvina, Dalton, Delmar, Drakon,
    Edison, Elara, Falken, Fjord, Galante, Halden, Helix, Imperia, Jensen & Hall, Kaiso, Kestrel,
    Lumen, Marlowe, Meridian, Mistral, Nordia, Novus, Orion, Paladin, Quasar, Rallye, Saxon,
    Solara, Strada, Tessera, Torrent, Umbra, Valdez, Vantor, Vectra Nova, Volante, Wexford, Yamara,
    Zephyr
""")
MODELS = words("""
    Alto, Arrow, Astro, Aura, Bolt, Breeze, Cadence, Canyon, Comet, Corsa Uno, Dart, Delta, Drift,
    Echo, Eclipse, Ember, Flux, Fusion, Gale, Glide, Horizon, Impulse, Jet, Juno, Kite, Legend,
    Luna, Matrix, Meteor, Mirage, Nimbus, Nova, Oasis, Optima, Orbit, Pace, Phantom, Pulse, Quest,
    Ranger, Raptor, Rio, Rover, Saga, Scout, Shadow, Sierra, Spark, Sprint, Storm, Tempo, Terra,
    Titan, Trail, Vega, Vista, Vortex, Wave, Zenith
""")
TRIMS = words(
    """
    1.4, 1.6 TDI, 1.8, 2.0, 2.2 d, 3.0 V6, GT, GTI, RS, S, SE, Sport, Estate, Cabrio, Coupe,
    Hybrid, Electric, Plug-in, 4x4, Touring, Allroad, Van
"""
)


@shelf.kind(
    "cars",
    "car model",
    "vehicle",
    "automobile",
    "car name",
    "vehicle model",
    "motorcycle",
    "make and model",
    "car brand",
    "car make",
    "car make and model",
)
def car(draw: Draw) -> str:
    """An invented make with model; sometimes a trim."""
    name = f"{draw.pick(MAKES)} {draw.pick(MODELS)}"
    return f"{name} {draw.pick(TRIMS)}" if draw.chance(0.4) or draw.composed() else name


HOBBY_DEEDS = words("""
    Building, Collecting, Designing, Drawing, Growing, Making, Painting, Photographing, Playing,
    Reading about, Repairing, Researching, Restoring, Studying, Swapping, Teaching, Writing about,
    Filming, Carving, Sewing, Singing about, Modelling, Watching, Cataloguing
""")
HOBBY_WAYS = words("""
    antique, architectural, art deco, Baltic, Celtic, colourful, contemporary, eastern, Edwardian,
    exotic, folk, forgotten, giant, handmade, historic, Italian, Japanese, local, medieval,
    miniature, modern, Nordic, old, ornamental, paper, rare, Roman, silver, small, southern,
    steam-powered, traditional, tropical, Victorian, vintage, western, wild, wooden, woollen
""")
HOBBY_THINGS = words("""
    aeroplanes, badges, bicycles, birds, board games, boats, books, bottles, bridges, butterflies,
    cacti, cameras, carpets, castles, chess sets, clocks, coins, comics, dolls, drums, engines,
    fans, ferns, flags, flutes, furniture, gardens, guitars, hats, instruments, jewellery, kites,
    lamps, lighthouses, maps, masks, model railways, mushrooms, orchids, pens, photographs, pianos,
    postcards, posters, pottery, puppets, puzzles, quilts, radios, records, robots, roses, shells,
    ships, stamps, stars, stones, teapots, tools, toys, trains, trees, violins, watches, windmills
""")
PLAIN_HOBBIES = words("""
    Acting, Archery, Astronomy, Baking, Beekeeping, Birdwatching, Calligraphy, Camping, Chess,
    Climbing, Cooking, Crochet, Crosswords, Cycling, Dancing, Diving, Drawing, Embroidery, Fishing,
    Gardening, Genealogy, Geocaching, Hiking, Jogging, Juggling, Karaoke, Kayaking, Knitting,
    Magic, Meditation, Metalwork, Model building, Origami, Painting, Photography, Poetry, Pottery,
    Quilting, Quizzes, Reading, Riding, Rowing, Running, Sailing, Sculpture, Sewing, Singing,
    Sketching, Skiing, Sudoku, Swimming, Theatre, Travelling, Volunteering, Woodwork, Yoga
""")


@shelf.kind("hobbies", "hobby", "pastime", "leisure activity", "interest", "free time activity")
def hobby(draw: Draw) -> str:
    """Knitting; beyond the common ones, Restoring old radios, ..."""
    if not draw.composed() and draw.chance(0.7):
        return draw.pick(PLAIN_HOBBIES)
    return f"{draw.pick(HOBBY_DEEDS)} {draw.pick(HOBBY_WAYS)} {draw.pick(HOBBY_THINGS)}"


TITLE_LEADS = words("""
    Ancient, Bitter, Black, Blue, Borrowed, Broken, Burning, Cold, Crooked, Dark, Distant, Empty,
    Endless, Faded, Fallen, First, Foreign, Forgotten, Fragile, Frozen, Gentle, Golden, Green,
    Hidden, Hollow, Impossible, Last, Late, Lonely, Long, Lost, Midnight, Missing, Naked, Nameless,
    Northern, Old, Open, Other, Painted, Pale, Paper, Perfect, Quiet, Red, Restless, Second,
    Secret, Seventh, Shattered, Silent, Silver, Sleeping, Slow, Small, Stolen, Strange, Sudden,
    Sweet, Third, Thousand, Untold, Velvet, Wandering, White, Wild, Winter, Yellow
""")
TITLE_NOUNS = words("""
    Apartment, Archive, Art, Autumn, Bell, Bird, Boat, Border, Bridge, Candle, City, Clock, Coast,
    Colour, Crossing, Dancer, Daughter, Day, Desert, Door, Dream, Echo, Empire, Evening, Farewell,
    Fire, Flower, Forest, Garden, Ghost, Guest, Harbour, Harvest, Heart, Hour, House, Hunter,
    Island, Journey, Key, King, Lake, Lamp, Language, Letter, Light, Line, Map, Mask, Memory,
    Mirror, Moon, Morning, Mother, Mountain, Music, Name, Night, Ocean, Orchard, Painter,
    Passenger, Path, Promise, Queen, Rain, River, Road, Room, Rose, Sea, Season, Secret, Shadow,
    Shore, Silence, Sky, Smoke, Snow, Son, Song, Star, Stone, Storm, Story, Stranger, Street,
    Summer, Sun, Table, Thief, Tide, Tower, Train, Tree, Valley, Voice, Wall, War, Water, Widow,
    Wind, Window, Wish, Witness, World, Year
""")


def _title(draw: Draw) -> str:
    lead, noun, other = draw.pick(TITLE_LEADS), draw.pick(TITLE_NOUNS), draw.pick(TITLE_NOUNS)
    forms = (
        "The {l} {n}",
        "{l} {n}",
        "The {n} of the {o}",
        "One {n} for the {l} {o}",
        "{n} and {o}",
        "The {n} Without a {o}",
        "Beyond the {l} {n}",
        "Under the {l} {o}",
    )
    return draw.pick(forms).format(l=lead, n=noun, o=other)


@shelf.kind("book titles", "book", "novel", "title of book", "novel title", "book name")
def book(draw: Draw) -> str:
    """The Clock of the Sea, ..."""
    return _title(draw)


@shelf.kind(
    "film titles",
    "movie",
    "film",
    "movie title",
    "movie name",
    "tv show",
    "series title",
    "tv series",
)
def film(draw: Draw) -> str:
    """Under the Wild Sky, ..."""
    title = _title(draw)
    return (
        f"{title} {draw.pick(('II', 'III', 'Returns', 'Forever'))}" if draw.chance(0.05) else title
    )


@shelf.kind("songs", "song title", "song name", "track", "music title", "track title", "single")
def song(draw: Draw) -> str:
    """Dance with the Rain, ..."""
    lead, noun = draw.pick(TITLE_LEADS), draw.pick(TITLE_NOUNS)
    forms = (
        "{l} {n}",
        "{l} {n} (Slow Down)",
        "Dance with the {n}",
        "My {l} {n}",
        "{n} of Mine",
        "Call Me {l}",
        "Goodbye, {l} {n}",
        "Another {l} {n}",
        "{n} Tonight",
        "Like a {l} {n}",
        "No {n} Without You",
        "{l} {n} Blues",
    )
    return draw.pick(forms).format(l=lead, n=noun)


def _babel(locale: str) -> Locale:
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@cache
def _languages(locale: str) -> tuple[str, ...]:
    names = _babel(locale).languages or Locale("en").languages
    return tuple(sorted({name for code, name in names.items() if len(code) == 2}))


@shelf.kind(
    "languages",
    "language name",
    "tongue",
    "spoken language",
    "mother tongue",
    "foreign language",
    bounded=True,
)
def language(draw: Draw) -> str:
    """Named in the locale's language."""
    return draw.pick(_languages(draw.locale))


shelf.choice(
    "nationalities",
    "citizenship",
    "nationality",
    "demonym",
    of="""
    Afghan, Albanian, Algerian, American, Andorran, Angolan, Argentine, Armenian, Australian,
    Austrian, Azerbaijani, Bahamian, Bahraini, Bangladeshi, Barbadian, Belarusian, Belgian,
    Belizean, Beninese, Bhutanese, Bolivian, Bosnian, Botswanan, Brazilian, British, Bruneian,
    Bulgarian, Burkinabe, Burundian, Cambodian, Cameroonian, Canadian, Chadian, Chilean, Chinese,
    Colombian, Comorian, Congolese, Costa Rican, Croatian, Cuban, Cypriot, Czech, Danish,
    Dominican, Dutch, Ecuadorian, Egyptian, Emirati, Eritrean, Estonian, Ethiopian, Fijian,
    Filipino, Finnish, French, Gabonese, Gambian, Georgian, German, Ghanaian, Greek, Guatemalan,
    Guinean, Guyanese, Haitian, Honduran, Hungarian, Icelandic, Indian, Indonesian, Iranian, Iraqi,
    Irish, Israeli, Italian, Ivorian, Jamaican, Japanese, Jordanian, Kazakh, Kenyan, Kuwaiti,
    Kyrgyz, Laotian, Latvian, Lebanese, Liberian, Libyan, Lithuanian, Luxembourgish, Malagasy,
    Malawian, Malaysian, Maldivian, Malian, Maltese, Mauritanian, Mauritian, Mexican, Moldovan,
    Monegasque, Mongolian, Montenegrin, Moroccan, Mozambican, Namibian, Nepali, New Zealander,
    Nicaraguan, Nigerian, Norwegian, Omani, Pakistani, Panamanian, Paraguayan, Peruvian, Polish,
    Portuguese, Qatari, Romanian, Russian, Rwandan, Salvadoran, Samoan, Saudi, Senegalese, Serbian,
    Singaporean, Slovak, Slovenian, Somali, South African, South Korean, Spanish, Sri Lankan,
    Sudanese, Surinamese, Swedish, Swiss, Syrian, Taiwanese, Tajik, Tanzanian, Thai, Togolese,
    Tongan, Tunisian, Turkish, Turkmen, Ugandan, Ukrainian, Uruguayan, Uzbek, Venezuelan,
    Vietnamese, Welsh, Yemeni, Zambian, Zimbabwean
""",
)
