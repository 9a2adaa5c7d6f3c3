"""Arts, play, learning, belief, and the machines people admire."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError

from deploy.sample_model.catalogue.base import Draw, Shelf, words
from deploy.sample_model.catalogue.business import PROJECT_LEADS
from deploy.sample_model.catalogue.nature import BEASTS, FLOWERS
from deploy.sample_model.catalogue.people import full_name
from deploy.sample_model.catalogue.places import city

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


@shelf.kind(
    "aircraft", "airplane", "aeroplane", "plane", "aircraft type", "aircraft model", "airliner"
)
def aircraft(draw: Draw) -> str:
    """An invented maker and type."""
    maker = draw.pick(MAKES)
    return f"{maker} {draw.fill(draw.pick(('?-##', '?##0', '??-###', '#00', '?#00-#00', '###')))}"


@shelf.kind(
    "ships", "boat", "boat name", "ship name", "vessel", "yacht name", "yacht", "vessel name"
)
def ship(draw: Draw) -> str:
    """MS Golden Heron, ..."""
    prefix = draw.pick(("MS", "MV", "SS", "SY", "MY", "RV"))
    return f"{prefix} {draw.pick(PROJECT_LEADS)} {draw.pick(BEASTS).title()}"


shelf.choice(
    "means of transport",
    "mode of transport",
    "transport",
    "vehicle type",
    "type of vehicle",
    of="""
    aeroplane, ambulance, bicycle, boat, bus, cable car, canoe, car, cargo bike, coach, ferry, fire
    engine, funicular, glider, helicopter, horse, hot-air balloon, hovercraft, kayak, lorry, moped,
    motorcycle, pick-up, raft, rickshaw, roller skates, sailing boat, scooter, ship, skateboard,
    sledge, submarine, taxi, tractor, train, tram, trolleybus, tuk-tuk, underground, van
""",
)

UNIVERSITY_FORMS = words(
    """
    University of {}, {} University, {} Institute of Technology, {} College, {} Academy of Arts,
    Technical University of {}, {} School of Economics, {} Polytechnic, {} Medical University, {}
    State University
"""
)
SCHOOL_FORMS = words(
    """
    {} Primary School, {} High School, {} Grammar School, {} Academy, {} Middle School, {}
    Comprehensive, {} International School, {} Community School, {} Montessori School, {} School of
    Music
"""
)


def _place_or_person(draw: Draw) -> str:
    return city(draw) if draw.chance(0.5) else full_name(draw)


@shelf.kind(
    "universities", "university name", "college", "higher education institution", "alma mater"
)
def university(draw: Draw) -> str:
    """University of X, ..."""
    return draw.pick(UNIVERSITY_FORMS).format(_place_or_person(draw))


@shelf.kind(
    "schools",
    "school name",
    "primary school",
    "high school",
    "elementary school",
    "secondary school",
)
def school(draw: Draw) -> str:
    """X Primary School, ..."""
    return draw.pick(SCHOOL_FORMS).format(_place_or_person(draw))


shelf.choice(
    "sports",
    "sport",
    "kind of sport",
    "sports discipline",
    "olympic sport",
    "sport name",
    of="""
    aikido, alpine skiing, archery, athletics, badminton, baseball, basketball, beach volleyball,
    biathlon, billiards, bobsleigh, bouldering, bowling, boxing, canoeing, climbing, cricket,
    cross-country skiing, curling, cycling, darts, decathlon, diving, dressage, equestrian,
    fencing, field hockey, figure skating, fishing, floorball, football, freediving, futsal,
    gliding, golf, gymnastics, handball, hang gliding, hurling, ice hockey, javelin, jiu-jitsu,
    judo, karate, kayaking, kickboxing, kitesurfing, lacrosse, luge, marathon, modern pentathlon,
    motocross, mountain biking, netball, orienteering, padel, parkour, polo, pole vault,
    powerlifting, quidditch, rafting, rock climbing, roller derby, rowing, rugby, sailing,
    shooting, shot put, skateboarding, skeleton, ski jumping, snooker, snowboarding, softball,
    speed skating, squash, sumo, surfing, swimming, synchronised swimming, table tennis, taekwondo,
    tennis, trampolining, triathlon, ultimate frisbee, volleyball, wakeboarding, water polo,
    weightlifting, windsurfing, wrestling, yoga
