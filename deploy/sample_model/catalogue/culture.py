"""Cars, titles and the names of languages."""

from __future__ import annotations

from deploy.sample_model.catalogue.base import Draw, Shelf, words

shelf = Shelf()

MAKES = words("""
    Alvara, Aurelia, Bergmann, Brightwell, Calder, Corvina, Dalton, Delmar, Drakon, Edison, Elara,
    Falken, Fjord, Galante, Halden, Helix, Imperia, Kaiso, Kestrel, Lumen, Marlowe, Meridian,
    Mistral, Nordia, Novus, Orion, Paladin, Quasar, Saxon, Solara, Strada, Tessera, Torrent,
    Umbra, Vantor, Volante, Wexford, Yamara, Zephyr
""")
MODELS = words("""
    Alto, Arrow, Astro, Aura, Bolt, Breeze, Canyon, Comet, Dart, Delta, Drift, Echo, Eclipse,
    Ember, Flux, Fusion, Gale, Glide, Horizon, Impulse, Jet, Juno, Kite, Legend, Luna, Matrix,
    Meteor, Mirage, Nimbus, Nova, Oasis, Optima, Orbit, Phantom, Pulse, Quest, Ranger, Saga,
    Scout, Shadow, Sierra, Spark, Storm, Tempo, Titan, Vega, Vista, Wave, Zenith
""")
TRIMS = words(
    "1.4, 1.6, 1.8, 2.0, 2.2 d, 3.0 V6, GT, GTI, RS, S, SE, Sport, Estate, Hybrid, Electric, 4x4"
)


@shelf.kind("cars", "vehicle", "automobile", "motorcycle", "make and model")
def car(draw: Draw) -> str:
    """An invented make with model; sometimes a trim."""
    name = f"{draw.pick(MAKES)} {draw.pick(MODELS)}"
    return f"{name} {draw.pick(TRIMS)}" if draw.chance(0.4) or draw.composed() else name


TITLE_LEADS = words("""
    Ancient, Bitter, Black, Blue, Borrowed, Broken, Burning, Cold, Crooked, Dark, Distant, Empty,
    Endless, Fallen, First, Foreign, Forgotten, Fragile, Frozen, Gentle, Golden, Green, Hidden,
    Hollow, Last, Late, Lonely, Long, Lost, Midnight, Missing, Nameless, Northern, Old, Open,
    Painted, Pale, Paper, Quiet, Red, Restless, Second, Secret, Silent, Silver, Sleeping, Slow,
    Small, Stolen, Strange, Sudden, Sweet, Third, Velvet, Wandering, White, Wild, Winter
""")
TITLE_NOUNS = words("""
    Archive, Autumn, Bell, Bird, Boat, Border, Bridge, Candle, City, Clock, Coast, Crossing,
    Dancer, Daughter, Desert, Door, Dream, Echo, Empire, Evening, Farewell, Fire, Flower, Forest,
    Garden, Ghost, Guest, Harbour, Harvest, Heart, Hour, House, Hunter, Island, Journey, Key,
    King, Lake, Lamp, Letter, Light, Map, Mask, Memory, Mirror, Moon, Morning, Mountain, Music,
    Name, Night, Ocean, Orchard, Painter, Path, Promise, Queen, Rain, River, Road, Room, Rose,
    Sea, Season, Shadow, Shore, Silence, Sky, Smoke, Snow, Song, Star, Stone, Storm, Story,
    Stranger, Summer, Sun, Thief, Tide, Tower, Train, Tree, Valley, Voice, Wall, Water, Wind,
    Window, Witness, World, Year
""")


@shelf.kind("book titles", "book", "novel")
@shelf.kind("film titles", "film", "movie", "tv show", "tv series", "series title")
def title(draw: Draw) -> str:
    """The Clock of the Sea, ..."""
    lead, noun, other = draw.pick(TITLE_LEADS), draw.pick(TITLE_NOUNS), draw.pick(TITLE_NOUNS)
    forms = (
        "The {l} {n}",
        "{l} {n}",
        "The {n} of the {o}",
        "One {n} for the {l} {o}",
        "{n} and {o}",
        "The {n} Without a {o}",
        "Beyond the {l} {n}",
    )
    return draw.pick(forms).format(l=lead, n=noun, o=other)


@shelf.kind("songs", "track", "music title")
def song(draw: Draw) -> str:
    """Velvet Rain Blues, ..."""
    lead, noun = draw.pick(TITLE_LEADS), draw.pick(TITLE_NOUNS)
    forms = ("{l} {n}", "My {l} {n}", "Goodbye, {l} {n}", "No {l} {n} Without You", "{l} {n} Blues")
    return draw.pick(forms).format(l=lead, n=noun)


@shelf.kind("languages", "tongue", "language name", bounded=True)
def language(draw: Draw) -> str:
    """Named in the locale's language."""
    names = draw.babel.languages.items()
    return str(draw.pick(sorted({name for code, name in names if len(code) == 2})))