""",
)

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


shelf.choice(
    "musical instruments",
    "instrument",
    "music instrument",
    of="""
    accordion, alphorn, bagpipes, balalaika, banjo, baritone horn, bass clarinet, bass drum, bass
    guitar, bassoon, bongos, bouzouki, bugle, castanets, celesta, cello, charango, clarinet,
    clavichord, concertina, conga, contrabassoon, cor anglais, cornet, cymbals, didgeridoo, double
    bass, drum kit, dulcimer, electric guitar, erhu, euphonium, fiddle, flugelhorn, flute, French
    horn, glockenspiel, gong, guitar, harmonica, harmonium, harp, harpsichord, hurdy-gurdy,
    kalimba, kazoo, koto, lute, lyre, mandolin, maracas, marimba, melodica, oboe, ocarina, organ,
    oud, pan flute, piano, piccolo, recorder, saxophone, shamisen, sitar, snare drum, sousaphone,
    steel drum, synthesizer, tabla, tambourine, theremin, timpani, triangle, trombone, trumpet,
    tuba, ukulele, vibraphone, viola, violin, xylophone, zither
""",
)

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


@shelf.kind("albums", "album title", "music album", "record title")
def album(draw: Draw) -> str:
    """Songs for a Lost Shore, ..."""
    return draw.pick(
        ("{}", "Songs for a {}", "Live at the {}", "{}, Vol. 2", "{} Sessions")
    ).format(f"{draw.pick(TITLE_LEADS)} {draw.pick(TITLE_NOUNS)}")


@shelf.kind("bands", "band name", "music group", "artist name", "musician", "rock band", "artist")
def band(draw: Draw) -> str:
    """The Crooked Lamps, ..."""
    lead = draw.pick(TITLE_LEADS)
    noun = draw.pick(
        (draw.pick(TITLE_NOUNS), draw.pick(BEASTS).title(), draw.pick(FLOWERS).title())
    )
    return draw.pick(("The {} {}s", "{} {}", "{} {} Quartet", "{} {} Orchestra")).format(lead, noun)


shelf.choice(
    "genres",
    "music genre",
    "genre of music",
    "musical style",
    "style of music",
    of="""
    acid jazz, alternative rock, ambient, baroque, bluegrass, blues, bolero, bossa nova, Britpop,
    cabaret, calypso, chanson, choral music, classical, country, cumbia, dance, death metal, disco,
    drum and bass, dub, dubstep, electro, fado, flamenco, folk, funk, fusion, gospel, grunge, hard
    rock, heavy metal, hip hop, house, indie pop, industrial, jazz, K-pop, klezmer, lo-fi, mambo,
    merengue, minimal, musical, new wave, opera, pop, progressive rock, psychedelic rock, punk,
    ragtime, rap, reggae, rhythm and blues, rock, rock and roll, rumba, salsa, samba, ska, soul,
    swing, synth-pop, tango, techno, trance, trip hop, waltz, zydeco
""",
)
shelf.choice(
    "literary genres",
    "book genre",
    "film genre",
    "movie genre",
    "genre of book",
    "literature genre",
    of="""
    adventure, anthology, autobiography, biography, children's book, comedy, coming-of-age novel,
    cookbook, crime, cyberpunk, diary, documentary, drama, dystopia, epic, erotica, essay, fable,
    fairy tale, family saga, fantasy, farce, ghost story, graphic novel, historical fiction,
    horror, legend, magical realism, melodrama, memoir, musical, mystery, mythology, noir, novella,
    parody, philosophy, poetry, political thriller, road movie, romance, satire, science fiction,
    short story, space opera, spy novel, steampunk, superhero, thriller, tragedy, travelogue,
    utopia, war, western, young adult
""",
)
shelf.choice(
    "board games",
    "card game",
    "parlour game",
    "game",
    of="""
    backgammon, baccarat, battleship, belote, bingo, blackjack, bridge, canasta, charades,
    checkers, chess, Chinese checkers, crazy eights, cribbage, dominoes, draughts, euchre, go,
    hangman, hearts, liar's dice, ludo, mahjong, mancala, memory, mikado, nine men's morris,
    patience, pinochle, poker, reversi, rummy, shogi, skat, snakes and ladders, snap, solitaire,
    tic-tac-toe, whist, xiangqi, yahtzee
""",
)


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
shelf.choice(
    "religions",
    "faith",
    "religion name",
    "religious affiliation",
    "denomination",
    "confession",
    of="""
    Anglicanism, Atheism, Agnosticism, Baha'i, Baptist, Buddhism, Calvinism, Candomble,
    Catholicism, Confucianism, Druze, Eastern Orthodoxy, Evangelicalism, Hinduism, Islam, Jainism,
    Judaism, Lutheranism, Methodism, Mormonism, Paganism, Pentecostalism, Presbyterianism,
    Protestantism, Quakerism, Rastafari, Shaktism, Shia Islam, Shinto, Sikhism, Sufism, Sunni
    Islam, Taoism, Unitarianism, Vaishnavism, Wicca, Yazidism, Zen Buddhism, Zoroastrianism
""",
)
shelf.choice(
    "mythological figures",
    "god",
    "goddess",
    "deity",
    "mythical creature",
    "mythological creature",
    of="""
    Amaterasu, Anansi, Anubis, Aphrodite, Apollo, Ares, Artemis, Athena, Atlas, Baba Yaga, Baldur,
    Bastet, Brahma, Bragi, Centaur, Cerberus, Chiron, Cyclops, Demeter, Dionysus, Dragon, Eros,
    Freya, Ganesha, Gilgamesh, Golem, Griffin, Hades, Heimdall, Hephaestus, Hera, Hercules, Hermes,
    Horus, Hydra, Inanna, Isis, Kali, Kraken, Krishna, Lakshmi, Loki, Marduk, Medusa, Minotaur,
    Odin, Orpheus, Osiris, Pan, Pegasus, Persephone, Perun, Phoenix, Poseidon, Prometheus,
    Quetzalcoatl, Ra, Selkie, Sphinx, Susanoo, Thor, Tyr, Unicorn, Valkyrie, Veles, Vishnu,
    Yggdrasil, Zeus
""",
)
shelf.choice(
    "clothes",
    "clothing",
    "garment",
    "piece of clothing",
    "clothing item",
    "item of clothing",
    "apparel",
    of="""
    anorak, apron, ball gown, bathrobe, belt, beret, bikini, blazer, blouse, boots, bow tie, cap,
    cape, cardigan, coat, dress, dressing gown, dungarees, fleece, gloves, hat, high heels, hoodie,
    jacket, jeans, jumper, jumpsuit, kilt, kimono, leggings, mittens, overalls, parka, polo shirt,
    poncho, pullover, pyjamas, raincoat, sandals, sari, scarf, shawl, shirt, shorts, skirt,
    slippers, socks, suit, suspenders, sweater, sweatshirt, swimsuit, T-shirt, tank top, tie,
    tights, tracksuit, trainers, trousers, tunic, tuxedo, vest, waistcoat, wellingtons, windcheater
""",
)
shelf.choice(
    "body parts",
    "part of the body",
    "organ",
    "anatomical part",
    of="""
    abdomen, ankle, arm, artery, back, bladder, brain, calf, cheek, chest, chin, collarbone, ear,
    elbow, eye, eyebrow, finger, foot, forehead, gallbladder, hand, head, heart, heel, hip,
    intestine, jaw, kidney, knee, larynx, leg, lip, liver, lung, mouth, neck, nose, pancreas,
    pelvis, rib, scalp, shin, shoulder, skull, spine, spleen, stomach, thigh, throat, thumb,
    thyroid, toe, tongue, tonsil, tooth, trachea, vein, waist, wrist
""",
)
shelf.choice(
    "emotions",
    "feeling",
    "mood",
    of="""
    admiration, amusement, anger, anticipation, anxiety, awe, boredom, calm, compassion,
    confidence, confusion, contentment, courage, curiosity, delight, disappointment, disgust,
    embarrassment, enthusiasm, envy, excitement, fear, frustration, gratitude, grief, guilt,
    happiness, hope, jealousy, joy, loneliness, longing, love, melancholy, nervousness, nostalgia,
    optimism, pity, pride, regret, relief, remorse, sadness, satisfaction, serenity, shame, shock,
    surprise, sympathy, trust, wonder, worry, zeal
""",
)
